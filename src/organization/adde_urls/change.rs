//! Changing ADDE URLs: read, look at what would be set, change what differs, read back.

use futures_util::{Stream, StreamExt, stream};

use super::look::verify;
use super::precondition::is_from;
use super::template::Template;
use super::write::{UrlChange, Wish, Work, differs};
use crate::device_view::Lookup;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::server_tokens::choice::Candidate;
use crate::organization::server_tokens::reading::{
    AT_ONCE, RegisteredUrl, TokenReader, TokenReading,
};

/// What is to be brought about.
pub struct UrlWish<'a> {
    /// The URL; `None` for none.
    pub url: Option<Template>,
    /// Only where this URL is set now, or with `none` where no URL is.
    pub from: Option<&'a str>,
    /// How names are looked up to look at the URL first; `None` to set it unseen.
    pub look: Option<Lookup>,
}

/// What would be changed, token by token.
pub struct UrlPlan<'a> {
    organization: &'a Organization,
    reader: &'a TokenReader<'a>,
    wished: Vec<(TokenReading<'a>, Result<Wish, Error>)>,
}

impl<'a> UrlPlan<'a> {
    /// Reads what is set with these tokens, and looks at each URL that would be set; exit 1 where a device could not use one.
    pub async fn new(
        wanted: &UrlWish<'_>,
        tokens: Vec<Candidate<'a>>,
        reader: &'a TokenReader<'a>,
        organization: &'a Organization,
    ) -> Result<Self, Error> {
        let readings = reader
            .read(tokens, RegisteredUrl::WithServer)
            .await
            .into_iter();
        let wished: Vec<_> = readings
            .map(|reading| {
                let wish = wish_for(&reading, wanted.url.as_ref(), wanted.from);
                (reading, wish)
            })
            .collect();
        if let Some(lookup) = &wanted.look {
            // What is set already needs no look, so that a job that finds nothing to do never fails for it.
            let urls: Vec<String> = wished.iter().filter_map(to_be_set).collect();
            if !urls.is_empty() {
                verify(&urls, lookup, organization).await?;
            }
        }
        Ok(Self {
            organization,
            reader,
            wished,
        })
    }

    /// The servers whose URL differs from what is wished, each with what it has now.
    pub fn differing(&self) -> Vec<String> {
        let differing = self.wished.iter().filter_map(|(reading, wish)| {
            let (Ok(before), Ok(wish)) = (&reading.outcome, wish) else {
                return None;
            };
            differs(before.as_ref(), wish).then(|| match before {
                Some(before) => format!("{} (now {})", reading.called(), before.url),
                None => format!("{} (now none)", reading.called()),
            })
        });
        differing.collect()
    }

    /// Makes the changes, several at once, and gives each in the order of the tokens as soon as it and those before it are
    /// known; `only_looks` changes nothing.
    pub fn apply(self, only_looks: bool) -> impl Stream<Item = UrlChange<'a>> {
        let work = Work {
            only_looks,
            reader: self.reader,
            organization: self.organization,
        };
        stream::iter(self.wished)
            .map(move |(reading, wish)| async move { work.change(reading, wish).await })
            .buffered(AT_ONCE)
    }
}

/// What is wished for the server of this token; exit 8 where `from` is not what it has now.
fn wish_for(
    reading: &TokenReading<'_>,
    template: Option<&Template>,
    from: Option<&str>,
) -> Result<Wish, Error> {
    if let Ok(now) = &reading.outcome {
        is_from(now.as_ref(), from)?;
    }
    template
        .map(|template| template.url(&reading.token.name, reading.server.id.as_deref()))
        .transpose()
}

/// The URL that is to be set where another one is, or none.
fn to_be_set((reading, wish): &(TokenReading<'_>, Result<Wish, Error>)) -> Option<String> {
    let (Ok(before), Ok(wish)) = (&reading.outcome, wish) else {
        return None;
    };
    let differs = differs(before.as_ref(), wish);
    wish.clone().filter(|_| differs)
}
