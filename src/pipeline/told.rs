//! What a database tells of the log: the events that it handed over, and those that wait. Only what a key of the log has
//! sealed was written by this program.

use std::path::Path;

use super::{app, journal, log_key};
use crate::{
    Error, ErrorKind, Result,
    archive::{Told, ToldBy},
    model::Blake3,
    provenance::{Event, keys, note::SignerKey, note::VerifierKey},
    register::{self, Register},
    storage::Store,
};

/// Events that wait for the log.
pub(super) struct Waiting {
    /// Those of this program.
    pub own: Vec<Event>,
    /// The ids of those that somebody else laid there.
    pub foreign: Vec<String>,
}

/// The keys whose seals count: those of the log, or before its first checkpoint the one of the data folder.
pub(super) fn keys_that_count(data: &Path, store: &Store) -> Result<Vec<VerifierKey>> {
    // An onlooker may not read the key, and needs none where the log has its own.
    let own = SignerKey::read(&data.join(app::LOG_KEY)).ok().flatten().map(|key| key.verifier().clone());
    Ok(match keys::chain(store, own.as_slice())? {
        Some(chain) => chain.keys().cloned().collect(),
        None => own.into_iter().collect(),
    })
}

/// An event that a key has sealed; another's is none.
fn sealed(row: &register::Waiting, keys: &[VerifierKey]) -> Option<Event> {
    let (json, seal) = (&row.event.json, row.seal.as_deref()?);
    let event = Event::from_json(json).ok().filter(|event| event.id == row.event.id)?;
    keys.iter().any(|key| key.has_sealed(json, seal)).then_some(event)
}

/// The oldest events that wait in a database.
pub(super) fn waiting(register: &Register, keys: &[VerifierKey], at_most: u32) -> Result<Waiting> {
    let mut waiting = Waiting { own: Vec::new(), foreign: Vec::new() };
    for row in register.waiting_events(at_most)? {
        match sealed(&row, keys) {
            Some(event) => waiting.own.push(event),
            None => waiting.foreign.push(row.event.id),
        }
    }
    Ok(waiting)
}

/// What tells all that the database of a data folder knows of the log; `None` where there is none.
pub fn by(data: &Path, store: &Store) -> Result<Option<ToldBy>> {
    if !app::App::is_there(data) {
        return Ok(None);
    }
    let open = |data: &Path| {
        Register::open_for_reading(&app::database(data)).map_err(|error| {
            error
                .hint("`griffie rebuild` makes the database anew; `griffie verify --store` checks the store without it")
        })
    };
    // A damaged one is a finding of its own, where the database is compared with the store.
    let Ok(register) = open(data) else { return Ok(None) };
    let so_far = register.last_logged_event()?.map_or(0, |(place, _)| place + 1);
    let (data, store) = (data.to_owned(), store.clone());
    Ok(Some(ToldBy::new(so_far, move || of(&open(&data)?, &data, &store, so_far))))
}

fn of(register: &Register, data: &Path, store: &Store, so_far: u64) -> Result<Told> {
    // Where the log's keys are damaged that is reported, and no seal counts.
    let keys = keys_that_count(data, store).unwrap_or_default();
    // Before what is logged: what goes from here to there meanwhile is in both.
    let announced = journal::said_in(data, &keys)?;
    let Waiting { own: mut waiting, foreign } = waiting(register, &keys, u32::MAX)?;
    let mut logged = Vec::new();
    register.logged_events(|place, row| {
        // Written anew: an older program may have put the same words otherwise. A row under another id tells of another.
        let json = &row.event.json;
        let event = Event::from_json(json).ok().filter(|event| event.id == row.event.id);
        logged.push((place, event.map_or(Blake3::of(row.event.id.as_bytes()), |event| event.digest())));
        // What was logged since the check began may be beyond what it looks at.
        waiting.extend(sealed(&row, &keys).filter(|_| place >= so_far));
        Ok(())
    })?;
    // Of a change of key the data folder itself knows, from before it is in the log.
    waiting.extend(log_key::announced(data)?);
    Ok(Told { begin: register.log_begin()?, logged, waiting, foreign, announced })
}

/// An event waits that this program did not write.
pub(super) fn foreign(id: &str) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("the event `{id}` waits in the database, and this program did not write it"))
        .hint("nothing was logged: give `griffie verify`, and `griffie rebuild`, which makes the database anew from the store")
        .dutch(format!(
            "de gebeurtenis `{id}` wacht in de database, en dit programma heeft die niet geschreven; er is niets vastgelegd: \
             geef `griffie verify`, en `griffie rebuild`, die de database opnieuw maakt uit de opslag"
        ))
}
