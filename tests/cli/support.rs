//! An emulator, a made-up machine, and abmctl run on it.
//!
//! Over 400 lines, since it stands in for all of the outside at once.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{Read, Write};
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use abmctl::host::{
    Boxed, Browser, Clock, Environment, Host, Keyring, Random, Signal, Signals, Terminal,
};
use abmctl::sandbox::organization::AuditEvent;
use abmctl::sandbox::{self, Options, Running};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// How the keyring of this system is unlocked, as the hint says it.
const UNLOCKING: &str = if cfg!(target_os = "macos") {
    "Unlock it with `security unlock-keychain`."
} else {
    "Unlock it: log in to the desktop, or run `gnome-keyring-daemon --unlock` in a D-Bus session."
};

/// Request ids are made up for each request.
static REQUEST_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"((?:\(|, )request |"request_id":")[0-9A-Za-z-]+"#).unwrap());

/// Where names are looked up, by `auth status`: on free ports.
static LOOKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"((?:"resolver": ?"|resolver +|[a-z]=)127\.0\.0\.1:)\d{2,}"#).unwrap()
});

/// When every test begins.
pub const BEGINNING: &str = "2026-11-22T10:00:00Z";

/// A clock that stands still until somebody sleeps on it.
///
/// A sleep takes a moment of real time as well, so that what happens outside of this clock (a keyring, a program) comes
/// first if it is quick.
pub struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(BEGINNING.parse().unwrap())))
    }

    pub fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::try_from(duration).unwrap();
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        // The clock moves as soon as the sleep begins: sleeping 3 s ends at a time that does not depend on others.
        let until = self.now() + SignedDuration::try_from(duration).unwrap();
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
        // A keyring and a program have limits of 3 s and 30 s, and a busy machine is slow to run either.
        let real = match duration.as_secs() {
            3 | 30 => Duration::from_millis(500),
            _ => (duration / 20).min(Duration::from_millis(40)),
        };
        Box::pin(tokio::time::sleep(real))
    }
}

/// Numbers that are all different, and the same in each test.
pub struct FakeRandom(AtomicU64);

impl Random for FakeRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
            // Short chunks would repeat their leading zeros.
            if let Some(last) = chunk.last_mut() {
                *last = number.to_le_bytes()[0];
            }
        }
    }
}

/// How a made-up keyring behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringManner {
    Keeps,
    Locked,
    Forgets,
    Absent,
}

pub struct FakeKeyring {
    manner: KeyringManner,
    secrets: Mutex<BTreeMap<String, String>>,
}

impl FakeKeyring {
    pub fn secrets(&self) -> BTreeMap<String, String> {
        self.secrets.lock().unwrap().clone()
    }

    pub fn put(&self, user: &str, secret: &str) {
        let mut secrets = self.secrets.lock().unwrap();
        secrets.insert(user.to_owned(), secret.to_owned());
    }

    fn answer(&self) -> Result<(), String> {
        match self.manner {
            // A locked keyring waits for somebody who never comes; the thread is left behind.
            KeyringManner::Locked => loop {
                std::thread::park();
            },
            KeyringManner::Absent => Err("there is no keyring here".into()),
            KeyringManner::Keeps | KeyringManner::Forgets => Ok(()),
        }
    }
}

impl Keyring for FakeKeyring {
    fn read(&self, user: &str) -> Result<Option<String>, String> {
        self.answer()?;
        Ok(self.secrets.lock().unwrap().get(user).cloned())
    }

    fn write(&self, user: &str, secret: &str) -> Result<(), String> {
        self.answer()?;
        if self.manner == KeyringManner::Keeps {
            self.secrets
                .lock()
                .unwrap()
                .insert(user.into(), secret.into());
        }
        Ok(())
    }

    fn delete(&self, user: &str) -> Result<bool, String> {
        self.answer()?;
        Ok(self.secrets.lock().unwrap().remove(user).is_some())
    }
}

/// Signals that the test sends.
#[derive(Default)]
pub struct FakeSignals(Arc<Mutex<Vec<Signal>>>);

impl FakeSignals {
    pub fn send(&self, signal: Signal) {
        self.0.lock().unwrap().push(signal);
    }
}

impl Signals for FakeSignals {
    fn next(&self) -> Boxed<Signal> {
        let sent = Arc::clone(&self.0);
        Box::pin(async move {
            loop {
                if let Some(signal) = sent.lock().unwrap().pop() {
                    return signal;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
    }
}

/// What a made-up person does with an address in a browser: answers what is typed then.
pub type Browsing = Box<dyn FnMut(&str) -> Result<String, String> + Send>;

/// A browser whose person types on while the program waits.
struct FakeBrowser {
    browsing: Arc<Mutex<Browsing>>,
    typed: Typed,
}

impl Browser for FakeBrowser {
    fn open(&self, url: &str) -> Result<(), String> {
        let typed = (self.browsing.lock().unwrap())(url)?;
        self.typed.0.lock().unwrap().extend(typed.into_bytes());
        Ok(())
    }
}

/// What is typed, of which more may come.
#[derive(Clone)]
struct Typed(Arc<Mutex<VecDeque<u8>>>);

impl Read for Typed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().read(buffer)
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// An emulator on a thread of its own; it ends with this.
pub struct Apple {
    running: Arc<Running>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Apple {
    pub fn start(options: Options, clock: Arc<FakeClock>) -> Self {
        let (started, running) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let running = Arc::new(sandbox::start(options, clock).await.unwrap());
                started.send(running).unwrap();
                let _ = stopped.await;
            });
        });
        Self {
            running: running.recv().unwrap(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Apple {
    /// The emulator, for another thread.
    pub fn running(&self) -> Arc<Running> {
        Arc::clone(&self.running)
    }
}

impl Deref for Apple {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl Drop for Apple {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// A machine with abmctl on it.
pub struct Machine {
    pub clock: Arc<FakeClock>,
    pub keyring: Arc<FakeKeyring>,
    pub signals: Arc<FakeSignals>,
    pub folder: TempDir,
    /// The environment; nothing else is in it.
    pub environment: BTreeMap<String, String>,
    /// Which streams are terminals.
    pub terminal: Terminal,
    /// What is typed or piped in.
    pub stdin: String,
    /// What is mounted where, as Linux has it.
    pub mounts: Option<String>,
    /// Where the person is.
    pub time_zone: Option<TimeZone>,
    browsing: Arc<Mutex<Browsing>>,
    random: Arc<FakeRandom>,
}

impl Machine {
    /// A machine without any configuration, off the network.
    pub fn bare() -> Self {
        Self::with_clock(FakeClock::new())
    }

    fn with_clock(clock: Arc<FakeClock>) -> Self {
        // Tables are as wide as the paths in them, and the usual folder of macOS has a long name.
        let folder = TempDir::new_in("/tmp").unwrap();
        let mut environment = BTreeMap::new();
        for (name, below) in [
            ("ABMCTL_CONFIG_DIR", "config"),
            ("ABMCTL_STATE_DIR", "state"),
        ] {
            let path = folder.path().join(below);
            environment.insert(name.to_owned(), path.to_str().unwrap().to_owned());
        }
        // Nothing listens there: what leaves this machine by mistake is refused at once.
        for name in ["ABMCTL_API_URL", "ABMCTL_ENROLLMENT_URL"] {
            environment.insert(name.to_owned(), "http://127.0.0.1:9".to_owned());
        }
        environment.insert(
            "ABMCTL_TOKEN_URL".to_owned(),
            "http://127.0.0.1:9/auth/oauth2/token".to_owned(),
        );
        Self {
            clock,
            keyring: Arc::new(FakeKeyring {
                manner: KeyringManner::Keeps,
                secrets: Mutex::default(),
            }),
            signals: Arc::default(),
            folder,
            environment,
            terminal: Terminal::default(),
            stdin: String::new(),
            mounts: None,
            time_zone: None,
            browsing: Arc::new(Mutex::new(Box::new(|_| {
                Err("there is none here".to_owned())
            }))),
            random: Arc::new(FakeRandom(AtomicU64::new(1))),
        }
    }

    /// A machine with the emulator of these options, configured by it: profile `sandbox`.
    pub fn with_apple(options: Options) -> (Self, Apple) {
        let clock = FakeClock::new();
        let apple = Apple::start(options, Arc::clone(&clock));
        let mut machine = Self::with_clock(clock);
        machine.configured_by(&apple);
        (machine, apple)
    }

    /// The usual one: an organization of Apple Business with four servers.
    pub fn with_business() -> (Self, Apple) {
        Self::with_apple(Options::default())
    }

    /// An organization of School Manager.
    pub fn with_school() -> (Self, Apple) {
        Self::with_apple(Options {
            kind: sandbox::OrganizationKind::School,
            ..Options::default()
        })
    }

    /// Takes the configuration that the emulator writes.
    pub fn configured_by(&mut self, apple: &Apple) {
        let home = apple.write_home(self.folder.path()).unwrap();
        self.environment.extend(home);
        // The variables stand for the services here, so that a test can lead elsewhere what a sandbox's profile would not.
        let path = self.path("config/config.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (kept, _) = text.split_once("\n[profiles.sandbox.services]").unwrap();
        write_file(&path, &format!("{kept}\n"), 0o600);
    }

    /// Takes the profile that the emulator writes, services included, and no variable but those of the folders.
    pub fn configured_by_profile(&mut self, apple: &Apple) {
        // The file of a profile that names it no longer.
        std::fs::remove_file(self.path("ca.pem")).unwrap();
        apple.write_home(self.folder.path()).unwrap();
        self.environment
            .retain(|name, _| matches!(name.as_str(), "ABMCTL_CONFIG_DIR" | "ABMCTL_STATE_DIR"));
    }

    /// Takes the authorization of the Roster API out of the configuration that the emulator wrote.
    pub fn forget_roster(&self) {
        let path = self.path("config/config.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, after) = text.split_once("[profiles.sandbox.roster]").unwrap();
        let (_, after) = after.split_once("[profiles.sandbox.domains]").unwrap();
        let text = format!("{before}[profiles.sandbox.domains]{after}");
        write_file(&path, &text, 0o600);
    }

    pub fn keyring(&mut self, manner: KeyringManner) {
        self.keyring = Arc::new(FakeKeyring {
            manner,
            secrets: Mutex::default(),
        });
    }

    /// What the person does in the browser.
    pub fn browse(&self, browsing: impl FnMut(&str) -> Result<String, String> + Send + 'static) {
        *self.browsing.lock().unwrap() = Box::new(browsing);
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    /// Somebody sits at a terminal of 80 columns.
    pub fn at_terminal(&mut self) {
        self.terminal = Terminal {
            stdin: true,
            stdout: true,
            stderr: true,
            width: Some(80),
        };
    }

    pub fn path(&self, below: &str) -> std::path::PathBuf {
        self.folder.path().join(below)
    }

    /// What a program on this machine is given.
    pub fn host(&self, stdout: Box<dyn Write + Send>, stderr: Box<dyn Write + Send>) -> Host {
        let typed = self.stdin.clone().into_bytes();
        let typed = Typed(Arc::new(Mutex::new(typed.into())));
        let mounts = self.mounts.clone();
        let time_zone = self.time_zone.clone();
        let browser = FakeBrowser {
            browsing: Arc::clone(&self.browsing),
            typed: typed.clone(),
        };
        Host {
            environment: Environment::new(self.environment.clone()),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            random: Arc::clone(&self.random) as Arc<dyn Random>,
            signals: Arc::clone(&self.signals) as Arc<dyn Signals>,
            keyring: Arc::clone(&self.keyring) as Arc<dyn Keyring>,
            browser: Arc::new(browser),
            mounts: Arc::new(move || mounts.clone()),
            time_zone: Arc::new(move || time_zone.clone()),
            terminal: self.terminal,
            stdin: Box::new(typed),
            stdout,
            stderr,
        }
    }

    /// Runs a command line, words as a shell takes them apart, and answers its exit code.
    pub fn run_to(
        &self,
        line: &str,
        stdout: Box<dyn Write + Send>,
        stderr: Box<dyn Write + Send>,
    ) -> u8 {
        let words = shell_words::split(line).unwrap();
        let host = self.host(stdout, stderr);
        let arguments = std::iter::once("abmctl".to_owned())
            .chain(words)
            .map(Into::into);
        abmctl::run(arguments, host)
    }

    /// Runs a command line.
    pub fn run(&self, line: &str) -> Ran {
        let (stdout, stderr) = (Sink::default(), Sink::default());
        let code = self.run_to(line, Box::new(stdout.clone()), Box::new(stderr.clone()));
        Ran {
            line: self.plain(line),
            code,
            stdout: self.plain(&stdout.text()),
            stderr: self.plain(&stderr.text()),
        }
    }

    /// The text without what differs from run to run, or from system to system.
    fn plain(&self, text: &str) -> String {
        let folder = self.folder.path().to_str().unwrap();
        let mut text = text
            .replace(folder, "[home]")
            .replace(UNLOCKING, "[how to unlock the keyring]");
        if let Some(origin) = self.environment.get("ABMCTL_API_URL") {
            text = text.replace(origin.as_str(), "http://[apple]");
        }
        let text = LOOKUP.replace_all(&text, "${1}8443");
        REQUEST_ID.replace_all(&text, "${1}ID").into_owned()
    }
}

/// What came of a command.
#[derive(Debug, Clone)]
pub struct Ran {
    line: String,
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ abmctl {}", self.line)?;
        writeln!(f, "exit {}", self.code)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}")?;
                write!(f, "{text}")?;
                if !text.ends_with('\n') {
                    writeln!(f, "(no end of line)")?;
                }
            }
        }
        Ok(())
    }
}

/// Begins the federation of a domain. What Apple calls that event is inferred, so the sandbox has none of its own.
pub fn federate(apple: &Running, domain: &str) {
    let at: Timestamp = "2026-09-13T10:00:00Z".parse().unwrap();
    apple.organization(|organization| {
        let events = &mut organization.audit_events;
        let of_domain = |event: &&AuditEvent| event.subject_name.as_deref() == Some(domain);
        let id = events.iter().find(of_domain).unwrap().subject_id.clone();
        events.push(AuditEvent::domain(
            at,
            "DOMAIN_FEDERATION_ENABLED",
            &id,
            Some(domain),
        ));
    });
}

/// The requests that an emulator saw, as `METHOD /path`, without queries.
pub fn requests(apple: &Running) -> Vec<String> {
    apple
        .requests()
        .iter()
        .map(|request| {
            let path = request
                .path
                .split('?')
                .next()
                .unwrap_or_default()
                .to_owned();
            format!(
                "{} {path} {}",
                request.method,
                request
                    .status
                    .map_or("-".to_owned(), |status| status.to_string())
            )
        })
        .collect()
}

/// Writes a file with a mode, and the folders above it.
pub fn write_file(path: &Path, contents: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, contents).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
