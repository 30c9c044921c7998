//! The probe of a bucket, each attempt on a canary of its own, and the lengthening of retentions.

use futures::{StreamExt as _, stream};
use jiff::Timestamp;

use super::{
    Guard, S3,
    client::{Answer, Request},
    lock::{Retention, Version},
};
use crate::{
    Error, ErrorKind, Result,
    config::RetentionMode,
    storage::{
        INCOMING, Store,
        probe::{Attempts, CANARY, Extended, OTHER, Trial, Trialed, canary_name, canary_times},
    },
};

/// Requests under way at once while retentions are lengthened.
const AT_ONCE: usize = 16;

/// A version that was made to be attacked. Only the probe makes them, and nothing else can be deleted.
struct Canary {
    key: String,
    version: String,
    retention: Option<Retention>,
}

impl S3 {
    /// Tries everything. What fails is told and not an error; that the server cannot be reached is one.
    pub fn probe(&self, store: &Store, now: Timestamp) -> Result<Attempts> {
        let mut tried = Attempts::new();
        let asked = self.retention(now);
        tried.push(match asked {
            Some(_) => (Trial::AskForRetention, Trialed::Pass, String::new()),
            None => (Trial::AskForRetention, Trialed::Fail, "`retention` is not set under [s3]".to_owned()),
        });
        let (trial, result, mut answer) = store.try_to_put_twice()?;
        if self.guard()? == Guard::Versions {
            answer += " (by griffie: the server ignores `If-None-Match`, and the first version counts)";
        }
        tried.push((trial, result, answer));
        let (until, half) = canary_times(now)?;
        let locked = Retention { mode: asked.map_or(RetentionMode::Compliance, |asked| asked.mode), until };
        match self.canary(Some(locked))? {
            Ok(canary) => {
                let told = self.told(&canary)?;
                let result = if told == Some(locked) { Trialed::Pass } else { Trialed::Fail };
                tried.push((Trial::TakeRetention, result, retention_text(told)));
                self.probe_lock(locked, half, &mut tried)?;
            }
            Err(said) => {
                tried.push((Trial::TakeRetention, Trialed::Fail, said));
                self.probe_without_lock(&mut tried)?;
            }
        }
        self.probe_hold(&mut tried)?;
        Ok(tried)
    }

    fn probe_lock(&self, locked: Retention, half: Timestamp, tried: &mut Attempts) -> Result<()> {
        let shorter = Retention { until: half, ..locked };
        let mut try_it = |trial, attack: &dyn Fn(&Canary) -> Result<Answer>| -> Result<()> {
            let Ok(canary) = self.canary(Some(locked))? else { return Ok(()) };
            let answer = attack(&canary)?;
            let (result, mut told) = (self.unharmed(&canary)?, answer.said());
            if answer.is_ok() && result == Trialed::Pass {
                told += ", and the version stands unchanged";
            }
            tried.push((trial, result, told));
            Ok(())
        };
        try_it(Trial::Overwrite, &|canary| self.wait(self.client.send(Request::new("PUT", &canary.key).body(OTHER))))?;
        try_it(Trial::Delete, &|canary| self.wait(self.client.send(Request::new("DELETE", &canary.key))))?;
        try_it(Trial::DeleteVersion, &|canary| self.delete(canary, false))?;
        try_it(Trial::ShortenRetention, &|canary| self.set(canary, shorter, false))?;
        if locked.mode == RetentionMode::Compliance {
            let weaker = Retention { mode: RetentionMode::Governance, ..locked };
            try_it(Trial::DowngradeRetention, &|canary| self.set(canary, weaker, false))?;
        }
        try_it(Trial::BypassDelete, &|canary| self.delete(canary, true))?;
        try_it(Trial::BypassShorten, &|canary| self.set(canary, shorter, true))?;
        if let Ok(canary) = self.canary(Some(shorter))? {
            let answer = self.set(&canary, locked, false)?;
            let result = if self.told(&canary)? == Some(locked) { Trialed::Pass } else { Trialed::Fail };
            tried.push((Trial::LengthenRetention, result, answer.said()));
        }
        Ok(())
    }

    /// Where no retention is taken, what can be done to an object that is not locked.
    fn probe_without_lock(&self, tried: &mut Attempts) -> Result<()> {
        for trial in [Trial::Overwrite, Trial::Delete] {
            let Ok(canary) = self.canary(None)? else { continue };
            let attack = match trial {
                Trial::Overwrite => Request::new("PUT", &canary.key).body(OTHER),
                _ => Request::new("DELETE", &canary.key),
            };
            let answer = self.wait(self.client.send(attack))?;
            tried.push((trial, self.unharmed(&canary)?, answer.said()));
        }
        Ok(())
    }

    fn probe_hold(&self, tried: &mut Attempts) -> Result<()> {
        for (trial, bypass) in [(Trial::DeleteUnderHold, false), (Trial::BypassHold, true)] {
            let Ok(canary) = self.canary(None)? else { continue };
            let laid = self.wait(self.client.put_hold(&canary.key, &canary.version, true))?;
            if !laid.is_ok() {
                tried.push((trial, Trialed::NotTried, laid.said()));
                continue;
            }
            let answer = self.delete(&canary, bypass)?;
            tried.push((trial, self.unharmed(&canary)?, answer.said()));
            // Whoever may lay holds may lift them: that is their use. It stays behind if this fails.
            let _ = self.wait(self.client.put_hold(&canary.key, &canary.version, false))?;
            let _ = self.delete(&canary, false)?;
        }
        Ok(())
    }

    /// A new canary, or what the server answered.
    fn canary(&self, retention: Option<Retention>) -> Result<std::result::Result<Canary, String>> {
        let key = self.key(&canary_name());
        let request = Request::new("PUT", &key).header("if-none-match", "*").retention(retention).body(CANARY);
        let answer = self.wait(self.client.send(request))?;
        Ok(match answer.version() {
            Some(version) if answer.is_ok() => Ok(Canary { key, version, retention }),
            _ if !answer.is_ok() => Err(answer.said()),
            // A bucket without versions calls each object's only one so.
            None if retention.is_none() => Ok(Canary { key, version: "null".into(), retention }),
            _ => Err("the bucket keeps no versions".into()),
        })
    }

    fn delete(&self, canary: &Canary, bypass: bool) -> Result<Answer> {
        let request = Request::new("DELETE", &canary.key).query("versionId", &canary.version).bypass(bypass);
        self.wait(self.client.send(request))
    }

    fn set(&self, canary: &Canary, retention: Retention, bypass: bool) -> Result<Answer> {
        self.wait(self.client.put_retention(&canary.key, &canary.version, retention, bypass))
    }

    /// The retention that the server tells of a canary.
    fn told(&self, canary: &Canary) -> Result<Option<Retention>> {
        match self.wait(self.client.retention(&canary.key, &canary.version)) {
            Err(error) if error.kind() == ErrorKind::Storage => Ok(None),
            told => told.map(|told| told.map(whole_seconds)),
        }
    }

    /// Whether a canary is still there with its bytes and its retention, whatever the server answered.
    fn unharmed(&self, canary: &Canary) -> Result<Trialed> {
        let bytes = self.wait(self.client.get_version(&canary.key, &canary.version))?;
        let whole = bytes.is_ok() && bytes.body == CANARY;
        let kept = canary.retention.is_none() || self.told(canary)? == canary.retention;
        Ok(if whole && kept { Trialed::Pass } else { Trialed::Fail })
    }

    /// See [`Store::extend_retention`].
    pub fn extend(&self, before: Timestamp, now: Timestamp) -> Result<Extended> {
        let new = self.retention(now).ok_or_else(|| {
            Error::new(ErrorKind::Config, "there is no retention to lengthen to")
                .hint("set `retention` and `retention_days` under [s3] in griffie.toml")
        })?;
        let mut extended = Extended { versions: 0, lengthened: 0, until: new.until, refused: Vec::new(), refusals: 0 };
        let (all, incoming) = (self.client.full_key(""), self.client.full_key(&format!("{INCOMING}/")));
        let mut after = None;
        loop {
            let page = self.wait(self.client.versions(&all, after.as_ref()))?;
            let objects = page.versions.into_iter().filter(|version| !version.key.starts_with(&incoming));
            let results = self.wait(async {
                let one = |version| self.lengthen(version, before, new);
                stream::iter(objects).map(one).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await
            });
            for result in results {
                extended.versions += 1;
                match result? {
                    Lengthened::Done => extended.lengthened += 1,
                    Lengthened::LongEnough => {}
                    Lengthened::Refused(said) => {
                        extended.refusals += 1;
                        if extended.refused.len() < 100 {
                            extended.refused.push(said);
                        }
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(extended);
            }
        }
    }

    async fn lengthen(&self, version: Version, before: Timestamp, new: Retention) -> Result<Lengthened> {
        let Version { key, id } = version;
        let present = self.client.retention(&key, &id).await?;
        if present.is_some_and(|present| present.until >= before || present.until >= new.until) {
            return Ok(Lengthened::LongEnough);
        }
        // A retention keeps its mode: to make it stricter takes other rights than to make it longer.
        let mode = present.map_or(new.mode, |present| present.mode);
        let answer = self.client.put_retention(&key, &id, Retention { mode, until: new.until }, false).await?;
        Ok(if answer.is_ok() {
            Lengthened::Done
        } else {
            Lengthened::Refused(format!("{key} ({id}): {}", answer.said()))
        })
    }
}

enum Lengthened {
    Done,
    LongEnough,
    Refused(String),
}

/// Some servers tell of fractions that nobody asked for.
fn whole_seconds(retention: Retention) -> Retention {
    let until = Timestamp::from_second(retention.until.as_second()).unwrap_or(retention.until);
    Retention { until, ..retention }
}

fn retention_text(told: Option<Retention>) -> String {
    match told {
        Some(told) => format!("{} until {}", super::lock::mode_name(told.mode), told.until),
        None => "the store tells of no retention".to_owned(),
    }
}
