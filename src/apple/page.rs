//! Cursors → pages of items.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use super::api::Api;
use super::error::{Cause, Failure, RequestName, member};
use super::lenient;
use super::retry::Repeat;

/// Items in a page; the most that Apple allows (official).
pub const PAGE: &str = "1000";

/// One page of a list (official: `{data, links: {next?}, meta: {paging: {nextCursor?}}}`), each part read by itself.
#[derive(Debug, Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    links: Option<Links>,
    #[serde(default, deserialize_with = "lenient::object")]
    meta: Meta,
}

#[derive(Debug, Deserialize)]
struct Links {
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "lenient::object")]
    paging: Paging,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Paging {
    #[serde(rename = "nextCursor", deserialize_with = "lenient::text")]
    next_cursor: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    total: Option<u64>,
}

/// Items of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items<T> {
    /// Those that can be understood.
    pub understood: Vec<T>,
    /// The others.
    pub odd: Vec<OddItem>,
}

/// An item of a list that can't be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddItem {
    /// Its id, or its position, and the list that it is in: `Item 3 on page 1 of GET /v1/mdmServers`.
    pub which: String,
    /// Why: the end of a sentence.
    pub why: String,
}

/// A sentence.
impl fmt::Display for OddItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} can't be understood: {}.", self.which, self.why)
    }
}

/// An item as it came, and which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawItem {
    /// Apple's id of it, if it can be had.
    pub id: Option<String>,
    /// As [`OddItem::which`].
    pub which: String,
    pub json: String,
}

impl RawItem {
    /// Reads it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, OddItem> {
        let mut reader = serde_json::Deserializer::from_str(&self.json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| OddItem {
            which: self.which.clone(),
            why: member(error.path(), error.inner()),
        })
    }
}

/// A page whose items were not read yet.
#[derive(Debug)]
pub struct UnreadPage {
    items: Vec<Box<RawValue>>,
    /// Of the list's pages, from 1 on.
    number: usize,
    name: RequestName,
}

impl UnreadPage {
    /// How many items it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Its items, each read when it is asked for.
    pub fn read<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, OddItem>> {
        (1..).zip(&self.items).map(|(position, raw)| {
            // Where the fault is, is found out once there is one.
            serde_json::from_str(raw.get()).map_err(|_| self.odd::<T>(position, raw.get()))
        })
    }

    fn odd<T: DeserializeOwned>(&self, position: usize, json: &str) -> OddItem {
        let mut reader = serde_json::Deserializer::from_str(json);
        let read = serde_path_to_error::deserialize::<_, T>(&mut reader);
        OddItem {
            which: self.which(position, json).0,
            why: read.map_or_else(
                |error| member(error.path(), error.inner()),
                |_| "its form is unexpected".to_owned(),
            ),
        }
    }

    /// Which item it is, as a sentence begins with it, and Apple's id of it.
    fn which(&self, position: usize, json: &str) -> (String, Option<String>) {
        let Named { id } = serde_json::from_str(json).unwrap_or_default();
        let which = match &id {
            Some(id) => format!("Item {id:?} of {}", self.name),
            None => format!("Item {position} on page {} of {}", self.number, self.name),
        };
        (which, id)
    }
}

#[derive(Default, Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
}

/// A list that is read a page at a time.
///
/// A page is fetched when it is asked for, so that one too many never is.
pub struct Pages<'a> {
    api: &'a Api,
    first: Url,
    next: Option<Url>,
    seen: HashSet<String>,
    /// How many were read.
    count: usize,
    repeat: Repeat,
    slowest: Duration,
    as_of: Option<Timestamp>,
    total: Option<usize>,
    is_steady: bool,
}

impl Api {
    /// A list, a page of the largest size at a time.
    pub fn pages(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Pages<'_>, Failure> {
        self.pages_of(segments, query, PAGE)
    }

    /// A list, a page of at most `size` items at a time.
    pub fn pages_of(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        size: &str,
    ) -> Result<Pages<'_>, Failure> {
        let mut pairs = query.to_vec();
        pairs.push(("limit", size));
        Ok(Pages::new(self, self.url(&Method::GET, segments, &pairs)?))
    }
}

impl<'a> Pages<'a> {
    /// The list that begins at `first`.
    pub fn new(api: &'a Api, first: Url) -> Self {
        Self {
            api,
            next: Some(first.clone()),
            first,
            seen: HashSet::new(),
            count: 0,
            repeat: Repeat::Always,
            slowest: Duration::ZERO,
            as_of: None,
            total: None,
            is_steady: true,
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

    /// When the first page was answered, by the clock of the other side, if it says.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// How many items the whole list has, if the last page says so (official: `meta.paging.total` may be missing).
    pub fn total(&self) -> Option<usize> {
        self.total
    }

    /// Whether no page said that the list has another length than the page before it, as far as they say any. Otherwise an item may
    /// be on none of them: items that leave a list while it is read move the rest past the beginning of its next page.
    pub fn is_steady(&self) -> bool {
        self.is_steady
    }

    /// The next page's items; `None` after the last page. One odd item costs itself and no other.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Items<T>>, Failure> {
        let Some(page) = self.next_page().await? else {
            return Ok(None);
        };
        let mut items = Items {
            understood: Vec::new(),
            odd: Vec::new(),
        };
        for item in page.read() {
            match item {
                Ok(item) => items.understood.push(item),
                Err(odd) => items.odd.push(odd),
            }
        }
        Ok(Some(items))
    }

    /// The next page's items as they came; `None` after the last page.
    pub async fn next_raw(&mut self) -> Result<Option<Vec<RawItem>>, Failure> {
        let page = self.next_page().await?;
        Ok(page.map(|page| {
            let items = (1..).zip(&page.items);
            let items = items.map(|(position, raw)| {
                let (which, id) = page.which(position, raw.get());
                RawItem {
                    id,
                    which,
                    json: raw.get().to_owned(),
                }
            });
            items.collect()
        }))
    }

    /// The next page, whose items are read when they are wanted: where the list goes on is known before that. `None` after the
    /// last page.
    ///
    /// An address that was asked before is an error, not an endless loop.
    pub async fn next_page(&mut self) -> Result<Option<UnreadPage>, Failure> {
        let Some(url) = self.next.take() else {
            return Ok(None);
        };
        let name = RequestName::new(&Method::GET, &url);
        if !self.seen.insert(url.to_string()) {
            return Err(Failure::new(
                name,
                Cause::Unexpected("it leads to a page that abmctl already read".into()),
            ));
        }
        let answer = self.api.send(Method::GET, url, None, self.repeat).await?;
        self.slowest = self.slowest.max(answer.took);
        self.as_of = self.as_of.or(answer.date());
        let page: Page = answer.json()?;
        let total = page.meta.paging.total;
        let total = total.and_then(|it| usize::try_from(it).ok());
        self.is_steady &= self.total.is_none() || total.is_none() || total == self.total;
        self.total = total;
        self.next = self
            .after(page.links, page.meta)
            .map_err(|cause| Failure::new(name.clone(), cause))?;
        self.count += 1;
        Ok(Some(UnreadPage {
            items: page.data,
            number: self.count,
            name,
        }))
    }

    /// All items of all pages left.
    pub async fn all<T: DeserializeOwned>(mut self) -> Result<Items<T>, Failure> {
        let mut items = Items {
            understood: Vec::new(),
            odd: Vec::new(),
        };
        while let Some(page) = self.next().await? {
            items.understood.extend(page.understood);
            items.odd.extend(page.odd);
        }
        Ok(items)
    }

    /// Where the list goes on: Apple's link as it is (it carries its own `limit`), or the first address with a cursor.
    fn after(&self, links: Option<Links>, meta: Meta) -> Result<Option<Url>, Cause> {
        let next = links
            .and_then(|links| links.next)
            .filter(|next| !next.is_empty());
        if let Some(next) = next {
            return self.api.origin().follow(&next).map(Some);
        }
        let cursor = meta.paging.next_cursor;
        let cursor = cursor.filter(|cursor| !cursor.is_empty());
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
