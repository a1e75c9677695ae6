//! A crash writes no secret to the disk.

use std::fs;
use std::process::Command;

use super::{Apple, output, run_by};

/// The limit of the program is that of the programs that it starts.
#[test]
fn no_core_dump_is_allowed() {
    let apple = Apple::start();
    let folder = apple.home.path().join("config");
    let (config, key) = (folder.join("config.toml"), folder.join("private-key.pem"));
    let limits = apple.home.path().join("limits");
    let script = format!(
        "ulimit -S -c > {0}; ulimit -H -c >> {0}; cat {1}",
        limits.display(),
        key.display()
    );
    let text = fs::read_to_string(&config).unwrap();
    let changed = text.replace(
        &format!("\"file:{}\"", key.display()),
        &format!("\"command:sh -c '{script}'\""),
    );
    assert_ne!(text, changed);
    fs::write(&config, changed).unwrap();
    let mut shell = Command::new("/bin/sh");
    // As high as this machine has it.
    shell.args(["-c", "ulimit -S -c \"$(ulimit -H -c)\"; exec \"$@\"", "sh"]);
    let mut command = apple.command(&["assign"]);
    command.env("PATH", "/usr/bin:/bin");
    let (code, stdout, stderr) = output(&mut run_by(shell, &command));
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(fs::read_to_string(limits).unwrap(), "0\n0\n");
}
