//! What a server that enrolls nothing means for the devices that it would get, as its user is told.

use jiff::Timestamp;

use super::Ended;
use crate::core::defaults::target::{Idle, TokenFault};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::text::prose_date;

/// The error where the server that would gain platforms enrolls nothing: why, and what devices would do.
pub(super) fn idle(server: &str, ended: &Ended) -> Error {
    let gains = ended.changes.iter().map(|it| it.family.devices());
    let devices = match gains.collect::<Vec<_>>().split_last() {
        None => "devices".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    };
    enrolls_nothing(server, &format!("new {devices}"), ended.idle.as_ref())
}

/// The error where a server that `devices` would get enrolls nothing.
pub(in crate::organization) fn enrolls_nothing(
    server: &str,
    devices: &str,
    idle: Option<&Idle>,
) -> Error {
    let sync = hint![
        format!(
            "Give {server}'s server token to its MDM and let the MDM sync with Apple. See when it last connected with "
        ),
        Command::new("servers list"),
        "."
    ];
    let renew = hint![
        "Download a new server token in the portal, give it to the MDM, and store it here with ",
        Command::storing("tokens import FILE"),
        "."
    ];
    let import = Command::storing("tokens import FILE");
    let newer = |connected: Option<Timestamp>| match connected {
        Some(at) => hint![
            format!(
                "{server} connected to Apple on {}, so its MDM probably has a newer token. Store that one here with ",
                prose_date(at)
            ),
            import.clone(),
            ". Don't download another one: it would replace that token, and the MDM's sync with Apple would stop."
        ],
        None => hint![
            "Use the token that was downloaded last, the one that the MDM should have now. Store it here with ",
            import.clone(),
            ". Don't download another one: it would replace that token, and the MDM's sync with Apple would stop until the MDM has the new one."
        ],
    };
    let seen = |at: Option<Timestamp>| {
        at.map_or_else(String::new, |at| format!(" (seen on {})", prose_date(at)))
    };
    let unmanaged = format!("{devices} would find no enrollment there and stay unmanaged");
    let fetches_none = format!(
        "An MDM that uses this token gets no new devices from Apple, so {devices} would stay unmanaged."
    );
    let (message, remedy) = match idle {
        None => (format!("{server} enrolls no devices."), sync),
        Some(Idle::NeverConnected) => (
            format!("{server} has never connected to Apple, so {unmanaged}."),
            sync,
        ),
        Some(Idle::LastConnected(at)) => (
            format!(
                "{server} last connected to Apple on {}, so {unmanaged} until it connects again.",
                prose_date(*at)
            ),
            sync,
        ),
        Some(Idle::Token { token, connected }) => {
            let (name, seen) = (&token.name, seen(token.seen));
            match token.fault {
                TokenFault::Expired(at) => {
                    let on = at.map_or_else(String::new, |at| format!(" on {}", prose_date(at)));
                    let remedy = match connected {
                        Some(_) => newer(*connected),
                        None => renew,
                    };
                    (
                        format!(
                            "The server token {name} of {server} expired{on}{seen}. {fetches_none}"
                        ),
                        remedy,
                    )
                }
                TokenFault::Replaced => (
                    format!(
                        "The server token {name} of {server} was replaced by a newer one or revoked{seen}. {fetches_none}"
                    ),
                    newer(*connected),
                ),
                TokenFault::TermsNotSigned => (
                    format!(
                        "Apple refuses the server token {name} of {server} until its new terms are accepted{seen}. {fetches_none}"
                    ),
                    hint![
                        "An Administrator has to accept the terms in the portal. Then run ",
                        Command::new("tokens list"),
                        ", which asks Apple again."
                    ],
                ),
            }
        }
    };
    Error::new(Kind::Conflict, message)
        .hint(remedy)
        .hint("Add --even-if-idle to go ahead anyway.")
}
