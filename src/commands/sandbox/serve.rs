//! `sandbox serve`: the emulator until a signal comes.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::home::{self, Home, temporary_home};
use super::{Organization, Ports};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::organization::interrupts::Interrupts;
use crate::output::{Document, Format};

/// The emulator until a signal comes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    organization: Organization,
    /// Port of Apple's services
    ///
    /// 0 takes a free port.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the web servers
    ///
    /// 0 takes a free port.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    web_port: u16,
    /// Keep configuration and state here
    ///
    /// Without it, abmctl deletes them at the end. Serving again updates the sandbox's profile and keeps the rest. --profile
    /// NAME names the profile, which is `sandbox` otherwise: one folder can have several sandboxes.
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
}

/// Runs `sandbox serve`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let temporary = match &args.home {
        Some(_) => None,
        None => Some(temporary_home()?),
    };
    let folder = args
        .home
        .as_deref()
        .or(temporary.as_ref().map(tempfile::TempDir::path))
        .unwrap_or(Path::new("."));
    let home = Home::claim(folder, context).await?;
    let ports = Ports {
        services: args.port,
        web: args.web_port,
    };
    let mut running = args.organization.start(ports, context).await?;
    let variables = home.write(&running, context).await?;
    let document = if context.output.format == Format::Table {
        Document::Text(home.line(&variables, context)?)
    } else {
        let variables = variables.into_iter();
        let members: Map<String, Value> = variables
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        Document::Foreign(Value::Object(members))
    };
    let _holding = Interrupts::hold(&context.interrupts, "Stopping the sandbox.");
    context.output.write(&document)?;
    let others = home::winners(context);
    if !others.is_empty() {
        context.ui.warn(&format!(
            "These variables win over the sandbox's profile. Unset them in the other terminal first: `unset {}`.",
            others.join(" ")
        ));
    }
    context.ui.hint(&format!(
        "The sandbox listens on {}. Paste the line above into another terminal. Stop the sandbox with Ctrl-C.",
        running.origin()
    ));
    let mut stop = context.interrupts.stop();
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => {}
        () = running.ended() => {
            return Err(Error::failed("The emulator stopped listening on its port."));
        }
    }
    running.stop().await;
    Ok(Outcome::nothing())
}
