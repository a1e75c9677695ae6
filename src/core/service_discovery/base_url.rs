//! The `BaseURL` of a document: whether a device can use it, and whether it is likely to be meant. Pure.

use url::{Host, Url};

use super::{Code, Finding};

/// Domains of services where enrollments end; a slip of the pen in one leads to a stranger (observed with the first).
const VENDORS: [&str; 9] = [
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

/// Where a device would enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// The URL; https, with a host.
    pub url: Url,
    /// Why it looks like a slip of the pen.
    pub warnings: Vec<Finding>,
}

/// Judges the text of a `BaseURL`.
pub fn base_url(text: &str) -> Result<BaseUrl, Finding> {
    let wrong = |why: String| Err(Finding::new(Code::BaseUrlNotHttps, why));
    if text.trim().is_empty() {
        return Err(Finding::new(Code::NoBaseUrl, "The BaseURL is empty."));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return wrong(format!("The BaseURL {text} is not a whole URL."));
        }
        Err(error) => return wrong(format!("The BaseURL {text} can't be used: {error}.")),
    };
    if url.scheme() != "https" {
        return wrong(format!("The BaseURL {text} is not https."));
    }
    let mut warnings = Vec::new();
    if !url.username().is_empty() || url.password().is_some() {
        let host = url.host_str().unwrap_or_default();
        warnings.push(Finding::new(
            Code::BaseUrlSuspicious,
            format!("The BaseURL has a name or a password before the @; its host is {host}."),
        ));
    }
    if let Some(Host::Domain(host)) = url.host() {
        warnings.extend(slip(host).map(|why| Finding::new(Code::BaseUrlSuspicious, why)));
    }
    Ok(BaseUrl { url, warnings })
}

/// What is odd about a host.
fn slip(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let host = labels.join(".");
    if labels.len() == 1 {
        return Some(format!(
            "The BaseURL leads to {host}, a name that is known inside of one network only."
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
                "The BaseURL leads to {host}, which has {vendor} in it and belongs to whoever owns its end."
            ))
        } else if strsim::levenshtein(&end, vendor) == 1 {
            Some(format!(
                "The BaseURL leads to {host}, which is one letter off {vendor}."
            ))
        } else {
            None
        }
    })
}
