//! The domains that the operator declared, put into a profile and taken out.

use jiff::civil::Date;
use toml_edit::{Array, Item, TableLike, Value};

use super::{Edit, set, unusable};
use crate::core::domains::normalized;
use crate::error::Error;

impl Edit {
    /// Declares a domain as seen in the portal on a day; its profile is created where it is missing. Whether it was not
    /// declared so before.
    pub fn declare_domain(
        &mut self,
        profile: &str,
        domain: &str,
        seen: Date,
    ) -> Result<bool, Error> {
        let path = self.path.clone();
        let table = self.below_profile(profile, &["domains"])?;
        if table.get("declared").is_none() {
            table.insert("declared", Item::Value(Value::Array(Array::new())));
        }
        let declared = table
            .get_mut("declared")
            .and_then(Item::as_array_mut)
            .ok_or_else(|| unusable(&path))?;
        let is_new = !declared.iter().any(|it| names(it, domain));
        if is_new {
            declared.push(domain);
        }
        let seen = seen.to_string();
        let days = self.below_profile(profile, &["domains", "seen"])?;
        // Of several spellings the newest day would count.
        remove_days(days, |name| name != domain && is_domain(name, domain));
        let before = set(days, domain, &seen);
        Ok(is_new || before.as_deref() != Some(seen.as_str()))
    }

    /// Takes a declared domain away; whether it was there.
    pub fn remove_declared_domain(&mut self, profile: &str, domain: &str) -> bool {
        if let Some(seen) = self.existing(&["profiles", profile, "domains", "seen"]) {
            remove_days(seen, |name| is_domain(name, domain));
        }
        let domains = self.existing(&["profiles", profile, "domains"]);
        let declared = domains.and_then(|table| table.get_mut("declared")?.as_array_mut());
        let Some(declared) = declared else {
            return false;
        };
        let before = declared.len();
        declared.retain(|it| !names(it, domain));
        declared.len() < before
    }
}

/// Whether an entry of a list names this domain, however it is written.
fn names(entry: &Value, domain: &str) -> bool {
    entry.as_str().is_some_and(|text| is_domain(text, domain))
}

/// Whether this is another spelling of a domain, which is an A-label.
fn is_domain(text: &str, domain: &str) -> bool {
    normalized(text).map_or_else(|| text.eq_ignore_ascii_case(domain), |it| it == domain)
}

fn remove_days(days: &mut dyn TableLike, which: impl Fn(&str) -> bool) {
    let names: Vec<String> = days.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names.iter().filter(|name| which(name)) {
        days.remove(name);
    }
}
