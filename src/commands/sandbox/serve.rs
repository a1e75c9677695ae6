//! `sandbox serve`: the emulator until a signal comes.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{Organization, Ports, home, temporary_home};
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
    /// Without it, abmctl deletes them at the end.
    #[arg(long, value_name = "FOLDER")]
    home: Option<PathBuf>,
}

/// Runs `sandbox serve`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let ports = Ports {
        services: args.port,
        web: args.web_port,
    };
    let mut running = args.organization.start(ports, context).await?;
    let temporary = match &args.home {
        Some(_) => None,
        None => Some(temporary_home()?),
    };
    let folder = args
        .home
        .as_deref()
        .or(temporary.as_ref().map(tempfile::TempDir::path));
    let variables = home(&running, folder.unwrap_or(std::path::Path::new(".")))?;
    let authority = variables
        .iter()
        .find_map(|(name, value)| (name == "SSL_CERT_FILE").then(|| value.clone()))
        .unwrap_or_default();
    let document = if context.output.format == Format::Table {
        let lines: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("export {name}={}\n", shell_words::quote(value)))
            .collect();
        Document::Text(lines.concat())
    } else {
        let variables = variables.into_iter();
        let members: Map<String, Value> = variables
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        Document::Foreign(Value::Object(members))
    };
    let _holding = Interrupts::hold(&context.interrupts, "Stopping the sandbox.");
    context.output.write(&document)?;
    context.ui.hint(&format!(
        "The emulator listens on {}. Set these variables in another terminal, and end it with Ctrl-C.",
        running.origin()
    ));
    context.ui.hint(&format!(
        "Its domains are reached with `--resolve acme.de:127.0.0.1:{}`, and their certificates are good with {authority}.",
        running.web_port()
    ));
    let mut stop = context.interrupts.stop();
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => {}
        () = running.ended() => {
            return Err(Error::failed("The emulator's port was taken away."));
        }
    }
    running.stop().await;
    Ok(Outcome::nothing())
}
