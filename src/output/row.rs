//! Rows as types: what each row of a list has, and how a table shows it.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

/// What a row has in json: names and values in their order.
pub type Members = Vec<(Cow<'static, str>, Value)>;

/// A row of a list, or of a change. Its members are what json has of it; [`Row::COLUMNS`] says how a table and csv show them.
pub trait Row: Serialize + Sized + 'static {
    /// A column for each member.
    const COLUMNS: &'static [Column<Self>];
    /// What a table says in place of no rows.
    const EMPTY: &'static str = "";
    /// What goes below a row in a table, since it is long, each on a line of its own.
    const BELOW: Option<fn(&Self) -> Vec<String>> = None;

    /// The row's members, as json has them.
    fn into_members(self) -> serde_json::Result<Members> {
        members(&self)
    }
}

/// A member of the rows, and its place in a table.
pub struct Column<R> {
    head: Head,
    cell: fn(&R) -> String,
}

/// What a column is, whatever its rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The member.
    pub key: &'static str,
    /// What stands above it; a column with an empty header is in a table only where `--columns` names it.
    pub header: &'static str,
    /// It goes to the right.
    pub is_number: bool,
    /// The members that this one has in turn, of which csv has a column each.
    pub members: &'static [&'static str],
}

impl<R> Column<R> {
    const fn new(key: &'static str, header: &'static str, cell: fn(&R) -> String) -> Self {
        let head = Head {
            key,
            header,
            is_number: false,
            members: &[],
        };
        Self { head, cell }
    }

    /// The same, of a member that is an object with `members`.
    #[must_use]
    pub const fn of(mut self, members: &'static [&'static str]) -> Self {
        self.head.members = members;
        self
    }
}

/// A column that a table shows; a cell without text is a `-`.
pub const fn column<R>(
    key: &'static str,
    header: &'static str,
    cell: fn(&R) -> String,
) -> Column<R> {
    Column::new(key, header, cell)
}

/// A column of numbers that a table shows, to the right.
pub const fn number<R>(
    key: &'static str,
    header: &'static str,
    cell: fn(&R) -> String,
) -> Column<R> {
    let mut column = Column::new(key, header, cell);
    column.head.is_number = true;
    column
}

/// A column that a table shows only where it is asked for.
pub const fn more<R>(key: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column::new(key, "", cell)
}

/// A value as the text of a cell: none where there is no value.
pub trait Shown {
    /// The text.
    fn shown(&self) -> String;
}

impl Shown for str {
    fn shown(&self) -> String {
        self.to_owned()
    }
}

impl<T: Shown + ?Sized> Shown for &T {
    fn shown(&self) -> String {
        (*self).shown()
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map(Shown::shown).unwrap_or_default()
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> String {
        let items = self.iter().map(Shown::shown);
        items
            .reduce(|text, item| joined(&text, &item))
            .unwrap_or_default()
    }
}

/// A list in one cell: with commas, of sentences with blanks.
pub(super) fn joined(text: &str, item: &str) -> String {
    let between = if text.ends_with('.') { ' ' } else { ',' };
    format!("{text}{between}{item}")
}

macro_rules! shown_as_it_is_written {
    ($($type:ty),*) => {
        $(impl Shown for $type {
            fn shown(&self) -> String {
                self.to_string()
            }
        })*
    };
}

shown_as_it_is_written!(String, bool, u8, u16, u64, i64, usize, Date);

/// A time in RFC 3339, to the minute: `2026-10-01 09:14`.
pub fn minute(time: Option<&String>) -> String {
    let time = time.map_or("", String::as_str);
    time.chars().take(16).collect::<String>().replace('T', " ")
}

/// A time in RFC 3339, to the day.
pub fn day(time: Option<&String>) -> String {
    let time = time.map_or("", String::as_str);
    time.chars().take(10).collect()
}

/// Rows of one kind, whatever kind that is.
pub trait Table {
    /// The columns.
    fn heads(&self) -> Vec<Head>;
    /// What a table says in place of no rows.
    fn empty(&self) -> &str;
    /// How many rows there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A cell, as a table shows it.
    fn cell(&self, row: usize, column: usize) -> String;
    /// What goes below each row, if rows of this kind may have that.
    fn below(&self) -> Option<Vec<Vec<String>>>;
    /// A row's members, as json has them.
    fn members(&self, row: usize) -> serde_json::Result<Members>;
}

/// Some rows, with what differs from how rows of their kind are shown.
pub struct Rows<R: 'static> {
    pub rows: Vec<R>,
    /// The profile that each row is of, in front of it, where they are of several organizations.
    pub profiles: Option<Vec<String>>,
    /// What a table says in place of no rows.
    pub empty: Cow<'static, str>,
    /// Other headers than those of the kind, by member.
    pub headers: &'static [(&'static str, &'static str)],
    /// Members that these rows don't have, since nobody asked for them.
    pub hidden: Vec<&'static str>,
}

impl<R: Row> From<Vec<R>> for Rows<R> {
    fn from(rows: Vec<R>) -> Self {
        Self {
            rows,
            profiles: None,
            empty: R::EMPTY.into(),
            headers: &[],
            hidden: Vec::new(),
        }
    }
}

/// The column of the profile, in front of rows of several organizations.
const PROFILE: Head = Head {
    key: "profile",
    header: "PROFILE",
    is_number: false,
    members: &[],
};

/// The columns of rows of a kind, with the profile in front if they are `of_profiles`.
pub fn heads<R: Row>(of_profiles: bool) -> Vec<Head> {
    let profile = of_profiles.then_some(PROFILE);
    let own = R::COLUMNS.iter().map(|column| column.head);
    profile.into_iter().chain(own).collect()
}

/// The columns, a line for each: its name for `--columns`, and what stands above it in a table that shows it.
pub fn listed(heads: &[Head]) -> String {
    let widest = heads
        .iter()
        .map(|it| it.key.len())
        .max()
        .unwrap_or_default();
    let line = |head: &Head| {
        format!("{:widest$}  {}", head.key, head.header)
            .trim_end()
            .to_owned()
            + "\n"
    };
    heads.iter().map(line).collect()
}

impl<R: Row> Table for Rows<R> {
    fn heads(&self) -> Vec<Head> {
        let mut heads = heads::<R>(self.profiles.is_some());
        heads.retain(|head| !self.hidden.contains(&head.key));
        for head in &mut heads {
            let other = self.headers.iter().find(|(key, _)| *key == head.key);
            head.header = other.map_or(head.header, |(_, header)| header);
        }
        heads
    }

    fn empty(&self) -> &str {
        &self.empty
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> String {
        let own = |column: usize| {
            let mut shown = R::COLUMNS
                .iter()
                .filter(|it| !self.hidden.contains(&it.head.key));
            let column = shown.nth(column);
            column.map_or_else(String::new, |it| (it.cell)(&self.rows[row]))
        };
        match (&self.profiles, column.checked_sub(1)) {
            (Some(profiles), None) => profiles[row].clone(),
            (Some(_), Some(column)) => own(column),
            (None, _) => own(column),
        }
    }

    fn below(&self) -> Option<Vec<Vec<String>>> {
        R::BELOW.map(|below| self.rows.iter().map(below).collect())
    }

    fn members(&self, row: usize) -> serde_json::Result<Members> {
        let profile = self.profiles.as_ref().map(|it| &it[row][..]);
        Ok(shaped(members(&self.rows[row])?, profile, &self.hidden))
    }
}

/// The members of what json has as an object.
fn members<R: Serialize>(row: &R) -> serde_json::Result<Members> {
    let Value::Object(members) = serde_json::to_value(row)? else {
        return Err(serde::ser::Error::custom("a row is no object"));
    };
    let members = members.into_iter();
    Ok(members.map(|(name, value)| (name.into(), value)).collect())
}

/// The members of a row with its profile in front, and without those that are hidden.
pub(super) fn shaped(
    mut members: Members,
    profile: Option<&str>,
    hidden: &[&'static str],
) -> Members {
    if !hidden.is_empty() {
        members.retain(|(name, _)| !hidden.contains(&&name[..]));
    }
    if let Some(profile) = profile {
        members.insert(0, (PROFILE.key.into(), profile.into()));
    }
    members
}
