//! Server tokens and key pairs, put into a profile and taken out; and where each secret is kept.

use std::path::Path;

use super::{Edit, TokenFacts, set, set_or_remove};
use crate::config::names::check_new;
use crate::error::Error;
use crate::secret::{Field, SecretReference};

impl Edit {
    /// Sets where a server token is kept; its profile is created where it is missing.
    pub fn set_token(
        &mut self,
        profile: &str,
        name: &str,
        token: &SecretReference,
    ) -> Result<(), Error> {
        self.check_new_below(profile, "tokens", "server token", name)?;
        let table = self.below_profile(profile, &["tokens", name])?;
        set(table, "token", &token.to_config());
        Ok(())
    }

    /// Keeps what Apple said of a server token; exit 4 where there is no such token.
    pub fn set_token_facts(
        &mut self,
        profile: &str,
        name: &str,
        facts: &TokenFacts,
    ) -> Result<(), Error> {
        let Some(table) = self.existing(&["profiles", profile, "tokens", name]) else {
            return Err(Error::not_found(format!(
                "Profile {profile} has no server token {name}."
            )));
        };
        set_or_remove(table, "server_id", facts.server_id.as_deref());
        set_or_remove(table, "server_name", facts.server_name.as_deref());
        set_or_remove(table, "organization", facts.organization.as_deref());
        Ok(())
    }

    /// Says that a secret of a profile, which has it already, is kept elsewhere; nothing if it hasn't.
    pub fn set_reference(&mut self, profile: &str, field: &Field, reference: &SecretReference) {
        let (below, member): (&[&str], &str) = match field {
            Field::PrivateKey => (&[], "private_key"),
            Field::Token(name) => (&["tokens", name], "token"),
            Field::KeyPair(name) => (&["key_pairs", name], "private_key"),
            Field::RosterPrivateKey => (&["roster"], "private_key"),
            Field::RosterRefreshToken => (&["roster"], "refresh_token"),
        };
        let keys = [&["profiles", profile], below].concat();
        if let Some(table) = self.existing(&keys)
            && table.contains_key(member)
        {
            set(table, member, &reference.to_config());
        }
    }

    /// Removes a server token; whether there was one.
    pub fn remove_token(&mut self, profile: &str, name: &str) -> bool {
        self.remove_below(profile, "tokens", name)
    }

    /// Sets where the private key of a key pair is kept, and the file of its certificate; its profile is created where it
    /// is missing.
    pub fn set_key_pair(
        &mut self,
        profile: &str,
        name: &str,
        private_key: &SecretReference,
        certificate: &Path,
    ) -> Result<(), Error> {
        self.check_new_below(profile, "key_pairs", "key pair", name)?;
        let table = self.below_profile(profile, &["key_pairs", name])?;
        set(table, "private_key", &private_key.to_config());
        set(table, "certificate", &certificate.to_string_lossy());
        Ok(())
    }

    /// Removes a key pair; whether there was one.
    pub fn remove_key_pair(&mut self, profile: &str, name: &str) -> bool {
        self.remove_below(profile, "key_pairs", name)
    }

    /// Exit 2 if a table of a profile, which isn't there yet, can't have this name.
    fn check_new_below(
        &mut self,
        profile: &str,
        tables: &str,
        what: &str,
        name: &str,
    ) -> Result<(), Error> {
        let names = self.names_at(&["profiles", profile, tables]);
        if names.iter().any(|other| other == name) {
            return Ok(());
        }
        check_new(what, name, names.iter().map(String::as_str))
    }
}
