//! The authorization-code grant (Account & Organizational Data Sharing): an administrator authorizes an app of the
//! organization's own once, and a refresh token opens the Roster API from then on.
//!
//! What is said of Apple here is official ("Account & Organizational Data Sharing"), unless it says otherwise.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, RedirectUrl, RefreshToken, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::cache::AccessToken;
use super::client_secret;
use super::endpoint::Exchange;
use super::key::SigningKey;
use crate::apple::error::{Cause, Client, Failure};
use crate::apple::http::Http;
use crate::apple::retry::Repeat;

/// The scope that is asked for: reading people. It opens the organization, which is all that abmctl reads.
pub const SCOPE: &str = "edu.users.read";
/// The scope that a developer tries the set-up with: Apple answers fixed test data.
pub const TEST_SCOPE: &str = "edu.rosterapi.test.read";

/// The address that the administrator opens: Apple asks for consent there, and sends the browser to `redirect_uri`.
///
/// `None` if `redirect_uri` is no URL.
pub fn authorization_url(
    authorize: &Url,
    client_id: &str,
    redirect_uri: &str,
    scope: &str,
    state: &str,
) -> Option<Url> {
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(authorize.clone()))
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).ok()?);
    let (url, _) = client
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .add_scope(Scope::new(scope.to_owned()))
        .url();
    Some(url)
}

/// The organization's own app, and where it asks for tokens.
#[derive(Debug)]
pub struct App {
    /// The App ID or Services ID.
    pub client_id: String,
    /// The developer team, 10 letters and digits.
    pub team_id: String,
    /// The id of the key, 10 letters and digits.
    pub key_id: String,
    /// The private key.
    pub key: SigningKey,
    /// The token endpoint.
    pub token_url: Url,
}

/// What an authorization gives.
#[derive(Debug)]
pub struct Granted {
    /// A token for the next hour.
    pub access: AccessToken,
    /// What gets further ones; how long it lives is not documented.
    pub refresh_token: SecretString,
}

type Asking =
    BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl App {
    /// Exchanges the code that Apple gave to the browser. A code works once, so the request is repeated only where it
    /// certainly did not arrive.
    pub async fn exchange(
        &self,
        http: &Http,
        code: &SecretString,
        redirect_uri: &str,
    ) -> Result<Granted, Failure> {
        http.repeat(Repeat::IfNotActedOn, || {
            self.exchange_once(http, code, redirect_uri)
        })
        .await
    }

    async fn exchange_once(
        &self,
        http: &Http,
        code: &SecretString,
        redirect_uri: &str,
    ) -> Result<Granted, Failure> {
        let exchange = Exchange::new(http, &self.token_url, Client::App);
        let redirect_uri = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| exchange.fail(Cause::Local("The redirect URI isn't a URL".into())))?;
        let client = self.client(&exchange)?.set_redirect_uri(redirect_uri);
        let result = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .request_async(&|request| exchange.send(request))
            .await;
        let answer = exchange.result(result)?;
        let refresh_token = answer
            .refresh_token()
            .ok_or_else(|| exchange.fail(Cause::Unexpected("it has no refresh token".into())))?;
        Ok(Granted {
            access: exchange.access_token(&answer)?,
            refresh_token: SecretString::from(refresh_token.secret().clone()),
        })
    }

    /// Gets a new access token once; Apple gives no new refresh token with it.
    pub(super) async fn refresh(
        &self,
        http: &Http,
        refresh_token: &SecretString,
    ) -> Result<AccessToken, Failure> {
        let exchange = Exchange::new(http, &self.token_url, Client::App);
        let client = self.client(&exchange)?;
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let result = client
            .exchange_refresh_token(&token)
            .request_async(&|request| exchange.send(request))
            .await;
        let answer = exchange.result(result)?;
        exchange.access_token(&answer)
    }

    /// The oauth2 crate's client, with a client secret made afresh.
    fn client(&self, exchange: &Exchange<'_>) -> Result<Asking, Failure> {
        let secret = client_secret::sign(
            &self.key,
            &self.client_id,
            &self.team_id,
            &self.key_id,
            exchange.started(),
        )
        .ok_or_else(|| exchange.can_not_sign())?;
        Ok(BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(secret))
            .set_token_uri(TokenUrl::from_url(self.token_url.clone()))
            .set_auth_type(AuthType::RequestBody))
    }
}

/// An app that was authorized.
#[derive(Debug)]
pub struct Authorized {
    pub app: App,
    /// What the authorization gave.
    pub refresh_token: SecretString,
}

/// What tells one authorization from another without giving it away.
pub fn fingerprint(refresh_token: &str) -> String {
    let hash = digest(&SHA256, refresh_token.as_bytes());
    let mut text = String::new();
    for byte in hash.as_ref().iter().take(16) {
        // Writing into a text can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
