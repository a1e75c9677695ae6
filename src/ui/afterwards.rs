//! What is said once the data is written: what was changed, and at most one hint.

use super::{Ui, lock};
use crate::core::printed::Hint;

#[derive(PartialEq, Eq)]
pub(super) enum Remark {
    Says,
    Hints,
    /// A hint for when there is no other.
    HintsIfAlone,
}

impl Ui {
    /// Says something once the data is written, which it is about. Shown even with `--quiet`.
    pub fn say_afterwards(&self, text: impl Into<Hint>) {
        lock(&self.shared.afterwards).push((Remark::Says, text.into()));
    }

    /// Advises once the data is written, if there is nothing else to advise; not with `--quiet`.
    pub fn hint_if_alone(&self, text: impl Into<Hint>) {
        lock(&self.shared.afterwards).push((Remark::HintsIfAlone, text.into()));
    }

    /// Advises once the data is written; not with `--quiet`. Of several, only the first is shown: the most important comes first.
    pub fn hint_afterwards(&self, text: impl Into<Hint>) {
        lock(&self.shared.afterwards).push((Remark::Hints, text.into()));
    }

    /// Says what was kept for the time when the data is written.
    pub fn data_is_written(&self) {
        let remarks = std::mem::take(&mut *lock(&self.shared.afterwards));
        let place = |wanted: &Remark| remarks.iter().position(|(remark, _)| remark == wanted);
        let hint = place(&Remark::Hints).or_else(|| place(&Remark::HintsIfAlone));
        for (index, (remark, text)) in remarks.iter().enumerate() {
            match remark {
                Remark::Says => self.say(text),
                _ if Some(index) == hint => self.hint(text),
                _ => {}
            }
        }
    }
}
