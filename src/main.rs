//! The program.

use std::io::Write as _;
use std::process::ExitCode;

use etcdeck::cli;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(_settings) => ExitCode::SUCCESS,
        Err(exit) => {
            // Nothing can be told to somebody who closed the pipe.
            let _ = if exit.to_stdout {
                std::io::stdout().write_all(exit.message.as_bytes())
            } else {
                std::io::stderr().write_all(exit.message.as_bytes())
            };
            ExitCode::from(exit.status)
        }
    }
}
