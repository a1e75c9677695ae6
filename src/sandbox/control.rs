//! What is done to the emulator itself while it runs.
//!
//! `GET /sandbox` says that it is one and what its web does; `PUT /sandbox/web/{host}` with a word in the body makes a host
//! do something else.

use serde_json::{Map, Value, json};

use super::exchange::{Answer, Request};
use super::web::{Web, WebHost};

/// Answers what is asked of the emulator; `None` where it is Apple that is asked.
pub(super) fn answer(request: &Request, web: &mut Web, web_port: u16) -> Option<Answer> {
    let segments = request.segments();
    Some(match (request.method.as_str(), &segments[..]) {
        ("GET", ["sandbox"]) => {
            let hosts: Map<String, Value> = web
                .hosts()
                .map(|(host, behaviour)| (host.to_owned(), json!(behaviour.word())))
                .collect();
            let document = json!({"emulator": "abmctl", "web_port": web_port, "hosts": hosts});
            Answer::json(200, &document)
        }
        ("PUT", ["sandbox", "web", host]) => {
            let word = String::from_utf8_lossy(&request.body);
            match format!("{host}={word}").parse::<WebHost>() {
                Ok(host) => {
                    let before = web.set(host).map(super::WebBehaviour::word);
                    Answer::json(200, &json!({"was": before, "web_port": web_port}))
                }
                Err(error) => Answer::error(
                    400,
                    "PARAMETER_ERROR.INVALID",
                    "The sandbox refuses",
                    error.to_string(),
                ),
            }
        }
        _ => return None,
    })
}
