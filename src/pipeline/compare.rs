//! Compares a data folder's database with what its store says: with the database that a rebuild would make, made in a
//! temporary folder.

use std::{collections::HashSet, path::Path, time::Duration};

use super::{
    app::{self, Stored, database},
    decide, head,
    lock::{Lock, Turn},
    rebuild::{Counts, build},
    standing, told,
    units::units_of,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{Archive, FindingKind, VerifyFinding, name},
    config::Config,
    error::Fold as _,
    index::{Index, IndexDocument},
    model::Language,
    register::{Difference, Differs, Register},
    text::Text,
};

const DATABASE: &str = "griffie.sqlite";
/// Who decides is done in less.
const TURN_WITHIN: Duration = Duration::from_secs(3);

/// What came of it.
#[derive(Debug)]
pub enum Compared {
    /// What is wrong; nothing, where the database says what the store says.
    With(Vec<VerifyFinding>),
    /// It was not compared, for this reason.
    Not(String),
    /// There is none, and nothing else of a data folder beside the store.
    None(String),
}

/// Compares database and index of a data folder with its store.
pub fn compare(data: &Path, config: &Config) -> Result<Compared> {
    let language = config.language;
    if let Err(error) = standing::must_be_finished(data) {
        return Ok(Compared::Not(error.explain(language)));
    }
    if !database(data).is_file() {
        let message = language.say(
            "er is geen database naast de opslag; `griffie rebuild` maakt die uit de opslag",
            "there is no database beside the store; `griffie rebuild` makes it from the store",
        );
        let had_one = [app::LOG_KEY, head::LOG_HEAD].iter().any(|file| data.join(file).symlink_metadata().is_ok());
        return Ok(match had_one {
            true => Compared::With(vec![named(FindingKind::MissingDatabase, DATABASE.into(), message.into())]),
            false => Compared::None(message.into()),
        });
    }
    let links: Vec<_> = links(data, language).collect();
    if !links.is_empty() {
        return Ok(Compared::With(links));
    }
    let register = match Register::open_for_reading(&database(data)).and_then(|register| {
        let damage = register.damage()?;
        Ok((register, damage))
    }) {
        Ok((register, None)) => register,
        Ok((_, Some(damage))) => return Ok(Compared::With(vec![damaged(DATABASE, &damage, language)])),
        Err(error) if Register::is_damaged_by(&error) => {
            return Ok(Compared::With(vec![damaged(DATABASE, &error.to_string(), language)]));
        }
        Err(error) if error.is_full_disk() => return Ok(Compared::Not(error.explain(language))),
        Err(error) => return Err(error),
    };
    let stored = match Stored::open(data, config) {
        Ok(stored) => stored,
        Err(error) if says_of_the_store(&error) => return Ok(Compared::Not(error.explain(language))),
        Err(error) => return Err(error),
    };
    // What a program at work writes stands in one of the two before the other.
    let _lock = if register.is_read_only() {
        let at_work = std::fs::metadata(data.join("lock")).is_ok_and(|lock| lock.len() > 0);
        if at_work {
            return Ok(Compared::Not(busy(language)));
        }
        None
    } else {
        match Lock::soon(data)? {
            Some(lock) => Some(lock),
            None => return Ok(Compared::Not(busy(language))),
        }
    };
    if let Err(error) = standing::must_know(&register, &stored.archive, &stored.location, data) {
        let told = named(FindingKind::MissingRow, DATABASE.into(), error.explain(language));
        return Ok(Compared::With(vec![told]));
    }
    match settled_differences(data, &register, &stored.archive) {
        Ok(found) => {
            let mut told: Vec<_> = found.iter().map(|difference| finding(difference, language)).collect();
            let index = of_index(data, language);
            // Which documents it must have is known only by a database that says what the store says.
            let is_whole = told.is_empty() && index.is_empty();
            told.extend(index);
            if is_whole {
                told.extend(of_parts(data, &register, &stored.archive, language)?);
            }
            Ok(Compared::With(told))
        }
        Err(error) if error.is_full_disk() || says_of_the_store(&error) => Ok(Compared::Not(error.explain(language))),
        Err(error) => Err(error),
    }
}

/// Whether the database cannot be compared because of the store, which is named for itself: what is missing there, was
/// changed or cannot be read.
fn says_of_the_store(error: &Error) -> bool {
    use ErrorKind::{Conflict, FixityMismatch, NotFound, Storage};
    matches!(error.kind(), Conflict | FixityMismatch | NotFound | Storage)
}

/// The rows that say otherwise than the store, and still do when it is looked again while nobody decides: what was taken in
/// or decided meanwhile stands in one of the two before the other.
fn settled_differences(data: &Path, register: &Register, archive: &Archive) -> Result<Vec<Difference>> {
    let found = differences(data, register, archive)?;
    if found.is_empty() || register.is_read_only() {
        return Ok(found);
    }
    let _turn = Turn::or_refuse(data, TURN_WITHIN)?;
    let again = differences(data, register, archive)?;
    Ok(again.into_iter().filter(|difference| found.contains(difference)).collect())
}

/// The rows that say otherwise than the store: what waits for the log counts as said by it.
fn differences(data: &Path, register: &Register, archive: &Archive) -> Result<Vec<Difference>> {
    let keys = told::keys_that_count(data, archive.store())?;
    let mut waiting = Vec::new();
    for event in told::waiting(register, &keys, u32::MAX)?.own {
        if decide::is_noted(register, &event)? {
            waiting.push(event);
        }
    }
    let folder = tempfile::tempdir().fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
    let truth = Register::scratch(&database(folder.path()))?;
    build(&archive.as_logged(&waiting)?, &truth, &mut Counts::default())?;
    register.differences(&truth)
}

/// Database and index lie in their data folder, not behind links that somebody laid.
fn links(data: &Path, language: Language) -> impl Iterator<Item = VerifyFinding> {
    let is_link = |name: &&str| std::fs::symlink_metadata(data.join(name)).is_ok_and(|found| found.is_symlink());
    [DATABASE, "index"].into_iter().filter(is_link).map(move |name| {
        let message = language.say(
            "het is een koppeling: wat erachter ligt is niet van deze gegevensmap; `griffie rebuild` maakt het opnieuw",
            "it is a link: what lies behind it is not this data folder's; `griffie rebuild` makes it anew",
        );
        named(FindingKind::NoPlainFile, name.into(), message.into())
    })
}

fn busy(language: Language) -> String {
    language.say("er is een andere griffie in aan het werk".into(), "another griffie is at work in it".into())
}

fn damaged(what: &str, why: &str, language: Language) -> VerifyFinding {
    let message = language.say(
        format!("het bestand is beschadigd ({why}); `griffie rebuild` maakt het opnieuw uit de opslag"),
        format!("the file is damaged ({why}); `griffie rebuild` makes it anew from the store"),
    );
    named(FindingKind::DamagedFile, what.into(), message)
}

/// The files of the index that are not as they were written.
fn of_index(data: &Path, language: Language) -> Vec<VerifyFinding> {
    let folder = data.join("index");
    let files = match folder.is_dir().then(|| Index::open_for_reading(&folder)) {
        Some(Ok(index)) => index.damaged_files(),
        Some(Err(error)) => return vec![damaged("index", &error.to_string(), language)],
        None => return Vec::new(),
    };
    let why = language.say("de som van zijn bytes klopt niet", "the sum of its bytes is another");
    files.iter().map(|file| damaged(&format!("index/{file}"), why, language)).collect()
}

/// What the index has otherwise of the documents that it says it has than their words are stored: sums of files prove
/// nothing, since anybody can make them. A document that it lacks altogether is added by whoever searches next.
fn of_parts(data: &Path, register: &Register, archive: &Archive, language: Language) -> Result<Vec<VerifyFinding>> {
    let folder = data.join("index");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let index = Index::open_for_reading(&folder)?;
    let documents = register.documents_as_read()?;
    let lag = index.lag(documents.iter().map(|(document, made_of)| (&document.id, made_of.as_str())))?;
    let missing: HashSet<_> = lag.missing.into_iter().collect();
    let (mut found, mut units) = (Vec::new(), 0);
    for (document, made_of) in documents {
        let Ok(key) = document.reading_key.parse() else { continue };
        let reading = match archive.reading(&key) {
            Ok(Some(reading)) => reading,
            // That they are gone is said of them.
            Ok(None) => continue,
            Err(error) => {
                let message = language.say(
                    format!("geen opdracht kan de woorden lezen ({error})"),
                    format!("no command can read the words ({error})"),
                );
                found.push(named(FindingKind::Malformed, name::reading(&key).to_string(), message));
                continue;
            }
        };
        let (record, id) = (document.record, document.id);
        let found_in = register.findings(&id)?;
        let units_made = units_of(&Text::build(&reading), found_in.as_ref().map(|found| &found.fields));
        let made = IndexDocument { record, document: id, made_of, units: units_made };
        let [lacks, surplus] = index.differs(&made)?;
        units += made.units.len() + surplus - lacks;
        if lacks + surplus > 0 && !missing.contains(&made.document) {
            let (all, id) = (made.units.len(), made.document);
            let message = language.say(
                format!(
                    "zoeken vindt het niet zoals het is gelezen: van zijn {all} delen ontbreken er {lacks}, en {surplus} zijn \
                     er niet van; `griffie rebuild` maakt de index opnieuw uit de opslag"
                ),
                format!(
                    "a search does not find it as it was read: of its {all} parts {lacks} are missing, and {surplus} are none \
                     of its; `griffie rebuild` makes the index anew from the store"
                ),
            );
            found.push(named(FindingKind::DamagedFile, format!("index: {id}"), message));
        }
    }
    let others = index.units()?.saturating_sub(units);
    if others > 0 {
        let message = language.say(
            format!("{others} delen zijn van geen document; `griffie rebuild` maakt de index opnieuw uit de opslag"),
            format!("{others} parts are of no document; `griffie rebuild` makes the index anew from the store"),
        );
        found.push(named(FindingKind::DamagedFile, "index".into(), message));
    }
    Ok(found)
}

/// What is found names what it is about itself.
fn named(kind: FindingKind, what: String, message: String) -> VerifyFinding {
    VerifyFinding { kind, what, message, about: Vec::new() }
}

fn finding(difference: &Difference, language: Language) -> VerifyFinding {
    let Difference { table, about, part, differs } = difference;
    let what = if part.is_empty() { about.clone() } else { format!("{about} {part}") };
    let (kind, message) = match differs {
        Differs::Altered { column, says, should } => (
            FindingKind::AlteredRow,
            language.say(
                format!("de database zegt in `{table}` van `{column}`: {says}; volgens de opslag is het: {should}"),
                format!("the database says in `{table}` of `{column}`: {says}; by the store it is: {should}"),
            ),
        ),
        Differs::Missing => (
            FindingKind::MissingRow,
            language.say(
                format!("de database mist het in `{table}`; de opslag vertelt ervan"),
                format!("the database lacks it in `{table}`; the store tells of it"),
            ),
        ),
        Differs::Additional => (
            FindingKind::AdditionalRow,
            language.say(
                format!("de database heeft het in `{table}`; niets in de opslag vertelt ervan"),
                format!("the database has it in `{table}`; nothing in the store tells of it"),
            ),
        ),
    };
    named(kind, what, message)
}

/// Refuses to hand out records of a database that does not say what the store says.
pub(super) fn must_agree(data: &Path, register: &Register, archive: &Archive) -> Result<()> {
    let found = settled_differences(data, register, archive)?;
    let Some(first) = found.first() else { return Ok(()) };
    let VerifyFinding { what, message, .. } = finding(first, Language::English);
    let told = finding(first, Language::Dutch);
    Err(Error::new(
        ErrorKind::FixityMismatch,
        format!("the database is not what the store says, so nothing is handed out: {what}: {message}"),
    )
    .hint("`griffie verify` names every row; `griffie rebuild` makes the database anew from the store")
    .dutch(format!(
        "de database is niet wat de opslag zegt, dus er wordt niets uitgevoerd: {}: {}; `griffie verify` noemt elke regel, \
         `griffie rebuild` maakt de database opnieuw uit de opslag",
        told.what, told.message
    )))
}
