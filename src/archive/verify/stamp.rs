//! Checks the time-stamps on checkpoints: each must hold and be about the checkpoint that its name says. Whether its
//! authority is to be trusted is asked where a list of those is given.

use x509_cert::Certificate;

use super::{FindingKind, Findings, Stamped};
use crate::{
    ErrorKind, Result,
    archive::Area,
    provenance::{tiles, timestamp::Response},
    storage::{ObjectName, Store},
};

pub(super) fn verify(
    store: &Store,
    authorities: Option<&[Certificate]>,
    findings: &mut Findings,
) -> Result<Vec<Stamped>> {
    let mut stamped = Vec::new();
    for entry in store.list(Area::Timestamps.folder()) {
        // A foreign name was reported when stock was taken.
        let Ok(entry) = entry else { continue };
        match check(store, authorities, &entry.name)? {
            Ok(stamp) => stamped.push(stamp),
            Err(error) => {
                let nl = format!("het tijdstempel houdt geen stand ({error})");
                findings.add(FindingKind::BadTimestamp, &entry.name, nl, error.to_string());
            }
        }
    }
    stamped.sort_by_key(|stamp| (stamp.size, stamp.stamp.at));
    Ok(stamped)
}

fn check(store: &Store, authorities: Option<&[Certificate]>, name: &ObjectName) -> Result<Result<Stamped>> {
    let size = name.as_str().split('/').nth(1).and_then(|size| size.parse().ok()).unwrap_or(0);
    let (note, response) = match (store.get(&tiles::checkpoint_name(size)), store.get(name)) {
        (Ok(note), Ok(response)) => (note, response),
        // What is gone is named elsewhere; without it the stamp proves nothing.
        (Err(error), _) | (_, Err(error)) if error.kind() == ErrorKind::NotFound => return Ok(Err(error)),
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    let stamp = Response::read(&response, authorities).and_then(|response| response.proves(&note));
    Ok(stamp.map(|stamp| Stamped { size, stamp }))
}
