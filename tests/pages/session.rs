//! A page is run: one bash for all of its commands, as a reader has one terminal.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::output;
use crate::page::{Manner, Page, Step};

/// No page takes nearly as long.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs the commands from the one with the number `$1` on. Each is a file of its own, so that a mistake in it ends nothing else.
const DRIVER: &str = r#"
__n=$1
while [ -e "$__steps/$__n.sh" ]; do
    __step=$__steps/$__n
    if [ -e "$__step.serve" ]; then
        if [ -e "$__step.stop" ] && [ -n "$__served" ]; then
            kill $__served
            wait $__served
            __served=
        fi
        (. "$__step.sh") >"$__step.out" 2>"$__step.err" </dev/null &
        __served="$__served $!"
        __code=124
        for __turn in {1..100}; do
            if grep -q '^export ' "$__step.out"; then
                sleep 0.1
                eval "$(grep '^export ' "$__step.out")"
                __code=0
                break
            fi
            sleep 0.1
        done
        echo "$__code" >"$__step.code"
    else
        . "$__step.sh" >"$__step.out" 2>"$__step.err" </dev/null
        echo "$?" >"$__step.code"
        # The shell that was opened ran the rest.
        [ ! -e "$__step.shell" ] || break
    fi
    __n=$((__n + 1))
done
"#;

/// Takes the network away, but for loopback.
const ALONE: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "bash",
    "-c",
    "PATH=$PATH:/sbin:/usr/sbin; ip link set lo up && exec \"$@\"",
    "bash",
];

/// Whether this system lets us take the network away.
static CAN_BE_ALONE: LazyLock<bool> = LazyLock::new(|| {
    let mut tried = Command::new(ALONE[0]);
    tried.args(&ALONE[1..]).arg("true");
    let tried = tried.stdout(Stdio::null()).stderr(Stdio::null());
    tried.status().is_ok_and(|status| status.success())
});

/// Runs a page, and panics with each command that did something else than the page says.
pub fn run(page: &Page) {
    let steps = page.steps();
    if steps.is_empty() {
        return;
    }
    let folder = TempDir::new_in("/tmp").unwrap();
    let folder = folder.path().canonicalize().unwrap();
    for below in ["home", "tmp", "bin", "steps"] {
        fs::create_dir(folder.join(below)).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_abmctl"));
    std::os::unix::fs::symlink(program, folder.join("bin/abmctl")).unwrap();
    let driver = folder.join("driver");
    write_steps(&steps, &folder.join("steps"), &driver);
    let ended = wait(start(&folder, &driver));

    let mut wrong = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let read = |end: &str| {
            let file = folder.join(format!("steps/{number}.{end}"));
            fs::read_to_string(file).unwrap_or_default()
        };
        let (stdout, stderr) = (read("out"), read("err"));
        let why = match read("code").trim().parse::<u8>() {
            Ok(code) if code != step.exit => {
                Some(format!("expected exit {}, and it was {code}", step.exit))
            }
            Ok(_) => step.shown.as_ref().and_then(|shown| {
                output::difference(shown, &stdout, &stderr, folder.to_str().unwrap())
            }),
            // One that ended the session: those after it were not run, and say nothing.
            Err(_) if wrong.is_empty() => Some(if ended {
                "it ended the session".to_owned()
            } else {
                format!("it was not done when the page had run for {LIMIT:?}")
            }),
            Err(_) => continue,
        };
        if let Some(why) = why {
            wrong.push(told(page, step, &why, &stdout, &stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn write_steps(steps: &[Step], folder: &Path, driver: &Path) {
    let below = folder.to_str().unwrap();
    fs::write(driver, format!("__steps={below}\n{DRIVER}")).unwrap();
    let mut served = None;
    for (number, step) in steps.iter().enumerate() {
        let mut text = step.text.clone();
        match &step.manner {
            Manner::Plain => {}
            Manner::Shell(before) => {
                text = format!("{before}bash {} {}", driver.display(), number + 1);
                fs::write(folder.join(format!("{number}.shell")), "").unwrap();
            }
            Manner::Serve => {
                text = format!("exec {text}");
                fs::write(folder.join(format!("{number}.serve")), "").unwrap();
                // A reader presses Ctrl-C before the next block that serves.
                if served
                    .replace(step.block)
                    .is_some_and(|block| block != step.block)
                {
                    fs::write(folder.join(format!("{number}.stop")), "").unwrap();
                }
            }
        }
        fs::write(folder.join(format!("{number}.sh")), text + "\n").unwrap();
    }
}

fn start(folder: &Path, driver: &Path) -> Child {
    let mut words: Vec<&str> = Vec::new();
    if *CAN_BE_ALONE {
        words.extend(ALONE);
    }
    words.extend(["bash", driver.to_str().unwrap(), "0"]);
    let bin = folder.join("bin");
    Command::new(words[0])
        .args(&words[1..])
        .env_clear()
        .env("HOME", folder.join("home"))
        .env(
            "PATH",
            format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()),
        )
        .env("TMPDIR", folder.join("tmp"))
        .env("SHELL", "/bin/bash")
        .env("TERM", "dumb")
        .env("LANG", "C.UTF-8")
        .current_dir(folder.join("home"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// Whether the session ended in time. What it left running is stopped.
fn wait(mut session: Child) -> bool {
    let end = Instant::now() + LIMIT;
    let ended = loop {
        if session.try_wait().unwrap().is_some() {
            break true;
        }
        if Instant::now() > end {
            break false;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let group = Pid::from_raw(i32::try_from(session.id()).unwrap()).unwrap();
    // Nobody may be left in it.
    let _ = kill_process_group(group, Signal::KILL);
    let _ = session.wait();
    ended
}

fn told(page: &Page, step: &Step, why: &str, stdout: &str, stderr: &str) -> String {
    let mut told = format!("{}:{}: {}\n  {why}\n", page.path, step.line, step.text);
    let shown = step.shown.as_ref().map(|lines| lines.join("\n"));
    for (name, text) in [
        ("the page shows", shown.unwrap_or_default().as_str()),
        ("standard output", stdout),
        ("standard error", stderr),
    ] {
        if !text.is_empty() {
            told.push_str(&format!("--- {name}\n{}\n", text.trim_end()));
        }
    }
    told
}
