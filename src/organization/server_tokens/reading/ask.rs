//! What Apple is asked with a server token: a value, and what its answer tells.

use jiff::Timestamp;

use super::{Opened, TokenReader};
use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::discovery::Registered;
use crate::apple::device_assignment::refusal::Refusal;
use crate::config::TokenRef;
use crate::error::{Error, Kind};
use crate::organization::server_tokens::state::{Problem, State};
use crate::state::facts::SeenFacts;
use crate::text::prose_date;

/// What Apple is asked with a token that was opened.
pub trait Ask: Copy {
    /// What the answer tells.
    type Told;

    /// Whether it is Apple that answers, rather than the token's own date.
    fn is_answered_by_apple(self) -> bool {
        true
    }

    /// Asks, and keeps what is learned.
    fn ask(
        self,
        opened: &mut Opened,
        token: &TokenRef,
        now: Timestamp,
        reader: &TokenReader<'_>,
    ) -> impl Future<Output = Result<Self::Told, Problem>>;
}

/// Whether a token works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Apple is asked nothing: the date in the token counts.
    ByDate,
    /// Apple is asked what the token's server is, which it says only to a token that works.
    ByApple,
}

impl Ask for Validity {
    type Told = ();

    fn is_answered_by_apple(self) -> bool {
        self == Self::ByApple
    }

    async fn ask(
        self,
        opened: &mut Opened,
        token: &TokenRef,
        now: Timestamp,
        reader: &TokenReader<'_>,
    ) -> Result<(), Problem> {
        let expires_at = opened.client.token().expires_at();
        if self == Self::ByDate {
            return match expires_at.filter(|end| *end <= now) {
                None => Ok(()),
                Some(end) => Err(Problem {
                    state: State::Expired,
                    error: Error::new(
                        Kind::NotAuthenticated,
                        format!("The token's expiry date was {}.", prose_date(end)),
                    ),
                }),
            };
        }
        match opened.client.account().await {
            Ok(account) => {
                learn(&mut opened.facts, &account, now);
                reader.keep_server(opened, token);
                Ok(())
            }
            Err(failure) => Err(Problem::of(failure, &token.name, expires_at, now)),
        }
    }
}

/// Which ADDE URL a token's server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisteredUrl {
    /// Nothing else.
    Alone,
    /// And once for each token what its server is, where that is not known yet.
    WithServer,
}

impl Ask for RegisteredUrl {
    type Told = Option<Registered>;

    async fn ask(
        self,
        opened: &mut Opened,
        token: &TokenRef,
        now: Timestamp,
        reader: &TokenReader<'_>,
    ) -> Result<Option<Registered>, Problem> {
        let read = opened.client.profile().await;
        // A token that is refused is refused its account as well; without a URL of its own an organization has one.
        let has_account = match &read {
            Ok(_) => true,
            Err(failure) => failure
                .refused()
                .is_some_and(|refused| refused.refusal == Refusal::OrganizationNotSupported),
        };
        if self == Self::WithServer && has_account && opened.facts.account_at.is_none() {
            match opened.client.account().await {
                Ok(account) => {
                    let now = reader.organization.clock().now();
                    learn(&mut opened.facts, &account, now);
                }
                Err(failure) => reader.organization.warn(&format!(
                    "abmctl can't read which server the token {} is for: {failure}",
                    token.name
                )),
            }
        }
        let expires_at = opened.client.token().expires_at();
        if let Some(end) = expires_at.filter(|end| read.is_ok() && *end <= now) {
            reader.organization.warn(&format!(
                "The expiry date of the server token {} was {}, but Apple still accepts the token.",
                token.name,
                prose_date(end)
            ));
        }
        if let Ok(registered) = &read {
            opened.saw(registered.as_ref(), now);
        }
        reader.keep_facts(opened, token, now);
        read.map_err(|failure| Problem::of(failure, &token.name, expires_at, now))
    }
}

/// Takes over what Apple says of a token's server.
pub fn learn(facts: &mut SeenFacts, account: &Account, now: Timestamp) {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    facts.server_id = some(&account.server_uuid);
    facts.server_name = some(&account.server_name);
    facts.organization = some(&account.org_name);
    facts.account_at = Some(now);
}
