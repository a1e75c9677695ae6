//! A server token on its way into a profile, beside the one that is kept there under its name.

use secrecy::ExposeSecret;
use serde::Serialize;

use super::list::key_end;
use super::open::Opened;
use super::place::Place;
use super::reading::learn;
use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::commands::profile_change::{Consent, apply, prepare};
use crate::config::{self, Edit, TokenFacts, TokenRef};
use crate::context::Context;
use crate::error::Error;
use crate::organization::profile::{Change, NewSecret};
use crate::organization::server_tokens::state::State;
use crate::output::{Column, Row, Shown, column, day, more};
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Slot, Store};
use crate::state::facts::{self, Facts};

/// The token that is kept under the name.
pub struct Before<'a> {
    /// Where it is, and what is known of its server.
    pub token: &'a TokenRef,
    /// The token itself, where it can be read.
    read: Option<ServerToken>,
    /// What was kept of what Apple said of it.
    facts: Facts,
}

impl<'a> Before<'a> {
    /// Reads it, as far as that is possible.
    pub async fn read(token: &'a TokenRef, place: &Place, context: &Context) -> Self {
        let location = &token.token.value;
        let read = match context.secrets(&place.settings).resolve(location).await {
            Ok(secret) => ServerToken::parse(secret.expose()).ok(),
            Err(_) => None,
        };
        let store = facts::Store::new(&place.settings.folders.state);
        Self {
            token,
            read,
            facts: store.read(&facts::place(token)),
        }
    }

    /// Its fingerprint, where that is known.
    pub fn fingerprint(&self) -> Option<String> {
        match &self.read {
            Some(token) => Some(token.fingerprint()),
            None => Some(self.facts.fingerprint.clone()).filter(|it| !it.is_empty()),
        }
    }

    /// The kept token, as a person tells it from another.
    fn words(&self) -> String {
        let key = self.read.as_ref().map(ServerToken::consumer_key_end);
        words(
            self.token.server_name.as_deref(),
            self.token.server_id.as_deref(),
            key,
        )
    }
}

fn words(server: Option<&str>, id: Option<&str>, key_end: Option<&str>) -> String {
    let server = match (server, id) {
        (Some(server), Some(id)) => format!("the server {server} ({id})"),
        (Some(known), None) | (None, Some(known)) => format!("the server {known}"),
        (None, None) => "a server that is not known".to_owned(),
    };
    match key_end {
        Some(end) => format!("for {server}, with the consumer key …{end}"),
        None => format!("for {server}, and can't be read"),
    }
}

/// The token that is to be kept.
pub struct New {
    name: String,
    /// What was in the file.
    pub opened: Opened,
    facts: Facts,
    state: State,
}

impl New {
    /// The token of this name: what Apple says of its server, else what is known of the same token.
    pub fn of(
        name: String,
        opened: Opened,
        account: Option<&Account>,
        before: Option<&Before<'_>>,
        context: &Context,
    ) -> Self {
        let now = context.clock().now();
        let fingerprint = opened.token.fingerprint();
        // A token that was renewed keeps what is known of its server and its URL.
        let mut facts = match before {
            Some(before) if before.fingerprint().as_deref() == Some(&fingerprint) => {
                let mut facts = before.facts.clone();
                if facts.account_at.is_none() {
                    facts.server_id.clone_from(&before.token.server_id);
                    facts.server_name.clone_from(&before.token.server_name);
                    facts.organization.clone_from(&before.token.organization);
                }
                facts
            }
            _ => Facts::default(),
        };
        facts.fingerprint = fingerprint;
        if let Some(account) = account {
            learn(&mut facts, account, now);
        }
        let end = opened.token.expires_at();
        let state = match end {
            Some(end) if account.is_none() && end <= now => State::Expired,
            end => State::working(end, now),
        };
        Self {
            name,
            opened,
            facts,
            state,
        }
    }

    /// What would be lost, if the kept token is another one, or may be.
    pub fn loss(&self, before: &Before<'_>) -> Option<String> {
        let ids = before
            .token
            .server_id
            .as_ref()
            .zip(self.facts.server_id.as_ref());
        let same_server = ids.map(|(kept, new)| kept.eq_ignore_ascii_case(new));
        let same_key = before
            .fingerprint()
            .map(|kept| kept == self.facts.fingerprint);
        match (same_server, same_key) {
            (Some(false), _) | (_, Some(false)) | (None, None) => {}
            (Some(true), _) | (None, Some(true)) => return None,
        }
        let new = words(
            self.facts.server_name.as_deref(),
            self.facts.server_id.as_deref(),
            Some(self.opened.token.consumer_key_end()),
        );
        Some(format!(
            "The server token {} is {}; the new one, which would replace it, is {new}.",
            self.name,
            before.words()
        ))
    }

    /// Whether this very token, with the same facts, is kept already.
    pub fn is(&self, before: &Before<'_>) -> bool {
        let json = |token: &ServerToken| token.to_json().expose_secret().to_owned();
        let kept = before.token;
        before.read.as_ref().map(json).as_deref()
            == Some(self.opened.token.to_json().expose_secret())
            && kept.server_id == self.facts.server_id
            && kept.server_name == self.facts.server_name
            && kept.organization == self.facts.organization
    }

    /// Stores the token and what is known of it, in a rehearsal only in words, and returns where it is kept.
    ///
    /// Exit 2 if it would replace another one and nobody agrees.
    pub async fn keep(
        &self,
        asked: Option<Store>,
        (yes, dry_run): (bool, bool),
        before: Option<&Before<'_>>,
        place: &Place,
        context: &Context,
    ) -> Result<SecretReference, Error> {
        let old = before.map(|before| &before.token.token.value);
        let pair = self.opened.key_pair.as_ref();
        let pair = pair.and_then(|name| place.key_pairs.iter().find(|it| it.name == *name));
        let pair = pair.map(|pair| &pair.private_key.value);
        let store = place
            .store(asked, &[old, pair], "server token", context)
            .await?;
        let field = Field::Token(self.name.clone());
        let reference = NewSecret::reference(&place.profile, &field, store)?;
        let facts = TokenFacts {
            server_id: self.facts.server_id.clone(),
            server_name: self.facts.server_name.clone(),
            organization: self.facts.organization.clone(),
        };
        let write = |edit: &mut Edit| {
            edit.set_token(&place.profile, &self.name, &reference)?;
            edit.set_token_facts(&place.profile, &self.name, &facts)
        };
        let secrets = context.secrets(&place.settings);
        let change = Change {
            profile: &place.profile,
            before: place.stored.as_ref(),
            store: vec![NewSecret {
                field,
                secret: Secret::new(self.opened.token.to_json().expose_secret()),
                store,
            }],
            remove: Vec::new(),
            renamed: Vec::new(),
            by_hand: None,
            write: Box::new(write),
        };
        let consent = Consent {
            losses: before.and_then(|before| self.loss(before)).into_iter().collect(),
            question: "Replace it?",
            hints: vec![
                "To keep both, keep the new one under a name of its own with `--name NAME`, or in a profile of its own with `--profile NEW`.".into(),
            ],
            yes,
            dry_run,
        };
        let folders = &place.settings.folders;
        let plan = prepare(change, consent, folders, &secrets, context).await?;
        if dry_run {
            return Ok(reference.clone());
        }
        apply(plan, context).await?;
        if store == Store::Keyring && asked.is_none() {
            context.ui.hint_afterwards("A keyring is locked where nobody is logged in: for cron, import it with `--store file`.");
        }
        Ok(reference.clone())
    }

    fn slot(&self, place: &Place) -> Slot {
        Slot::of_profile(&place.profile, Field::Token(self.name.clone()))
    }

    /// Keeps what Apple said, for commands that don't ask again.
    pub fn keep_facts(
        &self,
        reference: SecretReference,
        before: Option<&Before<'_>>,
        place: &Place,
        context: &Context,
    ) {
        let location = SecretLocation {
            reference,
            slot: self.slot(place),
        };
        let token = TokenRef {
            name: self.name.clone(),
            token: config::Sourced::new(location, config::Source::Default),
            server_id: None,
            server_name: None,
            organization: None,
        };
        let store = facts::Store::new(&place.settings.folders.state);
        let now = facts::place(&token);
        if let Some(old) = before.map(|before| facts::place(before.token))
            && old != now
        {
            // Nobody looks for it there any more.
            let _ = store.forget(&old);
        }
        if let Err(error) = store.write(&now, &self.facts) {
            context.ui.warn(&format!(
                "What Apple said of the token can't be kept in the state folder: {error}."
            ));
        }
    }

    /// The row of the change.
    pub fn row(&self, reference: &SecretReference, before: Option<&Before<'_>>) -> Imported {
        let token = &self.opened.token;
        let before = before.map(|before| {
            let read = before.read.as_ref();
            Replaced {
                server_id: before.token.server_id.clone(),
                server_name: before.token.server_name.clone(),
                consumer_key_end: read.map(|it| it.consumer_key_end().to_owned()),
                expires_at: read
                    .and_then(ServerToken::expires_at)
                    .map(|end| end.to_string()),
                kept_in: before.token.token.value.reference.to_string(),
            }
        });
        Imported {
            token: self.name.clone(),
            server_id: self.facts.server_id.clone(),
            server_name: self.facts.server_name.clone(),
            organization: self.facts.organization.clone(),
            consumer_key_end: token.consumer_key_end().to_owned(),
            expires_at: token.expires_at().map(|end| end.to_string()),
            state: self.state.word(),
            key_pair: self.opened.key_pair.clone(),
            kept_in: reference.to_string(),
            before,
        }
    }
}

/// A token that was imported.
#[derive(Debug, Serialize)]
pub struct Imported {
    token: String,
    server_id: Option<String>,
    server_name: Option<String>,
    organization: Option<String>,
    consumer_key_end: String,
    expires_at: Option<String>,
    state: &'static str,
    key_pair: Option<String>,
    kept_in: String,
    before: Option<Replaced>,
}

/// The token that it replaced.
#[derive(Debug, Serialize)]
struct Replaced {
    server_id: Option<String>,
    server_name: Option<String>,
    consumer_key_end: Option<String>,
    expires_at: Option<String>,
    kept_in: String,
}

impl Row for Imported {
    const COLUMNS: &'static [Column<Self>] = &[
        column("token", "TOKEN", |it| it.token.shown()),
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        column("organization", "ORGANIZATION", |it| it.organization.shown()),
        column("consumer_key_end", "KEY", |it| {
            key_end(Some(&it.consumer_key_end))
        }),
        column("expires_at", "ENDS", |it| day(it.expires_at.as_ref())),
        more("state", |it| it.state.shown()),
        more("key_pair", |it| it.key_pair.shown()),
        more("kept_in", |it| it.kept_in.shown()),
        more("before", |it: &Self| {
            it.before.as_ref().map(|it| &it.kept_in).shown()
        })
        .of(&[
            "server_id",
            "server_name",
            "consumer_key_end",
            "expires_at",
            "kept_in",
        ]),
    ];
    const EMPTY: &'static str = "Nothing to change: this token is kept already.";
}
