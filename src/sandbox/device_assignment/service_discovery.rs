//! The account-driven enrollment profile: the URL that a device is redirected to.

use serde_json::json;

use super::{Refused, object, refuse, refuse_method};
use crate::sandbox::behaviour::{SilentSuccess, TimestampStyle};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::organization::{Organization, ServiceDiscovery};

/// Answers for the server token at `index`.
pub(super) fn answer(
    request: &Request,
    organization: &mut Organization,
    index: usize,
) -> Result<Answer, Refused> {
    if !organization.enrollment_profiles {
        return refuse(
            400,
            "ORG_NOT_SUPPORTED",
            "The organization has no enrollment profiles.",
        );
    }
    match request.method.as_str() {
        "GET" => match &organization.server_tokens[index].service_discovery {
            Some(set) => Ok(profile(set, organization.behaviour.timestamps)),
            None => refuse(404, "NOT_FOUND", "No URL is set."),
        },
        "POST" => {
            let url = wanted_url(request)?;
            organization.server_tokens[index].service_discovery = Some(ServiceDiscovery {
                url,
                set_at: request.now,
            });
            Ok(silent(organization.behaviour.silent_success))
        }
        // No 404 is documented: removing what is not there succeeds (unconfirmed).
        "DELETE" => {
            organization.server_tokens[index].service_discovery = None;
            Ok(silent(organization.behaviour.silent_success))
        }
        _ => refuse_method(),
    }
}

fn profile(set: &ServiceDiscovery, style: TimestampStyle) -> Answer {
    let at = set.set_at;
    let written = match style {
        TimestampStyle::Seconds => Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        TimestampStyle::Fraction => Some(format!("{at:.3}")),
        TimestampStyle::Offset => Some(at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()),
        TimestampStyle::Epoch => Some(at.as_millisecond().to_string()),
        TimestampStyle::Words => Some(at.strftime("%-d %B %Y at %H:%M").to_string()),
        TimestampStyle::Absent => None,
    };
    let mut document = json!({"mdm_service_discovery_url": set.url});
    if let Some(written) = written {
        document["last_updated_timestamp"] = json!(written);
    }
    Answer::json(200, &document)
}

fn silent(style: SilentSuccess) -> Answer {
    match style {
        SilentSuccess::EmptyObject => Answer::json(200, &json!({})),
        SilentSuccess::Nothing => Answer::empty(200),
        SilentSuccess::Text => Answer::text(200, "SUCCESS"),
    }
    .changing()
}

/// The URL of a POST: an absolute https URL (official).
fn wanted_url(request: &Request) -> Result<String, Refused> {
    let body = object(request)?;
    let Some(url) = body.get("mdm_service_discovery_url") else {
        return refuse(
            400,
            "MDM_SERVICE_DISCOVERY_URL_REQUIRED",
            "The member is missing.",
        );
    };
    let valid = url
        .as_str()
        .filter(|text| url::Url::parse(text).is_ok_and(|url| url.scheme() == "https"));
    match valid {
        Some(url) => Ok(url.to_owned()),
        None => refuse(
            400,
            "MDM_SERVICE_DISCOVERY_URL_NOT_VALID",
            "It isn't an https URL.",
        ),
    }
}
