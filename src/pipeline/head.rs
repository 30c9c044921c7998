//! Where the log ended, noted in the data folder under a seal by the log's key: the store alone cannot tell whether its
//! end was cut off, and whoever has no key cannot note an earlier end.

use std::path::Path;

use super::{app, sealed, told};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    plain,
    provenance::{
        Event, entries,
        note::{Checkpoint, SignerKey, VerifierKey},
        proof,
    },
    register::Register,
    storage::Store,
};

/// Where it is noted.
pub const LOG_HEAD: &str = "log.head";
const SCHEMA: &str = "griffie-head/1\n";

/// A head of the log as it was last noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// It.
    pub head: Checkpoint,
    /// Whether a key of the log sealed it; what an older griffie noted has no seal at all.
    pub is_sealed: bool,
}

/// What a data folder notes of its log. A note whose seal is false is none.
pub fn noted(data: &Path, keys: &[VerifierKey]) -> Result<Option<Noted>> {
    let path = data.join(LOG_HEAD);
    let doing = || "cannot read the noted head of the log";
    let note = match sealed::read(&path, keys) {
        Ok(note) => note,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).fold(ErrorKind::Storage, doing),
    };
    let sealed = note.text.strip_prefix(SCHEMA).filter(|_| note.is_sealed).and_then(Checkpoint::parse);
    if let Some(head) = sealed {
        return Ok(Some(Noted { head, is_sealed: true }));
    }
    let text = plain::read_to_string(&path).fold(ErrorKind::Storage, doing)?;
    Checkpoint::parse(&text).map(|head| Some(Noted { head, is_sealed: false })).ok_or_else(is_false)
}

/// The same, by the keys of a data folder's log.
pub(super) fn of(data: &Path, store: &Store) -> Result<Option<Noted>> {
    noted(data, &told::keys_that_count(data, store)?)
}

/// Notes the log's head outside the store: it tells whether the log's end was cut off.
pub fn keep(data: &Path, signer: &SignerKey, head: &Checkpoint) -> Result<()> {
    let text = format!("{SCHEMA}{}", head.text());
    sealed::write(&data.join(LOG_HEAD), signer, &text).fold(ErrorKind::Storage, || "cannot note the head of the log")
}

/// A log of so many events must go on from where this data folder noted its end, if it did.
pub(super) fn must_be_reached(data: &Path, store: &Store, size: u64) -> Result<Option<Noted>> {
    let noted = of(data, store)?;
    match noted.as_ref().map(|noted| &noted.head) {
        Some(head) if head.size > size => Err(cut_off(LOG_HEAD, head.size, size)),
        Some(head) if head.size > 0 && proof::checkpoint(store, head.size)?.checkpoint.root != head.root => {
            Err(written_anew(LOG_HEAD))
        }
        _ => Ok(noted),
    }
}

/// A log of so many events must have the last one that a database knows to be in it.
pub(super) fn must_be_as_told(register: &Register, store: &Store, size: u64) -> Result<()> {
    const DATABASE: &str = "griffie.sqlite";
    let Some((place, json)) = register.last_logged_event()? else { return Ok(()) };
    if place >= size {
        return Err(cut_off(DATABASE, place + 1, size));
    }
    let found = entries(store, place, size).next().transpose()?.map(|(_, _, event)| event);
    if found == Event::from_json(&json).ok() { Ok(()) } else { Err(written_anew(DATABASE)) }
}

/// What the data folder knows tells of more than the log has.
pub(super) fn cut_off(by: &str, told: u64, size: u64) -> Error {
    Error::new(
        ErrorKind::FixityMismatch,
        format!("`{by}` tells of {told} events of the log, which has only {size}: its end is gone"),
    )
    .hint(
        "nothing was written: restore the store from a copy, and give `griffie verify`. If this is that copy, older than \
         what is noted, put griffie.sqlite aside: `griffie rebuild --restored --by NAME` then takes the copy up where it \
         ends, which the log tells for ever",
    )
    .dutch(format!(
        "`{by}` telt {told} gebeurtenissen van het logboek, dat er maar {size} heeft: het einde is weg; er is niets \
             geschreven: zet de opslag terug uit een kopie, en geef `griffie verify`; is dit die kopie, ouder dan wat er is \
             genoteerd, leg griffie.sqlite dan opzij: `griffie rebuild --restored --by NAAM` gaat verder waar ze eindigt, wat \
             het logboek dan altijd vermeldt"
    ))
}

/// What the data folder knows is not in the log.
pub(super) fn written_anew(by: &str) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("the log is not the one that `{by}` tells of: it was rewritten"))
        .hint("nothing was written: restore the store from a copy, and give `griffie verify`")
        .dutch(format!(
            "het logboek is niet dat waarvan `{by}` vertelt: het is herschreven; er is niets geschreven: zet de opslag terug \
             uit een kopie, en geef `griffie verify`"
        ))
}

/// The note is gone, or bears no seal: somebody without the key may have put an earlier end there.
pub(super) fn is_gone(data: &Path, is_there: bool) -> Error {
    let file = data.join(LOG_HEAD);
    let file = file.display();
    let (en, nl) = match is_there {
        true => ("bears no seal by the log's key", "draagt geen zegel van de sleutel van het logboek"),
        false => ("is gone", "is weg"),
    };
    Error::new(ErrorKind::Refused, format!("`{file}`, which tells where the log ended, {en}"))
        .hint(
            "put log.head back from the backup. If there is none, hold the log against a checkpoint kept elsewhere \
             (`griffie log verify`), and give `griffie rebuild`, which notes the end as it is now",
        )
        .dutch(format!(
            "`{file}`, dat zegt waar het logboek eindigde, {nl}: zet log.head terug uit de reservekopie; is er geen, leg het \
             logboek dan naast een elders bewaard ijkpunt (`griffie log verify`), en geef `griffie rebuild`, die het einde \
             noteert zoals het nu is"
        ))
}

fn is_false() -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("`{LOG_HEAD}` is no head of this log that a key of it sealed"))
        .hint(
            "nothing was written: put log.head back from the backup, and give `griffie verify`. If there is none, hold the \
             log against a checkpoint kept elsewhere (`griffie log verify`), put the file aside, and give `griffie rebuild`",
        )
        .dutch(format!(
            "`{LOG_HEAD}` is geen einde van dit logboek dat een sleutel ervan heeft verzegeld; er is niets geschreven: zet \
             log.head terug uit de reservekopie, en geef `griffie verify`; is er geen, leg het logboek dan naast een elders \
             bewaard ijkpunt (`griffie log verify`), leg het bestand opzij, en geef `griffie rebuild`"
        ))
}

/// Where a log that is begun ends.
pub(super) fn none(key: &VerifierKey) -> Checkpoint {
    Checkpoint { origin: key.name().into(), size: 0, root: crate::provenance::merkle::empty_root() }
}

/// The keys by which a check judges the note, where the log's own cannot be told.
pub fn keys(data: &Path, store: &Store) -> Vec<VerifierKey> {
    told::keys_that_count(data, store).unwrap_or_else(|_| app::known_key(data))
}
