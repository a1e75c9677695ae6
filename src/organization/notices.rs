//! How this floor speaks.

use crate::core::printed::Hint;

/// Takes what is said while something is read or changed. A terminal shows it; a doctor or a test collects it.
pub trait Notices: Send + Sync {
    /// What is being done; empty once it is over.
    fn progress(&self, text: &str);
    /// What is waited for. A wait that is `expected` is nobody's fault, and needs only these words.
    fn waiting(&self, text: &str, expected: Option<&str>);
    /// Something that the user has to know.
    fn warn(&self, text: &Hint);
    /// What to do about it.
    fn hint(&self, text: &Hint);
    /// Something that was done, or that a person is asked to do.
    fn said(&self, text: &Hint);
}
