//! Rows as they become known: csv and ndjson are written at once, in memory that doesn't grow with their number.

use serde::Serialize;

use super::row::{Head, Row, Rows, Table, shaped};
use super::{Change, Document, Format, InOrder, Output, OutputError, unwritable};

/// A list that is being written.
pub struct Stream<'a, R: 'static> {
    output: &'a Output,
    kept: Rows<R>,
    heads: Vec<Head>,
    /// The places of the columns that are written.
    chosen: Vec<usize>,
    begun: bool,
    failure: Option<OutputError>,
}

impl<'a, R: Row> Stream<'a, R> {
    /// Nothing is written yet; an error if the columns asked for don't exist.
    pub fn new(output: &'a Output) -> Result<Self, OutputError> {
        Self::with(output, None, &[])
    }

    /// The same of rows without these members: nobody asked for them.
    pub fn without(output: &'a Output, hidden: &[&'static str]) -> Result<Self, OutputError> {
        Self::with(output, None, hidden)
    }

    /// The same of rows of several organizations: each has its profile in front, and is pushed with [`Self::push_of`].
    pub fn of_profiles(output: &'a Output) -> Result<Self, OutputError> {
        Self::with(output, Some(Vec::new()), &[])
    }

    fn with(
        output: &'a Output,
        profiles: Option<Vec<String>>,
        hidden: &[&'static str],
    ) -> Result<Self, OutputError> {
        let kept = Rows {
            profiles,
            hidden: hidden.to_vec(),
            ..Rows::from(Vec::new())
        };
        let heads = kept.heads();
        Ok(Self {
            output,
            chosen: output.chosen(&heads)?,
            heads,
            kept,
            begun: false,
            failure: None,
        })
    }

    /// Takes a row, and writes it where that is done at once; answers whether anybody wants the next one.
    pub fn push(&mut self, row: R) -> bool {
        self.push_of("", row)
    }

    /// Takes a row of a profile.
    pub fn push_of(&mut self, profile: &str, row: R) -> bool {
        if self.failure.is_some() {
            return false;
        }
        if matches!(self.output.format, Format::Csv | Format::Ndjson) {
            self.failure = self.write(profile, row).err();
        } else {
            self.kept.rows.push(row);
            if let Some(profiles) = &mut self.kept.profiles {
                profiles.push(profile.to_owned());
            }
        }
        self.failure.is_none()
    }

    fn write(&mut self, profile: &str, row: R) -> Result<(), OutputError> {
        let profile = self.kept.profiles.is_some().then_some(profile);
        let row = row.into_members().map_err(unwritable)?;
        if self.output.format == Format::Csv {
            let header = self.header()?;
            // csv has the columns alone, so that none has to be hidden.
            let row = shaped(row, profile, &[]);
            let cells = self.output.csv_row(&self.heads, &self.chosen, &row)?;
            self.output.put(&(header + &cells))
        } else {
            let row = shaped(row, profile, &self.kept.hidden);
            self.output.line(&InOrder(&self.output.kept(row)))
        }
    }

    /// The header of csv, the first time.
    fn header(&mut self) -> Result<String, OutputError> {
        if std::mem::replace(&mut self.begun, true) || self.output.format != Format::Csv {
            return Ok(String::new());
        }
        self.output.csv_header(&self.heads, &self.chosen)
    }

    /// What is still to be written of a change with these rows, which `document` makes of it. After the rows of ndjson comes the
    /// change without them, as the last line.
    pub fn finish_change<M: Serialize>(
        mut self,
        mut change: Change<R, M>,
        document: impl FnOnce(Change<R, M>) -> Document,
    ) -> Result<Option<Document>, OutputError> {
        change.changes = std::mem::take(&mut self.kept.rows);
        if self.output.format != Format::Ndjson {
            let written = self.finish()?;
            return Ok(written.map(|_| document(change)));
        }
        let ended = match self.failure.take() {
            Some(failure) => Err(failure),
            None => serde_json::to_value(&change)
                .map_err(unwritable)
                .and_then(|mut last| {
                    if let Some(members) = last.as_object_mut() {
                        members.remove("changes");
                    }
                    self.output.line(&last)
                }),
        };
        match ended {
            Ok(()) | Err(OutputError::Closed) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What is still to be written: nothing where the rows are written, or nobody reads on.
    pub fn finish(mut self) -> Result<Option<Document>, OutputError> {
        let ended = match self.failure.take() {
            Some(failure) => Err(failure),
            None => self.header().and_then(|header| self.output.put(&header)),
        };
        match ended {
            Err(OutputError::Closed) => Ok(None),
            Err(failure) => Err(failure),
            Ok(()) if matches!(self.output.format, Format::Csv | Format::Ndjson) => Ok(None),
            Ok(()) => Ok(Some(Document::Rows(Box::new(self.kept)))),
        }
    }
}
