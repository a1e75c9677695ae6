//! The real outside: this process's environment, streams, clock, randomness and signals.
//!
//! The one place that may ask the operating system for them.
#![allow(
    clippy::disallowed_methods,
    reason = "everybody else gets them from here"
)]

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use crate::host::{Boxed, Browser, Clock, Environment, Host, Random, Signal, Signals, Terminal};
use crate::secret::keyring::SystemKeyring;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness nothing can be signed, and the service would refuse what was made from zeros.
        if aws_lc_rs::rand::fill(buffer).is_err() {
            buffer.fill(0);
        }
    }
}

struct SystemSignals;

impl Signals for SystemSignals {
    fn next(&self) -> Boxed<Signal> {
        // Listening begins with the call, not when the future is first polled, so that no signal falls between two.
        let listeners = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        );
        Box::pin(async move {
            let (Ok(mut interrupt), Ok(mut terminate)) = listeners else {
                return std::future::pending().await;
            };
            tokio::select! {
                _ = interrupt.recv() => Signal::Interrupt,
                _ = terminate.recv() => Signal::Terminate,
            }
        })
    }
}

struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &str) -> Result<(), String> {
        open::that_detached(url).map_err(|error| error.to_string())
    }
}

/// What this process was given.
pub fn host() -> Host {
    let stdout = std::io::stdout();
    let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0);
    Host {
        environment: Environment::new(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        })),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        signals: Arc::new(SystemSignals),
        keyring: Arc::new(SystemKeyring),
        browser: Arc::new(SystemBrowser),
        terminal: Terminal {
            stdin: std::io::stdin().is_terminal(),
            stdout: stdout.is_terminal(),
            stderr: std::io::stderr().is_terminal(),
            width,
        },
        stdin: Box::new(std::io::stdin()),
        stdout: Box::new(stdout),
        stderr: Box::new(std::io::stderr()),
    }
}
