//! Whether what a command says is so, and stays so.

use serde_json::Value;

use super::super::*;
use super::shapes::{Shape, TEST};
use super::{Table, Wrong, ensure};

/// What a command came to: Apple's side before it, at its end, and at each later moment until the next command.
pub struct Came<'a> {
    pub shape: &'a Shape,
    /// What there was before anything went wrong.
    pub beginning: &'a Table,
    pub before: Table,
    pub moments: Vec<Table>,
    pub ran: &'a Ran,
}

impl Came<'_> {
    fn at_end(&self) -> &Table {
        &self.moments[0]
    }

    /// Whether the named families are `there` from the end of the command on.
    fn are(&self, there: impl Fn(ProductFamily) -> Option<String>) -> bool {
        let named = || self.shape.named.iter();
        let mut moments = self.moments.iter();
        moments.all(|table| named().all(|family| table[family] == there(*family)))
    }

    /// Nothing changed, or an earlier command's taking was undone.
    fn stays(&self) -> bool {
        self.are(|family| self.before[&family].clone())
            || self.are(|family| self.beginning[&family].clone())
    }

    /// I2, and the first half of I4: what standard error says of everything.
    pub fn judge(&self) -> Wrong {
        for table in &self.moments {
            for (family, server) in table {
                let named = self.shape.named.contains(family)
                    && (server.is_none() || server.as_deref() == self.shape.to);
                let is_right = named || self.beginning[family] == *server;
                ensure(is_right, || format!("{family:?} is at {server:?}"))?;
            }
        }
        let said = |words: &str| self.ran.stderr.contains(words);
        let unchanged = said("Nothing was changed") || said("was put back");
        ensure(!unchanged || self.stays(), || "it was changed".to_owned())?;
        ensure(self.ran.code == 0 || said(r#"{"error":{"#), || {
            "no reason".to_owned()
        })?;
        let document = match self.ran.stdout.as_str() {
            "" => None,
            text => Some(serde_json::from_str::<Value>(text).map_err(|it| it.to_string())?),
        };
        self.settled(document.as_ref())?;
        match document {
            None => {
                ensure(self.ran.code != 0, || "nothing was said".to_owned())?;
                // A table that says nothing claims nothing.
                let is_so = !self.shape.wishes || self.stays();
                ensure(is_so, || "nothing was said of a change".to_owned())
            }
            Some(document) if self.shape.wishes => self.document(&document),
            Some(document) => self.rows(&document),
        }
    }

    /// A server that changes later was named as one that may.
    fn settled(&self, document: Option<&Value>) -> Wrong {
        let held = |table: &Table, server: &str| -> Vec<ProductFamily> {
            let at = |it: &&ProductFamily| table[it].as_deref() == Some(server);
            ProductFamily::ALL.iter().filter(at).copied().collect()
        };
        for server in [PROD, "Intune", TEST] {
            let now = held(self.at_end(), server);
            let changes = self.moments.iter().any(|table| held(table, server) != now);
            let listed = document.is_some_and(|document| unsettled(document, server));
            let warning = format!("warning: A request to {server} ");
            let said = self.ran.stderr.contains(&warning);
            ensure(!changes || listed || said, || {
                format!("{server} changed later, unsaid")
            })?;
        }
        Ok(())
    }

    /// The second half of I4, for a table: a row without an error is so and stays so.
    fn rows(&self, document: &Value) -> Wrong {
        let mut doubt = false;
        for row in document.as_array().ok_or("no rows")? {
            doubt |= !row["error"].is_null();
            let family = family(&row["product_family"]);
            let shown = row["server_name"].as_str().map(str::to_owned);
            let so = self.moments.iter().all(|table| table[&family] == shown);
            ensure(so || !row["error"].is_null(), || {
                format!("the row of {family:?}")
            })?;
        }
        ensure(doubt == (self.ran.code != 0), || {
            "the exit code of a table".to_owned()
        })
    }

    /// The second half of I4, for a change.
    fn document(&self, document: &Value) -> Wrong {
        let wish = self.shape.to;
        let changes = document["changes"].as_array().ok_or("no changes")?;
        let changed = document["changed"] == true;
        for row in changes {
            let family = word(&row["platform"]);
            let named = self.shape.named.contains(&family);
            let from = row["from"]["name"].as_str();
            let to = row["to"]["name"].as_str();
            let tables = [&self.before, self.beginning];
            let known = row["from_known"] == true;
            ensure(known || from.is_none(), || {
                "a server that isn't known".to_owned()
            })?;
            let from_so = !known || tables.iter().any(|table| table[&family].as_deref() == from);
            // Where it isn't known how it ended, `to` is where it may be.
            let ruled_out = row["confirmed"] == false && to.is_none();
            let never = self.moments.iter().all(|it| it[&family].as_deref() != wish);
            let to_so = to == wish || (ruled_out && never);
            ensure(named && from_so && to_so, || "a row of changes".to_owned())?;
            let so = self.moments.iter().all(|it| it[&family].as_deref() == to);
            ensure(so || row["confirmed"] == false, || {
                format!("{family:?} isn't confirmed")
            })?;
        }
        for entry in document["state"].as_array().into_iter().flatten() {
            let server = entry["server"]["name"].as_str().ok_or("no name")?;
            let Some(held) = entry["default_platforms"].as_array() else {
                continue;
            };
            let mut held: Vec<ProductFamily> = held.iter().map(word).collect();
            held.sort();
            let there = |it: &&ProductFamily| self.at_end()[it].as_deref() == Some(server);
            let there: Vec<_> = ProductFamily::ALL.iter().filter(there).copied().collect();
            ensure(held == there || unsettled(document, server), || {
                format!("the state of {server}")
            })?;
        }
        match (self.ran.code, changed) {
            (0, _) => {
                let done = self.are(|_| wish.map(str::to_owned));
                ensure(done, || "0, and not done".to_owned())?;
                let differs = |it: &&ProductFamily| self.before[it].as_deref() != wish;
                let differ = self.shape.named.iter().filter(differs).count();
                ensure(changes.len() == differ && changed == (differ > 0), || {
                    "what changed".to_owned()
                })
            }
            (_, false) => {
                ensure(changes.is_empty(), || "changes, and not changed".to_owned())?;
                ensure(self.stays(), || "changed, and not said".to_owned())
            }
            (7 | 8, true) => Ok(()),
            (code, true) => Err(format!("{code} for a change that isn't known")),
        }
    }
}

pub fn unsettled(document: &Value, server: &str) -> bool {
    let mut named = document["unsettled"].as_array().into_iter().flatten();
    named.any(|it| it["server"]["name"] == server)
}

pub fn family(text: &Value) -> ProductFamily {
    serde_json::from_value(text.clone()).unwrap()
}

/// The family of a platform's word.
pub fn word(text: &Value) -> ProductFamily {
    family(
        &text
            .as_str()
            .unwrap()
            .replace('-', "_")
            .to_uppercase()
            .into(),
    )
}
