//! The ADDE URLs that the operator declared, put into a profile and taken out.

use toml_edit::{Datetime, InlineTable, Item, Value};

use super::{Edit, set, unusable};
use crate::core::declared_urls::DeclaredUrl;
use crate::error::Error;

impl Edit {
    /// Declares the ADDE URL of a server; its profile is created where it is missing.
    pub fn declare_adde_url(&mut self, profile: &str, declared: &DeclaredUrl) -> Result<(), Error> {
        let path = self.path.clone();
        let day: Datetime = declared
            .seen
            .to_string()
            .parse()
            .map_err(|_| unusable(&path))?;
        let table = self.below_profile(profile, &["declared_adde_urls"])?;
        if table.get(&declared.server).is_none() {
            let entry = Item::Value(Value::InlineTable(InlineTable::new()));
            table.insert(&declared.server, entry);
        }
        let entry = table
            .get_mut(&declared.server)
            .and_then(Item::as_table_like_mut)
            .ok_or_else(|| unusable(&path))?;
        set(entry, "url", &declared.url);
        let mut seen = Value::from(day);
        if let Some(old) = entry.get("seen").and_then(Item::as_value) {
            *seen.decor_mut() = old.decor().clone();
        }
        entry.insert("seen", Item::Value(seen));
        Ok(())
    }

    /// Takes a declared ADDE URL away; whether it was there. `server` is as it stands in the file.
    pub fn remove_declared_adde_url(&mut self, profile: &str, server: &str) -> bool {
        let removed = self.remove_below(profile, "declared_adde_urls", server);
        let emptied = self
            .existing(&["profiles", profile, "declared_adde_urls"])
            .is_some_and(|table| table.is_empty());
        if let Some(profile) = self.existing(&["profiles", profile]).filter(|_| emptied) {
            profile.remove("declared_adde_urls");
        }
        removed
    }
}
