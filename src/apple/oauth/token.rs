//! Access tokens: from the cache, or from Apple's token endpoint with a fresh assertion or a refresh token.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, Scope, TokenUrl};
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::assertion;
use super::cache::{AccessToken, Cache};
use super::endpoint::{self, Exchange};
use super::grant::Authorized;
use super::key::SigningKey;
use crate::apple::error::{Cause, Client, Failure, RequestName};
use crate::apple::http::{Credential, Http, Origin, Request, Response};
use crate::apple::retry::{Outcome, Repeat};
use crate::error::Error;
use crate::host::Boxed;
use crate::private_files::Locked;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A token is renewed this long before its end.
const EARLY: SignedDuration = SignedDuration::from_mins(5);

/// Who asks, and where.
#[derive(Debug)]
pub struct ClientCredentials {
    /// The API account.
    pub client_id: String,
    /// Its key, where configured.
    pub key_id: Option<String>,
    /// The private key.
    pub key: SigningKey,
    /// `business.api` or `school.api` (official).
    pub scope: &'static str,
    /// The token endpoint.
    pub token_url: Url,
}

/// By what Apple is asked for a token.
#[derive(Debug)]
pub enum Grant {
    /// An API account's own credentials.
    ClientCredentials(ClientCredentials),
    /// The authorization that an administrator gave to an app.
    RefreshToken(Authorized),
}

impl Grant {
    fn token_url(&self) -> &Url {
        match self {
            Self::ClientCredentials(credentials) => &credentials.token_url,
            Self::RefreshToken(authorized) => &authorized.app.token_url,
        }
    }
}

/// Fetches a grant from where its secrets are: a keyring may ask a person, and a program may take seconds.
pub type Fetch = Box<dyn Fn() -> Boxed<Result<Grant, Error>> + Send + Sync>;

/// A grant whose secrets are fetched when the first token is asked for, once in a run.
struct LateGrant {
    fetched: OnceCell<Result<Grant, Error>>,
    fetch: Option<Fetch>,
    token_url: Url,
}

impl LateGrant {
    fn request_name(&self) -> RequestName {
        endpoint::request_name(&self.token_url)
    }

    async fn get(&self) -> Result<&Grant, Failure> {
        let fetched = self.fetched.get_or_init(|| async {
            match &self.fetch {
                Some(fetch) => fetch().await,
                None => Err(Error::failed("There are no credentials.")),
            }
        });
        fetched.await.as_ref().map_err(|error| {
            Failure::new(self.request_name(), Cause::Secret(Box::new(error.clone())))
        })
    }
}

impl From<ClientCredentials> for Grant {
    fn from(credentials: ClientCredentials) -> Self {
        Self::ClientCredentials(credentials)
    }
}

impl From<Authorized> for Grant {
    fn from(authorized: Authorized) -> Self {
        Self::RefreshToken(authorized)
    }
}

/// Where access tokens come from.
pub struct TokenSource {
    grant: LateGrant,
    http: Http,
    cache: Option<Cache>,
    current: Mutex<Option<AccessToken>>,
    complain: Arc<dyn Fn(String) + Send + Sync>,
    complained: AtomicBool,
}

impl TokenSource {
    /// Tokens by `grant`, kept in `cache` if there is one. `complain` is told once when it can't be used.
    pub fn new(
        grant: impl Into<Grant>,
        http: Http,
        cache: Option<Cache>,
        complain: Arc<dyn Fn(String) + Send + Sync>,
    ) -> Self {
        let grant = grant.into();
        let token_url = grant.token_url().clone();
        let grant = LateGrant {
            fetched: OnceCell::new_with(Some(Ok(grant))),
            fetch: None,
            token_url,
        };
        Self::of(grant, http, cache, complain)
    }

    /// The same, with a grant for `token_url` that is fetched when a token has to be asked for. A token in the cache needs none.
    pub fn fetching(
        fetch: Fetch,
        token_url: Url,
        http: Http,
        cache: Option<Cache>,
        complain: Arc<dyn Fn(String) + Send + Sync>,
    ) -> Self {
        let grant = LateGrant {
            fetched: OnceCell::new(),
            fetch: Some(fetch),
            token_url,
        };
        Self::of(grant, http, cache, complain)
    }

    fn of(
        grant: LateGrant,
        http: Http,
        cache: Option<Cache>,
        complain: Arc<dyn Fn(String) + Send + Sync>,
    ) -> Self {
        Self {
            grant,
            http,
            cache,
            current: Mutex::new(None),
            complain,
            complained: AtomicBool::new(false),
        }
    }

    /// The same, with a token that is there already.
    #[must_use]
    pub fn holding(mut self, token: AccessToken) -> Self {
        *self.current.get_mut() = Some(token);
        self
    }

    /// Sends a request with a token for `origin`, again if that is safe, and with a new token once if the answer is
    /// 401. Anything but a read is sent again only if the 401 is in Apple's own form.
    ///
    /// The answer's status is a success.
    pub async fn send(
        &self,
        http: &Http,
        origin: &Origin,
        request: &Request,
        repeat: Repeat,
    ) -> Result<Response, Failure> {
        let no_token = |failure| Failure::no_credential(request.name(), failure);
        let token = self.token_through(http).await.map_err(no_token)?;
        let attempt = |token: &AccessToken| {
            let credential = Credential::bearer(origin, token.value.expose_secret())
                .map_err(|cause| Failure::new(request.name(), cause));
            async move {
                let request = request.clone().credential(credential?);
                http.once(&request).await?.success()
            }
        };
        match http.repeat(repeat, || attempt(&token)).await {
            Err(refused) if refused.outcome() == Outcome::Status(401) => {
                let renewed = self.renew_through(http, &token).await.map_err(no_token);
                let token = renewed.map_err(|failure| failure.after(&refused))?;
                // A 401 that isn't in Apple's own words may come from elsewhere, after the request was acted on.
                if repeat != Repeat::Always && !refused.not_acted_on() {
                    return Err(refused);
                }
                let again = http.repeat(repeat, || attempt(&token)).await;
                again.map_err(|failure| failure.after(&refused))
            }
            other => other,
        }
    }

    /// A token that is good for at least 5 minutes more.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        self.other_than(None, &self.http).await
    }

    /// The same, with the patience of `http`: that of the request which needs the token.
    pub async fn token_through(&self, http: &Http) -> Result<AccessToken, Failure> {
        self.other_than(None, http).await
    }

    /// Drops `refused`, which Apple did not accept, and gets another with the patience of `http`.
    pub async fn renew_through(
        &self,
        http: &Http,
        refused: &AccessToken,
    ) -> Result<AccessToken, Failure> {
        self.other_than(Some(refused), http).await
    }

    async fn other_than(
        &self,
        refused: Option<&AccessToken>,
        http: &Http,
    ) -> Result<AccessToken, Failure> {
        // One at a time in this process, and below one process at a time: the others find its token.
        let mut current = self.current.lock().await;
        let usable = |token: &AccessToken| {
            token.expires_at.duration_since(http.clock().now()) > EARLY
                && endpoint::is_usable(token.value.expose_secret())
                && refused.is_none_or(|refused| {
                    refused.value.expose_secret() != token.value.expose_secret()
                })
        };
        if let Some(token) = current.as_ref().filter(|token| usable(token)) {
            return Ok(token.clone());
        }
        *current = None;
        let Some(cache) = &self.cache else {
            let token = self.ask(http).await?;
            return Ok(current.insert(token).clone());
        };
        if let Some(token) = cache.read().filter(usable) {
            return Ok(current.insert(token).clone());
        }
        let started = http.clock().now();
        let held = tokio::select! {
            held = cache.hold(http.claimant(), http.left()) => held,
            () = http.stopped() => return Err(Failure::new(self.grant.request_name(), Cause::Interrupted)),
        };
        let held = match held {
            Ok(Locked::Held(held)) => Some(held),
            Ok(Locked::Busy(holder)) => {
                http.waited_in_vain(started);
                return Err(Failure::new(
                    self.grant.request_name(),
                    Cause::NotSent(format!(
                        "another abmctl is still requesting this access token ({holder})"
                    )),
                ));
            }
            Err(error) => {
                self.complain(cache, &error);
                None
            }
        };
        if held.is_some() {
            if let Some(token) = cache.read().filter(usable) {
                return Ok(current.insert(token).clone());
            }
            // If no new one can be had, the next process must not send this one again. Where it can't be forgotten, the
            // new one can't be written either, which is told then.
            let _ = cache.forget();
        }
        let token = self.ask(http).await?;
        if held.is_some()
            && let Err(error) = cache.write(&token)
        {
            self.complain(cache, &error);
        }
        Ok(current.insert(token).clone())
    }

    fn complain(&self, cache: &Cache, error: &io::Error) {
        if !self.complained.swap(true, Ordering::Relaxed) {
            (self.complain)(format!(
                "abmctl can't cache the access token in {}: {error}. Each run requests a new one from Apple.",
                cache.path().display()
            ));
        }
    }

    /// Asks the token endpoint; each attempt with an assertion or a client secret of its own.
    async fn ask(&self, http: &Http) -> Result<AccessToken, Failure> {
        match self.grant.get().await? {
            Grant::ClientCredentials(credentials) => {
                http.repeat(Repeat::Always, || credentials.attempt(http))
                    .await
            }
            Grant::RefreshToken(Authorized { app, refresh_token }) => {
                http.repeat(Repeat::Always, || app.refresh(http, refresh_token))
                    .await
            }
        }
    }
}

impl ClientCredentials {
    async fn attempt(&self, http: &Http) -> Result<AccessToken, Failure> {
        let client = Client::ApiAccount {
            with_key_id: self.key_id.is_some(),
        };
        let exchange = Exchange::new(http, &self.token_url, client);
        let mut id = [0; 16];
        http.random().fill(&mut id);
        let assertion = assertion::sign(
            &self.key,
            &self.client_id,
            self.key_id.as_deref(),
            id,
            exchange.started(),
        )
        .ok_or_else(|| exchange.can_not_sign())?;
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(self.token_url.clone()))
            .set_auth_type(AuthType::RequestBody);
        let result = client
            .exchange_client_credentials()
            .add_scope(Scope::new(self.scope.to_owned()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", assertion)
            .request_async(&|request| exchange.send(request))
            .await;
        let answer = exchange.result(result)?;
        exchange.access_token(&answer)
    }
}
