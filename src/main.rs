//! Parses arguments, starts logging, calls one command, turns an error into an exit code.

fn main() -> std::process::ExitCode {
    griffie::cli::main()
}
