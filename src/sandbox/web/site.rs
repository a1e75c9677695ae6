//! What a host answers: pure functions of the request and the host's behavior.

use serde_json::{Value, json};

use super::{MDM_HOST, MISSPELT_HOST, OTHER_MDM_HOST, WebBehaviour};
use crate::sandbox::exchange::Ending;
use crate::sandbox::exchange::{Answer, Request};

/// Where a device looks on a domain (official).
const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";

/// The MDM's resource that redirects lead to; unlike the others it needs both parameters.
const STRICT: &str = "/servicediscovery";

/// The parameters that a device sends (official).
const PARAMETERS: [&str; 2] = ["user-identifier", "model-family"];

/// Answers a request for `host`.
pub(super) fn answer(request: &Request, host: &str, behaviour: WebBehaviour) -> (Answer, Ending) {
    let mdm = [MDM_HOST, OTHER_MDM_HOST].contains(&host);
    let answer = match request.path.as_str() {
        path if path == WELL_KNOWN || (mdm && is_discovery(path)) => {
            if !matches!(request.method.as_str(), "GET" | "HEAD") {
                Answer::empty(405).header("allow", "GET, HEAD")
            } else if behaviour == WebBehaviour::Slow {
                return (Answer::empty(200), Ending::Lost);
            } else {
                discovery(request, host, behaviour)
            }
        }
        path if behaviour == WebBehaviour::Misplaced
            && path.strip_suffix(".json") == Some(WELL_KNOWN) =>
        {
            discovery(request, host, WebBehaviour::Good)
        }
        STRICT if mdm => strict(request),
        "/enroll" if mdm => challenge(),
        "/login" if mdm => page(200, "Sign in", "<form><input name=\"user\"></form>"),
        "/" => page(200, host, "<p>A made-up web site.</p>"),
        _ => page(404, "Not found", ""),
    };
    (answer, Ending::Sent)
}

/// `/discovery`, and with an id of a server before it: what a URL for many servers looks like.
fn is_discovery(path: &str) -> bool {
    path.ends_with("/discovery") && path.split('/').count() <= 3
}

fn discovery(request: &Request, host: &str, behaviour: WebBehaviour) -> Answer {
    let good = || document(&servers(request, &format!("https://{MDM_HOST}/enroll")));
    match behaviour {
        // What is wrong with these was seen in the handshake already.
        WebBehaviour::Good
        | WebBehaviour::Expired
        | WebBehaviour::WrongCertificate
        | WebBehaviour::Untrusted
        | WebBehaviour::CertificateLong
        | WebBehaviour::CertificateTooLong
        | WebBehaviour::CertificateWithoutUsage
        | WebBehaviour::CertificateEndsSoon
        | WebBehaviour::OldTls
        | WebBehaviour::HandshakeClosed
        | WebBehaviour::Slow => good(),
        WebBehaviour::Redirect => moved(&format!("https://{MDM_HOST}{STRICT}?{}", request.query)),
        WebBehaviour::LostQuery => moved(&format!("https://{MDM_HOST}{STRICT}")),
        WebBehaviour::RedirectLoop => moved(&format!("https://{host}{}", request.target())),
        WebBehaviour::Login => moved(&format!("https://{MDM_HOST}/login")),
        WebBehaviour::NotFound | WebBehaviour::Misplaced => page(404, "Not found", ""),
        WebBehaviour::Forbidden => page(403, "Forbidden", ""),
        WebBehaviour::Rejected => Answer::empty(403)
            .header("content-type", "application/json")
            .body(
                json!({
                    "code": "com.apple.well-known.failed",
                    "message": "No account-driven enrollment here.",
                    "description": "Ask the help desk for another way to enroll.",
                })
                .to_string(),
            ),
        WebBehaviour::Html => page(200, "Welcome", "<p>Nothing is missing on this site.</p>"),
        WebBehaviour::OctetStream => {
            let mut answer = good();
            answer.headers = vec![("content-type", "application/octet-stream".to_owned())];
            answer
        }
        WebBehaviour::BotWall => {
            let agent = request.header("user-agent").unwrap_or_default();
            // What a device calls itself (observed).
            if agent.starts_with("DeviceManagementClient/") {
                good()
            } else {
                page(403, "Just a moment...", "<p>Checking your browser.</p>")
                    .header("cf-mitigated", "challenge")
            }
        }
        WebBehaviour::WrongHost => document(&servers(
            request,
            &format!("https://{MISSPELT_HOST}/enroll"),
        )),
        WebBehaviour::EmptyServers => document(&json!({"Servers": []})),
        WebBehaviour::Error => page(503, "Service unavailable", ""),
        WebBehaviour::HttpBaseUrl => {
            document(&servers(request, &format!("http://{MDM_HOST}/enroll")))
        }
        WebBehaviour::MalformedBaseUrl => {
            document(&servers(request, &format!("https:/{MDM_HOST}/enroll ")))
        }
        WebBehaviour::Placeholder => document(&servers(
            request,
            &format!("https://{MDM_HOST}/enroll?tenantId=YourTenantID"),
        )),
        WebBehaviour::Fenced => {
            let mut answer = good();
            answer.body.splice(..0, *b"```json\n");
            answer.body.extend_from_slice(b"\n```\n");
            answer
        }
        WebBehaviour::Bom => {
            let mut answer = good();
            answer.body.splice(..0, *b"\xef\xbb\xbf");
            answer
        }
        WebBehaviour::NotJson => Answer::empty(200)
            .header("content-type", "application/json")
            .body("{\"Servers\": [{\"Version\": \"mdm-byod\", "),
    }
}

/// The document with one server (official); a Mac is enrolled as the organization's, the rest as the user's.
fn servers(request: &Request, base_url: &str) -> Value {
    let version = match parameter(request, PARAMETERS[1]).as_deref() {
        Some("Mac") => "mdm-adde",
        _ => "mdm-byod",
    };
    json!({"Servers": [{"Version": version, "BaseURL": base_url}]})
}

/// The MDM's resource that wants to know who asks.
fn strict(request: &Request) -> Answer {
    if PARAMETERS
        .iter()
        .any(|name| parameter(request, name).is_none_or(|value| value.is_empty()))
    {
        return Answer::empty(400)
            .header("content-type", "application/json")
            .body(json!({"error": "user-identifier and model-family are required"}).to_string());
    }
    document(&servers(request, &format!("https://{MDM_HOST}/enroll")))
}

/// Where enrollment begins: 401 that names the way to sign in (official).
fn challenge() -> Answer {
    Answer::empty(401).header(
        "www-authenticate",
        format!("Bearer method=\"apple-as-web\", url=\"https://{MDM_HOST}/login\""),
    )
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut parameters = request.parameters().into_iter();
    parameters.find_map(|(known, value)| (known == name).then_some(value))
}

fn document(document: &Value) -> Answer {
    Answer::empty(200)
        .header("content-type", "application/json")
        .body(document.to_string())
}

fn moved(location: &str) -> Answer {
    Answer::empty(302).header("location", location)
}

fn page(status: u16, title: &str, body: &str) -> Answer {
    Answer::empty(status)
        .header("content-type", "text/html; charset=utf-8")
        .body(format!(
            "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
        ))
}
