//! Items of Apple's lists that can't be understood.

use std::fmt::Display;

use crate::context::Context;

/// The most items that have a warning each.
const NAMED: usize = 5;

/// Warns of each, or of the first and of how many more there are.
pub fn warn_of<T: Display>(odd: &[T], context: &Context) {
    for item in odd.iter().take(NAMED) {
        context.ui.warn(&item.to_string());
    }
    if odd.len() > NAMED {
        let more = odd.len() - NAMED;
        context
            .ui
            .warn(&format!("{more} more can't be understood, too."));
    }
}
