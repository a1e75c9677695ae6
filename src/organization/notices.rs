//! How this floor speaks.

use std::sync::Arc;

use crate::core::printed::{Hint, Reach};

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

/// What one organization says: each command in it as it has to be run for that one, whoever takes it.
pub struct Written {
    notices: Arc<dyn Notices>,
    reach: Reach,
}

impl Written {
    /// Passes on to `notices` with commands written by `reach`.
    pub fn new(notices: Arc<dyn Notices>, reach: Reach) -> Self {
        Self { notices, reach }
    }

    fn written(&self, text: &Hint) -> Hint {
        text.written(&self.reach).into()
    }
}

impl Notices for Written {
    fn progress(&self, text: &str) {
        self.notices.progress(text);
    }

    fn waiting(&self, text: &str, expected: Option<&str>) {
        self.notices.waiting(text, expected);
    }

    fn warn(&self, text: &Hint) {
        self.notices.warn(&self.written(text));
    }

    fn hint(&self, text: &Hint) {
        self.notices.hint(&self.written(text));
    }

    fn said(&self, text: &Hint) {
        self.notices.said(&self.written(text));
    }
}
