//! How this floor speaks.

/// Takes what is said while something is read or changed.
pub trait Notices {
    /// What is being done; empty once it is over.
    fn progress(&self, text: &str);
    /// Something that the user has to know.
    fn warn(&self, text: &str);
    /// Something that was done.
    fn said(&self, text: &str);
}
