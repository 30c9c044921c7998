//! Tries on canaries what nobody may be able to do to an object, and tells what came of each attempt. The canaries lie
//! where no listing looks; no object is touched. What the result is worth to an archive is for people to judge.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{INCOMING, ObjectName, Store, random_bytes};
use crate::{ErrorKind, Result, error::Fold as _, model::Blake3};

pub(super) const CANARY: &[u8] = b"A canary of griffie store probe. It counts for nothing.\n";
pub(super) const OTHER: &[u8] = b"Other bytes under the same name.\n";

/// The name in the folder of what is no object under which it is found out whether a server lets a name be taken twice.
pub(super) const TAKEN_ONCE: &str = "create-only";

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// Is everything that griffie stores given a retention?
    AskForRetention,
    /// Does the store take a retention, and tell it?
    TakeRetention,
    /// Put other bytes under a name that is taken, in griffie's way.
    PutTwice,
    /// Put other bytes under a name that is taken, past griffie.
    Overwrite,
    /// Delete the name.
    Delete,
    /// Delete the version for good.
    DeleteVersion,
    /// Make the retention shorter.
    ShortenRetention,
    /// Make a compliance retention one of governance.
    DowngradeRetention,
    /// Delete the version with the right to bypass governance.
    BypassDelete,
    /// Make the retention shorter with the right to bypass governance.
    BypassShorten,
    /// Delete a version that is under a legal hold and has no retention.
    DeleteUnderHold,
    /// The same with the right to bypass governance.
    BypassHold,
    /// Make the retention longer: that must be possible.
    LengthenRetention,
}

impl Trial {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 13] = [
        Self::AskForRetention,
        Self::TakeRetention,
        Self::PutTwice,
        Self::Overwrite,
        Self::Delete,
        Self::DeleteVersion,
        Self::ShortenRetention,
        Self::DowngradeRetention,
        Self::BypassDelete,
        Self::BypassShorten,
        Self::DeleteUnderHold,
        Self::BypassHold,
        Self::LengthenRetention,
    ];
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trialed {
    /// The store held.
    Pass,
    /// It did not.
    Fail,
    /// There was nothing to try it on.
    NotTried,
}

/// An attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was tried.
    pub trial: Trial,
    /// How it ended.
    pub result: Trialed,
    /// What the server answered, or what the file system did.
    pub answer: String,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The store.
    pub store: String,
    /// When.
    pub at: Timestamp,
    /// One for each trial.
    pub attempts: Vec<Attempt>,
}

impl Probe {
    /// `Pass` if the store held in everything, `Fail` if it did not in something.
    pub fn verdict(&self) -> Trialed {
        let any = |result| self.attempts.iter().any(|attempt| attempt.result == result);
        match (any(Trialed::Fail), any(Trialed::NotTried)) {
            (true, _) => Trialed::Fail,
            (false, true) => Trialed::NotTried,
            (false, false) => Trialed::Pass,
        }
    }
}

/// What came of attempts, in the making.
pub(super) type Attempts = Vec<(Trial, Trialed, String)>;

impl Store {
    /// Probes the store. On a server with Object Lock the canaries stay until their retention is over.
    pub fn probe(&self, store: String, now: Timestamp) -> Result<Probe> {
        let tried = match (&self.s3, &self.root) {
            (Some(s3), _) => s3.probe(self, now)?,
            (None, Some(root)) => self.probe_folder(root)?,
            (None, None) => Attempts::new(),
        };
        let attempt = |trial| match tried.iter().find(|(tried, ..)| *tried == trial) {
            Some((_, result, answer)) => Attempt { trial, result: *result, answer: answer.clone() },
            None => Attempt { trial, result: Trialed::NotTried, answer: String::new() },
        };
        Ok(Probe { store, at: now, attempts: Trial::ALL.into_iter().map(attempt).collect() })
    }

    /// Puts other bytes under a canary's name in griffie's way, and sees what stands there then.
    pub(super) fn try_to_put_twice(&self) -> Result<(Trial, Trialed, String)> {
        let name = canary_name();
        self.put_new(&name, CANARY)?;
        let refused = matches!(self.put_new(&name, OTHER), Err(error) if error.kind() == ErrorKind::Conflict);
        let kept = self.get(&name)? == CANARY;
        let (result, answer) = match (refused, kept) {
            (true, true) => (Trialed::Pass, "refused; the first bytes stand there"),
            (true, false) => (Trialed::Fail, "refused, but the first bytes are gone"),
            (false, _) => (Trialed::Fail, "not refused"),
        };
        Ok((Trial::PutTwice, result, answer.into()))
    }

    /// A folder has no retentions: whoever may write in it may change it, and the probe says so.
    fn probe_folder(&self, root: &Path) -> Result<Attempts> {
        let name = canary_name();
        self.put_new(&name, CANARY)?;
        let path = root.join(name.as_str());
        let written = File::options().write(true).open(&path).and_then(|mut file| file.write_all(OTHER));
        let unchanged = fs::read(&path).is_ok_and(|bytes| bytes == CANARY);
        let overwrite = match (written, unchanged) {
            (Err(error), true) => (Trial::Overwrite, Trialed::Pass, format!("the file is read-only: {error}")),
            _ => (Trial::Overwrite, Trialed::Fail, "this user may write to read-only files".to_owned()),
        };
        #[expect(clippy::disallowed_methods, reason = "a canary, made above for this")]
        let removed = fs::remove_file(&path);
        let delete = match removed {
            Err(error) => (Trial::Delete, Trialed::Pass, error.to_string()),
            Ok(()) => (Trial::Delete, Trialed::Fail, "whoever may write in the folder can remove files".to_owned()),
        };
        let none = |trial| (trial, Trialed::Fail, "a folder keeps no retentions".to_owned());
        Ok(vec![none(Trial::TakeRetention), self.try_to_put_twice()?, overwrite, delete])
    }
}

/// A name that no listing shows.
pub(super) fn canary_name() -> ObjectName {
    format!("{INCOMING}/canary-{}", hex::encode(random_bytes())).parse().expect("hexadecimal digits are plain")
}

/// What a store is tried out with stays where it is: the name of a canary, or that which may be taken once.
pub(super) fn is_probes(name: &str) -> bool {
    let Some((INCOMING, last)) = name.split_once('/') else { return false };
    let is_canary = |hex: &str| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    last == TAKEN_ONCE || last.strip_prefix("canary-").is_some_and(is_canary)
}

/// How far the retentions of a store were lengthened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extended {
    /// Versions of objects that were looked at.
    pub versions: u64,
    /// Those whose retention was lengthened, or that got their first.
    pub lengthened: u64,
    /// Until when.
    pub until: Timestamp,
    /// What the store refused to lengthen, with its answer; the first hundred.
    pub refused: Vec<String>,
    /// How many it refused.
    pub refusals: u64,
}

impl Store {
    /// Gives every version of every object whose retention ends before `before` the retention that a new object gets.
    /// It is never made shorter, and never less strict. Stopped and begun again, it goes on with what is left.
    pub fn extend_retention(&self, before: Timestamp, now: Timestamp) -> Result<Extended> {
        let s3 = self.s3.as_ref().ok_or_else(|| {
            crate::Error::new(ErrorKind::Refused, "the store is a folder, and a folder keeps no retentions")
        });
        s3?.extend(before, now)
    }
}

impl Store {
    /// Where an object of a bucket lies below what somebody laid over it: its version with these bytes, and the command that
    /// lays it on top again.
    pub fn puts_back(&self, name: &ObjectName, blake3: &Blake3) -> Result<Option<(String, String)>> {
        self.s3.as_ref().map_or(Ok(None), |s3| s3.puts_back(name, blake3))
    }
}

/// An hour from now, and the half of it.
pub(super) fn canary_times(now: Timestamp) -> Result<(Timestamp, Timestamp)> {
    let minutes = |n: i64| now.checked_add(jiff::SignedDuration::from_mins(n));
    let far = || "the clock stands at the end of time";
    Ok((minutes(60).fold(ErrorKind::Internal, far)?, minutes(30).fold(ErrorKind::Internal, far)?))
}
