//! What there is to say of a plan of devices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::DevicePlan;
use crate::core::devices::plan::words::{Words, devices};
use crate::core::devices::plan::{Reason, Weight};
use crate::core::devices::selection::Selection;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};

impl DevicePlan {
    /// The name of a server, or its id.
    pub fn name(&self, id: &str) -> String {
        self.names.get(id).map_or(id, String::as_str).to_owned()
    }

    /// The name of the server that a device was on before its migration, if the journal knows it.
    pub fn before(&self, serial_number: &str) -> Option<String> {
        let id = self.before.get(serial_number)?;
        Some(self.name(id))
    }

    /// The same of all devices whose migration is to be canceled, with how many were on each.
    pub fn before_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let sent = self.plan.sent();
        for name in sent.filter_map(|(it, _)| self.before(&it.serial_number)) {
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    /// What couldn't be read of the devices: exit 7, or as the reading has it.
    pub fn not_known(&self, words: &Words<'_>) -> Option<Error> {
        self.about(&[Weight::NotKnown], words)
    }

    /// The words for it.
    pub fn words<'a>(
        &'a self,
        name: &'a dyn Fn(&str) -> String,
        now: Timestamp,
        zone: Option<&'a TimeZone>,
    ) -> Words<'a> {
        Words {
            wish: &self.wish,
            name,
            from: self.from.as_ref().map(Option::as_deref),
            now,
            zone,
        }
    }

    /// An error (exit 4) if no device is meant.
    pub(super) fn has_devices(&self, selection: &Selection) -> Result<(), Error> {
        let is_missing = |weight: Weight| weight == Weight::Missing;
        let count = self.plan.devices.len();
        let all_missing = self
            .plan
            .left_out()
            .filter(|(_, it)| is_missing(it.weight()));
        let is_meant = self.plan.without_migration > 0;
        if all_missing.count() < count || is_meant || (count > 0 && self.missing_ok) {
            return Ok(());
        }
        if count == 0
            && let Some(unread) = &self.unread
        {
            return Err(unread.clone().and("Nothing was changed."));
        }
        let message = match (selection, count) {
            (Selection::Filter(_), _) => "No device matches the filters.".to_owned(),
            (_, 0) => "The list has no serial numbers.".to_owned(),
            (_, 1) => format!(
                "The organization doesn't have the device {}.",
                self.plan.devices[0].serial_number
            ),
            (_, count) => {
                format!("The organization has none of the {count} devices.")
            }
        };
        let error = Error::not_found(message).and("Nothing was changed.");
        Err(error.hint(hint![
            "List the devices with ",
            Command::new("devices list"),
            "."
        ]))
    }

    /// What is to be said of the devices that are left out and aren't as they were asked for: exit 7; or 8 if there are no others.
    pub fn problem(&self, words: &Words<'_>) -> Option<Error> {
        let with_missing = [Weight::Unmet, Weight::NotKnown, Weight::Missing];
        let weights = if self.missing_ok {
            &with_missing[..2]
        } else {
            &with_missing
        };
        self.about(weights, words)
    }

    /// The error for devices that are left out for reasons of these weights.
    fn about(&self, weights: &[Weight], words: &Words<'_>) -> Option<Error> {
        let reasons = self.plan.left_out_counts().into_iter();
        let wrong: Vec<_> = reasons
            .filter(|(reason, _)| weights.contains(&reason.weight()))
            .collect();
        let count: usize = wrong.iter().map(|(_, count)| count).sum();
        if count == 0 {
            return self.unread.clone();
        }
        let phrases: Vec<String> = wrong
            .iter()
            .map(|(reason, count)| format!("{count} {}", words.phrase(reason)))
            .collect();
        let are = if count == 1 { "was" } else { "were" };
        let message = format!("{} {are} left out: {}.", devices(count), phrases.join(", "));
        let is_unmet = |(it, _): &(&Reason, usize)| it.weight() == Weight::Unmet;
        // Nothing could be read: the exit code is that of the reading, and its sentence says the same.
        let is_unread = |(it, _): &(&Reason, usize)| matches!(it, Reason::NotRead(_));
        if let Some(unread) = &self.unread
            && wrong.iter().all(is_unread)
            && count == self.plan.devices.len()
        {
            return Some(unread.clone().and("Nothing was changed."));
        }
        let kind = if wrong.iter().all(is_unmet) && count == self.plan.devices.len() {
            Kind::Conflict
        } else {
            Kind::Partial
        };
        Some(match &self.unread {
            Some(unread) => unread
                .clone()
                .saying(message)
                .and(&unread.message)
                .of_kind(Kind::Partial),
            None => Error::new(kind, message),
        })
    }
}
