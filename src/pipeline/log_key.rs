//! A new key for the log: told by an event that names both, signed by the old key where that is there.

use std::{fs::File, path::Path};

use super::{
    app::{self, App},
    events, head,
    lock::Lock,
    stop::reached,
};
use crate::{
    Error, ErrorKind, Result,
    clock::Clock,
    config::Config,
    error::Fold as _,
    plain,
    provenance::{
        Event, KeyChange, Log, entries, keys,
        note::{SignerKey, VerifierKey},
        signed_size, signer_of,
    },
    register::Register,
    storage::Store,
};

/// Where the new key waits until the log tells of it.
const NEW_KEY: &str = "log.key.new";
/// The event that is to tell of it, from before anything of the change is in the store until all of it is done.
const ANNOUNCED: &str = "log.key.change";

/// Puts a new key in the place of the log's. A change that was stopped is completed instead.
pub fn change(data: &Path, config: &Config, by: &str) -> Result<KeyChange> {
    std::fs::create_dir_all(data).fold(ErrorKind::Storage, || format!("cannot make `{}`", data.display()))?;
    let location = app::location(data, config)?;
    let store = Store::existing(&location, &app::s3(data, config)?)?;
    let alone = || -> Result<Lock> {
        let mut lock = Lock::or_refuse(data, config)?;
        lock.also_or_refuse(&store, &location, config)?;
        Ok(lock)
    };
    let lock = alone()?;
    if let Some(stopped) = complete(data, &store)? {
        return Ok(stopped);
    }
    drop(lock);
    if App::is_there(data) && signer_of(&store, &data.join(app::LOG_KEY)).is_ok() {
        // What waits is the old key's to sign.
        App::open(data, config.clone())?.log_if_free()?;
    }
    let _lock = alone()?;
    let chain = keys::chain_of(&store)?;
    // With the key it is known where the log ended, and a change is no way past that; without it the change is unproven.
    let noted = head::of(data, &store)?;
    if signer_of(&store, &data.join(app::LOG_KEY)).is_ok() && !noted.as_ref().is_some_and(|noted| noted.is_sealed) {
        return Err(head::is_gone(data, noted.is_some()));
    }
    let waiting = data.join(NEW_KEY);
    // Made first: a key that the log names and nobody has would be lost at once.
    let new = match SignerKey::read(&waiting)? {
        Some(new) => new,
        None => SignerKey::make(&waiting)?,
    };
    reached("new-key-made");
    let new = new.for_log(chain.active().name());
    announce(data, &Event::of_key_change(chain.active(), new.verifier(), by, Clock::System.now()))?;
    reached("new-key-announced");
    complete(data, &store)?
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the change of the log's key was not announced"))
}

/// The event of a change of key that was begun and is not done.
pub(super) fn announced(data: &Path) -> Result<Option<Event>> {
    match plain::read_to_string(&data.join(ANNOUNCED)) {
        Ok(json) => Event::from_json(&json).map(Some).map_err(|error| {
            let file = data.join(ANNOUNCED);
            let file = file.display();
            Error::new(ErrorKind::Refused, format!("`{file}` does not tell of a change of the log's key"))
                .hint("somebody laid it there, or it was damaged: put it aside, and give `griffie verify`")
                .dutch(format!(
                    "`{file}` vertelt niet van een wissel van de sleutel van het logboek: iemand heeft het daar gelegd, of het is \
                     beschadigd; leg het opzij, en geef `griffie verify`"
                ))
                .source(error)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).fold(ErrorKind::Storage, || format!("cannot read `{ANNOUNCED}`")),
    }
}

/// The key that a change brings which was begun and is not done, where this data folder has it.
pub fn coming(data: &Path) -> Option<VerifierKey> {
    let new = announced(data).ok()??.new_key()?;
    let held = [NEW_KEY, app::LOG_KEY].map(|file| SignerKey::read(&data.join(file)).ok().flatten());
    held.into_iter().flatten().any(|held| held.verifier().is_same_key(&new)).then_some(new)
}

/// Completes a change that was stopped, where nobody else is at work: whatever is done next must be signed with one key.
pub(super) fn complete_if_free(data: &Path, store: &Store) -> Result<()> {
    if announced(data)?.is_none() {
        return Ok(());
    }
    let Some(mut lock) = Lock::of(data)? else { return Ok(()) };
    if lock.also(store)? {
        complete(data, store)?;
    }
    Ok(())
}

/// Does what is left to do of a change that was announced; `None` where none was. Each step finds what was done before.
/// To be called by whoever holds the locks.
pub(super) fn complete(data: &Path, store: &Store) -> Result<Option<KeyChange>> {
    let Some(event) = announced(data)? else { return Ok(None) };
    let (key, waiting) = (data.join(app::LOG_KEY), data.join(NEW_KEY));
    let new =
        event.new_key().ok_or_else(|| Error::new(ErrorKind::FixityMismatch, format!("`{ANNOUNCED}` names no key")))?;
    let chain = keys::chain_of(store)?;
    head::must_be_reached(data, store, signed_size(store)?)?;
    if !chain.active().is_same_key(&new) {
        let held = SignerKey::read(&waiting)?.filter(|held| held.verifier().is_same_key(&new));
        let held = held.ok_or_else(new_key_is_gone)?.for_log(chain.active().name());
        let is_it = |other: &Event| *other == event;
        let log = match SignerKey::read(&key)?.is_some_and(|own| own.verifier().is_same_key(chain.active())) {
            true => Log::open(store, &key, &is_it)?,
            false => Log::taken_over(store, held, &is_it)?,
        };
        log.append(std::slice::from_ref(&event))?;
    }
    reached("new-key-logged");
    if SignerKey::read(&waiting)?.is_some_and(|held| held.verifier().is_same_key(&new)) {
        put_in_place(data, &waiting, chain.active().name())?;
    }
    reached("new-key-in-place");
    // It lays the new key beside the old ones, and shows that it signs.
    let log = Log::open(store, &key, &|_| false)?;
    if let Some(head) = log.head() {
        head::keep(data, &signer_of(store, &key)?, &head)?;
    }
    let changed = keys::chain_of(store)?.changes().last().cloned();
    let changed = changed.ok_or_else(|| Error::new(ErrorKind::Internal, "the log does not tell of its new key"))?;
    match note_in_database(data, store, changed.event) {
        // A rebuild makes one that begins after it.
        Err(error) if Register::is_damaged_by(&error) => tracing::warn!("the database is damaged: {error}"),
        noted => noted?,
    }
    reached("new-key-noted");
    withdraw(data)?;
    Ok(Some(changed))
}

/// Writes beside and publishes whole.
fn announce(data: &Path, event: &Event) -> Result<()> {
    let write = || {
        plain::replace(&data.join(ANNOUNCED), event.to_json().as_bytes())?;
        File::open(data)?.sync_all()
    };
    write().fold(ErrorKind::Storage, || "cannot announce the change of the log's key")
}

#[expect(clippy::disallowed_methods, reason = "the log tells what it told, and the database knows")]
fn withdraw(data: &Path) -> Result<()> {
    std::fs::remove_file(data.join(ANNOUNCED)).fold(ErrorKind::Storage, || "cannot note that the log's key was changed")
}

fn new_key_is_gone() -> Error {
    Error::new(
        ErrorKind::Refused,
        format!("a change of the log's key was stopped, and `{NEW_KEY}`, the new key, is gone"),
    )
    .hint(format!("put `{NEW_KEY}` back; if it is lost, remove `{ANNOUNCED}` and begin the change anew"))
    .dutch(format!(
        "een wisseling van de sleutel van het logboek is gestopt, en `{NEW_KEY}`, de nieuwe sleutel, is weg: zet die \
             terug; is hij verloren, verwijder dan `{ANNOUNCED}` en begin de wisseling opnieuw"
    ))
}

/// A database that is there knows every event since it was made.
fn note_in_database(data: &Path, store: &Store, place: u64) -> Result<()> {
    if !App::is_there(data) {
        return Ok(());
    }
    let size = signed_size(store)?;
    let Some(entry) = entries(store, place, size).next() else { return Ok(()) };
    Register::open(&app::database(data))?.add_logged_event(&events::outbox(&entry?.2), place)
}

/// The old key file, whosever it is, keeps its bytes under another name as well before the new one takes its place at
/// once: there is no moment without a key.
fn put_in_place(data: &Path, waiting: &Path, log: &str) -> Result<()> {
    let (key, doing) = (data.join(app::LOG_KEY), || "cannot put the new key in its place");
    if let Some(old) = SignerKey::read(&key)? {
        let kept = data.join(format!("{}.{}", app::LOG_KEY, old.for_log(log).verifier().id_hex()));
        match std::fs::hard_link(&key, &kept) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(error).fold(ErrorKind::Storage, doing);
            }
            _ => {}
        }
    }
    reached("new-key-old-kept");
    std::fs::rename(waiting, &key).fold(ErrorKind::Storage, doing)?;
    File::open(data).and_then(|folder| folder.sync_all()).fold(ErrorKind::Storage, doing)
}
