//! What a killed or stopped run left open in the journal, and what is said of it.

use super::past::{Past, Unreadable};
use super::words;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::server_changes::deletions::{self, Unfinished};
use crate::text::prose_time;

/// What is open in the journal, oldest first.
pub(super) struct Open {
    pub changes: Vec<Past>,
    /// Changes of devices whose plan can't be read.
    pub unreadable: Vec<Unreadable>,
    /// Servers that are to be deleted.
    pub deletions: Vec<Unfinished>,
}

impl Open {
    pub(super) fn of(organization: &Organization) -> Result<Self, Error> {
        let account = organization.api_account()?;
        let entries = organization
            .journal()
            .unfinished(&account, deletions::COMMAND)
            .map_err(|error| organization.journal_unread(&error))?;
        Ok(Self {
            changes: Past::all(&entries, &account),
            unreadable: Past::all_unreadable(&entries, &account),
            deletions: deletions::unfinished(&entries, &account),
        })
    }

    /// Keeps the one change of devices that an id, or the beginning of one, means; exit 4 if it means none or several.
    pub(super) fn keep(&mut self, wanted: &str) -> Result<(), Error> {
        let wanted = wanted.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(Error::usage("The id is empty."));
        }
        self.changes.retain(|past| past.id.starts_with(&wanted));
        self.unreadable.retain(|past| past.id.starts_with(&wanted));
        let ids = self.changes.iter().map(|past| past.id.as_str());
        let ids = ids.chain(self.unreadable.iter().map(|past| past.id.as_str()));
        let ids: Vec<&str> = ids.collect();
        match ids[..] {
            [_] => Ok(()),
            [] => {
                let error = Error::not_found(format!(
                    "No unfinished change of devices has the id \"{wanted}\"."
                ));
                let list = Command::plain("journal list");
                Err(error.hint(hint!["See the changes with ", list, "."]))
            }
            _ => Err(Error::not_found(format!(
                "Several unfinished changes have an id that begins with {wanted}: {}.",
                ids.join(", ")
            ))),
        }
    }
}

/// The error for a change whose plan can't be read.
pub(super) fn cannot_read(organization: &Organization, past: &Unreadable) -> Error {
    let journal = organization.journal();
    Error::failed(format!(
        "Change {} of {} ({}) isn't finished, and abmctl can't continue it: its plan in the journal {} can't be read. abmctl doesn't know which devices it was to send.",
        past.id,
        prose_time(past.began),
        past.command,
        journal.path().display()
    ))
    .hint(hint![
        "See what was sent with ",
        Command::new("activities list"),
        ", and check the devices with ",
        Command::new("devices list"),
        ". A newer version of abmctl may read the plan. To give the change up, delete the line of the journal that begins it."
    ])
}

/// Warns of the deletions of servers that neither ended nor run. `before`: the changes of devices that were open at first.
pub(super) async fn remind(organization: &Organization, before: &[Past], asks: bool) {
    let Ok(open) = Open::of(organization) else {
        return;
    };
    let now = organization.clock().now();
    for deletion in open.deletions.iter().filter(|it| it.is_due(before, now)) {
        if organization.is_killed(&deletion.begun.id).await {
            organization.warn(&deletion.reminder(&open.changes, asks));
        }
    }
}

/// Says once which changes a killed or stopped run left unfinished. Reads local files only, and never fails a command.
///
/// With `asks` it says it of servers that are to be deleted, too, and whether somebody can be asked for their names.
pub async fn announce(organization: &Organization, asks: Option<bool>) {
    let Ok(open) = Open::of(organization) else {
        return;
    };
    let resume = || Command::new("devices resume");
    for past in &open.changes {
        let stands = past.batches();
        let sent = stands.iter().filter(|it| it.sent.is_some()).count();
        let accepted = stands.iter().filter(|it| {
            let id = it.accepted.as_ref().and_then(|(_, id)| id.as_ref());
            id.is_some()
        });
        // Whoever didn't want to wait knows that the results are to be fetched.
        if !past.plan.waits && accepted.count() == stands.len() {
            continue;
        }
        if organization.is_killed(&past.id).await {
            organization.notices().hint(&hint![
                format!(
                    "Change {} of {} isn't finished: {sent} of {} sent. Continue it with ",
                    past.id,
                    prose_time(past.began),
                    words::count(stands.len(), "activity", "activities")
                ),
                resume(),
                "."
            ]);
        }
    }
    for past in &open.unreadable {
        if organization.is_killed(&past.id).await {
            organization.notices().hint(&hint![
                format!(
                    "Change {} of {} isn't finished, and abmctl can't read its plan. ",
                    past.id,
                    prose_time(past.began)
                ),
                resume(),
                " says what to do."
            ]);
        }
    }
    let now = organization.clock().now();
    let Some(asks) = asks else {
        return;
    };
    for deletion in &open.deletions {
        if deletion.is_due(&open.changes, now) && organization.is_killed(&deletion.begun.id).await {
            organization.hint(&deletion.reminder(&open.changes, asks));
        }
    }
}
