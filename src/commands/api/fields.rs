//! `--field` and `--raw-field`: `NAME=VALUE` → parameters of a query, or the members of a JSON body.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Map, Value};

use crate::error::Error;

/// The two options, as clap and the help see them.
#[derive(Debug, Args)]
struct Flags {
    /// Add a query parameter (GET) or a member of the JSON body
    ///
    /// In a body, `true`, `false`, `null` and whole numbers are JSON values, and everything else is text. `a[b]=c` sets
    /// a nested member, and `a[]=b` adds an item to a list.
    #[arg(short = 'F', long, value_name = "NAME=VALUE", value_parser = |text: &str| Field::parse(text, true))]
    field: Vec<Field>,
    /// Add a field whose value is always text
    #[arg(short = 'f', long, value_name = "NAME=VALUE", value_parser = |text: &str| Field::parse(text, false))]
    raw_field: Vec<Field>,
}

/// The fields of both options in the order in which they were typed, which decides what belongs to which item of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(pub Vec<Field>);

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed: Vec<(usize, Field)> = Vec::new();
        for option in ["field", "raw_field"] {
            let places = matches.indices_of(option).into_iter().flatten();
            let fields = matches.get_many::<Field>(option).into_iter().flatten();
            typed.extend(places.zip(fields.cloned()));
        }
        typed.sort_by_key(|(place, _)| *place);
        Ok(Self(typed.into_iter().map(|(_, field)| field).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Fields {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

/// A field as it was typed, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// What is before the first `=`.
    pub name: String,
    /// What is after it.
    pub value: String,
    /// Whether `true`, `false`, `null` and whole numbers mean what they say in JSON.
    pub typed: bool,
}

impl Field {
    /// Reads `NAME=VALUE`.
    pub(super) fn parse(text: &str, typed: bool) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
                typed,
            }),
            _ => Err("not NAME=VALUE".to_owned()),
        }
    }

    fn json(&self) -> Value {
        match self.value.as_str() {
            "true" if self.typed => true.into(),
            "false" if self.typed => false.into(),
            "null" if self.typed => Value::Null,
            text => match text.parse::<i64>() {
                Ok(number) if self.typed => number.into(),
                _ => text.into(),
            },
        }
    }
}

/// One step into a body: a member, or an item of a list.
enum Step<'a> {
    Member(&'a str),
    Item,
}

/// The body that the fields describe, in the notation of `gh api`: `a[b]=1` is a member of a member, `a[]=1` a further
/// item, and `a[][b]=1` a member of the last item, or of a further one where the last has it already.
///
/// Exit 2 where a name can't be read, or two of them say different things of one place.
pub(super) fn body(fields: &[Field]) -> Result<Value, Error> {
    let mut body = Value::Null;
    for field in fields {
        let name = &field.name;
        let steps = steps(name).ok_or_else(|| {
            Error::usage(format!(
                "The field \"{name}\" can't be read. Write nested fields as a[b]=… or a[]=…."
            ))
        })?;
        place(&mut body, &steps, field.json()).ok_or_else(|| {
            Error::usage(format!(
                "The field \"{name}\" conflicts with the fields before it."
            ))
        })?;
    }
    Ok(body)
}

fn steps(name: &str) -> Option<Vec<Step<'_>>> {
    let (first, mut rest) = match name.find('[') {
        None => (name, ""),
        Some(at) => name.split_at(at),
    };
    if first.is_empty() || first.contains(']') {
        return None;
    }
    let mut steps = vec![Step::Member(first)];
    while !rest.is_empty() {
        let (inner, after) = rest.strip_prefix('[')?.split_once(']')?;
        if inner.contains('[') {
            return None;
        }
        steps.push(if inner.is_empty() {
            Step::Item
        } else {
            Step::Member(inner)
        });
        rest = after;
    }
    Some(steps)
}

/// Puts `value` where the steps lead; `None` where something else is there.
fn place(at: &mut Value, steps: &[Step<'_>], value: Value) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        if !at.is_null() {
            return None;
        }
        *at = value;
        return Some(());
    };
    match step {
        Step::Member(name) => {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let members = at.as_object_mut()?;
            if rest.is_empty() {
                if members.contains_key(*name) {
                    return None;
                }
                members.insert((*name).to_owned(), value);
                return Some(());
            }
            place(members.entry(*name).or_insert(Value::Null), rest, value)
        }
        Step::Item => {
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            let items = at.as_array_mut()?;
            let goes_on = matches!(
                (rest, items.last()),
                ([Step::Member(name), ..], Some(Value::Object(last))) if !last.contains_key(*name)
            );
            if !goes_on {
                items.push(Value::Null);
            }
            place(items.last_mut()?, rest, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn typed(texts: &[&str]) -> Result<Value, Error> {
        let fields: Vec<Field> = texts
            .iter()
            .map(|text| Field::parse(text, true).unwrap())
            .collect();
        body(&fields)
    }

    #[test]
    fn fields_become_a_document() {
        for (fields, expected) in [
            (vec!["a=x", "b="], json!({"a": "x", "b": ""})),
            (
                vec!["a=true", "b=false", "c=null", "d=-7", "e=1.5", "f=True"],
                json!({"a": true, "b": false, "c": null, "d": -7, "e": "1.5", "f": "True"}),
            ),
            (vec!["a=b=c"], json!({"a": "b=c"})),
            (
                vec![
                    "data[type]=mdmServers",
                    "data[attributes][defaultProductFamilies][]=MAC",
                    "data[attributes][defaultProductFamilies][]=IPAD",
                ],
                json!({"data": {"type": "mdmServers", "attributes": {"defaultProductFamilies": ["MAC", "IPAD"]}}}),
            ),
            (
                vec![
                    "data[][type]=orgDevices",
                    "data[][id]=A",
                    "data[][type]=orgDevices",
                    "data[][id]=B",
                ],
                json!({"data": [{"type": "orgDevices", "id": "A"}, {"type": "orgDevices", "id": "B"}]}),
            ),
        ] {
            assert_eq!(typed(&fields).unwrap(), expected);
        }
        let raw = Field::parse("id=42", false).unwrap();
        assert_eq!(body(&[raw]).unwrap(), json!({"id": "42"}));
    }

    #[test]
    fn both_options_keep_their_order() {
        let command = Fields::augment_args(Command::new("api"));
        let words = [
            "api", "-f", "a[][b]=1", "-F", "a[][c]=1", "-f", "a[][b]=2", "-F", "a[][c]=2",
        ];
        let matches = command.try_get_matches_from(words).unwrap();
        let Fields(fields) = Fields::from_arg_matches(&matches).unwrap();
        assert_eq!(
            body(&fields).unwrap(),
            json!({"a": [{"b": "1", "c": 1}, {"b": "2", "c": 2}]})
        );
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for fields in [
            vec!["a=1", "a=2"],
            vec!["a=null", "a=2"],
            vec!["a=1", "a[b]=2"],
            vec!["a[]=1", "a[b]=2"],
            vec!["a[b]=1", "a[]=2"],
            vec!["a[b=1"],
            vec!["a]=1"],
            vec!["[a]=1"],
            vec!["a[b]c=1"],
            vec!["a[[b]]=1"],
        ] {
            assert_eq!(
                typed(&fields).unwrap_err().kind.exit_code(),
                2,
                "{fields:?}"
            );
        }
        for text in ["a", "=a", ""] {
            assert!(Field::parse(text, true).is_err(), "{text}");
        }
    }
}
