//! A server token in a file is opened, judged, asked about, and only then stored.

mod before;

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::choice::TokenServer;
use super::locked_profile::LockedProfile;
use super::open::{Keys, OpenedFile, open};
use super::reading::learn;
use super::state::{Problem, State, day};
use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::config::{Edit, Source, Sourced, TokenFacts, TokenRef};
use crate::core::names;
use crate::error::Error;
use crate::organization::profile::{Change, NewSecret, Plan};
use crate::organization::record::{Record, Recorded};
use crate::secret::{
    Field, InputFile, Secret, SecretLocation, SecretReference, Secrets, Slot, Store,
};
use crate::state::facts::{self, SeenFacts};
use crate::text::prose_date;
use before::words;

pub use before::Before;

pub struct ImportWish<'a> {
    pub file: &'a InputFile,
    /// What sentences call it.
    pub label: &'a str,
    /// The keys to open it with.
    pub keys: Keys<'a>,
    /// The name to keep the token under; `None` for its key pair's, else its server's.
    pub name: Option<&'a str>,
    /// Apple is asked nothing.
    pub offline: bool,
}

/// A token that can be kept, beside the one that is kept under its name.
pub struct Import<'a> {
    profile: &'a LockedProfile,
    /// The name to keep it under.
    pub name: String,
    /// What was in the file.
    pub opened: OpenedFile,
    /// What Apple says of its server; `None` where Apple was not asked.
    account: Option<Account>,
    /// The token that is kept under the name.
    pub before: Option<Before<'a>>,
    /// What is known of it: what Apple says of its server, else what is known of the same token.
    pub facts: SeenFacts,
    pub state: State,
}

impl<'a> Import<'a> {
    /// Opens the file and asks Apple about the token; nothing is stored. Exit 2 where the file can't be used, exit 3 where
    /// Apple refuses the token.
    pub async fn new(wanted: &ImportWish<'_>, profile: &'a LockedProfile) -> Result<Self, Error> {
        let organization = &profile.organization;
        let label = wanted.label;
        let opened = open(wanted.file, label, &wanted.keys, profile).await?;
        let account = if wanted.offline {
            None
        } else {
            Some(ask(&opened.token, label, profile).await?)
        };
        let name = match wanted.name {
            Some(name) => name.to_owned(),
            None => name_for(&opened, account.as_ref(), profile).await,
        };
        let name = profile.spelled(&name)?.to_owned();
        let before = match profile.token(&name) {
            Some(token) => Some(Before::read(token, organization).await),
            None => None,
        };
        let now = organization.clock().now();
        let end = opened.token.expires_at();
        let import = Self {
            facts: known(&opened.token, account.as_ref(), before.as_ref(), profile),
            state: match end {
                Some(end) if account.is_none() && end <= now => State::Expired,
                end => State::working(end, now),
            },
            profile,
            name,
            opened,
            account,
            before,
        };
        import.warn_of_the_end();
        Ok(import)
    }

    /// Whether Apple was asked, and accepts the token.
    pub fn is_accepted(&self) -> bool {
        self.account.is_some()
    }

    /// Whether Apple says that the token may not ask for the account-driven enrollment URL.
    pub fn lacks_account_driven_enrollment(&self) -> bool {
        let account = self.account.as_ref();
        account.and_then(Account::allows_account_driven_enrollment) == Some(false)
    }

    /// A token that is over, or whose end can't be told, is worth a word.
    fn warn_of_the_end(&self) {
        let token = &self.opened.token;
        let organization = &self.profile.organization;
        match token.expires_at() {
            Some(end) if end <= organization.clock().now() => {
                let yet = if self.account.is_none() {
                    "."
                } else {
                    ", but Apple still accepts the token."
                };
                organization.warn(&format!(
                    "The expiry date of the server token was {}{yet}",
                    prose_date(end)
                ));
            }
            Some(_) => {}
            None => organization.warn(&match token.expiry_raw() {
                Some(raw) => {
                    format!(
                        "abmctl doesn't know when the server token expires: the file says {raw:?}."
                    )
                }
                None => "abmctl doesn't know when the server token expires: the file doesn't say."
                    .to_owned(),
            }),
        }
    }

    /// What would be lost, if the kept token is another one, or may be.
    fn loss(&self) -> Option<String> {
        let before = self.before.as_ref()?;
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
            "The server token {} is {}. The new token, which would replace it, is {new}.",
            self.name,
            before.words()
        ))
    }

    /// Where this very token, with the same facts, is kept already.
    pub fn kept(&self) -> Option<&SecretReference> {
        let json = |token: &ServerToken| token.to_json().expose_secret().to_owned();
        let before = self.before.as_ref()?;
        let kept = before.token;
        let is_same = before.read.as_ref().map(json).as_deref()
            == Some(self.opened.token.to_json().expose_secret())
            && kept.server_id == self.facts.server_id
            && kept.server_name == self.facts.server_name
            && kept.organization == self.facts.organization;
        is_same.then_some(&kept.token.value.reference)
    }

    /// The store in which abmctl keeps the token before it, else its key pair.
    pub fn own_store(&self) -> Option<Store> {
        let old = self.before.as_ref().map(|it| &it.token.token.value);
        let pair = self.opened.key_pair.as_ref();
        let pair = pair.and_then(|name| {
            let pairs = &self.profile.key_pairs;
            pairs.iter().find(|it| it.name == *name)
        });
        let pair = pair.map(|pair| &pair.private_key.value);
        self.profile.own_store(&[old, pair])
    }

    /// The reference to the token in `store`; exit 2 if its name does not do.
    pub fn reference(&self, store: Store) -> Result<SecretReference, Error> {
        let field = Field::Token(self.name.clone());
        NewSecret::reference(&self.profile.name, &field, store)
    }

    /// What the journal says of it.
    fn record(&self) -> Record {
        let token = &self.opened.token;
        let words = |server: TokenServer, key_end: Option<&str>, end: Option<Timestamp>| {
            let key = key_end.map_or_else(String::new, |key| format!(", key …{key}"));
            let ends = end.map_or_else(String::new, |end| format!(", ends {}", day(end)));
            format!("{}{key}{ends}", server.words())
        };
        let from = self.before.as_ref().map(|before| {
            let server = TokenServer::known(&before.facts, before.token);
            words(server, before.consumer_key_end(), before.expires_at())
        });
        let server = TokenServer {
            id: self.facts.server_id.clone(),
            name: self.facts.server_name.clone(),
            organization: None,
        };
        let to = words(server, Some(token.consumer_key_end()), token.expires_at());
        let what = format!("server token {}", self.name);
        Record::of([Recorded::new(what, from, Some(to))])
    }

    /// The change that stores the token and what is known of it, with what would be lost.
    pub async fn plan<'b>(
        &'b self,
        store: Store,
        dry_run: bool,
        secrets: &'b Secrets,
    ) -> Result<Plan<'b>, Error> {
        let profile = self.profile;
        let reference = self.reference(store)?;
        let facts = TokenFacts {
            server_id: self.facts.server_id.clone(),
            server_name: self.facts.server_name.clone(),
            organization: self.facts.organization.clone(),
        };
        let write = move |edit: &mut Edit| {
            edit.set_token(&profile.name, &self.name, &reference)?;
            edit.set_token_facts(&profile.name, &self.name, &facts)
        };
        let change = Change {
            store: vec![NewSecret {
                field: Field::Token(self.name.clone()),
                secret: Secret::new(self.opened.token.to_json().expose_secret()),
                store,
            }],
            ..profile.change(self.record(), write)
        };
        let mut plan = profile
            .organization
            .plan_change(change, secrets, dry_run)
            .await?;
        plan.losses.splice(0..0, self.loss());
        Ok(plan)
    }

    /// Keeps what Apple said of the token, which is kept at `reference`, for commands that don't ask again.
    pub fn keep_facts(&self, reference: SecretReference) {
        let organization = &self.profile.organization;
        let location = SecretLocation {
            reference,
            slot: Slot::of_profile(&self.profile.name, Field::Token(self.name.clone())),
        };
        let token = TokenRef {
            name: self.name.clone(),
            token: Sourced::new(location, Source::Default),
            server_id: None,
            server_name: None,
            organization: None,
        };
        let store = organization.facts();
        let now = facts::place(&token);
        if let Some(old) = self.before.as_ref().map(|it| facts::place(it.token))
            && old != now
        {
            // Nobody looks for it there any more.
            let _ = store.forget(&old);
        }
        if let Err(error) = store.write(&now, &self.facts) {
            organization.warn(&format!(
                "abmctl can't store Apple's answer about the token in the state folder: {error}."
            ));
        }
    }
}

/// What is known of a token: what Apple says of its server, else what is known of the same one.
fn known(
    token: &ServerToken,
    account: Option<&Account>,
    before: Option<&Before<'_>>,
    profile: &LockedProfile,
) -> SeenFacts {
    let fingerprint = token.fingerprint();
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
        _ => SeenFacts::default(),
    };
    facts.fingerprint = fingerprint;
    if facts.expires_at != token.expires_at() || account.is_some() {
        facts.refused = None;
    }
    facts.expires_at = token.expires_at();
    if let Some(account) = account {
        learn(&mut facts, account, profile.organization.clock().now());
    }
    facts
}

/// Opens a session and asks what the token's server is; an error says that nothing was stored.
async fn ask(token: &ServerToken, label: &str, profile: &LockedProfile) -> Result<Account, Error> {
    let organization = &profile.organization;
    let client = organization.device_assignment_of(token.clone(), &organization.brief_http())?;
    organization.progress("Asking Apple about the token");
    let account = client.account().await;
    organization.progress("");
    account.map_err(|failure| {
        let now = organization.clock().now();
        Problem::of(failure, label, token.expires_at(), now)
            .error
            .hint("Nothing was stored. To store the token anyway, add `--offline`.")
    })
}

/// The name for a token that was given none: its key pair's, else that of the kept token of the same server, else one made of
/// its server's name.
async fn name_for(
    opened: &OpenedFile,
    account: Option<&Account>,
    profile: &LockedProfile,
) -> String {
    if let Some(pair) = &opened.key_pair {
        return pair.clone();
    }
    let id = account.and_then(|account| account.server_uuid.as_deref());
    let same_id = |token: &&TokenRef| {
        let kept = token.server_id.as_deref();
        kept.zip(id)
            .is_some_and(|(kept, id)| kept.eq_ignore_ascii_case(id))
    };
    if let Some(token) = profile.tokens.iter().find(same_id) {
        return token.name.clone();
    }
    if let Some(token) = same_key(&opened.token, profile).await {
        return token.name.clone();
    }
    account
        .and_then(|account| names::short(account.server_name.as_deref()?))
        .unwrap_or_else(|| "default".to_owned())
}

/// The kept token with the same consumer key. What is known of the tokens without their secrets is looked at first: a
/// keyring may be slow, and there may be many.
async fn same_key<'a>(token: &ServerToken, profile: &'a LockedProfile) -> Option<&'a TokenRef> {
    let fingerprint = token.fingerprint();
    let store = profile.organization.facts();
    let mut unknown = Vec::new();
    for kept in &profile.tokens {
        match store.read(&facts::place(kept)).fingerprint {
            known if known == fingerprint => return Some(kept),
            known if known.is_empty() => unknown.push(kept),
            _ => {}
        }
    }
    for kept in unknown {
        let before = Before::read(kept, &profile.organization).await;
        if before.fingerprint().as_deref() == Some(&fingerprint) {
            return Some(kept);
        }
    }
    None
}
