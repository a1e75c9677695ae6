//! The real outside: this process's environment, streams, clock, randomness and signals.
//!
//! The one place that may ask the operating system for them.
#![allow(
    clippy::disallowed_methods,
    reason = "everybody else gets them from here"
)]
#![allow(clippy::exit, reason = "a program that is stuck ends no other way")]

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::error::Kind;
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
        if getrandom::fill(buffer).is_err() {
            end_without_randomness();
        }
    }
}

#[derive(Default)]
struct SystemSignals(OnceLock<Arc<Heard>>);

/// The signals that came and that nobody has taken yet.
struct Heard {
    queue: Mutex<VecDeque<Signal>>,
    more: Notify,
}

/// Ends the program: numbers that can be guessed would make nonces and the `state` of an authorization worthless. What a
/// change left half done is restored by the next run, as after a kill.
#[expect(clippy::exit, clippy::print_stderr, reason = "nothing can go on")]
fn end_without_randomness() -> ! {
    eprintln!("error: This system provides no random numbers, so abmctl can't sign anything.");
    std::process::exit(1)
}

impl Signals for SystemSignals {
    fn next(&self) -> Boxed<Signal> {
        let heard = Arc::clone(self.0.get_or_init(listen));
        Box::pin(async move {
            loop {
                if let Some(signal) = heard.queue().pop_front() {
                    return signal;
                }
                heard.more.notified().await;
            }
        })
    }
}

impl Heard {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Signal>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears every signal. If the program takes none any more (a write to a terminal that is stopped, a file on a server that
    /// is gone), the second one by which somebody asks ends the process.
    async fn hear(&self, [mut interrupt, mut terminate]: [Listener; 2], hang_up: Option<Listener>) {
        let mut hang_up = hang_up;
        loop {
            let hung_up = async {
                match &mut hang_up {
                    Some(hang_up) => hang_up.recv().await,
                    None => std::future::pending().await,
                }
            };
            let signal = tokio::select! {
                _ = interrupt.recv() => Signal::Interrupt,
                _ = terminate.recv() => Signal::Terminate,
                _ = hung_up => Signal::HangUp,
            };
            self.queue().push_back(signal);
            self.more.notify_one();
            let code = match signal {
                Signal::HangUp => continue,
                Signal::Interrupt => Kind::Interrupted.exit_code(),
                Signal::Terminate => Kind::Terminated.exit_code(),
            };
            let asked = |signal: &&Signal| **signal != Signal::HangUp;
            if self.queue().iter().filter(asked).count() < 2 {
                continue;
            }
            tokio::time::sleep(STUCK).await;
            if self.queue().iter().filter(asked).count() >= 2 {
                std::process::exit(code.into());
            }
        }
    }
}

/// How long two signals that nobody takes show that the program is stuck.
const STUCK: Duration = Duration::from_secs(1);

type Listener = tokio::signal::unix::Signal;

/// Begins to listen, on a separate thread, so that no signal falls between two calls, and none is missed while a call to
/// the system blocks.
fn listen() -> Arc<Heard> {
    let heard = Arc::new(Heard {
        queue: Mutex::default(),
        more: Notify::new(),
    });
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return heard;
    };
    let listening = {
        let _inside = runtime.enter();
        // `nohup` has SIGHUP ignored, and listening would end that.
        let hang_up = (!ignores_hang_up()).then(|| signal(SignalKind::hangup()).ok());
        (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
            hang_up.flatten(),
        )
    };
    if let (Ok(interrupt), Ok(terminate), hang_up) = listening {
        let hearing = Arc::clone(&heard);
        std::thread::spawn(move || {
            runtime.block_on(hearing.hear([interrupt, terminate], hang_up));
        });
    }
    heard
}

/// Whether this process was started with SIGHUP ignored.
fn ignores_hang_up() -> bool {
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => ignored(&status).is_some_and(|mask| mask & 1 != 0),
        // Without /proc a shell tells it: what is ignored here is ignored there.
        Err(_) => std::process::Command::new("/bin/sh")
            .args(["-c", "kill -HUP $$"])
            .status()
            .is_ok_and(|status| status.success()),
    }
}

/// The signals that a process ignores, as Linux shows it: a bit for each, SIGHUP first.
fn ignored(status: &str) -> Option<u128> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u128::from_str_radix(mask.trim(), 16).ok()
}

struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &str) -> Result<(), String> {
        open::that_detached(url).map_err(|error| error.to_string())
    }
}

/// Keeps the secrets of this process out of core dumps, and from other processes of the user.
///
/// Programs that abmctl starts inherit the limit.
pub fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A system that refuses is no reason not to work.
    let _ = setrlimit(Resource::Core, none);
    // The limit doesn't hold where the kernel pipes core dumps to a program, as systemd has it.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// What this process was given.
pub fn host() -> Host {
    let stdout = std::io::stdout();
    let width = terminal_size::terminal_size_of(&stdout)
        .or_else(|| terminal_size::terminal_size_of(std::io::stderr()))
        .map(|(width, _)| width.0);
    Host {
        environment: Environment::new(std::env::vars_os()),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        signals: Arc::new(SystemSignals::default()),
        keyring: Arc::new(SystemKeyring),
        browser: Arc::new(SystemBrowser),
        mounts: Arc::new(|| {
            let mounts = std::fs::read("/proc/self/mountinfo").ok()?;
            Some(String::from_utf8_lossy(&mounts).into_owned())
        }),
        time_zone: Arc::new(|| jiff::tz::TimeZone::try_system().ok()),
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

#[cfg(test)]
mod tests {
    use super::ignored;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        for (status, mask) in [
            (
                "Name:\ta\nSigIgn:\t0000000000001001\nSigCgt:\t0\n",
                Some(0x1001),
            ),
            ("SigIgn:\t0000000000000000\n", Some(0)),
            ("SigIgn:\tnone\n", None),
            ("", None),
        ] {
            assert_eq!(ignored(status), mask, "{status}");
        }
    }
}
