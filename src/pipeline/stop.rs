//! Named points of the commit order at which a test has the process killed, as a power cut would.

use std::sync::OnceLock;

/// The points between the steps of the commit order, in that order. `GRIFFIE_STOP_AT=<name>[:<n>]` kills the process
/// (SIGKILL) when it reaches the point for the n-th time.
pub const POINTS: [&str; 11] = [
    "reserved",
    "original-stored",
    "reading-stored",
    "findings-stored",
    "copy-stored",
    "manifest-stored",
    "accession-stored",
    "database-committed",
    "log-claimed",
    "log-appended",
    "released",
];

/// The same of `griffie copies`, which makes copies of documents that were taken in earlier.
pub const COPYING_POINTS: [&str; 4] =
    ["copying-begun", "missing-copy-stored", "copied-manifest-stored", "copied-database-committed"];

/// The same of `griffie reread`, which applies the rules again to the words of documents that were taken in earlier.
pub const REREADING_POINTS: [&str; 4] =
    ["rereading-begun", "new-findings-stored", "reread-manifest-stored", "reread-database-committed"];

/// The same of `griffie rebuild`.
pub const REBUILD_POINTS: [&str; 5] =
    ["rebuild-begun", "rebuild-database-made", "rebuild-index-made", "rebuild-put-aside", "rebuild-in-place"];

/// The same of a decision.
pub const DECIDING_POINTS: [&str; 3] = ["decision-announced", "decision-stored", "decision-noted"];

/// The same of `griffie log new-key`.
pub const KEY_POINTS: [&str; 6] =
    ["new-key-made", "new-key-announced", "new-key-logged", "new-key-old-kept", "new-key-in-place", "new-key-noted"];

struct Stop {
    point: String,
    left: std::sync::atomic::AtomicU32,
}

/// Says that a point is reached.
pub(super) fn reached(point: &'static str) {
    static STOP: OnceLock<Option<Stop>> = OnceLock::new();
    let known = [&POINTS[..], &COPYING_POINTS, &REREADING_POINTS, &REBUILD_POINTS, &DECIDING_POINTS, &KEY_POINTS];
    debug_assert!(known.iter().any(|points| points.contains(&point)), "{point} is no point");
    let stop = STOP.get_or_init(|| {
        let asked = crate::config::variable("GRIFFIE_STOP_AT")?;
        let (point, nth) = asked.split_once(':').unwrap_or((&asked, "1"));
        Some(Stop { point: point.into(), left: nth.parse::<u32>().ok()?.into() })
    });
    let Some(stop) = stop.as_ref().filter(|stop| stop.point == point) else { return };
    if stop.left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal takes the process before this thread goes on; nothing may run in between.
        loop {
            std::thread::park();
        }
    }
}
