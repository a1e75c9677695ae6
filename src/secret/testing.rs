//! Stand-ins for the host in tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::Timestamp;

use super::Secrets;
use crate::host::{
    Boxed, Browser, Clock, Environment, Host, Keyring, Random, Signal, Signals, Terminal,
};

/// A clock on which either nothing ever takes long, or everything does.
#[derive(Clone, Copy)]
pub enum FixedClock {
    /// No limit is ever reached.
    Still,
    /// Every limit is reached at once.
    Racing,
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, _: std::time::Duration) -> Boxed<()> {
        match self {
            Self::Still => Box::pin(std::future::pending()),
            Self::Racing => Box::pin(std::future::ready(())),
        }
    }
}

/// Counts, so that no two words are the same.
#[derive(Default)]
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

struct NoSignals;

impl Signals for NoSignals {
    fn next(&self) -> Boxed<Signal> {
        Box::pin(std::future::pending())
    }
}

#[derive(Default)]
pub struct MemoryKeyring(pub Mutex<BTreeMap<String, String>>);

impl Keyring for MemoryKeyring {
    fn read(&self, user: &str) -> Result<Option<String>, String> {
        Ok(self.0.lock().unwrap().get(user).cloned())
    }

    fn write(&self, user: &str, secret: &str) -> Result<(), String> {
        let mut entries = self.0.lock().unwrap();
        entries.insert(user.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, user: &str) -> Result<bool, String> {
        Ok(self.0.lock().unwrap().remove(user).is_some())
    }
}

/// A keyring that fails in one way.
pub enum BadKeyring {
    /// It never answers.
    Locked,
    /// It keeps nothing, and says nothing.
    Forgetting,
    /// It is not there.
    Absent,
}

impl BadKeyring {
    fn answer<T>(&self, forgotten: T) -> Result<T, String> {
        match self {
            Self::Locked => loop {
                thread::park();
            },
            Self::Forgetting => Ok(forgotten),
            Self::Absent => Err("no such\nservice.".to_owned()),
        }
    }
}

impl Keyring for BadKeyring {
    fn read(&self, _: &str) -> Result<Option<String>, String> {
        self.answer(None)
    }

    fn write(&self, _: &str, _: &str) -> Result<(), String> {
        self.answer(())
    }

    fn delete(&self, _: &str) -> Result<bool, String> {
        self.answer(false)
    }
}

struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), String> {
        Err("there is none".to_owned())
    }
}

/// Secrets with `variables`, in `folder`, on `clock`, with `keyring`.
pub fn secrets(
    folder: &Path,
    variables: &[(&str, &str)],
    clock: FixedClock,
    keyring: Arc<dyn Keyring>,
) -> Secrets {
    let environment = Environment::new(variables.iter().copied());
    secrets_of(folder, environment, clock, keyring)
}

/// The same, with an environment that need not be text; an `env:` reference names `MY_KEY`.
pub fn secrets_of(
    folder: &Path,
    environment: Environment,
    clock: FixedClock,
    keyring: Arc<dyn Keyring>,
) -> Secrets {
    let host = host(environment, Arc::new(clock), keyring);
    let named = BTreeSet::from(["MY_KEY".to_owned()]);
    Secrets::new(&host.outside(), folder, None, &named, Arc::new(|_| {}))
}

/// A machine without a terminal.
pub fn host(environment: Environment, clock: Arc<dyn Clock>, keyring: Arc<dyn Keyring>) -> Host {
    Host {
        environment,
        clock,
        random: Arc::new(Counting::default()),
        signals: Arc::new(NoSignals),
        keyring,
        browser: Arc::new(NoBrowser),
        mounts: Arc::new(|| None),
        time_zone: Arc::new(|| None),
        terminal: Terminal::default(),
        stdin: Box::new(io::empty()),
        stdout: Box::new(io::sink()),
        stderr: Box::new(io::sink()),
    }
}

/// Runs `future` on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
