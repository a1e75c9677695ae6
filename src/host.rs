//! What the process is given from outside: clock, randomness, environment, streams, terminal, signals.
//!
//! Nothing else in the crate asks the operating system for these. `main.rs` passes the real ones, tests pass their own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::future::Future;
use std::io::{Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A future that can be kept in a box and sent to another thread.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The time of day, and waiting.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
    /// Resolves when `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> Boxed<()>;
}

/// Random bytes.
pub trait Random: Send + Sync {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// A signal that asks the process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The terminal went away, exit status 129.
    HangUp,
    /// Ctrl-C, exit status 130.
    Interrupt,
    /// SIGTERM, exit status 143.
    Terminate,
}

/// Where signals come from.
pub trait Signals: Send + Sync {
    /// Resolves at the next signal, in the order in which they came; may never do so.
    fn next(&self) -> Boxed<Signal>;
}

/// The system's store of secrets.
///
/// The calls may block for as long as the keyring is locked: the caller gives them a thread and a limit.
pub trait Keyring: Send + Sync {
    /// Reads the secret of `user`; `None` where there is none.
    fn read(&self, user: &str) -> Result<Option<String>, String>;
    /// Stores the secret of `user`.
    fn write(&self, user: &str, secret: &str) -> Result<(), String>;
    /// Removes the secret of `user`; `false` if there was none.
    fn delete(&self, user: &str) -> Result<bool, String>;
}

/// The person's web browser.
pub trait Browser: Send + Sync {
    /// Opens an address, and does not wait for what becomes of it; why it could not, as a part of a sentence.
    fn open(&self, url: &str) -> Result<(), String>;
}

/// What is mounted where, as Linux has it in `/proc/self/mountinfo`; `None` on other systems.
pub type Mounts = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The time zone of whoever types, from `TZ` or the system's setting; `None` if neither can be read.
pub type LocalZone = Arc<dyn Fn() -> Option<TimeZone> + Send + Sync>;

/// The environment variables of the process, read once. `Debug` shows their names only: values may be secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// Takes the variables.
    pub fn new<T: Into<OsString>>(variables: impl IntoIterator<Item = (T, T)>) -> Self {
        let variables = variables.into_iter();
        Self(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// The value of `name`; `None` if it is unset, not UTF-8, or empty, as in a crontab that blanks a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(OsStr::new(name))?.to_str()?;
        (!value.is_empty()).then_some(value)
    }

    /// Every variable that [`Self::get`] has a value for, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.0.keys().filter_map(|name| name.to_str());
        names.filter_map(|name| Some((name, self.get(name)?)))
    }

    /// Every variable as another program gets it: empty ones too, and what is not UTF-8.
    pub fn for_programs(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

/// Which streams are terminals, and how wide the terminal is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal {
    /// Standard input is a terminal: questions can be asked.
    pub stdin: bool,
    /// Standard output is a terminal.
    pub stdout: bool,
    /// Standard error is a terminal.
    pub stderr: bool,
    /// Columns of the terminal, where known.
    pub width: Option<u16>,
}

/// Everything that comes from outside.
pub struct Host {
    /// The environment variables.
    pub environment: Environment,
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    pub signals: Arc<dyn Signals>,
    /// The system's keyring.
    pub keyring: Arc<dyn Keyring>,
    /// The web browser.
    pub browser: Arc<dyn Browser>,
    /// What is mounted where.
    pub mounts: Mounts,
    pub time_zone: LocalZone,
    pub terminal: Terminal,
    /// Standard input.
    pub stdin: Box<dyn Read + Send>,
    /// Standard output.
    pub stdout: Box<dyn Write + Send>,
    /// Standard error.
    pub stderr: Box<dyn Write + Send>,
}

/// What everything but the terminal is given of the outside. Cheap to clone.
#[derive(Clone)]
pub struct Outside {
    /// The environment variables.
    pub environment: Arc<Environment>,
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The system's keyring.
    pub keyring: Arc<dyn Keyring>,
    pub terminal: Terminal,
}

impl Host {
    /// What everything but the terminal is given.
    pub fn outside(&self) -> Outside {
        Outside {
            environment: Arc::new(self.environment.clone()),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            keyring: Arc::clone(&self.keyring),
            terminal: self.terminal,
        }
    }
}
