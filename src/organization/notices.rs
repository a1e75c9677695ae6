//! How this floor speaks.

use crate::core::printed::Hint;

/// Takes what is said while something is read or changed.
pub trait Notices {
    /// What is being done; empty once it is over.
    fn progress(&self, text: &str);
    /// Something that the user has to know.
    fn warn(&self, text: &str);
    /// What to do about it.
    fn hint(&self, hint: Hint);
    /// Something that was done.
    fn said(&self, text: &str);
}
