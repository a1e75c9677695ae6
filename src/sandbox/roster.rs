//! School Manager's Roster API, and the grant that opens it (Account & Organizational Data Sharing; official, where a
//! comment does not say otherwise).
//!
//! An administrator agrees in a browser to what the organization's own app asks for; the browser is sent to the app's return
//! URL with a code; the app exchanges it for a refresh token, with a client secret that it signs.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::derive;
use super::exchange::{Answer, Request, millis};
use super::jws::Signed;
use super::organization::{App, Code, Organization, RefreshToken, Roster, RosterToken};
use super::token::{CLOCK_TOLERANCE, Refused, form, one, refuse};

const AUTHORIZE: &str = "/appleid/auth/oauth2/v2/authorize";
const TOKEN: &str = "/appleid/auth/oauth2/v2/token";
const ORGANIZATION: &str = "/rosterapi/v1/organization";

/// The audience of a client secret.
const AUDIENCE: &str = "https://appleid.apple.com";
/// How long a client secret may be valid, in seconds.
const SECRET_SECONDS: i64 = 15_777_000;
/// How long an access token lives, in seconds.
const TOKEN_SECONDS: i64 = 3600;
/// How long a code lives, in seconds: not documented.
const CODE_SECONDS: i64 = 300;
/// The scopes that open the organization.
const SCOPES: [&str; 2] = ["edu.users.read", "edu.classes.read"];
/// The scope for trying the set-up.
const TEST_SCOPE: &str = "edu.rosterapi.test.read";

/// Whether a path is of the Roster API or of its grant.
pub(super) fn is_endpoint(path: &str) -> bool {
    [AUTHORIZE, TOKEN, ORGANIZATION].contains(&path)
}

/// Whether what is sent to a path, or comes back, holds secrets.
pub(super) fn is_token_endpoint(path: &str) -> bool {
    path == TOKEN
}

/// Answers a request.
pub(super) fn answer(request: &Request, organization: &mut Organization, secret: &str) -> Answer {
    match request.path.as_str() {
        AUTHORIZE => authorize(request, organization, secret),
        TOKEN => match grant(request, organization, secret) {
            Ok(answer) => answer,
            Err(refused) => refused.answer(),
        },
        _ => read(request, organization),
    }
}

/// Another secret that nobody guesses.
fn fresh(roster: &mut Roster, secret: &str, what: &str) -> String {
    roster.made += 1;
    derive::hex(&format!("{secret} roster {what} {}", roster.made), 64)
}

/// A page, as a browser shows it.
fn page(status: u16, title: &str, body: &str) -> Answer {
    Answer::empty(status)
        .header("content-type", "text/html;charset=UTF-8")
        .header("cache-control", "no-store")
        .body(format!(
            "<!doctype html>\n<html lang=\"en\"><head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}\n</body></html>\n"
        ))
}

/// Text in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// Where an administrator agrees: a page to `GET` (or `HEAD`), and `POST` with `allow=1` or `deny=1`, in place of signing in.
fn authorize(request: &Request, organization: &mut Organization, secret: &str) -> Answer {
    if !matches!(request.method.as_str(), "GET" | "HEAD" | "POST") {
        return Answer::empty(405)
            .header("allow", "GET, HEAD, POST")
            .because("The method is none of GET, HEAD and POST.");
    }
    let parameters = request.parameters();
    let named = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let refused = |why: &str| {
        let body = format!("<p>{}</p>", escaped(why));
        page(400, "Sandbox: this can't be agreed to", &body).because(why)
    };
    let name = organization.name.clone();
    let Some(roster) = &mut organization.roster else {
        // Apple Business has no Roster API; what its administrators would see is not known.
        return refused("Only School Manager has the Roster API.");
    };
    // Nobody is sent anywhere that the app did not register (official for the return URL).
    if named("client_id") != roster.app.client_id {
        return refused("client_id isn't an app of this organization.");
    }
    if named("redirect_uri") != roster.app.redirect_uri {
        return refused("redirect_uri is not the return URL of the app.");
    }
    let scope = named("scope");
    let known = |scope: &str| scope == TEST_SCOPE || SCOPES.contains(&scope);
    // The words of these errors are those of OAuth 2 (inferred).
    if named("response_type") != "code" {
        return back(roster, named("state"), "error", "unsupported_response_type");
    }
    if !scope.split(' ').all(known) {
        return back(roster, named("state"), "error", "invalid_scope");
    }
    if request.method != "POST" {
        let body = format!(
            "<p>The app <b>{}</b> asks to read data of the organization <b>{}</b>: <b>{}</b>.</p>\n<form method=\"post\">\n<button name=\"allow\" value=\"1\">Allow</button>\n<button name=\"deny\" value=\"1\">Deny</button>\n</form>",
            escaped(&roster.app.client_id),
            escaped(&name),
            escaped(scope)
        );
        return page(200, "Sandbox: an administrator agrees here", &body);
    }
    let Ok(clicked) = form(request) else {
        return refused("The body is not a form.");
    };
    let clicks = |button: &str| clicked.iter().any(|(key, _)| key == button);
    if clicks("deny") || !clicks("allow") {
        return back(roster, named("state"), "error", "access_denied");
    }
    let code = fresh(roster, secret, "code");
    let lives = SignedDuration::from_secs(CODE_SECONDS);
    roster.codes.push(Code {
        code: code.clone(),
        scope: scope.to_owned(),
        redirect_uri: roster.app.redirect_uri.clone(),
        expires_at: request.now.saturating_add(lives).unwrap_or(request.now),
        used: false,
    });
    back(roster, named("state"), "code", &code).changing()
}

/// Sends the browser back to the app.
fn back(roster: &Roster, state: &str, name: &str, value: &str) -> Answer {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    let landed = format!("{}?{}", roster.app.redirect_uri, query.finish());
    Answer::empty(302).header("location", landed)
}

/// Exchanges a code, or refreshes.
fn grant(
    request: &Request,
    organization: &mut Organization,
    secret: &str,
) -> Result<Answer, Refused> {
    if request.method != "POST" {
        return refuse("invalid_request", "The method is not POST.");
    }
    let skew = organization.behaviour.clock_skew.as_secs();
    let Some(roster) = &mut organization.roster else {
        return refuse("invalid_client", "Only School Manager has the Roster API.");
    };
    let pairs = form(request)?;
    let one = |name: &str| one(&pairs, name);
    let now = request.now.as_second() + skew;
    checked_client(&roster.app, one("client_id")?, one("client_secret")?, now)?;
    let (scope, refresh_token) = match one("grant_type")? {
        "authorization_code" => {
            let (code, redirect_uri) = (one("code")?, one("redirect_uri")?);
            let code = roster.codes.iter_mut().find(|known| known.code == code);
            let Some(code) = code else {
                return refuse("invalid_grant", "The code is unknown.");
            };
            if code.used {
                return refuse("invalid_grant", "The code was used before.");
            }
            if code.expires_at <= request.now {
                return refuse("invalid_grant", "The code has expired.");
            }
            if code.redirect_uri != redirect_uri {
                return refuse(
                    "invalid_grant",
                    "redirect_uri is not where the code was sent.",
                );
            }
            code.used = true;
            let scope = code.scope.clone();
            let token = fresh(roster, secret, "refresh token");
            roster.refresh_tokens.push(RefreshToken {
                token: token.clone(),
                scope: scope.clone(),
            });
            (scope, Some(token))
        }
        "refresh_token" => {
            let token = one("refresh_token")?;
            match roster
                .refresh_tokens
                .iter()
                .find(|known| known.token == token)
            {
                Some(known) => (known.scope.clone(), None),
                None => return refuse("invalid_grant", "The refresh token is unknown."),
            }
        }
        _ => {
            return refuse(
                "unsupported_grant_type",
                "grant_type is neither of the two.",
            );
        }
    };
    let access_token = fresh(roster, secret, "access token");
    let lives = SignedDuration::from_secs(TOKEN_SECONDS);
    roster
        .access_tokens
        .retain(|token| token.expires_at > request.now);
    roster.access_tokens.push(RosterToken {
        token: access_token.clone(),
        scope,
        expires_at: request.now.saturating_add(lives).unwrap_or(request.now),
    });
    let mut document = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
    });
    // With a refresh there is no new refresh token.
    if let Some(token) = refresh_token {
        document["refresh_token"] = token.into();
    }
    Ok(Answer::json(200, &document)
        .header("cache-control", "no-store")
        .changing())
}

/// Checks the client secret, every claim of it.
fn checked_client(app: &App, client_id: &str, secret: &str, now: i64) -> Result<(), Refused> {
    let bad = |why: &str| Refused("invalid_client", why.to_owned());
    if client_id != app.client_id {
        return Err(bad("The client id is unknown."));
    }
    let signed = Signed::parse(secret).map_err(bad)?;
    if signed.header.get("kid") != Some(&json!(app.key_id)) {
        return Err(bad("kid is not the key of the app."));
    }
    signed.check(&app.public_key).map_err(bad)?;
    for (name, expected) in [
        ("iss", app.team_id.as_str()),
        ("sub", app.client_id.as_str()),
        ("aud", AUDIENCE),
    ] {
        if signed.claims.get(name) != Some(&json!(expected)) {
            return Err(bad(&format!("{name} is not {expected}.")));
        }
    }
    let seconds = |name| signed.seconds(name).map_err(|why| bad(&why));
    let (issued, expires) = (seconds("iat")?, seconds("exp")?);
    if issued > now + CLOCK_TOLERANCE {
        return Err(bad("iat is in the future."));
    }
    if expires <= now {
        return Err(bad("The client secret has expired."));
    }
    if expires > now + SECRET_SECONDS {
        return Err(bad("exp is more than half a year ahead."));
    }
    Ok(())
}

/// `GET /rosterapi/v1/organization`.
fn read(request: &Request, organization: &Organization) -> Answer {
    if request.method != "GET" {
        return Answer::error(
            405,
            "METHOD_NOT_ALLOWED",
            "Not allowed",
            "It can be read only.",
        );
    }
    let bearer = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some((roster, token)) = organization.roster.as_ref().and_then(|roster| {
        let mut known = roster.access_tokens.iter();
        let token = known.find(|it| Some(it.token.as_str()) == bearer)?;
        (token.expires_at > request.now).then_some((roster, token))
    }) else {
        // The form of the errors is taken from the Manager API (inferred).
        return Answer::error(
            401,
            "NOT_AUTHORIZED",
            "Authentication credentials are missing or invalid.",
            "The access token is not one of the Roster API.",
        );
    };
    if token.scope == TEST_SCOPE {
        // Apple's fixed test data.
        let domains = json!([{"name": "mytestschool.org", "isVerified": false}]);
        return document(request, "123456789", "My Test School", &domains);
    }
    if !roster.scope {
        return Answer::error(
            403,
            "FORBIDDEN_ERROR",
            "This request is forbidden for security reasons",
            "The authorization lacks the scope.",
        );
    }
    let domains: Vec<Value> = roster
        .domains
        .iter()
        .map(|domain| {
            let mut object = json!({"name": domain.name});
            if let Some(verified) = domain.is_verified {
                object["isVerified"] = verified.into();
            }
            object
        })
        .collect();
    document(
        request,
        &organization.id,
        &organization.name,
        &domains.into(),
    )
}

fn document(request: &Request, id: &str, name: &str, domains: &Value) -> Answer {
    // Apple refreshes it every 24 hours.
    let midnight = request.now.as_second() / 86_400 * 86_400;
    let refreshed = jiff::Timestamp::from_second(midnight).unwrap_or(request.now);
    Answer::json(
        200,
        &json!({
            "id": id,
            "type": "EDUCATION",
            "name": name,
            "domains": domains,
            "dateCreated": "2021-08-16T08:00:00.000Z",
            "dateLastModified": millis(refreshed),
        }),
    )
}
