//! Cursors → pages of items.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{Cause, Failure, RequestName};
use super::manager::Manager;
use super::retry::Repeat;

/// Items in a page; the most that Apple allows (official).
pub const PAGE: &str = "1000";

/// One page of a list (official: `{data, links: {next?}, meta: {paging: {nextCursor?}}}`).
#[derive(Debug, Deserialize)]
struct Page<T> {
    data: Vec<T>,
    links: Option<Links>,
    meta: Option<Meta>,
}

#[derive(Debug, Deserialize)]
struct Links {
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    paging: Option<Paging>,
}

#[derive(Debug, Deserialize)]
struct Paging {
    #[serde(rename = "nextCursor")]
    next_cursor: Option<String>,
}

/// A list that is read a page at a time.
///
/// A page is fetched when it is asked for, so that one too many never is.
pub struct Pages<'a> {
    manager: &'a Manager,
    first: Url,
    next: Option<Url>,
    seen: HashSet<String>,
    repeat: Repeat,
    slowest: Duration,
    as_of: Option<Timestamp>,
}

impl<'a> Pages<'a> {
    /// The list that begins at `first`.
    pub fn new(manager: &'a Manager, first: Url) -> Self {
        Self {
            manager,
            next: Some(first.clone()),
            first,
            seen: HashSet::new(),
            repeat: Repeat::Always,
            slowest: Duration::ZERO,
            as_of: None,
        }
    }

    /// The same list, whose requests are repeated as `repeat` says.
    #[must_use]
    pub fn repeating(self, repeat: Repeat) -> Self {
        Self { repeat, ..self }
    }

    /// Whether the last page was read.
    pub fn is_over(&self) -> bool {
        self.next.is_none()
    }

    /// How long the slowest page took, without any waiting before it.
    pub fn slowest(&self) -> Duration {
        self.slowest
    }

    /// When the first page was answered, by the clock of the other side, where it says.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// The next page's items; `None` after the last page.
    ///
    /// An address that was asked before is an error, not an endless loop.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, Failure> {
        let Some(url) = self.next.take() else {
            return Ok(None);
        };
        let name = RequestName::new(&Method::GET, &url);
        if !self.seen.insert(url.to_string()) {
            return Err(Failure::new(
                name,
                Cause::Unexpected("it leads to a page that was read before".into()),
            ));
        }
        let answer = self
            .manager
            .send(Method::GET, url, None, self.repeat)
            .await?;
        self.slowest = self.slowest.max(answer.took);
        self.as_of = self.as_of.or(answer.date());
        let page: Page<T> = answer.json()?;
        self.next = self
            .after(page.links, page.meta)
            .map_err(|cause| Failure::new(name, cause))?;
        Ok(Some(page.data))
    }

    /// All items of all pages left.
    pub async fn all<T: DeserializeOwned>(mut self) -> Result<Vec<T>, Failure> {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            items.extend(page);
        }
        Ok(items)
    }

    /// Where the list goes on: Apple's link as it is (it carries its own `limit`), or the first address with a cursor.
    fn after(&self, links: Option<Links>, meta: Option<Meta>) -> Result<Option<Url>, Cause> {
        let next = links
            .and_then(|links| links.next)
            .filter(|next| !next.is_empty());
        if let Some(next) = next {
            return self.manager.origin().follow(&next).map(Some);
        }
        let cursor = meta
            .and_then(|meta| meta.paging)
            .and_then(|paging| paging.next_cursor)
            .filter(|cursor| !cursor.is_empty());
        Ok(cursor.map(|cursor| {
            let mut url = self.first.clone();
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(name, _)| name != "cursor")
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            url.query_pairs_mut()
                .clear()
                .extend_pairs(kept)
                .append_pair("cursor", &cursor);
            url
        }))
    }
}
