//! Device Assignment Services: sessions, the account, the account-driven enrollment profile, devices and their profiles.

mod devices;
mod profiles;
mod service_discovery;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::behaviour::CodeStyle;
use super::exchange::{Answer, Request};
use super::oauth1::Parameters;
use super::organization::{Organization, OrganizationKind, ServerToken};

/// How long a session token lives here, in seconds. Apple says "a period of time"; three minutes is a rumour (unconfirmed).
pub const SESSION_SECONDS: i64 = 180;

/// How far a signature's timestamp may be from Apple's clock, in seconds: not documented (inferred).
const TIMESTAMP_TOLERANCE: i64 = 300;

const PROFILE: &str = "/account-driven-enrollment/profile";

/// What Apple has here (official) and the emulator does not.
const LACKING: [&str; 4] = [
    "/devices/disown",
    "/device/activationlock",
    "/device/replacementDetails",
    "/os-beta-enrollment/tokens",
];

/// Whether `path` belongs to these services.
pub(super) fn is_endpoint(path: &str) -> bool {
    matches!(path, "/session" | "/account" | PROFILE)
        || devices::is_endpoint(path)
        || profiles::is_endpoint(path)
        || LACKING.contains(&path)
}

/// What these services remember between requests.
#[derive(Default)]
pub(super) struct Sessions {
    open: Vec<Session>,
    nonces: HashSet<(String, String, String)>,
    made: u64,
}

/// A session: the token that is good, and newer ones that were handed out and not used yet.
struct Session {
    consumer_key: String,
    tokens: Vec<(String, Timestamp)>,
}

impl Sessions {
    /// A new session token, and when it ends.
    fn token(&mut self, secret: &str, now: Timestamp) -> (String, Timestamp) {
        self.made += 1;
        let token = super::derive::hex(&format!("{secret} session {}", self.made), 80);
        let ends = now
            .saturating_add(SignedDuration::from_secs(SESSION_SECONDS))
            .unwrap_or(now);
        (token, ends)
    }

    /// Ends the sessions of one server token.
    pub(super) fn end(&mut self, consumer_key: &str) {
        self.open
            .retain(|session| session.consumer_key != consumer_key);
    }

    /// Ends every session, as when Apple's servers are restarted.
    pub(super) fn end_all(&mut self) {
        self.open.clear();
    }
}

/// An error: a status and a code in plain text (observed); `why` is for tests and logs.
struct Refused(u16, String, String);

fn refuse<T>(status: u16, code: &str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(status, code.to_owned(), why.into()))
}

/// Answers a request to Device Assignment Services.
pub(super) fn answer(
    request: &Request,
    organization: &mut Organization,
    sessions: &mut Sessions,
    secret: &str,
) -> Answer {
    let style = organization.behaviour.code_style;
    let outcome = if request.path == "/session" {
        agent(request).and_then(|()| session(request, organization, sessions, secret))
    } else {
        agent(request).and_then(|()| within_session(request, organization, sessions, secret))
    };
    outcome.unwrap_or_else(|Refused(status, code, why)| plain(status, &code, style).because(why))
}

/// A code in plain text.
pub(super) fn plain(status: u16, code: &str, style: CodeStyle) -> Answer {
    match style {
        CodeStyle::Bare => Answer::text(status, code),
        CodeStyle::Quoted => Answer::text(status, format!("\"{code}\"")),
    }
}

/// Apple turns away requests without a name, and ones named like a stock library or the stock nanodep (observed).
fn agent(request: &Request) -> Result<(), Refused> {
    let Some(name) = request.header("user-agent") else {
        return refuse(400, "USER_AGENT_MISSING", "There is no User-Agent.");
    };
    let lower = name.trim().to_ascii_lowercase();
    let blocked = ["go-http-client", "nanodep/", "depsyncer", "depserver"];
    if lower.is_empty() || blocked.iter().any(|start| lower.starts_with(start)) {
        return refuse(
            400,
            "USER_AGENT_INVALID",
            format!("The User-Agent \"{name}\" is turned away."),
        );
    }
    Ok(())
}

/// `GET /session`: OAuth 1.0a for a session token (official; statuses and codes as they were observed).
fn session(
    request: &Request,
    organization: &Organization,
    sessions: &mut Sessions,
    secret: &str,
) -> Result<Answer, Refused> {
    const ADVICE: &str = "oauth_problem_advice";
    if request.method != "GET" {
        return refuse(405, "METHOD_NOT_ALLOWED", "/session takes GET only.");
    }
    let header = request.header("authorization").unwrap_or_default();
    let signed = Parameters::parse(header).or_else(|why| refuse(400, ADVICE, why))?;
    let consumer_key = signed.value("oauth_consumer_key");
    let Some(token) = organization
        .server_tokens
        .iter()
        .find(|token| token.consumer_key == consumer_key)
    else {
        return refuse(401, ADVICE, "The consumer key is unknown.");
    };
    if signed.value("oauth_token") != token.access_token {
        return refuse(
            403,
            "token_rejected",
            "The access token is not the newest one.",
        );
    }
    let url = format!("{}{}", request.origin, request.path);
    let expected = signed.signature(
        &request.method,
        &url,
        &request.parameters(),
        &token.consumer_secret,
        &token.access_secret,
    );
    if signed.value("oauth_signature") != expected {
        return refuse(
            403,
            "signature_invalid",
            format!("The signature over {url} does not match."),
        );
    }
    let now = request.now.as_second() + organization.behaviour.clock_skew.as_secs();
    match signed.value("oauth_timestamp").parse::<i64>() {
        Ok(at) if at.abs_diff(now) <= TIMESTAMP_TOLERANCE.unsigned_abs() => {}
        Ok(_) => return refuse(401, ADVICE, "The timestamp is more than five minutes off."),
        Err(_) => return refuse(400, ADVICE, "The timestamp isn't a number."),
    }
    let used = ["oauth_consumer_key", "oauth_timestamp", "oauth_nonce"]
        .map(|name| signed.value(name).to_owned());
    if !sessions.nonces.insert(used.into()) {
        return refuse(
            401,
            ADVICE,
            "The nonce was used before with this timestamp.",
        );
    }
    if token.access_token_expiry <= request.now {
        return refuse(403, "token_expired", "The server token has expired.");
    }
    if let Some(refusal) = &token.refusal {
        return refuse(
            refusal.status,
            &refusal.code,
            "The server token is refused.",
        );
    }
    if !organization.terms_signed {
        return refuse(403, "T_C_NOT_SIGNED", "The terms are not accepted.");
    }
    let fresh = sessions.token(secret, request.now);
    let answer = Answer::json(200, &json!({"auth_session_token": fresh.0}));
    sessions.open.push(Session {
        consumer_key: consumer_key.to_owned(),
        tokens: vec![fresh],
    });
    Ok(answer)
}

/// Everything but `/session`: finds the session, answers, and hands out the next session token with the answer.
fn within_session(
    request: &Request,
    organization: &mut Organization,
    sessions: &mut Sessions,
    secret: &str,
) -> Result<Answer, Refused> {
    let Some(given) = request.header("x-adm-auth-session") else {
        return refuse(401, "UNAUTHORIZED", "There is no X-ADM-Auth-Session.");
    };
    let now = request.now;
    for session in &mut sessions.open {
        session.tokens.retain(|(_, ends)| *ends > now);
    }
    sessions.open.retain(|session| !session.tokens.is_empty());
    let fresh = sessions.token(secret, now);
    let found = sessions.open.iter_mut().find_map(|session| {
        let at = session
            .tokens
            .iter()
            .position(|(token, _)| token == given)?;
        Some((session, at))
    });
    let Some((session, at)) = found else {
        return refuse(
            401,
            "UNAUTHORIZED",
            "The session has expired or was rotated.",
        );
    };
    // The use of a newer token ends the older ones.
    session.tokens.drain(..at);
    session.tokens.push(fresh.clone());
    let consumer_key = session.consumer_key.clone();

    let style = organization.behaviour.code_style;
    let outcome = if organization.terms_signed {
        service(request, organization, &consumer_key)
    } else {
        refuse(403, "T_C_NOT_SIGNED", "The terms are not accepted.")
    };
    let answer = outcome
        .unwrap_or_else(|Refused(status, code, why)| plain(status, &code, style).because(why));
    Ok(answer.header("x-adm-auth-session", fresh.0))
}

fn service(
    request: &Request,
    organization: &mut Organization,
    consumer_key: &str,
) -> Result<Answer, Refused> {
    let Some(index) = organization
        .server_tokens
        .iter()
        .position(|token| token.consumer_key == consumer_key)
    else {
        return refuse(403, "FORBIDDEN", "The server token is gone.");
    };
    let path = request.path.as_str();
    if devices::is_endpoint(path) || profiles::is_endpoint(path) {
        let server_id = organization.server_tokens[index].server_id.clone();
        return if devices::is_endpoint(path) {
            devices::answer(request, organization, &server_id)
        } else {
            profiles::answer(request, organization, &server_id)
        };
    }
    match (request.method.as_str(), path) {
        // In words that no client takes for a code of Apple's.
        (method, path) if LACKING.contains(&path) => refuse(
            501,
            &format!("The abmctl sandbox does not emulate {method} {path}."),
            "The emulator doesn't have it.",
        ),
        ("GET", "/account") => Ok(account(
            request,
            organization,
            &organization.server_tokens[index],
        )),
        (_, PROFILE) => service_discovery::answer(request, organization, index),
        _ => refuse_method(),
    }
}

/// 405 for a method that a path does not take (inferred).
fn refuse_method<T>() -> Result<T, Refused> {
    refuse(
        405,
        "METHOD_NOT_ALLOWED",
        "The path does not take this method.",
    )
}

/// A body that has to be a JSON object (official).
fn object(request: &Request) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => refuse(
            400,
            "MALFORMED_REQUEST_BODY",
            "The body isn't a JSON object.",
        ),
    }
}

/// The serial numbers that a body names: `DEVICE_ID_REQUIRED` if it names none (official).
fn serials(body: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let list = body.get("devices").and_then(Value::as_array);
    let serials: Vec<String> = list
        .into_iter()
        .flatten()
        .filter_map(|serial| serial.as_str().map(str::to_owned))
        .collect();
    if serials.is_empty() {
        return refuse(400, "DEVICE_ID_REQUIRED", "The body names no devices.");
    }
    Ok(serials)
}

/// A point in time as these services write it: ISO 8601 in UTC (official).
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `GET /account`: the organization's members from protocol version 3 on (official).
fn account(request: &Request, organization: &Organization, token: &ServerToken) -> Answer {
    let server_name = organization
        .server(&token.server_id)
        .map_or("", |server| server.name.as_str());
    let mut account = json!({
        "server_name": server_name,
        // That this is the service's id in the Manager API is unconfirmed.
        "server_uuid": token.server_id,
        "admin_id": "admin@acme.appleid.com",
        "facilitator_id": "admin@acme.appleid.com",
        "org_name": organization.name,
        "org_email": "it@acme.com",
        "org_phone": "+49 30 5550100",
        "org_address": "1 Example Street, Berlin",
    });
    let version = request
        .header("x-server-protocol-version")
        .and_then(|version| version.trim().parse::<u32>().ok())
        .unwrap_or(1);
    if version >= 3 {
        account["org_id"] = json!(organization.id);
        account["org_id_hash"] = json!(super::derive::hex(&organization.id, 64));
        account["org_type"] = json!(match organization.kind {
            OrganizationKind::Business => "org",
            OrganizationKind::School => "edu",
        });
        account["org_version"] = json!("v2");
        let mut urls = vec![
            json!({"uri": "/session", "http_method": ["GET"]}),
            json!({"uri": "/account", "http_method": ["GET"]}),
            // Only those with pages have been seen with a limit.
            json!({
                "uri": "/server/devices", "http_method": ["POST"],
                "limit": {"default": 1000, "maximum": 1000},
            }),
            json!({
                "uri": "/devices/sync", "http_method": ["POST"],
                "limit": {"default": 1000, "maximum": 1000},
            }),
            json!({"uri": "/devices", "http_method": ["POST"]}),
            json!({"uri": "/profile", "http_method": ["GET", "POST"]}),
            json!({"uri": "/profile/devices", "http_method": ["POST", "PUT", "DELETE"]}),
        ];
        if organization.enrollment_profiles {
            urls.push(json!({"uri": PROFILE, "http_method": ["DELETE", "POST", "GET"]}));
        }
        account["urls"] = json!(urls);
    }
    Answer::json(200, &account)
}
