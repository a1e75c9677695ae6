//! The organization's domains: read from every source that its kind has, and declared by its operator.

mod accounts;
mod audit;
mod cache;
pub mod declare;
mod declared;
pub mod dns;
pub mod gather;
pub mod known;
pub mod list;
pub mod since;
pub mod unread;

use crate::core::domains::{is_reserved, normalized};
use crate::error::Error;

/// The A-label of a domain that somebody typed; exit 2 for what no organization's domain can be.
pub fn named(typed: &str) -> Result<String, Error> {
    let Some(name) = normalized(typed) else {
        let hint = match meant(typed) {
            Some(name) => format!("Did you mean {name}?"),
            None => "Give the part after the @ of the accounts, such as acme.com.".to_owned(),
        };
        return Err(Error::usage(format!("{typed:?} isn't a domain.")).hint(hint));
    };
    if is_reserved(&name) {
        return Err(Error::usage(format!(
            "Apple reserves the name {name}, so no organization can have it as a domain."
        )));
    }
    Ok(name)
}

/// The A-labels of domains that somebody typed, each once.
pub fn each_named(typed: &[String]) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = Vec::new();
    for domain in typed {
        let name = named(domain)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The domain in an account or in an address.
fn meant(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let (_, rest) = typed.rsplit_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let (_, after) = typed.rsplit_once('@').unwrap_or_default();
    normalized(after).or_else(|| normalized(host))
}
