//! A server token, and its key pair if that is meant too, is taken off this machine; nothing changes at Apple.

use super::choice::TokenServer;
use super::key_pairs::remove_certificate;
use super::locked_profile::LockedProfile;
use crate::config::{Edit, KeyPair, TokenRef};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::profile::{Change, Done, Plan};
use crate::organization::record::{Record, Recorded};
use crate::secret::{Field, Secrets};
use crate::state::facts::{self, SeenFacts};

/// What is to be removed; at least one of both.
pub struct TokenRemoval<'a> {
    profile: &'a LockedProfile,
    /// The name of both.
    pub name: &'a str,
    pub token: Option<&'a TokenRef>,
    pub pair: Option<&'a KeyPair>,
}

impl<'a> TokenRemoval<'a> {
    /// The token called `name`, and `with_pair` its key pair; exit 4 where there is neither.
    pub fn new(name: &'a str, with_pair: bool, profile: &'a LockedProfile) -> Result<Self, Error> {
        let name = profile.spelled(name)?;
        let token = profile.token(name);
        let pair = profile.key_pair(name).filter(|_| with_pair);
        if token.is_none() && pair.is_none() {
            return Err(absent(name, with_pair, profile));
        }
        Ok(Self {
            profile,
            name,
            token,
            pair,
        })
    }

    /// Whether the token's key pair stays.
    pub fn keeps_pair(&self) -> bool {
        self.pair.is_none() && self.profile.key_pair(self.name).is_some()
    }

    /// What the journal says of it.
    fn record(&self) -> Record {
        let token = self.token.map(|token| {
            let server = TokenServer::known(&SeenFacts::default(), token).words();
            let from = format!("{server}, in {}", token.token.value.reference);
            Recorded::new(format!("server token {}", self.name), Some(from), None)
        });
        let pair = self.pair.map(|pair| {
            let from = format!("certificate {}", pair.certificate.display());
            Recorded::new(format!("key pair {}", self.name), Some(from), None)
        });
        Record::of(token.into_iter().chain(pair))
    }

    /// The change that removes it.
    pub async fn plan<'b>(
        &'b self,
        dry_run: bool,
        secrets: &'b Secrets,
    ) -> Result<Plan<'b>, Error> {
        let Self {
            profile,
            name,
            token,
            pair,
        } = *self;
        let write = move |edit: &mut Edit| {
            if token.is_some() {
                edit.remove_token(&profile.name, name);
            }
            if pair.is_some() {
                edit.remove_key_pair(&profile.name, name);
            }
            Ok(())
        };
        let token_field = token.map(|_| Field::Token(name.to_owned()));
        let pair_field = pair.map(|_| Field::KeyPair(name.to_owned()));
        let change = Change {
            remove: token_field.into_iter().chain(pair_field).collect(),
            by_hand: Some(format!(
                "To leave the secret where it is, delete {name} from {} by hand.",
                profile.settings().folders.config_file().display()
            )),
            ..profile.change(self.record(), write)
        };
        profile
            .organization
            .plan_change(change, secrets, dry_run)
            .await
    }

    /// Removes it by this plan, with its certificate and what is known of the token.
    pub async fn apply(&self, plan: Plan<'_>) -> Result<Done, Error> {
        let dry_run = plan.is_rehearsal();
        let mut done = plan.apply().await?;
        if dry_run {
            return Ok(done);
        }
        let LockedProfile {
            organization, name, ..
        } = self.profile;
        let folders = &organization.settings().folders;
        if let Some(pair) = self.pair {
            let warning = remove_certificate(name, self.name, pair, folders);
            done.warnings.extend(warning);
        }
        if let Some(token) = self.token {
            // Nothing in it is secret, and nobody looks for it any more.
            let _ = organization.facts().forget(&facts::place(token));
        }
        Ok(done)
    }
}

/// `tokens remove` for this name.
pub fn command(name: &str) -> Command {
    Command::storing("tokens remove").arg(name)
}

/// Exit 4, with the names that there are.
fn absent(name: &str, with_pair: bool, profile: &LockedProfile) -> Error {
    let of = &profile.name;
    let error = Error::not_found(if with_pair {
        format!("Profile {of} has neither a server token nor a key pair {name:?}.")
    } else {
        format!("Profile {of} has no server token {name:?}.")
    });
    if !with_pair && profile.key_pair(name).is_some() {
        return error.hint(hint![
            "The profile has a key pair of that name. Remove it with ",
            command(name).word("--key-pair"),
            "."
        ]);
    }
    let names: Vec<&str> = profile.tokens.iter().map(|it| it.name.as_str()).collect();
    match names[..] {
        [] => error.hint(hint![
            "The profile has no server tokens. See all profiles with ",
            Command::plain("profiles list"),
            "."
        ]),
        _ => error.hint(hint![
            format!(
                "The profile's server tokens are {}. See them with ",
                names.join(", ")
            ),
            Command::new("tokens list"),
            "."
        ]),
    }
}
