//! `sandbox demo`: the three jobs, and a broken domain found and fixed, for a newcomer.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use super::home::{Home, folders, temporary_home};
use super::{Organization, Ports};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::host::{Boxed, Browser, Environment, Host, Signal, Signals, Terminal};
use crate::output::Document;

/// The three jobs, and a broken domain.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    organization: Organization,
}

/// What is shown.
struct Step {
    /// What it is for.
    remark: &'static str,
    /// The command.
    command: &'static str,
    /// The exit code that it should have.
    code: u8,
}

const fn step(remark: &'static str, command: &'static str) -> Step {
    let code = 0;
    Step {
        remark,
        command,
        code,
    }
}

const ADDRESSES: Step = step(
    "The ADDE URL that Apple hands to devices, for each server token.",
    "abmctl adde-url list",
);
const AGAIN: Step = step("And the defaults again.", "abmctl assign");

const SET_ADDRESS: &str = "abmctl adde-url set https://mdm.acme.example/.well-known/com.apple.remotemanagement --server prod";

const BUSINESS: [Step; 6] = [
    step(
        "The domains, with the evidence for each.",
        "abmctl domains list --accounts",
    ),
    ADDRESSES,
    step(
        "The server that new devices of each platform go to.",
        "abmctl assign",
    ),
    step(
        "Make another server the default for Apple Vision Pro.",
        "abmctl assign --platform vision --server prod",
    ),
    step("Set an ADDE URL for that server too.", SET_ADDRESS),
    AGAIN,
];

const SCHOOL: [Step; 5] = [
    step(
        "The domains, with the evidence for each.",
        "abmctl domains list",
    ),
    ADDRESSES,
    step(
        "The server that new devices go to. School Manager's API can't change it.",
        "abmctl assign",
    ),
    step("Set an ADDE URL for the server that has none.", SET_ADDRESS),
    AGAIN,
];

const CHECK: &str = "abmctl adde-url check acme.de --platform mac,iphone";

/// After the jobs: a domain that is broken, found and fixed.
const FIXED: [Step; 3] = [
    Step {
        code: 9,
        ..step("A broken domain, as a Mac and an iPhone see it.", CHECK)
    },
    step(
        "Fix its web server, so that it redirects devices to the MDM.",
        "abmctl sandbox web acme.de=redirect",
    ),
    step("Check the domain again.", CHECK),
];

/// Runs `sandbox demo`. Everything that the commands print goes to standard output.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let folder = temporary_home()?;
    let home = Home::claim(folder.path(), context).await?;
    let running = args.organization.start(Ports::default(), context).await?;
    let variables = home.write(&running, context).await?;
    let steps: &[Step] = if args.organization.school {
        &SCHOOL
    } else {
        &BUSINESS
    };
    let write = |text: String| context.output.write(&Document::Text(text));
    write(
        "A made-up organization on an emulator of Apple's services, only on this machine.\n"
            .to_owned(),
    )?;
    let mut failed = None;
    for Step {
        remark,
        command,
        code: expected,
    } in steps.iter().chain(&FIXED)
    {
        write(format!("\n# {remark}\n$ {command}\n"))?;
        let (data, messages) = (Printed::default(), Printed::default());
        let host = host(&variables, &data, &messages, context);
        let words: Vec<_> = command.split(' ').map(Into::into).collect();
        // A run has a runtime of its own, while this one serves the emulator.
        let code = tokio::task::spawn_blocking(move || crate::run(words, host))
            .await
            .map_err(|_| Error::failed(format!("`{command}` crashed.")))?;
        // What was asked for comes first, and then what there is to say of it.
        write(data.text())?;
        write(messages.text())?;
        if code != *expected {
            failed = failed.or(Some((command, code)));
        }
    }
    running.stop().await;
    match failed {
        Some((command, code)) => Err(Error::failed(format!(
            "`{command}` ended with exit code {code}."
        ))),
        None => {
            context
                .ui
                .hint("Try it yourself in a shell of its own: `abmctl sandbox exec -- $SHELL`.");
            Ok(Outcome::nothing())
        }
    }
}

/// The surroundings of one command: the same machine, another environment, and what it prints is kept.
fn host(
    variables: &[(String, String)],
    data: &Printed,
    messages: &Printed,
    context: &Context,
) -> Host {
    let terminal = Terminal {
        width: context.host.terminal.width,
        stdout: context.host.terminal.stdout,
        ..Terminal::default()
    };
    Host {
        environment: Environment::new(folders(variables)),
        clock: Arc::clone(&context.host.clock),
        random: Arc::clone(&context.host.random),
        signals: Arc::new(NoSignals),
        keyring: Arc::clone(&context.host.keyring),
        browser: Arc::new(NoBrowser),
        mounts: Arc::clone(&context.host.mounts),
        time_zone: Arc::clone(&context.host.time_zone),
        terminal,
        stdin: Box::new(std::io::empty()),
        stdout: Box::new(data.clone()),
        stderr: Box::new(messages.clone()),
    }
}

/// The signals are the demo's own affair.
struct NoSignals;

impl Signals for NoSignals {
    fn next(&self) -> Boxed<Signal> {
        Box::pin(std::future::pending())
    }
}

/// Nothing in the demo needs one.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _url: &str) -> Result<(), String> {
        Err("the demo opens no browser".to_owned())
    }
}

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
