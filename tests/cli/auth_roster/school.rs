//! A School that the Roster API answers for.

use abmctl::sandbox::organization::{Roster, RosterDomain};

use super::APP;
use crate::support::{Apple, Machine, write_file};

/// A School, whose app is that of [`APP`].
pub struct School(pub Apple);

impl School {
    pub fn roster<R>(&self, look: impl FnOnce(&mut Roster) -> R) -> R {
        self.0
            .organization(|organization| look(organization.roster.as_mut().unwrap()))
    }

    /// The refresh tokens.
    pub fn lasting_secrets(&self) -> Vec<String> {
        let tokens = |roster: &mut Roster| roster.refresh_tokens.clone();
        self.roster(tokens).into_iter().map(|it| it.token).collect()
    }

    pub fn use_codes(&self) {
        self.roster(|roster| roster.codes.iter_mut().for_each(|code| code.used = true));
    }

    pub fn is_organization(&self, id: &str, name: &str) {
        self.0.organization(|organization| {
            id.clone_into(&mut organization.id);
            name.clone_into(&mut organization.name);
        });
    }

    /// Answers such requests with this.
    pub fn fails(&self, fault: &str) {
        self.0.add_fault(fault.parse().unwrap());
    }
}

/// A School with its API account, and the Roster API never authorized; and the flags of its app.
pub fn school() -> (Machine, School, String) {
    let (machine, apple) = Machine::with_school();
    machine.forget_roster();
    let school = School(apple);
    school.is_organization("1234", "Acme School");
    let private_key = school.roster(|roster| {
        "https://acme.example/abmctl".clone_into(&mut roster.app.redirect_uri);
        let domain = |name: &str, verified| RosterDomain {
            name: name.to_owned(),
            is_verified: Some(verified),
        };
        roster.domains = vec![domain("acme.example", true), domain("acme.de", false)];
        roster.refresh_tokens.clear();
        roster.app.private_key.clone()
    });
    let key = machine.path("downloads/key.p8");
    write_file(&key, &private_key, 0o600);
    let flags = format!("{APP} --private-key-file {}", key.display());
    (machine, school, flags)
}
