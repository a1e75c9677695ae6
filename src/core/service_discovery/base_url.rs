//! The `BaseURL` of a document: whether a device can use it, and whether it looks like a mistake. Pure.

use url::{Host, Url};

use super::mistakes::mistakes;
use super::placeholder::{blank_label, placeholder};
use super::{Code, Finding};
use crate::core::device_url::{UrlFault, device_url, without_user};

/// Domains of services where enrollments end; a typo in one leads to a stranger (observed with the first).
pub(super) const VENDORS: [&str; 9] = [
    "jamfcloud.com",
    "manage.microsoft.com",
    "manage.microsoft.us",
    "simplemdm.com",
    "jumpcloud.com",
    "mobileiron.com",
    "ivanticloud.com",
    "manageengine.com",
    "awmdm.com",
];

/// Where a device would enroll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// The URL; https, with a host.
    pub url: Url,
    /// Why it looks like a mistake.
    pub warnings: Vec<Finding>,
}

/// Judges the text of a `BaseURL`.
pub fn base_url(text: &str) -> Result<BaseUrl, Finding> {
    let wrong = |code, why: String| Err(Finding::new(code, why));
    if text.trim().is_empty() {
        return wrong(Code::NoBaseUrl, "The BaseURL is empty.".to_owned());
    }
    if let Some(blank) = placeholder(text) {
        let why = format!("The BaseURL still has the placeholder {blank} from a sample.");
        return wrong(Code::Placeholder, why);
    }
    let url = match device_url(text) {
        Ok(url) => url,
        Err(UrlFault::NotWhole | UrlFault::Empty) => {
            let why = format!("The BaseURL {} isn't a full URL.", without_user(text));
            return wrong(Code::BaseUrlNotHttps, why);
        }
        Err(UrlFault::NotHttps(_)) => {
            let why = format!("The BaseURL {} isn't https.", without_user(text));
            return wrong(Code::BaseUrlNotHttps, why);
        }
        Err(fault) => {
            let why = format!("The BaseURL {fault}, so devices can't use it.");
            return wrong(Code::BaseUrlMalformed, why);
        }
    };
    let mut warnings = mistakes("The BaseURL", &url)?;
    if let Some(Host::Domain(host)) = url.host() {
        warnings.extend(typo(host).map(|why| Finding::new(Code::BaseUrlSuspicious, why)));
    }
    Ok(BaseUrl { url, warnings })
}

/// What is odd about a host.
fn typo(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let host = labels.join(".");
    if let Some(label) = blank_label(&host) {
        return Some(format!(
            "The BaseURL leads to {host}, and {label} looks like a placeholder from a sample."
        ));
    }
    if let [.., before, last] = labels[..]
        && before == last
    {
        return Some(format!(
            "The BaseURL leads to {host}, which ends with .{last} twice."
        ));
    }
    let below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if VENDORS.iter().any(|vendor| below(vendor)) {
        return None;
    }
    VENDORS.iter().find_map(|vendor| {
        let own = vendor.split('.').count();
        let end = labels[labels.len().saturating_sub(own)..].join(".");
        if format!(".{host}.").contains(&format!(".{vendor}.")) {
            Some(format!(
                "The BaseURL leads to {host}, which contains {vendor} but belongs to the owner of the end of the name."
            ))
        } else if strsim::levenshtein(&end, vendor) == 1 {
            Some(format!(
                "The BaseURL leads to {host}, which differs from {vendor} by one letter."
            ))
        } else {
            None
        }
    })
}
