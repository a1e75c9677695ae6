//! Serial numbers from a file or from arguments: one a line, or a csv with a column of serial numbers.
//!
//! Over 400 lines: each way in which programs write such a file is a rule, and they are read together.

mod titles;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use csv::ReaderBuilder;

use titles::{is_of_serials, rank};

/// The longest serial number that is taken. Apple's have 8 to 14 characters (observed).
const LONGEST: usize = 32;
/// How much of a text that can't be a serial number is shown.
const SHOWN: usize = 40;
/// Apple's serial numbers have so many characters at least (observed).
const SHORTEST: usize = 8;
/// Comes behind a csv, to see that no cell runs on to its end.
const END: &str = "end of the csv";
/// Begins a zip archive, as Excel's and Numbers' own files are.
const ZIP: &[u8] = b"PK\x03\x04";
/// Begins a file of Excel until 2003.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

/// Serial numbers as Apple writes them: in capitals, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Serials {
    /// In the order in which they came.
    pub serial_numbers: Vec<String>,
    /// Blank lines, which were dropped.
    pub blanks: usize,
    /// Rows that have something else, but no serial number, which were dropped.
    pub without: usize,
    /// Serial numbers that came before, which were dropped.
    pub duplicates: usize,
}

/// Why no serial numbers could be had: the end of a sentence that begins with the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is empty")]
    Empty,
    #[error("it has no serial numbers")]
    NoSerials,
    #[error("it is a spreadsheet, not text; save it as CSV")]
    Spreadsheet,
    #[error("it isn't a text file")]
    Binary,
    #[error("line {0} isn't UTF-8 text; save the file as UTF-8")]
    NotUtf8(u64),
    #[error("it has no column with serial numbers, such as serial_number. Its columns are {}", .0.join(", "))]
    NoColumn(Vec<String>),
    #[error("it has several columns with serial numbers: {}. Keep one of them", .0.join(", "))]
    SeveralColumns(Vec<String>),
    #[error("line {0} has a quotation mark that isn't closed, so the lines below it can't be read")]
    OpenQuote(u64),
    #[error("line {line} has \"{text}\", which isn't a serial number ({why})")]
    NotASerial {
        line: u64,
        text: String,
        why: &'static str,
    },
}

impl Unreadable {
    /// What to do about a file without a column that is known by its title.
    pub fn cure(&self) -> Option<&'static str> {
        match self {
            Self::NoColumn(_) => Some("Call the column of serial numbers \"Serial Number\"."),
            Self::NotASerial { line: 1, .. } => {
                Some("If line 1 is the title of the column, call it \"Serial Number\".")
            }
            _ => None,
        }
    }
}

impl Serials {
    /// Takes serial numbers that were typed; the first that can't be one, and why, is an error.
    pub fn of_arguments<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, (String, &'static str)> {
        let mut taking = Taking::default();
        for text in texts {
            if taking.take(text)? == Taken::Blank {
                return Err((text.to_owned(), "it is empty"));
            }
        }
        Ok(taking.serials)
    }

    /// Takes what is in a file.
    pub fn of_file(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.is_empty() {
            return Err(Unreadable::Empty);
        }
        let text = text(bytes)?;
        if text.trim().is_empty() {
            return Err(Unreadable::Empty);
        }
        let (delimiter, body, skipped) = delimiter(&text);
        let serials = match delimiter {
            Some(delimiter) => column(body, delimiter, skipped)?,
            None => lines(body, skipped)?,
        };
        if serials.serial_numbers.is_empty() {
            return Err(Unreadable::NoSerials);
        }
        Ok(serials)
    }

    /// Adds others, each once.
    pub fn extend(&mut self, other: Self) {
        let there: HashSet<&String> = self.serial_numbers.iter().collect();
        let (twice, more): (Vec<String>, Vec<String>) = other
            .serial_numbers
            .into_iter()
            .partition(|it| there.contains(it));
        self.duplicates += other.duplicates + twice.len();
        self.blanks += other.blanks;
        self.without += other.without;
        self.serial_numbers.extend(more);
    }

    pub fn len(&self) -> usize {
        self.serial_numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.serial_numbers.is_empty()
    }

    /// What was dropped, as a sentence; `None` if nothing was.
    pub fn dropped(&self) -> Option<String> {
        let count = |number: usize, one: &str, several: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{number} {several}")),
        };
        let parts: Vec<String> = [
            count(
                self.duplicates,
                "duplicate serial number",
                "duplicate serial numbers",
            ),
            count(self.blanks, "blank line", "blank lines"),
            count(
                self.without,
                "row without a serial number",
                "rows without a serial number",
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        let parts = match &parts[..] {
            [] => return None,
            [first, second, third] => format!("{first}, {second}, and {third}"),
            few => few.join(" and "),
        };
        Some(format!("abmctl ignored {parts}."))
    }
}

/// What became of a text.
#[derive(PartialEq, Eq)]
enum Taken {
    Blank,
    Serial,
}

#[derive(Default)]
struct Taking {
    serials: Serials,
    there: HashSet<String>,
}

impl Taking {
    fn take(&mut self, text: &str) -> Result<Taken, (String, &'static str)> {
        let text = bare(text);
        if text.is_empty() {
            self.serials.blanks += 1;
            return Ok(Taken::Blank);
        }
        if let Some(why) = no_serial(text) {
            let shown = text.chars().take(SHOWN);
            let shown = shown.map(|it| if it.is_control() { ' ' } else { it });
            return Err((shown.collect(), why));
        }
        let serial = text.to_ascii_uppercase();
        if self.there.insert(serial.clone()) {
            self.serials.serial_numbers.push(serial);
        } else {
            self.serials.duplicates += 1;
        }
        Ok(Taken::Serial)
    }

    fn take_line(&mut self, line: u64, text: &str) -> Result<(), Unreadable> {
        let taken = self.take(text);
        taken
            .map(|_| ())
            .map_err(|(text, why)| Unreadable::NotASerial { line, text, why })
    }
}

/// Without what spreadsheets put around a text to keep it one: `'X`, `"X"`, `="X"`.
fn bare(text: &str) -> &str {
    let blank = |it: char| it.is_whitespace() || matches!(it, '\u{feff}' | '\u{200b}');
    let text = text.trim_matches(blank);
    let text = text.strip_prefix('\'').unwrap_or(text);
    let formula = text.strip_prefix('=').filter(|it| it.starts_with('"'));
    let text = formula.unwrap_or(text);
    let quoted = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    quoted.unwrap_or(text).trim_matches(blank)
}

/// Why a text can't be a serial number, in parentheses.
fn no_serial(text: &str) -> Option<&'static str> {
    if text.contains(char::is_whitespace) {
        Some("it has spaces")
    } else if text.chars().count() > LONGEST {
        Some("it is too long")
    } else if !text
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || it == '-')
    {
        Some("it has more than letters and digits")
    } else {
        None
    }
}

/// The bytes as text, whichever way Excel and others write it.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    if bytes.starts_with(ZIP) || bytes.starts_with(OLE) {
        return Err(Unreadable::Spreadsheet);
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        _ => {
            let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            if rest.iter().any(|&byte| is_binary(byte.into())) {
                return Err(Unreadable::Binary);
            }
            let text = str::from_utf8(rest).map_err(|error| {
                let before = &rest[..error.valid_up_to()];
                let lines = before.split(|byte| *byte == b'\n').count();
                Unreadable::NotUtf8(lines as u64)
            })?;
            Cow::Borrowed(text)
        }
    };
    if text.chars().any(is_binary) {
        return Err(Unreadable::Binary);
    }
    Ok(text)
}

/// A character that no text file has.
fn is_binary(it: char) -> bool {
    it.is_ascii_control() && !matches!(it, '\t' | '\n' | '\r' | '\u{c}')
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(Unreadable::Binary);
    }
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .map_err(|_| Unreadable::Binary)
}

/// What separates the columns, if there are any; what is to be read; and how many lines stand before that. Excel's line
/// `sep=;` decides, else the first line that has anything.
fn delimiter(text: &str) -> (Option<u8>, &str, u64) {
    let first = text.lines().next().unwrap_or_default();
    let named = first.trim_end_matches('\r').to_ascii_lowercase();
    if let Some(&[delimiter]) = named.strip_prefix("sep=").map(str::as_bytes)
        && matches!(delimiter, b',' | b';' | b'\t')
    {
        let rest = &text[first.len()..];
        let body = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'));
        return (Some(delimiter), body.unwrap_or(rest), 1);
    }
    let split = |it: char| matches!(it, '\n' | '\r');
    let line = text.split(split).find(|line| !line.trim().is_empty());
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in line.unwrap_or_default().trim().bytes() {
        is_quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(it, _)| *it == byte)
            && !is_quoted
        {
            *count += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let delimiter = most.filter(|(_, count)| *count > 0).map(|(it, _)| it);
    (delimiter, text, 0)
}

/// One serial number a line, maybe below a title.
fn lines(text: &str, skipped: u64) -> Result<Serials, Unreadable> {
    let mut taking = Taking::default();
    let mut is_first = true;
    let text = text.replace("\r\n", "\n");
    let text = text.strip_suffix(['\n', '\r']).unwrap_or(&text);
    for (line, text) in (skipped + 1..).zip(text.split(['\n', '\r'])) {
        let is_title = is_first && is_of_serials(text);
        is_first &= bare(text).is_empty();
        if is_title {
            continue;
        }
        taking.take_line(line, text)?;
    }
    Ok(taking.serials)
}

/// The column of serial numbers of a csv.
fn column(text: &str, delimiter: u8, skipped: u64) -> Result<Serials, Unreadable> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes().chain(&b"\n"[..]).chain(END.as_bytes()));
    let mut taking = Taking::default();
    let mut place = None;
    let (mut line, mut is_closed) = (skipped, false);
    for record in reader.records() {
        let Ok(record) = record else {
            return Err(Unreadable::Binary);
        };
        if record.iter().eq([END]) {
            is_closed = true;
            break;
        }
        line = skipped + record.position().map_or(0, |it| line_of(text, it));
        let Some(place) = place else {
            if record.iter().all(|it| bare(it).is_empty()) {
                continue;
            }
            place = Some(header(&record)?);
            continue;
        };
        if record.iter().any(|it| has_rows(it, delimiter, place)) {
            return Err(Unreadable::OpenQuote(line));
        }
        let cell = record.get(place).unwrap_or_default();
        let is_blank = |it: &str| bare(it).is_empty();
        if is_blank(cell) && !record.iter().all(is_blank) {
            taking.serials.without += 1;
            continue;
        }
        taking.take_line(line, cell)?;
    }
    if !is_closed {
        return Err(Unreadable::OpenQuote(line));
    }
    Ok(taking.serials)
}

/// Whether a cell took in rows, since a quotation mark is closed in a later one only: it has a line with a serial number at its place.
fn has_rows(cell: &str, delimiter: u8, place: usize) -> bool {
    let looks_like_one = |cell: &str| {
        let cell = bare(cell);
        cell.len() >= SHORTEST
            && no_serial(cell).is_none()
            && cell.contains(|it: char| it.is_ascii_digit())
    };
    cell.split(['\n', '\r']).skip(1).any(|line| {
        let cells: Vec<&str> = line.split(char::from(delimiter)).collect();
        cells.len() > 1 && cells.get(place).is_some_and(|it| looks_like_one(it))
    })
}

/// The line of a record. Its position is before the empty lines above it.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(text.len());
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let breaks = rest.iter().take_while(|it| matches!(it, b'\n' | b'\r'));
    position.line() + breaks.filter(|it| matches!(it, b'\n')).count() as u64
}

/// The place of the column with the serial numbers.
fn header(record: &csv::StringRecord) -> Result<usize, Unreadable> {
    let shown = |titles: &mut dyn Iterator<Item = &str>| {
        let named = titles.map(bare).filter(|it| !it.is_empty());
        let shown = named.map(|it| it.chars().take(SHOWN).collect());
        shown.take(20).collect()
    };
    let best = record.iter().filter_map(rank).min();
    let is_best = |(_, title): &(usize, &str)| best.is_some() && rank(title) == best;
    let places: Vec<(usize, &str)> = record.iter().enumerate().filter(is_best).collect();
    match places[..] {
        [(place, _)] => Ok(place),
        [] => Err(Unreadable::NoColumn(shown(&mut record.iter()))),
        _ => {
            let mut titles = places.iter().map(|(_, title)| *title);
            Err(Unreadable::SeveralColumns(shown(&mut titles)))
        }
    }
}

#[cfg(test)]
mod tests;
