//! `--platform`: a platform by any of its words.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::core::platform::Family;

/// A platform by any of its words; the shells complete the first of each.
pub(crate) fn platform() -> impl TypedValueParser<Value = Family> {
    Words(PossibleValuesParser::new(
        Family::KNOWN.map(|it| it.word().to_owned()),
    ))
}

/// Takes every alias, and says what there is in its own words.
#[derive(Clone)]
struct Words(PossibleValuesParser);

impl TypedValueParser for Words {
    type Value = Family;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Family, clap::Error> {
        let text = value.to_string_lossy();
        Family::of_word(&text).map_err(|error| {
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
