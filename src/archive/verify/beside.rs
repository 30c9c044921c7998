//! Names what lies in a store and is no object: what no object can be called, links, empty folders, and what is called as
//! unfinished writes are, unless a program was stopped that may have left it.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{FindingKind, Findings, ledger::Ledger};
use crate::{
    Result,
    archive::layout::{is_folder_of_ours, is_of_ours},
    storage::{Beside, Grows, Leftover, grows},
};

/// What is younger may be the work of a program at this moment.
const YOUNG: Duration = Duration::from_secs(60);

/// Names it, and gives what a stopped program, or one at work, left half written. `stopped` says whether there may have
/// been one; of a store by itself nobody knows.
pub(super) fn verify(
    beside: &Beside,
    stopped: Option<bool>,
    now: Timestamp,
    ledger: &Ledger,
    findings: &mut Findings,
) -> Result<Vec<String>> {
    for name in &beside.not_plain {
        let nl = "het is geen gewoon bestand maar een koppeling of iets anders: de bytes liggen niet in de opslag";
        let en = "it is no plain file but a link or something else: its bytes do not lie in the store";
        findings.add(FindingKind::NoPlainFile, name, nl, en);
    }
    for name in &beside.foreign {
        foreign(name, findings, "zo kan een object niet heten", "no object can be called so");
    }
    let may_be_left = |leftover: &Leftover| stopped != Some(false) || is_newer(leftover.changed, YOUNG, now);
    for leftover in beside.empty.iter().filter(|it| !is_folder_of_ours(&it.name) || !may_be_left(it)) {
        let nl = "het is een lege map, en geen programma is gestopt dat haar kan hebben nagelaten: haal haar weg";
        let en = "it is an empty folder, and no program was stopped that may have left it: remove it";
        foreign(&leftover.name, findings, nl, en);
    }
    let mut left = Vec::new();
    for leftover in &beside.unfinished {
        let is_known = match grows(&leftover.name) {
            Some(Grows::Upload) => may_be_left(leftover),
            Some(Grows::For(name)) if is_of_ours(&name) => may_be_left(leftover) || ledger.is_awaited(&name),
            _ => false,
        };
        if is_known {
            left.push(leftover.name.clone());
        } else {
            let nl = "zo heet wat half geschreven is, en geen programma is gestopt dat dit kan hebben nagelaten";
            let en = "what is half written is called so, and no program was stopped that may have left this";
            foreign(&leftover.name, findings, nl, en);
        }
    }
    left.sort_unstable();
    Ok(left)
}

fn foreign(name: &str, findings: &mut Findings, nl: &str, en: &str) {
    findings.add(FindingKind::ForeignObject, name, nl, en);
}

/// Whether something was written so short a while ago.
pub(super) fn is_newer(changed: Option<SystemTime>, than: Duration, now: Timestamp) -> bool {
    /// By so much the clock of a store may be ahead, or the check last.
    const AHEAD: Duration = Duration::from_secs(3600);
    changed.is_some_and(|changed| match SystemTime::from(now).duration_since(changed) {
        Ok(age) => age < than,
        // Written since the check began.
        Err(ahead) => ahead.duration() < AHEAD,
    })
}
