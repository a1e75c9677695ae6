//! What a run needs from its context: the lock, and the organization's defaults.

use std::cell::OnceCell;
use std::time::Duration;

use crate::config::{OrganizationKind, Settings};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::host::Signal;
use crate::organization::defaults::Defaults;
use crate::organization::interrupts::{Holding, Interrupts};
use crate::private_files::Lock;

/// Which organization: the API account, and where its API is.
fn organization(context: &Context) -> Result<String, Error> {
    let settings = context.settings()?;
    let credentials = settings.required_credentials()?;
    Ok(format!(
        "{} {}",
        credentials.client_id.value, settings.services.api.value
    ))
}

/// One `assign` at a time for an organization: waits for another one for as long as `limit`, then exit 6.
pub async fn lock(limit: Duration, context: &Context) -> Result<Lock, Error> {
    let name = format!("assign-{}", organization(context)?);
    let what = "`abmctl assign` for this organization";
    context.organization()?.only_one(&name, what, limit).await
}

/// Why no default can be set here, if none can: an error that says so.
pub fn only_reads(settings: &Settings) -> Result<Option<Error>, Error> {
    if settings.required_credentials()?.kind == OrganizationKind::School {
        let error = Error::new(
            Kind::Refused,
            "Apple School Manager's API shows defaults and can't set them. Nothing was changed.",
        );
        return Ok(Some(error.hint(hint![
            "Set it in Apple School Manager, in the settings of the device management service. ",
            Command::new("assign"),
            " and ",
            Command::new("assign --check"),
            " work there."
        ])));
    }
    let read_only = settings.why_read_only();
    Ok(read_only.map(|why| {
        Error::usage(format!(
            "No default is set, since {why}. Nothing was changed."
        ))
    }))
}

/// Holds signals off from the first request on that changes something.
pub struct Hold<'a> {
    context: &'a Context,
    holding: OnceCell<Holding>,
}

impl<'a> Hold<'a> {
    /// Nothing is held off yet.
    pub fn new(context: &'a Context) -> Self {
        Self {
            context,
            holding: OnceCell::new(),
        }
    }

    /// Holds them off from now on.
    pub fn take(&self) {
        let interrupts = &self.context.interrupts;
        self.holding
            .get_or_init(|| Interrupts::hold(interrupts, super::restoring()));
    }

    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<Signal> {
        self.holding.get().and_then(Holding::signal)
    }
}

/// The organization's defaults. `hold` is called before the first request that changes something.
pub async fn defaults<'a>(hold: &'a dyn Fn(), context: &'a Context) -> Result<Defaults<'a>, Error> {
    let settings = context.settings()?;
    Ok(Defaults {
        manager: context.organization()?.manager().await?,
        journal: context.organization()?.journal(),
        clock: context.clock(),
        random: context.host.random.as_ref(),
        notices: &context.ui,
        hold,
        stop: context.interrupts.stop(),
        organization: organization(context)?,
        profile: context.profile()?,
        timeout: settings.timeout.value,
        max_wait: settings.max_wait.value,
    })
}
