//! Whether anything may be changed at Apple.

use super::file::Profile;
use super::source::Source;
use crate::error::Error;
use crate::host::Environment;

const VARIABLE: &str = "ABMCTL_READ_ONLY";

/// What says that nothing is sent that isn't a read: either is enough, so that neither can be undone by the other.
pub(super) fn resolve(
    environment: &Environment,
    profile: &Profile,
    source: &Source,
) -> Result<Option<Source>, Error> {
    match environment.get(VARIABLE) {
        Some("1" | "true") => Ok(Some(Source::Environment(VARIABLE))),
        None | Some("" | "0" | "false") => Ok(profile.read_only.then(|| source.clone())),
        Some(other) => Err(Error::usage(format!(
            "{VARIABLE} is {other:?}. Set it to 1 or 0."
        ))),
    }
}

/// What says so, as a part of a sentence.
pub(super) fn words(source: &Source) -> String {
    match source {
        Source::Environment(variable) => format!("{variable} is set"),
        other => format!("read_only is set for {other}"),
    }
}
