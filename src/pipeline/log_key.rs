//! A new key for the log: told by an event that names both, signed by the old key where that is there.

use std::path::Path;

use super::{
    app::{self, App},
    events,
    lock::Lock,
};
use crate::{
    Error, ErrorKind, Result,
    clock::Clock,
    config::Config,
    error::Fold as _,
    provenance::{Event, KeyChange, Log, checkpoints, entries, keys, note::SignerKey, signer_of},
    register::Register,
    storage::Store,
};

/// Where the new key waits until the log tells of it.
const NEW_KEY: &str = "log.key.new";

/// Puts a new key in the place of the log's.
pub fn change(data: &Path, config: &Config, by: &str) -> Result<KeyChange> {
    std::fs::create_dir_all(data).fold(ErrorKind::Storage, || format!("cannot make `{}`", data.display()))?;
    let location = app::location(data, config)?;
    let store = Store::existing(&location, &app::s3(data, config)?)?;
    if App::is_there(data) && signer_of(&store, &data.join(app::LOG_KEY)).is_ok() {
        // What waits is the old key's to sign.
        App::open(data, config.clone())?.log_if_free()?;
    }
    let mut lock = Lock::or_refuse(data)?;
    lock.also_or_refuse(&store, &location)?;
    let chain = keys::chain_of(&store)?;
    let (own, waiting) = (SignerKey::read(&data.join(app::LOG_KEY))?, data.join(NEW_KEY));
    // Made first: a key that the log names and nobody has would be lost at once.
    let new = match SignerKey::read(&waiting)? {
        Some(new) => new,
        None => SignerKey::make(&waiting)?,
    };
    let named = new.clone().for_log(chain.active().name());
    if !chain.active().is_same_key(named.verifier()) {
        let event = Event::of_key_change(chain.active(), named.verifier(), by, Clock::System.now());
        let log = match own.is_some_and(|own| own.verifier().is_same_key(chain.active())) {
            true => Log::open(&store, &data.join(app::LOG_KEY), &|_| false)?,
            false => Log::taken_over(&store, new.clone())?,
        };
        log.append(&[event])?;
    }
    put_in_place(data, &waiting, chain.active().name())?;
    // It lays the new key beside the old ones, and shows that it signs.
    let log = Log::open(&store, &data.join(app::LOG_KEY), &|_| false)?;
    if let Some(head) = log.head() {
        app::keep_head(data, &head)?;
    }
    let changed = keys::chain_of(&store)?.changes().last().cloned();
    let changed = changed.ok_or_else(|| Error::new(ErrorKind::Internal, "the log does not tell of its new key"))?;
    note_in_database(data, &store, changed.event)?;
    Ok(changed)
}

/// A database that is there knows every event since it was made.
fn note_in_database(data: &Path, store: &Store, place: u64) -> Result<()> {
    if !App::is_there(data) {
        return Ok(());
    }
    let size = checkpoints(store)?.last().copied().unwrap_or(0);
    let Some(entry) = entries(store, place, size).next() else { return Ok(()) };
    Register::open(&app::database(data))?.add_logged_event(&events::outbox(&entry?.2), place)
}

/// The old key file, whosever it is, keeps its bytes under another name.
fn put_in_place(data: &Path, waiting: &Path, log: &str) -> Result<()> {
    let (key, doing) = (data.join(app::LOG_KEY), || "cannot put the new key in its place");
    if let Some(old) = SignerKey::read(&key)? {
        let old = format!("{}.{}", app::LOG_KEY, old.for_log(log).verifier().id_hex());
        std::fs::rename(&key, data.join(old)).fold(ErrorKind::Storage, doing)?;
    }
    std::fs::rename(waiting, &key).fold(ErrorKind::Storage, doing)
}
