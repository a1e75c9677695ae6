//! Which domains are checked.

use crate::commands::domains::each_named;
use crate::commands::domains::known::{Known, known};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;

/// The domains to check, and what could not be read on the way to them; exit 2 where there is none.
pub async fn domains(
    given: &[String],
    user: Option<&str>,
    context: &Context,
) -> Result<Known, Error> {
    let mut given = given.to_vec();
    if let (true, Some((_, domain))) = (given.is_empty(), user.and_then(|it| it.split_once('@'))) {
        given.push(domain.to_owned());
    }
    if given.is_empty() {
        let known = known(context).await?;
        if known.names.is_empty() {
            return Err(known.problems.into_iter().next().unwrap_or_else(|| {
                Error::usage("No domain is named, and none is known.").hint(hint![
                    "Name one, as in ",
                    Command::new("adde-url check acme.com"),
                    ", or declare your own with ",
                    Command::storing("domains declare acme.com"),
                    "."
                ])
            }));
        }
        return Ok(known);
    }
    Ok(Known {
        names: each_named(&given)?,
        ..Known::default()
    })
}
