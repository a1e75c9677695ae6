//! The name that a server is to get, as an error of the command.

use super::super::Organization;
use super::super::servers::{MdmServer, named};
use crate::core::new_server_name::{NewNameError, new_name};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};

impl Organization {
    /// The name for a server, `own` its id if it exists: exit 2 for one that nothing can have, 8 for one that another server has, 4
    /// for one that would be ambiguous.
    pub(in crate::organization) fn new_server_name(
        &self,
        wanted: &str,
        own: Option<&str>,
        servers: &[MdmServer],
    ) -> Result<String, Error> {
        let name = new_name(wanted, own, &self.settings().alias_map(), &named(servers));
        name.map_err(|why| {
            let kind = match why {
                NewNameError::Empty | NewNameError::Reserved(_) | NewNameError::Control => {
                    Kind::Usage
                }
                NewNameError::Taken { .. } => Kind::Conflict,
                NewNameError::IsAnId(_) | NewNameError::IsAnAlias { .. } => Kind::NotFound,
            };
            let error = Error::new(kind, why.to_string());
            match why {
                NewNameError::Taken { .. } => {
                    error.hint("Choose another name. Names of servers must be unique.")
                }
                NewNameError::IsAnAlias { alias, .. } => error.hint(hint![
                    "Choose another name, or remove the alias with ",
                    Command::storing("servers alias")
                        .arg(&alias)
                        .word("--remove"),
                    "."
                ]),
                _ => error,
            }
        })
    }
}
