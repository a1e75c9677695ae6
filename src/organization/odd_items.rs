//! Items of Apple's lists that can't be understood.

use std::fmt::Display;

use super::Organization;

/// The most items that have a warning each.
const NAMED: usize = 5;

impl Organization {
    /// Warns of each item that can't be understood, or of the first and of how many more there are.
    pub fn warn_of<T: Display>(&self, odd: &[T]) {
        for item in odd.iter().take(NAMED) {
            self.warn(&item.to_string());
        }
        if odd.len() > NAMED {
            let more = odd.len() - NAMED;
            self.warn(&format!("{more} more items can't be understood either."));
        }
    }
}
