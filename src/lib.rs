//! abmctl: the command line for Apple Business and Apple School Manager.
//!
//! The rooms: [`organization`] is one organization, what it has and how it is changed; [`core`] decides, [`apple`] talks to Apple,
//! [`device_view`] sees what a device would, [`config`] and [`secret`] say with what, [`state`] remembers; above them the commands take
//! arguments and make rows, [`output`] renders, [`ui`] tells and asks. `docs/design/rooms.md` says why.

// Secrets are protected by the owners and modes of files. Elsewhere there is no library: docs/design/systems.md.
#![cfg(unix)]
#![cfg_attr(not(test), warn(unreachable_pub))]

pub mod apple;
pub mod cli;
pub(crate) mod commands;
pub(crate) mod completion;
pub mod config;
pub mod context;
pub mod core;
pub mod device_view;
pub mod error;
pub(crate) mod help;
pub mod host;
pub mod network;
pub mod options;
pub mod organization;
pub mod output;
pub mod private_files;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod secret;
pub mod state;
pub mod system;
pub(crate) mod text;
pub mod ui;

use std::ffi::OsString;
use std::sync::Arc;

use cli::{Cli, Parsed, Stopped};
use commands::outcome::Outcome;
use context::Context;
use error::{Error, Kind};
use host::Host;
use options::Color;
use organization::interrupts::Reaction;
use output::{Document, Format, Output, OutputError};
use ui::{Manner, Ui};

/// Runs abmctl with `arguments` (the program's name first) in `host`, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut host: Host) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let stdout = std::mem::replace(&mut host.stdout, Box::new(std::io::sink()));
    let stderr = std::mem::replace(&mut host.stderr, Box::new(std::io::sink()));
    let stdin = std::mem::replace(&mut host.stdin, Box::new(std::io::empty()));
    let mut output = Output::new(stdout);
    if let Some(candidates) = completion::answer(&arguments, &host) {
        // A shell that went away wants nothing more, and one that waits for candidates shows no errors.
        let _ = output.write(&Document::Text(candidates));
        return 0;
    }
    if cli::asks_for_columns(&arguments)
        && let Some(heads) = cli::columns(&arguments)
    {
        // Text that no reader takes any more is no failure.
        let _ = output.write(&Document::Text(output::listed(&heads)));
        return 0;
    }
    let Parsed { cli, command, note } = match cli::parse(&arguments) {
        Ok(parsed) => parsed,
        Err(stopped) => {
            let manner = Manner {
                error_document: wants_documents(&arguments, &host),
                format: match cli::value_of(&arguments, &["--log-format"]) {
                    Some("json") => ui::LogFormat::Json,
                    _ => ui::LogFormat::Text,
                },
                ..plain(&host)
            };
            let ui = Ui::new(manner, Arc::clone(&host.clock), stderr, stdin);
            return not_run(&stopped, &output, &ui);
        }
    };
    let options = &cli.options;
    let color = |terminal: bool| match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && host.environment.get("NO_COLOR").is_none(),
    };
    let format = match output_format(&cli, &host) {
        Ok(format) => format,
        Err(error) => {
            let ui = Ui::new(plain(&host), Arc::clone(&host.clock), stderr, stdin);
            ui.error(&error);
            return error.kind.exit_code();
        }
    };
    output.format = format;
    output.columns.clone_from(&options.columns);
    output.no_headers = options.no_headers;
    output.raw = options.raw;
    output.width = host.terminal.width.filter(|_| host.terminal.stdout);
    output.color = color(host.terminal.stdout);
    output.terminal = host.terminal.stdout;
    let manner = Manner {
        quiet: options.quiet,
        color: color(host.terminal.stderr),
        format: options.log_format.into(),
        error_document: matches!(format, Format::Json | Format::Ndjson),
        terminal: host.terminal.stderr,
        width: host.terminal.width,
        answers: host.terminal.stdin && host.terminal.stderr && !options.no_input,
        verbose: options.verbose > 0,
    };
    let ui = Ui::new(manner, Arc::clone(&host.clock), stderr, stdin);
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            ui.error(&Error::failed(format!("The program can't start: {error}.")));
            return Kind::Failed.exit_code();
        }
    };
    let signals = Arc::clone(&host.signals);
    let verbose = options.verbose;
    let program = arguments
        .first()
        .cloned()
        .unwrap_or_else(|| "abmctl".into());
    let mut context = Context::new(program, cli.options, host, ui.clone(), output);
    context.command = command;
    context.note = note;
    let code = traced(verbose, &ui, options_format(&context), || {
        runtime.block_on(async {
            let work = commands::run(cli.command, cli::tree, &context);
            let result = until_signal(&context, signals.as_ref(), Box::pin(work)).await;
            finish(result, &context)
        })
    });
    // A question that nobody answered waits on a thread of its own; it must not keep the process.
    runtime.shutdown_background();
    network::generator::join();
    code
}

/// How messages are shown before the options are known.
fn plain(host: &Host) -> Manner {
    Manner {
        terminal: host.terminal.stderr,
        width: host.terminal.width,
        ..Manner::default()
    }
}

fn options_format(context: &Context) -> ui::LogFormat {
    context.options.log_format.into()
}

/// Runs `work` with traces of requests on standard error, as far as `-v` asks for them, and with warnings of the sandbox.
fn traced<T>(verbose: u8, ui: &Ui, format: ui::LogFormat, work: impl FnOnce() -> T) -> T {
    use tracing::Level;
    use tracing_subscriber::filter::Targets;
    use tracing_subscriber::layer::SubscriberExt;
    let level = match verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    let registry = tracing_subscriber::registry().with(Targets::new().with_target("abmctl", level));
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .without_time()
        .with_writer(ui.clone());
    match format {
        ui::LogFormat::Text => tracing::subscriber::with_default(registry.with(layer), work),
        ui::LogFormat::Json => tracing::subscriber::with_default(registry.with(layer.json()), work),
    }
}

/// Runs `work` until it ends or a signal comes. Where the work holds signals off, the first one only tells it to stop.
async fn until_signal(
    context: &Context,
    signals: &dyn host::Signals,
    work: impl Future<Output = Result<Outcome, Error>>,
) -> Result<Outcome, Error> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => return result,
            signal = signals.next() => {
                match context.interrupts.receive(signal, context.clock().now()) {
                    Reaction::End => return Err(Error::interrupted(signal)),
                    Reaction::GoOn(None) => {}
                    Reaction::GoOn(Some(words)) => context.ui.warn(&words),
                }
            }
        }
    }
}

/// Writes what came of a command, and returns the exit code.
fn finish(result: Result<Outcome, Error>, context: &Context) -> u8 {
    let ui = &context.ui;
    ui.progress("");
    context.say_what_may_be_lost();
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => {
            // Its hints name the profile in force, which not every command has asked for by then.
            let _ = context.settings();
            ui.data_is_written();
            ui.error(&error);
            return error.kind.exit_code();
        }
    };
    // A program reads json and csv, and always gets them.
    let is_unsaid = |it: &&Document| {
        let is_table = context.output.format == Format::Table;
        ui.is_quiet() && is_table && outcome.problem.is_none() && it.is_unchanged()
    };
    if let Some(document) = outcome.document.as_ref().filter(|it| !is_unsaid(it))
        && let Err(error) = context.output.write(document)
        && error != OutputError::Closed
    {
        // What was changed all the same, and how to put it back, is said nowhere else.
        ui.data_is_written();
        if let Some(problem) = &outcome.problem {
            ui.error(problem);
        }
        let error = Error::from(error);
        ui.error(&error);
        return error.kind.exit_code();
    }
    ui.data_is_written();
    match &outcome.problem {
        Some(problem) => {
            ui.error(problem);
            problem.kind.exit_code()
        }
        None => outcome.code,
    }
}

/// Answers a command line that runs no command: help and version on standard output, errors on standard error.
fn not_run(stopped: &Stopped, output: &Output, ui: &Ui) -> u8 {
    match stopped {
        Stopped::Asked(text) => match output.write(&Document::Text(text.clone())) {
            Ok(()) | Err(OutputError::Closed) => 0,
            Err(error) => {
                ui.error(&error.into());
                Kind::Failed.exit_code()
            }
        },
        Stopped::NoCommand(help) => {
            // Help that nobody asked for is no data.
            ui.say(help.trim_end());
            Kind::Usage.exit_code()
        }
        Stopped::Mistake(error) => {
            ui.error(error);
            error.kind.exit_code()
        }
    }
}

fn output_format(cli: &Cli, host: &Host) -> Result<Format, Error> {
    use clap::ValueEnum;
    if let Some(format) = cli.options.output {
        return Ok(format.into());
    }
    if matches!(cli.command, commands::Command::Help(_)) {
        // Help is for whoever has set something wrong.
        return Ok(Format::Table);
    }
    match host.environment.get("ABMCTL_OUTPUT") {
        None => Ok(Format::Table),
        Some(name) => options::OutputFormat::from_str(name.trim(), true)
            .map(Format::from)
            .map_err(|_| {
                Error::usage(format!(
                    "ABMCTL_OUTPUT is \"{name}\", which isn't a format. Use table, json, ndjson, csv or yaml."
                ))
            }),
    }
}

/// Whether a command line that could not be parsed asks for documents, so that its error is one.
fn wants_documents(arguments: &[OsString], host: &Host) -> bool {
    cli::value_of(arguments, &["--output", "-o"])
        .or_else(|| host.environment.get("ABMCTL_OUTPUT"))
        .is_some_and(|format| matches!(format, "json" | "ndjson"))
}

/// The example of several organizations at once, compiled.
#[cfg(doctest)]
#[doc = include_str!("../docs/design/organizations.md")]
struct SeveralOrganizations;
