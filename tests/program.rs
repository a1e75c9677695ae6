//! The real program: that it is wired to the real outside, and what only processes can show.
//!
//! Over 400 lines, since each test needs the same emulator on the real clock, and a process of its own.
#![cfg(feature = "sandbox")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "processes run on the real clock")]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use abmctl::sandbox::{self, Options, OrganizationKind, ProductFamily, Running};
use tempfile::TempDir;
use tokio::sync::oneshot;

#[path = "consent/mod.rs"]
mod consent;
#[path = "program/core_dumps.rs"]
mod core_dumps;
#[path = "program/device_kills.rs"]
mod device_kills;
#[path = "program/kills.rs"]
mod kills;
#[path = "program/signals.rs"]
mod signals;
#[cfg(target_os = "linux")]
#[path = "program/terminals.rs"]
mod terminals;

/// An emulator on the real clock, and a home that points at it.
struct Apple {
    running: Arc<Running>,
    home: TempDir,
    variables: Vec<(String, String)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Apple {
    fn start() -> Self {
        Self::of(Options::default())
    }

    fn of(options: Options) -> Self {
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
        let variables = running.write_home(home.path()).unwrap();
        Self {
            running,
            home,
            variables,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.envs(self.variables.iter().cloned());
        command
    }

    fn fault(&self, fault: &str) {
        self.running.add_fault(fault.parse().unwrap());
    }

    fn holder(&self, family: ProductFamily) -> Option<String> {
        self.running
            .organization(|acme| acme.holder(family).map(|server| server.name.clone()))
    }

    fn count(&self, method: &str, path: &str) -> usize {
        let requests = self.running.requests();
        let counted = |request: &&sandbox::RequestSeen| {
            request.method.starts_with(method) && request.path.starts_with(path)
        };
        requests.iter().filter(counted).count()
    }

    /// Waits until a PATCH was answered or refused.
    fn wait_for_patches(&self, count: usize) {
        self.wait_for("PATCH", "/v1/mdmServers/", count);
    }

    fn wait_for(&self, method: &str, path: &str, count: usize) {
        let limit = Instant::now() + Duration::from_secs(20);
        while self.count(method, path) < count {
            assert!(Instant::now() < limit, "no {method} came");
            std::thread::sleep(Duration::from_millis(5));
        }
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

/// The program in a cleared environment.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("abmctl"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Starts a command whose output nobody reads.
fn start_quietly(command: &mut Command) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The same command in the same environment, run by another program.
fn run_by(mut program: Command, command: &Command) -> Command {
    let environment = command.get_envs();
    program
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(environment.filter_map(|(name, value)| Some((name, value?))));
    program
}

fn output(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    (
        status.code().unwrap_or(-1),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

/// The exit code of a child that has to end soon.
fn ends(child: &mut Child, what: &str) -> Option<i32> {
    let limit = Instant::now() + Duration::from_secs(10);
    loop {
        match child.try_wait().unwrap() {
            Some(status) => return status.code(),
            None if Instant::now() > limit => {
                child.kill().unwrap();
                panic!("it did not end: {what}");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Gives a child the time to begin to wait.
fn waits(child: &mut Child, what: &str) {
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none(), "it waits: {what}");
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[test]
fn the_program_is_wired() {
    let apple = Apple::start();
    let (code, stdout, stderr) = output(&mut apple.command(&["assign"]));
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("vision    Intune"), "{stdout}");
    let (code, stdout, _) = output(&mut program(&["--version"]));
    assert_eq!(
        (code, stdout),
        (0, format!("abmctl {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn help_and_version_open_nothing() {
    // Neither a home nor a readable configuration is needed.
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("config.toml"),
        "this is no configuration",
    )
    .unwrap();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["assign", "--help"],
        &["help"],
        &["help", "adde-url", "set"],
        &["help", "environment"],
        &["adde-url", "help", "set"],
        &["completions", "zsh"],
    ] {
        let mut command = program(arguments);
        command
            .env("ABMCTL_CONFIG_DIR", folder.path())
            .env("ABMCTL_STATE_DIR", folder.path().join("state"));
        let (code, stdout, stderr) = output(&mut command);
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!stdout.is_empty());
        assert!(!folder.path().join("state").exists());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let apple = Apple::start();
    let mut child = apple
        .command(&["api", "GET", "/v1/users", "--paginate", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    drop(reader);
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(
        (child.wait().unwrap().code(), stderr.as_str()),
        (Some(0), "")
    );
}

#[test]
fn six_processes_that_start_together_ask_for_one_token() {
    let apple = Apple::start();
    let start = || {
        apple
            .command(&["assign", "--platform", "vision"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..6).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(apple.count("POST", "/auth/"), 1);
}

#[test]
fn a_killed_assign_is_mended_by_the_next() {
    let apple = Apple::start();
    let prod = apple
        .running
        .organization(|acme| acme.server("prod").unwrap().id.clone());
    apple.fault(&format!("PATCH /v1/mdmServers/{prod}=503"));
    let mut child =
        start_quietly(&mut apple.command(&["assign", "--platform", "vision", "--server", "prod"]));
    apple.wait_for_patches(2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(apple.holder(ProductFamily::Vision), None);
    apple.running.clear_faults();
    let (code, _, stderr) = output(&mut apple.command(&["assign", "--platform", "vision"]));
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("got no answer to a request"), "{stderr}");
    assert_eq!(
        apple.holder(ProductFamily::Vision).as_deref(),
        Some("Intune")
    );
}

#[test]
fn signals_put_back_and_end_with_their_codes() {
    for (name, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let apple = Apple::start();
        let prod = apple
            .running
            .organization(|acme| acme.server("prod").unwrap().id.clone());
        apple.fault(&format!("PATCH /v1/mdmServers/{prod}=429:300"));
        // Restoring takes a moment, in which the signal comes again.
        apple.fault("PATCH /v1/mdmServers/*=429:1x1@2");
        let child = apple
            .command(&["assign", "--platform", "vision", "--server", "prod"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        apple.wait_for_patches(2);
        signal(&child, name);
        // A terminal that goes away says so more than once, and `timeout` sends its signal twice.
        if name != "INT" {
            signal(&child, name);
        }
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert_eq!(
            apple.holder(ProductFamily::Vision).as_deref(),
            Some("Intune"),
            "{stderr}"
        );
    }
}

#[test]
fn a_code_that_was_not_taken_is_good_whatever_ended_the_waiting() {
    for name in ["INT", "KILL"] {
        let apple = Apple::of(Options {
            kind: OrganizationKind::School,
            ..Options::default()
        });
        let begin = ["auth", "roster", "--store", "file", "--print-url", "-q"];
        let (code, url, stderr) = output(&mut apple.command(&begin));
        assert_eq!(code, 0, "{stderr}");
        let landed = consent::landed(url.trim(), "allow=1");
        let go_on = ["auth", "roster", "--redirected-to", &landed];
        let token = "/appleid/auth/oauth2/v2/token";
        apple.fault(&format!("POST {token}=429:20x1"));
        let mut child = apple.command(&go_on).stderr(Stdio::null()).spawn().unwrap();
        apple.wait_for("POST", token, 1);
        signal(&child, name);
        child.wait().unwrap();
        let (code, stdout, stderr) = output(&mut apple.command(&go_on));
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("acme.com: verified"), "{stdout}");
    }
}

#[test]
fn two_at_once_take_turns() {
    let apple = Apple::start();
    let start = |server: &str| {
        apple
            .command(&["assign", "--platform", "vision", "--server", server])
            .arg("--even-if-idle")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children = [start("prod"), start("test")];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(apple.holder(ProductFamily::Vision).is_some());
    assert!(
        apple
            .running
            .requests()
            .iter()
            .all(|request| request.status != Some(409))
    );
}

#[test]
fn a_closed_network_is_said_and_given_up() {
    let apple = Apple::start();
    let mut command = apple.command(&["assign", "--max-wait", "2s"]);
    // Nothing listens there.
    command
        .env("ABMCTL_API_URL", "http://127.0.0.1:9")
        .env("ABMCTL_TOKEN_URL", "http://127.0.0.1:9/token");
    let (code, stdout, stderr) = output(&mut command);
    assert_eq!((code, stdout.as_str()), (6, ""), "{stderr}");
    assert!(stderr.contains("No connection to Apple"), "{stderr}");
}

#[test]
fn an_empty_file_of_roots_is_none() {
    let apple = Apple::start();
    let mut command = apple.command(&["assign"]);
    let (code, _, stderr) = output(command.env("SSL_CERT_FILE", "").env("SSL_CERT_DIR", ""));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn exec_passes_on_the_exit_code_and_cleans_up() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = program(arguments);
        command
            .env("TMPDIR", folder.path())
            .env("PATH", "/usr/bin:/bin");
        output(&mut command)
    };
    let own = assert_cmd::cargo::cargo_bin!("abmctl");
    let own = own.to_str().unwrap();
    let (code, stdout, stderr) = run(&[
        "sandbox",
        "exec",
        "--",
        "sh",
        "-c",
        "echo $SANDBOX_URL; exit 42",
    ]);
    assert_eq!(code, 42, "{stderr}");
    assert!(stdout.starts_with("http://127.0.0.1:"), "{stdout}");
    // `abmctl` means the program itself, wherever it was built.
    let (code, stdout, stderr) = run(&["sandbox", "exec", "--", "abmctl", "servers", "list"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Jamf Pro Production"), "{stdout}");
    let (code, stdout, stderr) = run(&[
        "sandbox",
        "exec",
        "--",
        "sh",
        "-c",
        "abmctl assign --no-headers",
    ]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.starts_with("mac "), "{stdout}");
    let (code, _, _) = run(&["sandbox", "exec", "--", own, "servers", "get", "nobody"]);
    assert_eq!(code, 4);
    let (code, _, stderr) = run(&["sandbox", "exec", "--", "/no/such/program"]);
    assert_eq!(code, 4, "{stderr}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

/// A `sandbox serve` that runs, and its first line.
struct Served(Child, String);

impl Served {
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program(&[&["sandbox", "serve"], arguments].concat());
        command.envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        Self(child, line)
    }

    /// Runs a script in another terminal where the line was pasted.
    fn pasted(&self, script: &str) -> (i32, String, String) {
        let own = assert_cmd::cargo::cargo_bin!("abmctl");
        let path = format!("{}:/usr/bin:/bin", own.parent().unwrap().display());
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{}{script}", self.1)]);
        output(command.env_clear().env("PATH", path))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn one_line_points_another_terminal_at_a_sandbox() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("a home");
    let home = home.to_str().unwrap();
    let first = Served::start(&["--home", home], &[]);
    assert_eq!(
        first.1,
        format!("export ABMCTL_CONFIG_DIR='{home}/config' ABMCTL_STATE_DIR='{home}/state'\n")
    );
    let (code, stdout, stderr) = first.pasted(
        "abmctl assign --platform vision --server prod -q && abmctl sandbox web --no-headers && abmctl -q sandbox web acme.com=ok && abmctl adde-url check acme.com",
    );
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("acme.de"), "{stdout}");
    // The same profile has one sandbox, and another profile another one.
    let second = ["sandbox", "serve", "--home", home];
    let (code, stdout, stderr) = output(&mut program(&second));
    assert_eq!((code, stdout.as_str()), (8, ""), "{stderr}");
    assert!(
        stderr.contains("Another sandbox serves profile sandbox"),
        "{stderr}"
    );
    let school = Served::start(&["--home", home, "-p", "school", "--school"], &[]);
    assert!(
        school.1.ends_with(" ABMCTL_PROFILE=school\n"),
        "{}",
        school.1
    );
    let (code, stdout, stderr) = school.pasted("abmctl auth status -o json");
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("\"kind\": \"school\""), "{stdout}");
    assert_eq!(first.pasted("abmctl servers list").0, 0);
}

#[test]
fn a_profile_of_the_environment_does_not_lead_out_of_the_sandbox() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().to_str().unwrap();
    let served = Served::start(&["--home", home], &[("ABMCTL_PROFILE", "acme")]);
    assert!(
        served.1.ends_with(" ABMCTL_PROFILE=sandbox\n"),
        "{}",
        served.1
    );
    let mut command = program(&["sandbox", "exec", "--", "sh", "-c", "abmctl servers list"]);
    command.env("PATH", "/usr/bin:/bin");
    for name in [
        "ABMCTL_PROFILE",
        "ABMCTL_API_URL",
        "ABMCTL_CLIENT_ID",
        "ABMCTL_RESOLVER",
    ] {
        command.env(name, "elsewhere");
    }
    let (code, stdout, stderr) = output(&mut command);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Jamf Pro Production"), "{stdout}");
}

#[test]
fn the_sandbox_says_why_it_refuses_an_assertion() {
    let other_key = r#"sed -i.old 's/^key_id = .*/key_id = "other"/' "$ABMCTL_CONFIG_DIR/config.toml" && abmctl assign"#;
    let mut command = program(&["sandbox", "exec", "--", "sh", "-c", other_key]);
    let (code, _, stderr) = output(command.env("PATH", "/usr/bin:/bin"));
    assert_eq!(code, 3, "{stderr}");
    let why = "The sandbox refused a token (invalid_client): kid is not a key of this client.\n";
    assert!(stderr.starts_with(why), "{stderr}");
}

#[test]
fn what_the_guide_on_the_sandbox_does_to_domains_works() {
    let own = assert_cmd::cargo::cargo_bin!("abmctl");
    let path = format!("{}:/usr/bin:/bin", own.parent().unwrap().display());
    let guide = include_str!("../docs/guides/sandbox.md");
    let (_, section) = guide.split_once("## Domains that come and go\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut scripts = section
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let mut ran = || {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", scripts.next().unwrap()]);
        output(command.env_clear().env("PATH", &path))
    };
    let (code, stdout, stderr) = ran();
    assert_eq!(code, 9, "{stdout}{stderr}");
    // It is removed only where the first check was exit 0.
    let (before, after) = stdout.split_once("DOMAIN_REMOVED").unwrap();
    assert!(before.contains("DOMAIN_VERIFIED"), "{stdout}");
    assert!(after.contains("declared, but removed at Apple"), "{stdout}");
    let (code, stdout, stderr) = ran();
    assert_eq!(code, 0, "{stdout}{stderr}");
    let (_, last) = stdout.rsplit_once("ACCOUNTS").unwrap();
    assert!(last.contains("acme.com       removed "), "{stdout}");
    // On a busy machine the first list may come too late for more than this.
    assert!(stdout.contains("listed from"), "{stdout}");
}

#[test]
fn serve_prints_the_environment_and_ends_with_a_signal() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    let mut child = program(&["sandbox", "serve", "--home", home.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let words = shell_words::split(line.strip_prefix("export ").unwrap()).unwrap();
    let variables = words.iter().map(|word| {
        let (name, value) = word.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    });
    let (code, stdout, stderr) = output(program(&["assign"]).envs(variables));
    assert_eq!(code, 0, "{stdout}{stderr}");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(
        Path::new(&home).join("config/config.toml").exists(),
        "the folder was asked for"
    );
}

#[test]
fn the_home_of_an_emulator_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let apple = Apple::start();
    output(&mut apple.command(&["assign", "--platform", "vision", "--server", "prod"]));
    let mut folders = vec![apple.home.path().join("state")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = path.metadata().unwrap().permissions().mode();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn how_to_put_it_back_is_said_even_where_the_document_can_not_be_written() {
    let apple = Apple::start();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = apple.command(&["assign", "--platform", "vision", "--server", "prod"]);
    let (code, _, stderr) = output(command.stdout(full).stderr(Stdio::piped()));
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stderr.contains("Put back with: abmctl assign --platform vision --server Intune"),
        "{stderr}"
    );
    assert!(stderr.contains("can't be written"), "{stderr}");
}

#[test]
fn a_key_that_never_comes_does_not_hold_ctrl_c_off() {
    let apple = Apple::start();
    let pipe = apple.home.path().join("pipe.pem");
    let made = Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(&pipe)
        .status();
    assert!(made.unwrap().success());
    let configuration = apple.home.path().join("config/config.toml");
    let text = std::fs::read_to_string(&configuration).unwrap();
    let text = text.replace("private-key.pem", pipe.to_str().unwrap());
    let text = text.replace(
        &format!("{}/config/{}", apple.home.path().display(), pipe.display()),
        pipe.to_str().unwrap(),
    );
    std::fs::write(&configuration, text).unwrap();
    let mut child = apple
        .command(&["assign"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    waits(&mut child, "for the key");
    signal(&child, "INT");
    assert_eq!(ends(&mut child, "a key that never comes"), Some(130));
}

#[test]
fn the_demo_shows_each_table_before_what_there_is_to_say_of_it() {
    let (code, stdout, stderr) = output(&mut program(&["sandbox", "demo"]));
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("abmctl sandbox exec -- $SHELL"), "{stderr}");
    let place = |text: &str| {
        stdout
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {stdout}"))
    };
    assert!(place("vision    Intune  Jamf Pro Production") < place("Put back with:"));
    assert!(!stdout.contains("not asked yet"), "{stdout}");
    // Broken, mended, whole.
    let broken = place("The answer is a web page");
    assert!(broken < place("acme.de  html  redirect"));
    assert!(
        place("acme.de  html  redirect") < place("through domain"),
        "{stdout}"
    );
}

#[test]
fn a_key_comes_through_a_pipe_of_the_shell() {
    let apple = Apple::start();
    let key = apple.home.path().join("config/private-key.pem");
    let config = apple.home.path().join("other");
    let credentials = apple.running.credentials();
    let script = format!(
        "'{}' auth login --client-id {} --key-id {} --private-key-file <(cat '{}') --store file",
        assert_cmd::cargo::cargo_bin!("abmctl").display(),
        credentials.client_id,
        credentials.key_id,
        key.display()
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).env_clear();
    bash.env("PATH", "/usr/bin:/bin")
        .envs(apple.variables.iter().cloned())
        .env("ABMCTL_CONFIG_DIR", &config);
    let (code, _, stderr) = output(&mut bash);
    assert_eq!(code, 0, "{stderr}");
    assert!(!stderr.contains("not needed any more"), "{stderr}");
    let stored = std::fs::read_to_string(config.join("secrets/default/private_key")).unwrap();
    assert_eq!(stored.trim(), credentials.private_key.trim());
}

#[test]
fn no_core_dump_is_written() {
    let apple = Apple::start();
    let folder = apple.home.path();
    let (key, seen) = (folder.join("config/private-key.pem"), folder.join("seen"));
    let path = folder.join("config/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // A program that abmctl starts has its limits.
    let script = format!("ulimit -Hc > {}; cat {}", seen.display(), key.display());
    let file = format!("private_key = \"file:{}\"", key.display());
    assert!(text.contains(&file), "{text}");
    let command = format!("private_key = \"command:sh -c '{script}'\"");
    std::fs::write(&path, text.replace(&file, &command)).unwrap();
    let mut assign = apple.command(&["assign"]);
    let (code, _, stderr) = output(assign.env("PATH", "/usr/bin:/bin"));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(std::fs::read_to_string(seen).unwrap().trim(), "0");
}

#[test]
fn a_kill_at_any_time_leaves_a_server_token_that_belongs_to_its_server() {
    let apple = Apple::start();
    let tokens: Vec<(String, String)> = ["prod", "intune"]
        .map(|name| {
            let path = apple.home.path().join(format!("config/token-{name}.json"));
            let json: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let key = json["consumer_key"].as_str().unwrap().to_owned();
            (path.to_str().unwrap().to_owned(), key)
        })
        .into();
    let config = apple.home.path().join("other");
    let import = |file: &str| {
        let arguments = ["tokens", "import", file, "--name", "mdm", "--yes"];
        let mut command = apple.command(&arguments);
        command.args(["--store", "file", "-q"]);
        command.env("ABMCTL_CONFIG_DIR", &config);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    // Which server's key the configuration refers to, by what it says of the server.
    let in_force = || {
        let text = std::fs::read_to_string(config.join("config.toml")).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let token = &table["profiles"]["default"]["tokens"]["mdm"];
        let file = token["token"].as_str().unwrap().replace("file:", "");
        let secret = std::fs::read_to_string(config.join(file)).unwrap();
        let secret: serde_json::Value = serde_json::from_str(&secret).unwrap();
        let key = secret["consumer_key"].as_str().unwrap().to_owned();
        (token["server_name"].as_str().unwrap().to_owned(), key)
    };
    let mut right = Vec::new();
    // The quickest of them, since a machine that is busy only now and then must not make every kill come late.
    let mut one = Duration::MAX;
    for (file, key) in tokens.iter().chain(&tokens) {
        let started = Instant::now();
        assert!(import(file).status().unwrap().success());
        one = one.min(started.elapsed());
        assert_eq!(in_force().1, *key);
        right.push(in_force());
    }
    let mut killed = 0;
    // The secrets are written at the end.
    for round in 0..60u32 {
        let (file, _) = &tokens[round as usize % 2];
        let mut child = import(file).spawn().unwrap();
        std::thread::sleep(one * (50 + round) / 100);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(right.contains(&in_force()), "round {round}");
    }
    assert!(killed > 0, "no kill came in time");
}
