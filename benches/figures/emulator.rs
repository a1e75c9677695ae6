//! An emulator on a thread of its own, and commands that are pointed at it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use abmctl::sandbox::{self, Options, Running};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// It ends with this.
pub struct Emulator {
    pub running: Arc<Running>,
    program: PathBuf,
    home: TempDir,
    variables: Vec<(String, String)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    pub fn start(options: Options, program: &Path) -> Self {
        let (started, running) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let clock = abmctl::system::host().clock;
                let running = sandbox::start(options, clock).await.unwrap();
                started.send(Arc::new(running)).unwrap();
                let _ = stopped.await;
            });
        });
        let running = running.recv().unwrap();
        let home = TempDir::new().unwrap();
        Self {
            variables: running.write_home(home.path()).unwrap(),
            running,
            program: program.to_owned(),
            home,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// abmctl with the arguments of a line, which are separated by blanks.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(line.split(' '))
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a line, and returns what it asked for.
    pub fn requests(&self, line: &str) -> Vec<sandbox::RequestSeen> {
        self.running.forget_requests();
        let output = self.command(line).output().unwrap();
        // 9 is `--check` where something would change.
        assert!(
            matches!(output.status.code(), Some(0 | 9)),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        self.running.requests()
    }

    /// Makes the next run one that has never seen the server tokens.
    pub fn forget_tokens(&self) {
        let _ = fs::remove_dir_all(self.home.path().join("state/server-tokens"));
    }

    /// Makes the next run one that has never read the audit log.
    pub fn forget_domains(&self) {
        let _ = fs::remove_dir_all(self.home.path().join("state/domains"));
    }

    /// curl, which asks for the same pages that `line` asked for, one after another on one connection.
    ///
    /// The access token is the one that `line` used.
    pub fn curl(&self, line: &str) -> Command {
        let mut command = Command::new("curl");
        let token = format!("Authorization: Bearer {}", self.access_token());
        command
            .args(["--silent", "--fail", "--header", &token])
            .stdin(Stdio::null());
        for request in self.requests(line) {
            assert_eq!(request.method, "GET", "curl can do no more");
            let url = format!("{}{}", self.running.origin(), request.path);
            command.args(["--output", "/dev/null", &url]);
        }
        command
    }

    /// The access token that abmctl keeps.
    fn access_token(&self) -> String {
        let mut folders = vec![self.home.path().join("state")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let document: Option<serde_json::Value> =
                    serde_json::from_slice(&fs::read(path).unwrap()).ok();
                let token = document.and_then(|it| Some(it.get("access_token")?.as_str()?.into()));
                if let Some(token) = token {
                    return token;
                }
            }
        }
        String::new()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
