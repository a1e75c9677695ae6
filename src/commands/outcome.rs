//! What a command came to.

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::{Document, Format, OutputError, Row, Stream};

/// What stands above the table of a dry run.
pub(crate) const DRY_RUN: &str = "Dry run: nothing was changed.";

/// What a command came to: what to write, and how it ended.
pub(crate) struct Outcome {
    /// What goes to standard output, if anything.
    pub document: Option<Document>,
    /// What failed although there is something to write; decides the exit code.
    pub problem: Option<Error>,
    /// The exit code where nothing failed.
    pub code: u8,
}

impl Outcome {
    /// All went well.
    pub(crate) fn done(document: Document) -> Self {
        Self {
            document: Some(document),
            problem: None,
            code: 0,
        }
    }

    /// All went well, and there is nothing to write.
    pub(crate) fn nothing() -> Self {
        Self {
            document: None,
            problem: None,
            code: 0,
        }
    }

    /// Something is to be written, and something failed.
    pub(crate) fn with_problem(document: Document, problem: Error) -> Self {
        Self {
            document: Some(document),
            problem: Some(problem),
            code: 0,
        }
    }

    /// A list that was written as its rows became known, and what failed meanwhile.
    pub(crate) fn listed<R: Row>(
        rows: Stream<'_, R>,
        problem: Option<Error>,
    ) -> Result<Self, Error> {
        Ok(Self {
            document: rows.finish()?,
            problem,
            code: 0,
        })
    }

    /// What `--check` found. With `--quiet`, a table that has nothing to tell is not written; a document always is.
    pub(crate) fn compared(document: Document, differs: bool, context: &Context) -> Self {
        let is_table = context.output.format == Format::Table;
        if !differs && is_table && context.ui.is_quiet() {
            Self::nothing()
        } else {
            Self::checked(document, differs)
        }
    }

    /// Exit 9 where `differs`, without an error: the document says what differs.
    pub(crate) fn checked(document: Document, differs: bool) -> Self {
        Self {
            document: Some(document),
            problem: None,
            code: if differs {
                Kind::Differs.exit_code()
            } else {
                0
            },
        }
    }
}

impl From<OutputError> for Error {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Column { .. } | OutputError::NoColumns => Self::usage(error.to_string()),
            OutputError::Closed | OutputError::Write(_) => Self::failed(error.to_string()),
        }
    }
}
