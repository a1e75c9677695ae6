//! The program: the real outside, handed to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    abmctl::system::forbid_core_dumps();
    #[expect(clippy::disallowed_methods, reason = "the arguments come in here")]
    let arguments = std::env::args_os();
    ExitCode::from(abmctl::run(arguments, abmctl::system::host()))
}
