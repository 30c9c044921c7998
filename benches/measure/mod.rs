//! What the benchmarks share: where the measured documents lie, and CPU time, which a busy machine does not change.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// The labelled documents, where they are there.
fn data() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("GRIFFIE_SHARED").map_or_else(beside, PathBuf::from).join("data")
}

/// The files of that name in the folders of a set, or all PDFs right in it; says so where there are none.
pub fn files(set: &str, name: Option<&str>) -> Vec<PathBuf> {
    let folder = data().join(set);
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = match name {
        Some(name) => entries.map(|folder| folder.join(name)).filter(|file| file.is_file()).collect(),
        None => entries.filter(|file| file.extension().is_some_and(|kind| kind == "pdf")).collect(),
    };
    files.sort();
    if files.is_empty() {
        println!("skipped: no documents in {}", folder.display());
    }
    files
}

/// CPU time that something takes in this process.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let now = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
    };
    let start = now();
    let done = work();
    (done, now().saturating_sub(start))
}
