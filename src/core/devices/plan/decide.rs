//! Decides for one device.

use jiff::{SignedDuration, Timestamp};

use super::{Lock, On, Reason, Rules, SENT_LATELY, Wish};
use crate::core::devices::deadline::{NewDeadline, is_too_far};
use crate::core::devices::{Ask, Device};

/// For this long a user can remove a device that was added with Apple Configurator from management (official).
const PROVISIONAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is asked for a device, or why nothing is.
///
/// What was sent lately may still change what the reading shows. So the reading counts only if it shows what was asked, and the
/// same is asked again.
pub(super) fn decide(
    wish: &Wish,
    serial_number: &str,
    device: &Device,
    on: &On,
    lock: &Lock,
    rules: Rules<'_>,
) -> Result<Ask, Reason> {
    let decided = by_reading(wish, device, on, lock, rules);
    let sent = rules.sent.get(serial_number).copied();
    let Some(at) = sent.filter(|at| rules.now.duration_since(*at) < SENT_LATELY) else {
        return match decided {
            Err(reason) if reason.may_pass() && rules.under_way.contains(serial_number) => {
                Err(Reason::UnderWay)
            }
            decided => decided,
        };
    };
    let asked = rules.asked.get(serial_number);
    match decided {
        Err(reason) if !reason.may_pass() => Err(reason),
        Err(reason) if asked.is_some_and(|it| shows(it, wish, device, on, &reason)) => Err(reason),
        _ => Err(Reason::SentLately(at)),
    }
}

/// Whether what was asked is what is asked now, and the reading shows it.
fn shows(asked: &Ask, wish: &Wish, device: &Device, on: &On, reason: &Reason) -> bool {
    match (wish, asked) {
        (Wish::Assign { server }, Ask::Assign { server: own }) => {
            server == own && on.id() == Some(own)
        }
        (Wish::Unassign, Ask::Unassign { .. }) => *on == On::Nowhere,
        (Wish::Migrate { server, .. }, Ask::Migrate { server: own, .. }) => {
            server == own
                && on.id() == Some(own)
                && matches!(reason, Reason::AlreadyThere | Reason::NotOnFrom)
        }
        (Wish::UpdateDeadline(_), asked) => {
            matches!(reason, Reason::AlreadyDue(at) if asked.deadline() == Some(*at))
        }
        (Wish::CancelMigration, Ask::CancelMigration) => migration(device) == Ok(None),
        _ => false,
    }
}

fn by_reading(
    wish: &Wish,
    device: &Device,
    on: &On,
    lock: &Lock,
    rules: Rules<'_>,
) -> Result<Ask, Reason> {
    // A single read answers for a released device too (official).
    if let Some(at) = device.released_at() {
        return Err(Reason::Released(at));
    }
    if let On::NotKnown(why) = on
        && (wish.needs_server() || rules.from.is_some())
    {
        return Err(Reason::ServerNotKnown(why.clone()));
    }
    if let Some(from) = rules.from
        && from != on.id()
    {
        return Err(Reason::NotOnFrom);
    }
    Ok(match wish {
        Wish::Assign { server } => assign(server, on)?,
        Wish::Unassign => match on.id() {
            Some(id) => Ask::Unassign {
                server: id.to_owned(),
            },
            None => return Err(Reason::AlreadyNowhere),
        },
        Wish::Migrate {
            server,
            deadline,
            include_unassigned,
        } => migrate(
            server,
            *deadline,
            *include_unassigned,
            device,
            on,
            rules.now,
        )?,
        Wish::UpdateDeadline(new) => update(new, device, rules.now)?,
        Wish::CancelMigration => match migration(device)? {
            Some(_) => Ask::CancelMigration,
            None => return Err(Reason::NothingToCancel),
        },
        Wish::Release { even_if_locked } => match lock {
            _ if *even_if_locked => Ask::Release,
            Lock::Off => Ask::Release,
            Lock::On => return Err(Reason::Locked),
            Lock::NotKnown(why) => return Err(Reason::LockNotKnown(why.clone())),
            Lock::NotRead => return Err(Reason::LockNotKnown(String::new())),
        },
    })
}

fn assign(server: &str, on: &On) -> Result<Ask, Reason> {
    if on.id() == Some(server) {
        return Err(Reason::AlreadyThere);
    }
    let server = server.to_owned();
    Ok(Ask::Assign { server })
}

fn migrate(
    server: &str,
    deadline: Timestamp,
    include_unassigned: bool,
    device: &Device,
    on: &On,
    now: Timestamp,
) -> Result<Ask, Reason> {
    let is_there = on.id() == Some(server);
    let under_way = migration(device)?;
    // A migration that is under way shows the new server already (inferred).
    if is_there && under_way.is_none_or(|(_, own)| own == Some(deadline)) {
        return Err(Reason::AlreadyThere);
    }
    if let Some((status, own)) = under_way {
        return Err(Reason::Migrating {
            status: status.to_owned(),
            deadline: own,
        });
    }
    if device.is_migration_capable() == Some(false) {
        return Err(Reason::NotCapable);
    }
    if *on == On::Nowhere && !include_unassigned {
        return Err(Reason::WithoutServer);
    }
    let by_hand = device.text("purchase_source_type") == Some("MANUALLY_ADDED");
    if let Some(added) = device.added_at().filter(|_| by_hand)
        && now.duration_since(added) < PROVISIONAL
    {
        return Err(Reason::AddedByHand(added));
    }
    let server = server.to_owned();
    Ok(Ask::Migrate { server, deadline })
}

fn update(new: &NewDeadline, device: &Device, now: Timestamp) -> Result<Ask, Reason> {
    let Some((_, own)) = migration(device)? else {
        return Err(Reason::NoMigration);
    };
    let deadline = match new {
        NewDeadline::At(at) => *at,
        NewDeadline::Later(later) => {
            let own = own.ok_or(Reason::DeadlineNotKnown)?;
            let moved = later.after(own).ok_or(Reason::DeadlineNotKnown)?;
            // More time is asked for, and a time in the past would leave none.
            if moved <= now {
                return Err(Reason::StillPast(moved));
            }
            if is_too_far(moved, now) {
                return Err(Reason::TooFar(moved));
            }
            moved
        }
    };
    if own == Some(deadline) {
        return Err(Reason::AlreadyDue(deadline));
    }
    Ok(Ask::UpdateDeadline { deadline })
}

/// The migration that is under way, in Apple's word, and its deadline.
pub(super) fn migration(device: &Device) -> Result<Option<(&str, Option<Timestamp>)>, Reason> {
    match device.migration_status() {
        None | Some("SUCCESS" | "FAILED") => Ok(None),
        Some(status @ ("REQUESTED" | "STARTED")) => Ok(Some((status, device.migration_deadline()))),
        Some(odd) => Err(Reason::OddMigration(odd.to_owned())),
    }
}
