//! A day, as an argument.

use jiff::civil::Date;

/// A day, as in 2026-09-02.
pub(crate) fn day(text: &str) -> Result<Date, &'static str> {
    Date::strptime("%Y-%m-%d", text.trim()).map_err(|_| "not a date; use YYYY-MM-DD")
}
