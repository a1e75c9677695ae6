//! How a run of a device change ends: the line in the journal, and what whoever called is told.

use super::past::Past;
use super::put_back::Part;
use super::run::{Batch, Run, Stop};
use super::{Outcome, append, put_back, summary};
use crate::core::devices::change::Standing;
use crate::core::printed::{Command, hint, line};
use crate::error::Error;
use crate::organization::Organization;
use crate::private_files::Lock;
use crate::state::journal::{Event, How};

/// Writes down how a run ended, and says it. `life` is the lock of the change, which nobody needs once the change ended.
pub(super) fn conclude(
    organization: &Organization,
    past: &Past,
    run: &Run<'_>,
    stop: Stop,
    life: Lock,
) -> Result<Outcome, Error> {
    let was_sent = run.has_sent || past.batches().iter().any(|it| it.sent.is_some());
    let summary = summary::Summary::of(run);
    let end = |word: How, how: String, put_back: &[Command]| {
        let undo = line(put_back, &organization.settings().reach());
        let event = Event::Ended {
            how,
            word: Some(word),
            status: None,
            undo: Some(undo).filter(|undo| !undo.is_empty()),
        };
        let written = append(organization, past, event);
        if let Err(error) = &written {
            organization.warn(&error.message);
        }
        written.is_ok()
    };
    if !was_sent && summary.results_are_none() {
        // Nothing of it is worth a resume: the command can be run again.
        let is_closed = end(How::Nothing, "Nothing was sent.".to_owned(), &[]);
        let error = summary::nothing_sent(organization, run, stop);
        if is_closed {
            life.discard();
            return Err(error);
        }
        let resume = Command::new("devices resume");
        return Err(error.hint(hint![
            "The journal has this change as unfinished. Within 24 hours, ",
            resume,
            " sends it."
        ]));
    }
    // The command would leave out a device that is pending, and that device may move afterwards.
    let batches = run.batches.iter().enumerate();
    let parts: Vec<Part> = batches
        .map(|(number, batch)| part(run, number, batch))
        .collect();
    let put_back = put_back::put_back(organization, past, &parts);
    if run.change.is_closed() && end(summary.word(), summary.sentence(), &put_back.commands) {
        put_back.remove_other_files(organization, &past.id);
        life.discard();
    }
    let mut results = Vec::new();
    for (number, batch) in run.batches.iter().enumerate() {
        let devices = 0..batch.items.len();
        results.extend(devices.filter_map(|device| run.result(number, device)));
    }
    let changed = summary.changed();
    let problem = summary.problem(organization, run, stop);
    // A problem has its own hints.
    let hint = summary.hint(run).filter(|_| problem.is_none());
    Ok(Outcome {
        id: Some(past.id.clone()),
        changed,
        problem,
        put_back: put_back.commands,
        hint,
        servers: past.plan.servers.clone(),
        results,
    })
}

/// The devices of a batch, with whether each is otherwise than before, or may be, and no longer pending.
fn part(run: &Run<'_>, number: usize, batch: &Batch) -> Part {
    let is_sent = |device: usize| match run.change.standing(number, device) {
        Standing::Done | Standing::NotKnown => true,
        Standing::Pending(_) | Standing::Failed(_) | Standing::Skipped(_) => false,
    };
    let items = batch.items.iter().enumerate();
    let devices = items.map(|(device, item)| (item.target.clone(), is_sent(device)));
    Part {
        ask: batch.ask.clone(),
        devices: devices.collect(),
    }
}
