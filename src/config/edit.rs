//! Changes of the configuration file, which keep its comments and its order.

mod declared_urls;
mod domains;
mod roster;
mod services;
mod tokens;

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::file::{absent, read};
use super::names::{check_new, find};
use super::{File, Folders, Profile, trust};
use crate::error::Error;
use crate::private_files::Claimant;
use crate::secret::{SecretReference, private_file};

/// How long another change is waited for, which takes milliseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// The configuration file while it is changed.
#[derive(Debug)]
pub struct Edit {
    document: DocumentMut,
    path: PathBuf,
}

/// What Apple said of a server token's account, to be kept beside it; `None` removes what was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenFacts {
    pub server_id: Option<String>,
    pub server_name: Option<String>,
    pub organization: Option<String>,
}

/// Changes the configuration file in one step, while nobody else does; nothing is written where `change` fails.
///
/// A missing file is created, mode 0600. Exit 2 where the file can't be used before or after, exit 1 where it can't be
/// written, exit 6 where another process holds the lock. `change` must not wait for anything: others wait for it.
pub async fn edit<T>(
    folders: &Folders,
    claimant: Claimant<'_>,
    change: impl FnOnce(&mut Edit) -> Result<T, Error>,
) -> Result<T, Error> {
    let _lock = private_file::lock(&folders.config.join("config.lock"), claimant, LIMIT).await?;
    let (mut edit, text) = Edit::open(folders)?;
    let result = change(&mut edit)?;
    let changed = edit.checked()?;
    if changed != text {
        private_file::write(&edit.path, changed.as_bytes())?;
    }
    Ok(result)
}

/// Does what [`edit`] does, except that nothing is written: for `--dry-run`, and before a secret is stored.
pub fn rehearse<T>(
    folders: &Folders,
    change: impl FnOnce(&mut Edit) -> Result<T, Error>,
) -> Result<T, Error> {
    let (mut edit, _) = Edit::open(folders)?;
    let result = change(&mut edit)?;
    edit.checked()?;
    Ok(result)
}

impl Edit {
    /// The configuration as it is, and its text.
    fn open(folders: &Folders) -> Result<(Self, String), Error> {
        let path = folders.config_file();
        trust::check_folder(folders)?;
        let text = read(folders)?.unwrap_or_default();
        File::parse(&path, &text)?;
        let document = text.parse().map_err(|_| unusable(&path))?;
        Ok((Self { document, path }, text))
    }

    /// The text as it is now, which can be read again.
    fn checked(&self) -> Result<String, Error> {
        let text = self.document.to_string();
        File::parse(&self.path, &text)?;
        Ok(text)
    }

    /// What the file has now, as it is read.
    pub fn file(&self) -> Result<File, Error> {
        File::parse(&self.path, &self.document.to_string())
    }

    /// What the file has for a profile now; a profile that isn't there has nothing.
    pub fn profile(&self, name: &str) -> Result<Profile, Error> {
        Ok(self.file()?.profiles.remove(name).unwrap_or_default())
    }

    /// Sets an alias of a server, and returns what it stood for before; exit 2 where it is empty.
    pub fn set_alias(
        &mut self,
        profile: &str,
        alias: &str,
        server: &str,
    ) -> Result<Option<String>, Error> {
        if alias.trim() != alias || alias.is_empty() || alias.chars().any(char::is_control) {
            return Err(Error::usage(format!(
                "{alias:?} can't be an alias. An alias isn't empty, has no white space around it and no control characters in it."
            )));
        }
        let aliases = self.below_profile(profile, &["aliases"])?;
        Ok(set(aliases, alias, server))
    }

    /// Removes an alias, and returns what it stood for; `None` where there was none.
    pub fn remove_alias(&mut self, profile: &str, alias: &str) -> Option<String> {
        let aliases = self.existing(&["profiles", profile, "aliases"])?;
        text_of(&aliases.remove(alias)?)
    }

    /// Sets the API account of a profile, which is created where it is missing.
    ///
    /// The first profile becomes the default one; a second one leaves the first as the default, so that jobs that name
    /// none go on as before.
    pub fn set_credentials(
        &mut self,
        profile: &str,
        client_id: &str,
        key_id: Option<&str>,
        private_key: &SecretReference,
    ) -> Result<(), Error> {
        let table = self.below_profile(profile, &[])?;
        set(table, "client_id", client_id.trim());
        set_or_remove(table, "key_id", key_id.map(str::trim));
        set(table, "private_key", &private_key.to_config());
        Ok(())
    }

    /// Removes the API account of a profile and keeps the rest of it; whether there was any.
    pub fn remove_credentials(&mut self, profile: &str) -> bool {
        let Some(table) = self.existing(&["profiles", profile]) else {
            return false;
        };
        let members = ["client_id", "key_id", "private_key"];
        members
            .into_iter()
            .filter_map(|member| table.remove(member))
            .count()
            > 0
    }

    /// Removes one of a profile's tables; whether it was there. The profile stays, even with nothing left in it: it may be
    /// the default one.
    fn remove_below(&mut self, profile: &str, tables: &str, name: &str) -> bool {
        let removed = self
            .existing(&["profiles", profile, tables])
            .is_some_and(|tables| tables.remove(name).is_some());
        self.keep_profile(profile, removed);
        removed
    }

    /// Gives a profile a header of its own after its last table may have been `removed`.
    fn keep_profile(&mut self, profile: &str, removed: bool) {
        let profiles = self.document.get_mut("profiles");
        let kept = profiles.and_then(|profiles| profiles.as_table_like_mut()?.get_mut(profile));
        if let Some(table) = kept.and_then(Item::as_table_mut).filter(|_| removed) {
            table.set_implicit(false);
        }
    }

    /// Makes a profile the default one; exit 4 where it does not exist.
    pub fn set_default_profile(&mut self, profile: &str) -> Result<(), Error> {
        self.must_exist(profile)?;
        set(self.document.as_table_mut(), "default_profile", profile);
        Ok(())
    }

    /// Removes a profile with all that it holds, also as the default one; exit 4 where it does not exist.
    ///
    /// The secrets it refers to are removed by whoever calls this, before.
    pub fn remove_profile(&mut self, profile: &str) -> Result<(), Error> {
        self.must_exist(profile)?;
        let default = self.default_profile().unwrap_or_default();
        let names = self.names();
        let is_default = find("profile", &default, names.iter().map(String::as_str))?;
        if is_default == Some(profile) {
            self.document.remove("default_profile");
        }
        if let Some(profiles) = self.existing(&["profiles"]) {
            profiles.remove(profile);
        }
        Ok(())
    }

    fn default_profile(&self) -> Option<String> {
        text_of(self.document.get("default_profile")?)
    }

    fn names(&mut self) -> Vec<String> {
        self.names_at(&["profiles"])
    }

    /// The names of what stands in the table at `keys`.
    fn names_at(&mut self, keys: &[&str]) -> Vec<String> {
        self.existing(keys).map_or_else(Vec::new, |table| {
            table.iter().map(|(name, _)| name.to_owned()).collect()
        })
    }

    fn must_exist(&mut self, profile: &str) -> Result<(), Error> {
        let names = self.names();
        if names.iter().any(|name| name == profile) {
            return Ok(());
        }
        Err(absent(profile, names.iter().map(String::as_str)))
    }

    /// The table at `keys`, where it exists.
    fn existing(&mut self, keys: &[&str]) -> Option<&mut dyn TableLike> {
        let mut item = self.document.as_item_mut();
        for key in keys {
            item = item.as_table_like_mut()?.get_mut(key)?;
        }
        item.as_table_like_mut()
    }

    /// The table at `keys` in a profile; what is missing is created.
    fn below_profile(&mut self, profile: &str, keys: &[&str]) -> Result<&mut dyn TableLike, Error> {
        let names = self.names();
        if !names.iter().any(|name| name == profile) {
            check_new("profile", profile, names.iter().map(String::as_str))?;
            let first = names.first().map_or(profile, String::as_str);
            if names.len() <= 1 && self.default_profile().is_none() {
                set(self.document.as_table_mut(), "default_profile", first);
            }
        }
        let path = self.path.clone();
        let mut item = self.document.as_item_mut();
        let all = ["profiles", profile];
        let all = all.iter().chain(keys);
        for (depth, key) in all.enumerate() {
            let inline = item.is_inline_table();
            let table = item.as_table_like_mut().ok_or_else(|| unusable(&path))?;
            if table.get(key).is_none() {
                // `[profiles]` and `[profiles.acme.tokens]` hold nothing but tables, and need no header; a profile gets one
                // with its first setting.
                let holder = depth <= 1 || (depth == 2 && matches!(*key, "tokens" | "key_pairs"));
                table.insert(key, new_table(inline, holder));
            }
            item = table.get_mut(key).ok_or_else(|| unusable(&path))?;
        }
        item.as_table_like_mut().ok_or_else(|| unusable(&path))
    }
}

/// A new table: inline in an inline one, else with a header of its own unless it is a mere `holder` of tables.
fn new_table(inline: bool, holder: bool) -> Item {
    if inline {
        return Item::Value(Value::InlineTable(InlineTable::new()));
    }
    let mut table = Table::new();
    table.set_implicit(holder);
    Item::Table(table)
}

/// Sets a text, keeping the comment behind it; returns the text that was there.
fn set(table: &mut dyn TableLike, key: &str, text: &str) -> Option<String> {
    let mut value = Value::from(text);
    let Some(item) = table.get_mut(key) else {
        table.insert(key, Item::Value(value));
        return None;
    };
    let before = text_of(item);
    if before.as_deref() == Some(text) {
        return before;
    }
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
    before
}

fn set_or_remove(table: &mut dyn TableLike, key: &str, text: Option<&str>) {
    match text {
        Some(text) => {
            set(table, key, text);
        }
        None => {
            table.remove(key);
        }
    }
}

fn text_of(item: &Item) -> Option<String> {
    item.as_str().map(str::to_owned)
}

fn unusable(path: &Path) -> Error {
    Error::usage(format!(
        "The configuration {} doesn't have the structure that abmctl expects.",
        path.display()
    ))
}

#[cfg(test)]
mod tests;
