//! Runs a program that is installed beside griffie, with limits of memory, CPU time, time and output.

use std::{
    ffi::{OsStr, OsString},
    io::Read,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::RecvTimeoutError;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};

use super::{CancelFlag, LOOK_UP};
use crate::{Error, ErrorKind, Result, error::Fold};

/// What a program may print; the rest is thrown away.
const MAX_OUTPUT: u64 = 16 << 20;

/// A program to run, and within what.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its file, as [`find`] gives it.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder that it runs in.
    pub folder: PathBuf,
    /// Environment variables beside `PATH`, `HOME` and `LANG`.
    pub variables: Vec<(&'static str, OsString)>,
    /// Memory of its own that each of its processes may have, in bytes. Files that they map are not counted.
    pub memory_bytes: u64,
    /// CPU seconds of each of its processes.
    pub cpu_seconds: u64,
    /// When it is taken to be stuck.
    pub patience: Duration,
    /// Who may stop it.
    pub cancel: CancelFlag,
}

impl Program {
    /// A program in a folder, with 1 GiB, 60 CPU seconds and three minutes.
    pub fn new(path: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            arguments: Vec::new(),
            folder: folder.into(),
            variables: Vec::new(),
            memory_bytes: 1 << 30,
            cpu_seconds: 60,
            patience: Duration::from_secs(180),
            cancel: CancelFlag::default(),
        }
    }

    /// Adds arguments.
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Its name for messages.
    fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }
}

/// The file of a program on the path. The error says which package brings it.
pub fn find(name: &str, package: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(name, package, &path)
}

fn find_in(name: &str, package: &str, path: &OsStr) -> Result<PathBuf> {
    let mut candidates = std::env::split_paths(path).map(|folder| folder.join(name));
    candidates.find(|file| is_program(file)).ok_or_else(|| {
        Error::new(ErrorKind::MissingTool, format!("the program `{name}` is not installed"))
            .hint(format!("install it: apt-get install {package}"))
            .because("missing_tool", format!("het programma `{name}` is niet geïnstalleerd: apt-get install {package}"))
    })
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

/// Runs a program to its end and gives what it printed. Fails with [`ErrorKind::Engine`] when it fails, goes over
/// its limits or is stuck.
pub fn run(program: &Program) -> Result<Vec<u8>> {
    let name = program.name();
    let mut child = start(program)?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Error::new(ErrorKind::Internal, "a child process has no pipes"));
    };
    let group = Pid::from_child(&child);
    let outputs = (drain(stdout), drain(stderr));
    let (done, ended) = crossbeam_channel::bounded(1);
    let waiting = thread::spawn(move || done.send(child.wait()));
    let begun = Instant::now();
    let status = loop {
        match ended.recv_timeout(LOOK_UP) {
            Err(RecvTimeoutError::Timeout) if begun.elapsed() < program.patience && !program.cancel.is_set() => {}
            ended => break ended.ok(),
        }
    };
    // Whatever it left behind goes with it; a group that has gone already is what we want.
    let _ = kill_process_group(group, Signal::KILL);
    let _ = waiting.join();
    let printed = outputs.0.join().unwrap_or_default();
    let complaint = outputs.1.join().unwrap_or_default();
    let failed = |why: String| Error::new(ErrorKind::Engine, format!("`{name}` {why}"));
    let Some(status) = status else {
        program.cancel.check()?;
        return Err(failed(format!("did nothing for {} seconds and was stopped", program.patience.as_secs())));
    };
    let status = status.fold(ErrorKind::Engine, || format!("cannot wait for `{name}`"))?;
    match (status.success(), status.signal(), status.code()) {
        (true, ..) => Ok(printed),
        (_, Some(signal), _) if signal == Signal::XCPU.as_raw() => {
            Err(failed(format!("took more than {} seconds of CPU time", program.cpu_seconds)))
        }
        (_, Some(signal), _) => Err(failed(format!("was ended by signal {signal}"))),
        (_, None, code) => {
            let complaint = String::from_utf8_lossy(&complaint);
            let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no message");
            Err(failed(format!("failed with code {}: {last}", code.unwrap_or(-1))))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "one of the two places that start processes")]
fn start(program: &Program) -> Result<Child> {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).current_dir(&program.folder).env_clear();
    for name in ["PATH", "HOME"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command.env("LANG", "C.UTF-8").envs(program.variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own: the terminal's Ctrl-C stays with us, and its children can be ended with it.
    command.process_group(0);
    let child = command.spawn().fold(ErrorKind::Engine, || format!("cannot start `{}`", program.name()))?;
    let limits = [(Resource::Data, program.memory_bytes), (Resource::Cpu, program.cpu_seconds), (Resource::Core, 0)];
    for (resource, value) in limits {
        // Fails only where it has ended already.
        let _ = prlimit(Some(Pid::from_child(&child)), resource, Rlimit { current: Some(value), maximum: Some(value) });
    }
    Ok(child)
}

/// Reads a pipe to its end, keeping its beginning.
fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        // What was read before an error is all there is to show.
        let _ = pipe.by_ref().take(MAX_OUTPUT).read_to_end(&mut kept);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, limit: impl Fn(&mut Program), want: Result<&str, &str>) {
        let mut program = Program::new(find("sh", "dash").unwrap(), "/").arguments(["-c", script]);
        limit(&mut program);
        let got = run(&program).map(|printed| String::from_utf8(printed).unwrap()).map_err(|error| error.to_string());
        assert_eq!(got.as_deref().map_err(String::as_str), want);
    }

    #[test]
    fn a_program_gives_what_it_printed() {
        check("printf read", |_| (), Ok("read"));
    }

    #[test]
    fn a_failing_program_is_an_error_with_its_last_words() {
        check("echo first >&2; echo no such font >&2; exit 3", |_| (), Err("`sh` failed with code 3: no such font"));
        check("kill -SEGV $$", |_| (), Err("`sh` was ended by signal 11"));
    }

    #[test]
    fn limits_end_a_program() {
        let busy = |program: &mut Program| program.cpu_seconds = 1;
        check("while :; do :; done", busy, Err("`sh` was ended by signal 9"));
        let stuck = |program: &mut Program| program.patience = Duration::from_millis(50);
        check("sleep 1000", stuck, Err("`sh` did nothing for 0 seconds and was stopped"));
    }

    #[test]
    fn a_missing_program_names_its_package() {
        let error = find_in("soffice", "libreoffice-writer-nogui", OsStr::new("/nowhere")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingTool);
        assert_eq!(error.advice(), Some("install it: apt-get install libreoffice-writer-nogui"));
    }
}
