//! The program: the real outside, handed to the library. On a system that abmctl doesn't support: one sentence that says so.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    abmctl::system::forbid_core_dumps();
    #[expect(clippy::disallowed_methods, reason = "the arguments come in here")]
    let arguments = std::env::args_os();
    ExitCode::from(abmctl::run(arguments, abmctl::system::host()))
}

/// Exit status 1: neither the command line nor the configuration, which nobody reads here, is at fault.
#[cfg(not(unix))]
#[expect(clippy::print_stderr, reason = "there is no library to say it")]
fn main() -> ExitCode {
    eprintln!("error: abmctl doesn't support Windows. It runs on Linux and macOS.");
    ExitCode::FAILURE
}
