//! `--platform`: a platform by any of its words.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::core::platform::Platform;

/// A platform by any of its words; the shells complete the first of each.
pub fn platform() -> impl TypedValueParser<Value = Platform> {
    Words(PossibleValuesParser::new(Platform::ALL.map(Platform::word)))
}

/// Takes every alias, and says what there is in its own words.
#[derive(Clone)]
struct Words(PossibleValuesParser);

impl TypedValueParser for Words {
    type Value = Platform;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Platform, clap::Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|error| {
            clap::Error::raw(clap::error::ErrorKind::InvalidValue, format!("{error}\n"))
                .with_cmd(command)
        })
    }

    fn possible_values(
        &self,
    ) -> Option<Box<dyn Iterator<Item = clap::builder::PossibleValue> + '_>> {
        self.0.possible_values()
    }
}
