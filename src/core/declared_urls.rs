//! ADDE URLs that the operator declared, since a vendor holds the server token: which server each is for.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::adde_url::same;
use super::names::{NameError, Named, resolve};

/// The URL that a vendor's MDM has set for a server, and the day on which somebody saw that. Evidence, never Apple's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredUrl {
    /// The server as it was typed: its id, an alias or its name.
    pub server: String,
    pub url: String,
    pub seen: Date,
}

/// The declared URLs by server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeclaredUrls {
    by_id: BTreeMap<String, DeclaredUrl>,
    /// Those that mean no one server, and why.
    pub stray: Vec<(DeclaredUrl, NameError)>,
    /// Those that say something else than the one of the same server that counts, which is beside each.
    pub overruled: Vec<(DeclaredUrl, DeclaredUrl)>,
}

impl DeclaredUrls {
    /// Finds the server of each among `servers`, as a server is named anywhere. Of several for one server the newest counts.
    pub fn of(
        declared: &[DeclaredUrl],
        aliases: &BTreeMap<String, String>,
        servers: &[Named],
    ) -> Self {
        let mut found = Self::default();
        let mut matched = Vec::new();
        for declared in declared {
            match resolve(&declared.server, aliases, servers) {
                Ok(server) => matched.push((server.id.clone(), declared.clone())),
                Err(error) => found.stray.push((declared.clone(), error)),
            }
        }
        for (id, declared) in &matched {
            let newest = found.by_id.get(id);
            if newest.is_none_or(|newest| declared.seen > newest.seen) {
                found.by_id.insert(id.clone(), declared.clone());
            }
        }
        for (id, declared) in matched {
            if let Some(newest) = found.by_id.get(&id)
                && !same(&newest.url, &declared.url)
            {
                found.overruled.push((declared, newest.clone()));
            }
        }
        found
    }

    /// The one that counts for a server.
    pub fn of_server(&self, id: &str) -> Option<&DeclaredUrl> {
        self.by_id.get(id)
    }

    /// Those that count.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &DeclaredUrl)> {
        self.by_id.iter().map(|(id, it)| (id.as_str(), it))
    }
}

/// What counts of a server's ADDE URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts<'a, R, W> {
    /// What Apple said to a server token.
    Read(R),
    /// What is declared, since Apple said nothing.
    Declared(&'a DeclaredUrl),
    /// Nothing is known, and this is why.
    NotKnown(W),
}

/// What counts of a server's ADDE URL: what Apple said to its token, else what is declared, else why Apple said nothing.
pub fn counts<R, W>(read: Result<R, W>, declared: Option<&DeclaredUrl>) -> Counts<'_, R, W> {
    match (read, declared) {
        (Ok(read), _) => Counts::Read(read),
        (Err(_), Some(declared)) => Counts::Declared(declared),
        (Err(why), None) => Counts::NotKnown(why),
    }
}

/// The servers that the declarations are of, where no list of servers is to be had: these, and one for each that is none of
/// them. Two spellings are one server if they are equal but for their case, or an alias leads from one to the other.
pub fn supposed(
    declared: &[DeclaredUrl],
    aliases: &BTreeMap<String, String>,
    mut servers: Vec<Named>,
) -> Vec<Named> {
    for DeclaredUrl { server, .. } in declared {
        if resolve(server, aliases, &servers).is_err() {
            let meant = aliases.get(server).unwrap_or(server);
            servers.push(Named {
                id: meant.clone(),
                name: meant.clone(),
                deleted: false,
            });
        }
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(server: &str, url: &str, seen: &str) -> DeclaredUrl {
        DeclaredUrl {
            server: server.to_owned(),
            url: format!("https://{url}.example"),
            seen: seen.parse().unwrap(),
        }
    }

    fn server(id: &str, name: &str) -> Named {
        Named {
            id: id.to_owned(),
            name: name.to_owned(),
            deleted: false,
        }
    }

    fn aliases() -> BTreeMap<String, String> {
        [("prod", "AA01"), ("vendor", "Intune")]
            .map(|(alias, server)| (alias.to_owned(), server.to_owned()))
            .into()
    }

    #[test]
    fn a_server_is_found_by_id_alias_and_name() {
        let servers = [server("AA01", "Jamf Pro"), server("AA02", "Intune")];
        for typed in ["AA02", "aa02", "vendor", "Intune", "INTUNE"] {
            let one = [declared(typed, "a", "2026-11-20")];
            let found = DeclaredUrls::of(&one, &aliases(), &servers);
            assert_eq!(found.of_server("AA02"), Some(&one[0]), "{typed}");
            assert_eq!(found.of_server("AA01"), None);
            assert!(found.stray.is_empty() && found.overruled.is_empty());
        }
        // The server was renamed, or two have the name: it is of nobody.
        let one = [declared("Intune", "a", "2026-11-20")];
        for servers in [
            vec![server("AA02", "Intune 2")],
            vec![server("AA02", "Intune"), server("AA03", "intune")],
            vec![],
        ] {
            let found = DeclaredUrls::of(&one, &BTreeMap::new(), &servers);
            assert_eq!(found.iter().count(), 0);
            assert_eq!(found.stray.len(), 1);
        }
    }

    #[test]
    fn the_newest_of_one_server_counts_and_the_other_is_told_if_it_differs() {
        let servers = [server("AA02", "Intune")];
        let (old, new) = ("2026-01-31", "2026-11-20");
        for (entries, url, overruled) in [
            ([("Intune", "a", old), ("vendor", "b", new)], "b", vec!["a"]),
            ([("Intune", "a", new), ("vendor", "b", old)], "a", vec!["b"]),
            ([("Intune", "a", new), ("vendor", "a", old)], "a", vec![]),
            ([("Intune", "a", new), ("vendor", "b", new)], "a", vec!["b"]),
        ] {
            let entries = entries.map(|(server, url, seen)| declared(server, url, seen));
            let found = DeclaredUrls::of(&entries, &aliases(), &servers);
            let counts = found.of_server("AA02").unwrap();
            assert_eq!(counts.url, format!("https://{url}.example"));
            assert!(found.overruled.iter().all(|(_, newest)| newest == counts));
            let urls: Vec<&str> = found.overruled.iter().map(|it| it.0.url.as_str()).collect();
            let expected: Vec<String> = overruled
                .iter()
                .map(|url| format!("https://{url}.example"))
                .collect();
            assert_eq!(urls, expected);
        }
    }

    #[test]
    fn apple_s_word_counts_more_than_a_declaration_and_that_more_than_none() {
        let it = declared("Intune", "a", "2026-11-20");
        for (read, declared, expected) in [
            (Ok("set"), Some(&it), Counts::Read("set")),
            (Ok("set"), None, Counts::Read("set")),
            (Err("not asked"), Some(&it), Counts::Declared(&it)),
            (Err("not asked"), None, Counts::NotKnown("not asked")),
        ] {
            assert_eq!(counts(read, declared), expected);
        }
    }

    #[test]
    fn without_a_list_each_spelling_of_a_server_is_one() {
        let new = "2026-11-20";
        for (typed, expected) in [
            (&[][..], &[][..]),
            (&["Intune"], &["Intune"]),
            (&["Intune", "INTUNE", "vendor"], &["Intune"]),
            (&["vendor", "intune"], &["Intune"]),
            (&["Intune", "Munki"], &["Intune", "Munki"]),
            // A token's server is there already.
            (&["prod", "jamf pro"], &[]),
        ] {
            let entries: Vec<DeclaredUrl> = typed.iter().map(|it| declared(it, "a", new)).collect();
            let tokens = vec![server("AA01", "Jamf Pro")];
            let names: Vec<String> = supposed(&entries, &aliases(), tokens)
                .into_iter()
                .skip(1)
                .map(|it| it.name)
                .collect();
            assert_eq!(names, expected, "{typed:?}");
        }
    }
}
