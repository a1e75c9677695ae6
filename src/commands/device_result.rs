//! The result of one device: a row of `devices assign` and the like, and a part of the documents of `assign --existing` and
//! `servers delete`.

use jiff::Timestamp;
use serde::Serialize;

use crate::core::devices::{DeviceResult, Ended};
use crate::output::{Column, Row, Shown, column, minute, more};

/// What became of a device.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeRow {
    pub(crate) serial_number: String,
    from: Option<Side>,
    from_known: bool,
    to: Option<Side>,
    pub(crate) result: &'static str,
    reason: Option<String>,
    deadline: Option<String>,
    activity_id: Option<String>,
    #[serde(skip)]
    ended: Ended,
}

/// What the plan knows of a device beside its result.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Details {
    /// Where it was is known, even if that is on no server.
    pub(crate) from_known: bool,
    pub(crate) deadline: Option<Timestamp>,
}

impl Details {
    /// It was read where the device was.
    pub(crate) const READ: Self = Self {
        from_known: true,
        deadline: None,
    };
}

/// A server that a device was or is to be on.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl Row for ChangeRow {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial_number", "SERIAL NUMBER", |it| {
            it.serial_number.shown()
        }),
        column("from", "FROM", |it: &Self| match &it.from {
            None if it.from_known => "none".to_owned(),
            from => name_of(from.as_ref()),
        })
        .of(&["id", "name"]),
        more("from_known", |it| it.from_known.shown()),
        column("to", "TO", |it: &Self| match it.ended {
            Ended::Unassigned | Ended::WouldUnassign => "none".to_owned(),
            _ => name_of(it.to.as_ref()),
        })
        .of(&["id", "name"]),
        column("result", "RESULT", |it| it.result.shown()),
        more("reason", |it| it.reason.shown()),
        more("deadline", |it| minute(it.deadline.as_ref())),
        more("activity_id", |it| it.activity_id.shown()),
    ];
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| it.reason.iter().cloned().collect());
}

fn name_of(side: Option<&Side>) -> String {
    side.map(|side| &side.name).shown()
}

impl ChangeRow {
    /// The row of a result, with the names of servers. Without a server before it isn't told whether there was none.
    pub(crate) fn new(
        result: &DeviceResult,
        Details {
            from_known,
            deadline,
        }: Details,
        name: &dyn Fn(&str) -> String,
    ) -> Self {
        let side = |id: &Option<String>| {
            let id = id.as_ref()?;
            Some(Side {
                id: id.clone(),
                name: name(id),
            })
        };
        let not_sent = [Ended::Skipped, Ended::NotFound, Ended::Failed];
        Self {
            serial_number: result.serial_number.clone(),
            from: side(&result.from),
            from_known: from_known || result.from.is_some(),
            to: side(&result.to),
            result: result.ended.word(),
            reason: result.reason.clone(),
            // One that isn't sent keeps its own.
            deadline: deadline
                .filter(|_| !not_sent.contains(&result.ended))
                .map(|it| it.to_string()),
            activity_id: result.activity_id.clone(),
            ended: result.ended,
        }
    }

    /// A deadline was asked for.
    pub(crate) fn has_deadline(&self) -> bool {
        self.deadline.is_some()
    }

    /// The device is as it was asked for, or would be.
    pub(crate) fn is_as_wished(&self) -> bool {
        !matches!(
            self.ended,
            Ended::Skipped | Ended::NotFound | Ended::NotKnown | Ended::Failed | Ended::Pending
        )
    }
}
