//! What an administrator clicks in Apple's portal, as HTTP: no such interface is known of Apple's.
//!
//! `GET /portal/servers` lists the servers, `POST /portal/servers/{server}/certificate` uploads a certificate,
//! `POST /portal/servers/{server}/token` downloads the server token for it. `POST /portal/domains/{name}/{click}` adds, verifies
//! or removes a domain; with `{"nameless": true}` the name is left out of what is logged.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use super::derive;
use super::device_assignment::Sessions;
use super::envelope::{self, Certificate, ContentKey};
use super::exchange::{Answer, Request, millis};
use super::key::from_hex;
use super::organization::{
    DomainClick, DomainRefusal, DomainState, Organization, OrganizationKind, Server, ServerStatus,
    ServerToken, ServerType,
};
use super::web::is_name;

/// How long a server token is good: a year (official).
const TOKEN_DAYS: i64 = 365;

/// Whether `path` is of the portal.
pub(super) fn is_endpoint(path: &str) -> bool {
    path.starts_with("/portal/")
}

/// Answers what is clicked.
pub(super) fn answer(
    request: &Request,
    organization: &mut Organization,
    sessions: &mut Sessions,
    secret: &str,
) -> Answer {
    let segments = request.segments();
    let (server, what) = match (request.method.as_str(), &segments[..]) {
        ("GET", ["portal", "servers"]) => return list(organization),
        ("POST", ["portal", "servers", server, what]) => (server, what),
        ("POST", ["portal", "domains", name, click]) => {
            return domain(request, organization, name, click).unwrap_or_else(|refusal| refusal);
        }
        _ => return refuse(404, "NOT_FOUND", "The portal has no such action."),
    };
    let server = percent_encoding::percent_decode_str(server).decode_utf8_lossy();
    let server = match find(organization, &server) {
        Ok(server) => server.clone(),
        Err(refusal) => return refusal,
    };
    match *what {
        "certificate" => certificate(request, organization, sessions, &server),
        "token" => token(request, organization, sessions, &server, secret)
            .unwrap_or_else(|refusal| refusal),
        _ => refuse(404, "NOT_FOUND", "A server has a certificate and a token."),
    }
}

fn refuse(status: u16, code: &str, detail: impl Into<String>) -> Answer {
    Answer::error(status, code, "The portal refuses", detail)
}

fn list(organization: &Organization) -> Answer {
    let servers: Vec<Value> = organization
        .servers
        .iter()
        .map(|server| {
            let deleted = server.status == Some(ServerStatus::Deleted);
            json!({"id": server.id, "name": server.name, "deleted": deleted})
        })
        .collect();
    Answer::json(200, &json!({"servers": servers}))
}

/// A domain is added, verified or removed.
fn domain(
    request: &Request,
    organization: &mut Organization,
    name: &str,
    click: &str,
) -> Result<Answer, Answer> {
    let click = match click {
        "add" => DomainClick::Add,
        "verify" => DomainClick::Verify,
        "remove" => DomainClick::Remove,
        _ => {
            let detail = "A domain can be added, verified or removed.";
            return Err(refuse(404, "NOT_FOUND", detail));
        }
    };
    let invalid = |detail: String| refuse(400, "PARAMETER_ERROR.INVALID", detail);
    let name = name.to_ascii_lowercase();
    if !is_name(&name) {
        return Err(invalid(format!("\"{name}\" isn't the name of a domain.")));
    }
    let wishes: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let nameless = wishes["nameless"] == true;
    if nameless && organization.kind == OrganizationKind::School {
        return Err(invalid(
            "A school has no audit log, so it can't leave out a name.".to_owned(),
        ));
    }
    let kind = organization.kind;
    let change = organization.click_domain(click, &name, nameless, request.now);
    let change = change.map_err(|refusal| {
        let conflict = |words| refuse(409, "CONFLICT", format!("{name} is already {words}."));
        match refusal {
            DomainRefusal::Absent => {
                refuse(404, "NOT_FOUND", format!("There is no domain {name}."))
            }
            DomainRefusal::Present => conflict("there"),
            DomainRefusal::Verified => conflict("verified"),
        }
    })?;
    let word = |state| match (state, kind) {
        (DomainState::Added, OrganizationKind::Business) => "pending",
        (DomainState::Added, OrganizationKind::School) => "unverified",
        (DomainState::Verified, _) => "verified",
        (DomainState::Removed, _) => "removed",
    };
    let listed = |at: Timestamp| {
        let listed = at.saturating_add(organization.behaviour.audit_delay);
        listed.map_or_else(|_| Value::Null, |at| millis(at).into())
    };
    let event = change.event.as_ref();
    let mut answer = Answer::json(
        200,
        &json!({
            "domain": name,
            "was": change.before.map(word),
            "status": word(change.after),
            "subject_id": event.map(|event| &event.subject_id),
            "event": event.map(|event| &event.event_type),
            "listed_from": event.map(|event| listed(event.at)),
        }),
    );
    if event.is_some() {
        answer.delay = until_next_second(request.now);
    }
    Ok(answer.changing())
}

/// How long the second lasts. Who asks for the log up to the second that it is, as clients do that name times in whole seconds,
/// finds the event as soon as the click was answered; and no two clicks of one administrator happen in the same second.
fn until_next_second(now: Timestamp) -> Duration {
    let gone = now.subsec_nanosecond().unsigned_abs();
    Duration::from_secs(1).saturating_sub(Duration::from_nanos(gone.into()))
}

/// The server that has this id or name, or a token of this name: only other makers' servers have certificates (guide).
fn find<'a>(organization: &'a Organization, name: &str) -> Result<&'a Server, Answer> {
    let by_name = || {
        organization
            .servers
            .iter()
            .find(|server| server.name.to_lowercase() == name.to_lowercase())
    };
    let server = organization
        .server(name)
        .or_else(by_name)
        .filter(|server| server.status != Some(ServerStatus::Deleted))
        .ok_or_else(|| refuse(404, "NOT_FOUND", format!("There is no server \"{name}\".")))?;
    if server.server_type == ServerType::Mdm {
        Ok(server)
    } else {
        let detail = format!("\"{}\" is Apple's own and has no token.", server.name);
        Err(refuse(409, "CONFLICT", detail))
    }
}

/// A certificate is uploaded: the token in use is good no more (official), and so are its sessions (inferred).
fn certificate(
    request: &Request,
    organization: &mut Organization,
    sessions: &mut Sessions,
    server: &Server,
) -> Answer {
    let Some(certificate) = Certificate::read(&request.body) else {
        return refuse(
            400,
            "PARAMETER_ERROR.INVALID",
            "That is not a certificate with an RSA key of 2048 bits or more.",
        );
    };
    let replaced = organization.certify(&server.id, &certificate.der);
    if let Some(consumer_key) = &replaced {
        sessions.end(consumer_key);
    }
    Answer::json(
        200,
        &json!({
            "server_id": server.id,
            "server_name": server.name,
            "token_replaced": replaced.is_some(),
        }),
    )
    .changing()
}

/// The token is downloaded: a new one each time, and the one before is rejected from now on (observed).
///
/// The consumer key belongs to the server and stays (observed: clients compare it).
fn token(
    request: &Request,
    organization: &mut Organization,
    sessions: &mut Sessions,
    server: &Server,
    secret: &str,
) -> Result<Answer, Answer> {
    let unreadable = || refuse(409, "CONFLICT", "The server's certificate can't be used.");
    let certificate = match &server.certificate {
        Some(base64) => STANDARD.decode(base64).ok(),
        None => vendors_certificate(&server.name),
    };
    let certificate = certificate.as_deref().and_then(Certificate::read);
    let certificate = certificate.ok_or_else(unreadable)?;
    let expires = SignedDuration::from_hours(24 * TOKEN_DAYS);
    let expires = request.now.saturating_add(expires).unwrap_or(request.now);
    let known = organization
        .server_tokens
        .iter()
        .position(|token| token.server_id == server.id);
    let index = known.unwrap_or(organization.server_tokens.len());
    if known.is_none() {
        let name = server.name.to_lowercase().replace(' ', "-");
        let token = ServerToken::made(secret, name, &server.id, expires);
        organization.server_tokens.push(token);
    }
    let token = &mut organization.server_tokens[index];
    // The token before goes into the one after, so each download differs.
    let fresh = |what: &str, digits| {
        let seed = format!("{secret} {what} {} {}", request.now, token.access_token);
        derive::hex(&seed, digits)
    };
    let bytes = |what: &str| {
        from_hex(&fresh(what, 32))
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or_default()
    };
    let content_key = ContentKey {
        key: bytes("content key"),
        iv: bytes("initialization vector"),
    };
    let access_token = format!("AT_O{}", fresh("access token", 92));
    token.access_secret = format!("AS_{}", fresh("access secret", 40));
    token.access_token = access_token;
    token.access_token_expiry = expires;
    token.refusal = None;
    let sealed = envelope::seal(&token.to_json(), &certificate, &content_key);
    sessions.end(&token.consumer_key);
    let file = format!(
        "{}_Token_{}_smime.p7m",
        server
            .name
            .replace(|letter: char| !letter.is_alphanumeric(), "_"),
        request.now.strftime("%Y-%m-%dT%H-%M-%SZ")
    );
    let answer = Answer::empty(200)
        .header("content-type", "application/pkcs7-mime")
        .header(
            "content-disposition",
            format!("attachment; filename=\"{file}\""),
        )
        .body(sealed.ok_or_else(unreadable)?);
    Ok(answer.changing())
}

/// The certificate of a vendor's MDM: nobody here has its key, so nobody here can read a token made for it.
fn vendors_certificate(server: &str) -> Option<Vec<u8>> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).ok()?;
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("{server} (vendor)"));
    let certificate = params.self_signed(&key).ok()?;
    Some(certificate.der().to_vec())
}
