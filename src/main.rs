//! The program: reads its command line, runs, and exits with a status that says how it went.

use std::io::Write as _;
use std::process::ExitCode;

use etcdeck::{cli, domain, launch};

fn main() -> ExitCode {
    let settings = match cli::parse(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(settings) => settings,
        Err(exit) => {
            // Nothing can be told to somebody who closed the pipe.
            let _ = if exit.to_stdout {
                std::io::stdout().write_all(exit.message.as_bytes())
            } else {
                std::io::stderr().write_all(exit.message.as_bytes())
            };
            return ExitCode::from(exit.status);
        }
    };
    match launch::run(settings) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            let text = domain::escape::message(&format!("{error:#}"));
            let _ = writeln!(std::io::stderr(), "etcdeck: {text}");
            ExitCode::from(2)
        }
    }
}
