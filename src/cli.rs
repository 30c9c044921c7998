//! The command line: one file per verb.

use std::process::ExitCode;

use crate::pipeline::read;

pub mod rules;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == read::WORKER_ARGUMENT) {
        return read::worker_main();
    }
    ExitCode::SUCCESS
}
