//! An emulator that runs elsewhere on this machine, as `portal` and `web` speak to it.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::apple::http::{Request, Response};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};

/// An emulator that was seen to be one.
pub(super) struct Emulator<'a> {
    context: &'a Context,
    origin: Url,
    /// What it says of itself.
    pub about: Value,
}

impl<'a> Emulator<'a> {
    /// The one of the profile in force, or of `ABMCTL_API_URL`; exit 2 if that is no emulator on this machine.
    pub(super) async fn reached(context: &'a Context) -> Result<Self, Error> {
        let settings = context.settings()?;
        let origin = settings.services.api.value.clone();
        // Only loopback may be without TLS, and the emulator is.
        if origin.scheme() != "http" {
            let whose = match &settings.profile {
                Some(profile) => format!("Profile {} isn't a sandbox's", profile.value),
                None => "No profile of a sandbox is used".to_owned(),
            };
            return Err(none(&format!(
                "{whose}: {} is not on this machine.",
                shown(&origin)
            )));
        }
        let mut emulator = Self {
            context,
            origin,
            about: Value::Null,
        };
        let answer = emulator.send(Method::GET, &["sandbox"], None).await;
        let about = answer.and_then(|answer| Ok(answer.json::<Value>()?));
        emulator.about = about.unwrap_or_default();
        if emulator.about["emulator"] == "abmctl" {
            Ok(emulator)
        } else {
            let origin = shown(&emulator.origin);
            Err(none(&format!("No sandbox answers at {origin}.")))
        }
    }

    pub(super) fn web_port(&self) -> u64 {
        self.about["web_port"].as_u64().unwrap_or_default()
    }

    /// Sends a request; an error says what the emulator said.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Vec<u8>>,
    ) -> Result<Response, Error> {
        let mut url = self.origin.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            request = request.body("application/octet-stream", body);
        }
        let answer = self.context.organization()?.http().once(&request).await?;
        let kind = match answer.status.as_u16() {
            200..300 => return Ok(answer),
            400 => Kind::Usage,
            404 => Kind::NotFound,
            409 => Kind::Conflict,
            _ => Kind::Failed,
        };
        let document: Value = answer.json()?;
        let detail = document["errors"][0]["detail"].as_str();
        Err(Error::new(
            kind,
            detail.unwrap_or("The sandbox refused the request."),
        ))
    }
}

fn shown(origin: &Url) -> String {
    origin.origin().ascii_serialization()
}

fn none(why: &str) -> Error {
    Error::usage(why).hint(hint![
        "Start a sandbox with ",
        Command::plain("sandbox serve --home DIR"),
        ", and paste the line that it prints into this terminal."
    ])
}
