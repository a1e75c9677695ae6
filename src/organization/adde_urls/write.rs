//! One server token's URL changed: noted in the journal, sent, read back.

use std::time::Duration;

use serde_json::json;

use super::precondition::NONE;
use crate::apple::device_assignment::discovery::Registered;
use crate::apple::device_assignment::session::DeviceAssignment;
use crate::apple::error::Failure;
use crate::core::adde_url::{is_plain, other_host, same};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::record::{Begun, Started};
use crate::organization::server_tokens::reading::{TokenReader, TokenReading};
use crate::organization::server_tokens::state::Problem;
use crate::state::journal::How;

/// How long after a change it is looked at again, if it isn't shown.
const MOMENT: Duration = Duration::from_secs(5);

/// What the URL is to be: `None` for none.
pub type Wish = Option<String>;

/// Whether what is there is not what is wished.
pub fn differs(before: Option<&Registered>, wish: &Wish) -> bool {
    match (before, wish) {
        (Some(before), Some(wish)) => !same(&before.url, wish),
        (before, wish) => before.is_some() != wish.is_some(),
    }
}

/// What became of one token's URL.
pub struct UrlChange<'a> {
    /// The token, with what is set now as far as it is known.
    pub reading: TokenReading<'a>,
    /// What was there before.
    pub from: Option<Registered>,
    /// The URL that is there now, or would be.
    pub to: Option<String>,
    /// The word for it in documents.
    pub result: &'static str,
    /// What failed.
    pub error: Option<Error>,
    /// The command that puts back what was there before, where something else may be there now.
    pub undo: Option<Command>,
}

impl UrlChange<'_> {
    /// Nothing was changed, but would have been.
    pub fn would_change(&self) -> bool {
        matches!(self.result, "would_set" | "would_clear")
    }
}

/// What is the same for every token.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Nothing is changed.
    pub only_looks: bool,
    /// Keeps what is learned.
    pub reader: &'a TokenReader<'a>,
    pub organization: &'a Organization,
}

impl<'a> Work<'a> {
    /// Makes one token's URL what is wished, if it differs.
    pub async fn change(
        &self,
        reading: TokenReading<'a>,
        wish: Result<Wish, Error>,
    ) -> UrlChange<'a> {
        let mut change = UrlChange {
            reading,
            from: None,
            to: None,
            result: "failed",
            error: None,
            undo: None,
        };
        match &change.reading.outcome {
            Ok(from) => change.from.clone_from(from),
            Err(problem) => {
                change.error = Some(problem.error.clone());
                return change;
            }
        }
        let wish = match wish {
            Ok(wish) => wish,
            Err(error) => {
                change.to = change.from.as_ref().map(|it| it.url.clone());
                change.error = Some(error);
                return change;
            }
        };
        if !differs(change.from.as_ref(), &wish) {
            change.to = change.from.as_ref().map(|it| it.url.clone());
            change.result = "unchanged";
            return change;
        }
        self.warn_of_another_host(&change, &wish);
        change.to.clone_from(&wish);
        let sets = wish.is_some();
        if self.only_looks {
            change.result = if sets { "would_set" } else { "would_clear" };
            return change;
        }
        if let Some(opened) = &change.reading.opened {
            let client = opened.client.clone();
            self.write(&client, &mut change, &wish).await;
            if change.error.is_none() {
                change.result = if sets { "set" } else { "cleared" };
            }
        }
        change
    }

    /// Says that what is there came from elsewhere, and may come back.
    fn warn_of_another_host(&self, change: &UrlChange<'_>, wish: &Wish) {
        if let (Some(from), Some(to)) = (&change.from, wish)
            && other_host(&from.url, to)
        {
            self.organization.warn(&format!(
                "{} has a URL on another host, {}. If the MDM there sets its URL automatically, as Fleet does every hour, the MDM will overwrite yours.",
                change.reading.called(),
                from.url
            ));
        }
    }

    /// Sends a change, reads back, and notes all of it.
    async fn write(&self, client: &DeviceAssignment, change: &mut UrlChange<'_>, wish: &Wish) {
        let undo = undo(change.from.as_ref(), wish, &change.reading);
        let started = self.begin(change, client, wish, &undo);
        change.undo = Some(undo);
        let (now, error) = self.send(client, change, wish).await;
        change.error = error;
        match now {
            // The journal keeps it open, since there may be something to restore.
            Now::Unknown => change.to = None,
            Now::Is(now) => {
                change.to = now.as_ref().map(|it| it.url.clone());
                let before = change.from.as_ref().map(|it| it.url.clone());
                let is_as_before = !differs(now.as_ref(), &before);
                if is_as_before {
                    change.undo = None;
                }
                match &change.error {
                    None => started.end(How::AsWished, "As wished."),
                    Some(error) if is_as_before => started.end(How::Nothing, &error.message),
                    Some(error) => started.end(How::Failed, &error.message),
                }
                change.reading.outcome = Ok(now);
                self.reader.keep(&mut change.reading);
            }
        }
    }

    /// Sends a change and reads back. All of these requests may be repeated, so a write whose outcome is not known is
    /// judged by what is there afterwards.
    async fn send(
        &self,
        client: &DeviceAssignment,
        change: &UrlChange<'_>,
        wish: &Wish,
    ) -> (Now, Option<Error>) {
        let reading = &change.reading;
        let wrong = |failure: Failure| {
            let now = self.organization.clock().now();
            Problem::of(failure, &reading.token.name, reading.expires_at, now).error
        };
        let sent = match wish {
            Some(url) => client.set(url).await,
            None => client.clear().await,
        };
        let sent = match sent {
            Err(failure) if failure.not_acted_on() => {
                return (Now::Is(change.from.clone()), Some(wrong(failure)));
            }
            other => other,
        };
        let look = hint![
            "See the current URL with ",
            Command::new("adde-url get").option("--server", &reading.token.name),
            "."
        ];
        let mut read = client.profile().await;
        if let Ok(now) = &read
            && differs(now.as_ref(), wish)
        {
            // It may be shown a moment later.
            self.organization.http().pause(MOMENT).await;
            read = client.profile().await;
        }
        match (sent, read) {
            (_, Ok(now)) if !differs(now.as_ref(), wish) => (Now::Is(now), None),
            (Err(failure), Ok(now)) => {
                let has = now.as_ref().map_or("no URL", |it| &it.url);
                let error = wrong(failure)
                    .context("abmctl can't tell whether Apple made the change")
                    .and(format!("Apple has {has} now."))
                    .hint(look)
                    .of_kind(Kind::Partial);
                (Now::Unknown, Some(error))
            }
            (Ok(()), Ok(now)) => {
                let has = now.as_ref().map_or("no URL", |it| &it.url);
                let message = format!(
                    "Apple accepted the change but has {has} now. Somebody else or the MDM may have changed the URL in the meantime."
                );
                let error = Error::new(Kind::Conflict, message).hint(look);
                (Now::Is(now), Some(error))
            }
            (sent, Err(failure)) => {
                let context = match sent {
                    Ok(()) => "Apple accepted the change, but it can't be read back",
                    Err(_) => "abmctl can't tell whether Apple made the change",
                };
                let error = wrong(failure).context(context).hint(look);
                (Now::Unknown, Some(error.of_kind(Kind::Partial)))
            }
        }
    }

    /// Notes in the journal that a change begins. What can't be noted costs a warning: what was there before is printed as well.
    fn begin(
        &self,
        change: &UrlChange<'_>,
        client: &DeviceAssignment,
        wish: &Wish,
        undo: &Command,
    ) -> Started<'a> {
        let with_url = |url: Option<&str>| {
            let reading = &change.reading;
            let server = &reading.server;
            json!({
                "token": reading.token.name,
                "server_id": server.id,
                "server_name": server.name,
                "url": url,
            })
        };
        let token = client.token().fingerprint();
        self.organization.records().begin(Begun {
            organization: &format!("{token} {}", client.origin().as_str()),
            profile: self.organization.profile(),
            before: with_url(change.from.as_ref().map(|it| it.url.as_str())),
            changes: with_url(wish.as_deref()),
            undo: undo.written(&self.organization.settings().reach()),
        })
    }
}

/// What Apple has after a write.
enum Now {
    Is(Option<Registered>),
    Unknown,
}

/// The command that puts `from` back, whether a device could use it or not; only where `wish` is set then.
fn undo(from: Option<&Registered>, wish: &Wish, reading: &TokenReading<'_>) -> Command {
    let command = match from {
        Some(from) => Command::new("adde-url set").arg(&from.url),
        None => Command::new("adde-url clear"),
    };
    let command = command
        .option("--server", &reading.token.name)
        .option("--from", wish.as_deref().unwrap_or(NONE));
    match from {
        Some(from) if is_plain(&from.url) => command.word("--no-verify"),
        Some(_) => command.word("--no-verify --as-is"),
        None => command,
    }
}
