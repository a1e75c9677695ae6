//! `sandbox exec -- COMMAND`: an emulator for the length of one command.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use super::home::{Home, folders, temporary_home};
use super::{Organization, Ports};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::host::Signal;

/// An emulator for the length of one command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    organization: Organization,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Runs `sandbox exec`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let folder = temporary_home()?;
    let home = Home::claim(folder.path(), context).await?;
    let running = args.organization.start(Ports::default(), context).await?;
    let variables = home.write(&running, context).await?;
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Error::usage("No command given. Add one after `--`."));
    };
    let inherited = context
        .host
        .environment
        .iter()
        .filter(|(name, _)| !name.starts_with("ABMCTL_"));
    let mut child = Command::new(program);
    child
        .args(arguments)
        .env_clear()
        .envs(inherited)
        .envs(folders(&variables))
        .env("SANDBOX_URL", running.origin())
        .envs(path_with_own(context))
        .kill_on_drop(true);
    let mut signals = context.interrupts.pass_on();
    let mut child = child.spawn().map_err(|error| {
        Error::not_found(format!(
            "{} can't be run: {error}.",
            program.to_string_lossy()
        ))
    })?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            signal = signals.next() => pass_on(signal, &child, context),
        }
    };
    running.stop().await;
    // Until here: a Ctrl-C that the command ended by may be heard of only after its end.
    drop(signals);
    let status = status.map_err(|error| {
        Error::failed(format!(
            "abmctl couldn't wait for the command to end: {error}."
        ))
    })?;
    Ok(Outcome {
        document: None,
        problem: None,
        code: code(status),
    })
}

/// Passes a signal on to the command; what the command makes of it decides, as in a shell. A terminal sends its Ctrl-C to
/// both.
fn pass_on(signal: Signal, child: &Child, context: &Context) {
    use rustix::process::{Pid, Signal as Number, kill_process};
    let terminal = &context.host.terminal;
    let number = match signal {
        Signal::Interrupt if terminal.stdin || terminal.stdout || terminal.stderr => return,
        Signal::Interrupt => Number::INT,
        Signal::Terminate => Number::TERM,
        Signal::HangUp => Number::HUP,
    };
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(id) = id.and_then(Pid::from_raw) {
        // It may have ended meanwhile, which the next turn sees.
        let _ = kill_process(id, number);
    }
}

/// The search path with this program's folder before it, where it was called by its path: a newcomer who built abmctl has
/// it nowhere else, and `abmctl` means this one.
fn path_with_own(context: &Context) -> Option<(&'static str, OsString)> {
    let folder = Path::new(&context.program).parent()?;
    if folder.as_os_str().is_empty() {
        return None;
    }
    let mut path = std::path::absolute(folder).ok()?.into_os_string();
    if let Some(inherited) = context.host.environment.get("PATH") {
        path.push(":");
        path.push(inherited);
    }
    Some(("PATH", path))
}

/// The exit code as a shell tells it: 128 and the signal's number where a signal ended the command.
fn code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
