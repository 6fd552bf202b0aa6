//! The program `goldenhour`.

use std::process::ExitCode;

fn main() -> ExitCode {
    web::cli::run()
}
