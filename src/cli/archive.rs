//! `griffie get`, `griffie verify` and `griffie rebuild`: the archive itself.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;

use super::{Context, Outcome, print_json, print_line};
use crate::{
    Error, ErrorKind, Result,
    archive::{
        Archive, Area, Checked, Decision, FindingKind, HeadFault, OwnKey, PastChecks, VerifyFinding, VerifyOptions,
        name, past_checks,
    },
    clock::Clock,
    model::{Language, RecordId},
    pipeline::{
        App, app,
        compare::{self, Compared},
        decide, handed_out, head, log_key, note, rebuild,
        restored::PutAside,
        told,
    },
    provenance::note::VerifierKey,
    register::{ArchivalCopy, Document, Named},
    storage::{Location, Store},
};

const GET_EXAMPLES: &str = "Examples:
  griffie get c-7k2 -o lease.pdf
  griffie get d-9m4 --archival -o lease-pdfa.pdf";

/// The bytes of an original or of its archival copy.
#[derive(Args)]
#[command(after_help = GET_EXAMPLES)]
pub(super) struct GetArguments {
    /// A document, or a record with one document; the start of an id is enough.
    id: String,
    /// The original, byte for byte as it came in (this is the default).
    #[arg(long, conflicts_with = "archival")]
    original: bool,
    /// The archival copy.
    #[arg(long)]
    archival: bool,
    /// Where to write it; a file that is there is not overwritten.
    #[arg(short, long)]
    output: PathBuf,
}

const VERIFY_EXAMPLES: &str = "Examples:
  griffie verify
  griffie verify --budget 2h --within 90d                every night, so that all is looked at each quarter
  griffie verify --store /mnt/copy                       a copy of the store on another disk
  griffie verify --past originals/3f";

/// Check every stored object against its digest, and the log against its signed checkpoints. Works on a copy of the
/// store on another machine, without the database: name it with --store.
#[derive(Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(super) struct VerifyArguments {
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
    /// Begin no further object after so many minutes (`10m`), hours (`2h`) or seconds (`30s`); those that were not
    /// looked at for longest come first, so that repeated runs reach all.
    #[arg(long, env = "GRIFFIE_BUDGET", value_name = "TIME", value_parser = time)]
    budget: Option<Duration>,
    /// Look at every object at least once in so many days (`90d`): what would be too late by the next run is checked
    /// whatever the budget says.
    #[arg(long, env = "GRIFFIE_WITHIN", value_name = "TIME", value_parser = time)]
    within: Option<Duration>,
    /// File that remembers how each object was found [default: fixity.history in the data folder].
    #[arg(long, env = "GRIFFIE_HISTORY", value_name = "FILE")]
    history: Option<PathBuf>,
    /// The key that must sign the log now, as a printed checkpoint gives it [default: that of the data folder].
    #[arg(long, env = "GRIFFIE_LOG_KEY", value_name = "KEY")]
    key: Option<String>,
    /// Certificates (PEM) to which those of the time-stamps must lead. Without them it is not asked whether an authority
    /// is to be trusted.
    #[arg(long, env = "GRIFFIE_TSA_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Decode each word that was read of each document too, as `griffie rebuild` does. Without this that is done of those
    /// that no earlier check found good, and of a store by itself (--store) not at all: it takes most of the time.
    #[arg(long, env = "GRIFFIE_WORDS", value_parser = crate::cli::yes_or_no)]
    words: bool,
    /// Check nothing; print how this object was found in the past (the start of a name is enough, `originals/` for one).
    #[arg(long, value_name = "OBJECT", conflicts_with_all = ["budget", "within"])]
    past: Option<String>,
}

/// How many unfinished objects are named to people: a run of thousands leaves hundreds.
const SHOWN: usize = 10;

fn time(text: &str) -> std::result::Result<Duration, String> {
    let wrong = || format!("`{text}` is no time such as 30s, 10m, 2h or 90d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

pub(super) fn verify(context: &Context, arguments: &VerifyArguments) -> Result<Outcome> {
    let asked = context.config.store.as_deref().map(str::parse::<Location>).transpose()?;
    let own = app::known_location(&context.data)?;
    // A copy elsewhere may be older than what this data folder knows of its own store.
    let elsewhere = asked.is_some() && asked != own;
    let own_history = (!elsewhere).then(|| context.data.join("fixity.history"));
    // An onlooker checks as well as anyone, and leaves no trace.
    let may_write = own_history.as_deref().is_none_or(may_write);
    let own_history = own_history.filter(|_| may_write || arguments.past.is_some());
    let history = arguments.history.clone().or(own_history);
    if let Some(object) = &arguments.past {
        return past(history.as_deref(), object, arguments.json);
    }
    let keys = match &arguments.key {
        Some(key) => vec![VerifierKey::decode(key.trim()).map_err(|error| {
            error
                .hint("it is the line after `Key` on a printed checkpoint, and in log/keys of the store")
                .dutch("dit is geen sleutel van een logboek: hij staat achter `Sleutel` op een afgedrukt ijkpunt")
        })?],
        None if elsewhere => Vec::new(),
        None => app::known_key(&context.data),
    };
    let authorities = arguments.ca.as_deref().map(super::log::authorities).transpose()?;
    let location = match asked {
        Some(asked) => asked,
        None => app::location(&context.data, &context.config)?,
    };
    let s3 = if elsewhere { context.config.s3.clone() } else { app::s3(&context.data, &context.config)? };
    let archive = Archive::existing(Store::existing(&location, &s3)?);
    let told = if elsewhere { None } else { told::by(&context.data, archive.store())? };
    let noted = match elsewhere {
        true => Ok(None),
        false => head::noted(&context.data, &head::keys(&context.data, archive.store())),
    };
    let (head, head_fault) = match noted {
        Ok(noted) => {
            let fault = noted.as_ref().filter(|noted| !noted.is_sealed).map(|_| HeadFault::Unsealed);
            (noted.map(|noted| noted.head), fault)
        }
        Err(error) if error.kind() == ErrorKind::FixityMismatch => (None, Some(HeadFault::False)),
        Err(error) => return Err(error),
    };
    let language = context.config.language;
    let by_itself = told.is_none();
    let coming_key = (!elsewhere).then(|| log_key::coming(&context.data)).flatten();
    // Amid a change of the key either of two may lie there.
    let own_key =
        if told.is_some() && coming_key.is_none() { OwnKey::in_file(&context.data.join(app::LOG_KEY)) } else { None };
    let options = VerifyOptions {
        budget: arguments.budget,
        within: arguments.within,
        history,
        language,
        head,
        head_fault,
        // Without a database nothing is known either of what was stopped.
        stopped: told.is_some().then(|| app::may_be_stopped(&context.data)),
        own_key,
        told,
        keys,
        words: arguments.words,
        means: decide::means,
        vouched: arguments.key.is_some(),
        authorities,
        coming_key,
        ..VerifyOptions::default()
    };
    let now = Clock::System.now();
    let mut report = match archive.verify(&options, now) {
        Err(error) if error.is_busy_database() && (options.budget.is_some() || options.within.is_some()) => {
            return Err(Error::new(ErrorKind::Conflict, "another check is at work, which keeps the history that this one goes by")
                .hint("give it again when that is done")
                .dutch("er loopt al een controle, die de geschiedenis bijhoudt waar deze van uitgaat: geef hem nog eens als die klaar is")
                .source(error));
        }
        Err(error) if (error.is_full_disk() || error.is_busy_database()) && options.history.is_some() => {
            let told = match error.is_full_disk() {
                true => language.say(
                    "de schijf is vol: de controle gaat door, maar wordt niet in haar geschiedenis bijgehouden",
                    "the disk is full: the check goes on, and is not kept in its history",
                ),
                false => language.say(
                    "een andere controle houdt de geschiedenis bij: deze gaat door, en komt er niet in",
                    "another check keeps the history: this one goes on, and is not kept in it",
                ),
            };
            let _ = writeln!(io::stderr(), "griffie: {told}");
            archive.verify(&VerifyOptions { history: None, ..options }, now)?
        }
        report => report?,
    };
    // A run that came to nothing says nothing of what is stored.
    let mut left_out = report.checked.objects == 0 && report.checked.waiting > 0;
    if !elsewhere && own.is_some() {
        match compare::compare(&context.data, &context.config)? {
            Compared::With(found) => report.findings.extend(found),
            Compared::None(why) => report.database_not_compared = Some(why),
            Compared::Not(why) => {
                left_out = true;
                let told = language.say(
                    format!("de database is niet met de opslag vergeleken: {why}"),
                    format!("the database was not compared with the store: {why}"),
                );
                let _ = writeln!(io::stderr(), "griffie: {told}");
                report.database_not_compared = Some(why);
            }
        }
    }
    if !elsewhere && may_write {
        note::fixity_check(&context.data, &context.config, &report, now);
    }
    if arguments.json {
        print_json(&report)?;
    } else {
        for finding in &report.findings {
            print_line(super::one_line(&finding_line(finding, language)))?;
        }
        for left in report.unfinished.iter().take(SHOWN) {
            print_line(finding_line(left, language))?;
        }
        let unfinished = report.unfinished.len();
        if unfinished > 0 && by_itself {
            print_line(language.say(
                format!("{unfinished} objecten zijn nog niet vastgelegd: er wordt aan gewerkt, of dat stopte net; controleer later nog eens"),
                format!("{unfinished} objects are not logged yet: somebody is at work on them, or was stopped just now; check again later"),
            ))?;
        } else if unfinished > 0 {
            print_line(language.say(
                format!(
                    "een gestopt programma liet {unfinished} objecten na die nog moeten worden vastgelegd; dat is geen \
                     schade: geef dezelfde opdracht nog eens, dat rondt ze af (--json noemt ze alle)"
                ),
                format!(
                    "a stopped program left {unfinished} objects that are still to be logged; that is no damage: give \
                     the same command again, which completes them (--json names them all)"
                ),
            ))?;
        }
        let leftovers = report.leftovers.len();
        if leftovers > 0 {
            let names: Vec<_> = report.leftovers.iter().take(SHOWN).map(|name| super::one_line(name)).collect();
            let names = names.join(", ");
            print_line(language.say(
                format!(
                    "half geschreven: {leftovers} bestanden, die nergens voor tellen ({names}): een programma is bezig of \
                     gestopt, en het volgende ruimt ze op"
                ),
                format!(
                    "half written: {leftovers} files, which count for nothing ({names}): a program is at work or was \
                     stopped, and the next one clears them"
                ),
            ))?;
        }
        for change in &report.key_changes {
            print_line(super::log::key_change_line(change, language))?;
        }
        for note in &report.clock_notes {
            print_line(super::log::clock_line(note, language))?;
        }
        for restoration in &report.restorations {
            print_line(super::log::restoration_line(restoration, language))?;
        }
        for stamped in &report.timestamps {
            print_line(super::log::stamp_line(stamped.size, &stamped.stamp, language))?;
        }
        if let Some(since) = report.events_since_timestamp {
            print_line(language.say(
                format!("laatste tijdstempel: {since} gebeurtenissen geleden; van wat daarna kwam weet alleen deze gegevensmap"),
                format!("last time-stamp: {since} events ago; of what came after it only this data folder knows"),
            ))?;
        }
        let Checked { objects, bytes, waiting, late, events, checkpoints, .. } = report.checked;
        let findings = report.findings.len();
        if late > 0 {
            print_line(language.say(
                format!("naar {late} objecten was langer niet gekeken dan de gevraagde termijn"),
                format!("{late} objects had not been looked at for longer than the period asked for"),
            ))?;
        }
        let not_compared = match &report.database_not_compared {
            Some(_) => language.say("; de database is niet vergeleken", "; the database was not compared"),
            None => "",
        };
        print_line(language.say(
            format!(
                "{objects} objecten ({bytes} bytes) nagelezen, {waiting} wachten; {events} gebeurtenissen en \
                 {checkpoints} ijkpunten van het logboek; {findings} bevindingen{not_compared}"
            ),
            format!(
                "{objects} objects ({bytes} bytes) read and compared, {waiting} waiting; {events} events and \
                 {checkpoints} checkpoints of the log; {findings} findings{not_compared}"
            ),
        ))?;
    }
    if report.findings.is_empty() {
        return Ok(Outcome::partial_if(left_out));
    }
    let count = report.findings.len();
    let of_database = |finding: &VerifyFinding| {
        use FindingKind::{AdditionalRow, AlteredRow, DamagedFile, MissingDatabase, MissingRow, NoPlainFile};
        matches!(finding.kind, AlteredRow | MissingRow | AdditionalRow | DamagedFile | MissingDatabase)
            || finding.kind == NoPlainFile && matches!(finding.what.as_str(), "griffie.sqlite" | "index")
    };
    if report.findings.iter().all(of_database) {
        let message = format!("the database or the index is not what the store says: {count} findings");
        return Err(Error::new(ErrorKind::FixityMismatch, message)
            .hint("the store is whole: `griffie rebuild` makes database and index anew from it, and puts these aside")
            .dutch(format!(
                "de database of de index is niet wat de opslag zegt, {count} bevindingen: de opslag is heel, `griffie \
                 rebuild` maakt database en index er opnieuw uit en legt deze opzij"
            )));
    }
    let (nl, en) = what_to_do(&report.findings);
    Err(Error::new(ErrorKind::FixityMismatch, format!("the store is not as it was: {count} findings"))
        .hint(en)
        .dutch(format!("de opslag is niet zoals ze was, {count} bevindingen: {nl}")))
}

/// A finding in one line, with the document or record that it belongs to where the object's name does not say it.
fn finding_line(finding: &VerifyFinding, language: Language) -> String {
    let VerifyFinding { kind, what, message, about } = finding;
    let about: Vec<_> = about.iter().filter(|id| !what.contains(id.as_str())).map(String::as_str).collect();
    let about = match about.as_slice() {
        [] => String::new(),
        ids => language.say(format!(" (van {})", ids.join(", ")), format!(" (of {})", ids.join(", "))),
    };
    format!("{}  {what}{about}: {message}", super::table::name_of(kind))
}

/// What to do about findings: each sort asks for something else.
fn what_to_do(findings: &[VerifyFinding]) -> (String, String) {
    use FindingKind::{
        Ahead, BackDated, BadHead, ChangedOrigin, Contradicted, ForeignCheckpoint, ForeignEvent, ForeignKey,
        ForeignObject, Malformed, NoAccession, Rewritten, Truncated, UnloggedObject, UnprovenKey,
    };
    let (mut damaged, mut added, mut forged) = (false, false, false);
    for finding in findings {
        match finding.kind {
            UnloggedObject | ForeignObject => added = true,
            UnprovenKey => {}
            Rewritten | Truncated | ForeignCheckpoint | ForeignKey | ForeignEvent | BackDated | ChangedOrigin
            | BadHead | NoAccession | Malformed | Contradicted | Ahead => forged = true,
            _ => damaged = true,
        }
    }
    let all = [
        (
            findings.iter().any(|finding| matches!(finding.kind, BackDated | Ahead)),
            "liep alleen een klok verkeerd, dan zegt `griffie log clock-was-wrong GEBEURTENIS --by NAAM` (of EERSTE..LAATSTE) dat in het logboek, \
             voorgoed",
            "if it was only a clock that was wrong, `griffie log clock-was-wrong EVENT --by NAME` (or FIRST..LAST) says so in the log, for ever",
        ),
        (
            findings.iter().any(|finding| finding.kind == UnprovenKey),
            "wisselde de beheerder de sleutel omdat de oude weg was, dan zegt `griffie log accept-key GEBEURTENIS --by NAAM` dat \
             in het logboek, voorgoed; deed niemand dat, dan nam een ander het logboek over, en is wat daarna komt zijn woord",
            "if the keeper changed the key because the old one was lost, `griffie log accept-key EVENT --by NAME` says so in \
             the log, for ever; if nobody did, somebody took the log over, and what comes after it is that one's word",
        ),
        (
            damaged,
            "zet de genoemde objecten terug uit een kopie; `griffie verify --store KOPIE` zegt of die heel is",
            "restore the named objects from a copy; `griffie verify --store COPY` tells whether that one is whole",
        ),
        (
            added,
            "wat er is bijgelegd telt niet mee: zoek uit wie het daar legde, en leg het opzij",
            "what was added counts for nothing: find out who laid it there, and put it aside",
        ),
        (
            forged,
            "het logboek of wat het vertelt klopt niet: laat alles zoals het is, en leg het naast een elders bewaard ijkpunt \
             (`griffie log verify`) of een kopie",
            "the log, or what it tells, is not right: leave all as it is, and hold it against a checkpoint kept elsewhere \
             (`griffie log verify`) or a copy",
        ),
    ];
    let told = || all.iter().filter(|(is_so, ..)| *is_so);
    let nl: Vec<_> = told().map(|(_, nl, _)| *nl).collect();
    let en: Vec<_> = told().map(|(_, _, en)| *en).collect();
    (nl.join("; "), en.join("; "))
}

/// Whether the history of the checks can be kept: it is made where there is none.
fn may_write(history: &Path) -> bool {
    if !history.parent().is_some_and(Path::is_dir) {
        return true;
    }
    let opened = crate::plain::open(std::fs::File::options().append(true).create(true), history);
    !opened.is_err_and(|error| {
        matches!(error.kind(), std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
    })
}

fn past(history: Option<&Path>, object: &str, json: bool) -> Result<Outcome> {
    let history = history.ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "a store elsewhere has no history of its own")
            .hint("name it with --history")
    })?;
    let checks = past_checks(history, object)?;
    if checks.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, format!("no check of `{object}` is known"))
            .dutch(format!("van `{object}` is geen controle bekend")));
    }
    if json {
        print_json(&checks)?;
    } else {
        for PastChecks { object, since, until, times, outcome } in checks {
            print_line(format!("{outcome:<17} {times:>5}× {since} … {until}  {object}"))?;
        }
    }
    Ok(Outcome::Done)
}

pub(super) fn get(context: &Context, arguments: &GetArguments) -> Result<Outcome> {
    if arguments.output.as_os_str() == "-" {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "`-` is no name of a file: the bytes are compared once written",
        )
        .hint("name a file; `-o /dev/stdout` is refused as well, since it is there already")
        .dutch("`-` is geen naam van een bestand: noem een bestand dat er nog niet is"));
    }
    let app = context.reading_app()?;
    let document = match app.register.resolve(&arguments.id)? {
        Named::Document(document) => app.register.document(&document)?,
        Named::Record(record) => match <[_; 1]>::try_from(documents_of(&app, &record)?) {
            Ok([document]) => document,
            Err(several) => {
                let name = |document: &Document| {
                    let arrivals = app.register.arrivals(document)?;
                    let path = arrivals.first().map(|item| super::one_line(&item.path()));
                    Ok(format!("{} ({})", document.id, path.unwrap_or_default()))
                };
                let ids = several.iter().map(name).collect::<Result<Vec<_>>>()?;
                return Err(Error::new(ErrorKind::InvalidInput, format!("`{record}` has several documents"))
                    .hint(format!("name one of {}", ids.join(", ")))
                    .dutch(format!("`{record}` heeft meer documenten: noem een van {}", ids.join(", "))));
            }
        },
    };
    handed_out::must_be_as_logged(&app, &document)?;
    if arguments.archival {
        let ArchivalCopy::Accepted(copy) = document.archival_copy else {
            return Err(Error::new(ErrorKind::NotFound, format!("`{}` has no archival copy", document.id))
                .dutch(format!("`{}` heeft geen archiefkopie", document.id)));
        };
        app.archive.copy_rendition(&copy, &arguments.output)?;
    } else {
        app.archive.copy_original(&document.original, &arguments.output)?;
    }
    Ok(Outcome::Done)
}

/// The documents of a record's dossier. Those of one that was joined to another are in that one's dossier, and are
/// still what the id of theirs stands for.
fn documents_of(app: &App, record: &RecordId) -> Result<Vec<Document>> {
    let dossier = app.register.record(record)?.documents;
    if dossier.is_empty() { app.register.came_in_as(record) } else { Ok(dossier) }
}

/// Make database and index anew from the object store alone.
#[derive(Args)]
pub(super) struct RebuildArguments {
    /// The store was put back from a copy (a backup): take the log up where that ends, put aside what no signed event
    /// names, and tell so in the log for ever.
    #[arg(long, requires = "by")]
    restored: bool,
    /// Who put it back.
    #[arg(long, value_name = "NAME", requires = "restored")]
    by: Option<String>,
}

pub(super) fn rebuild(context: &Context, arguments: &RebuildArguments) -> Result<Outcome> {
    let restored_by = arguments.by.as_deref().filter(|_| arguments.restored);
    let counts = rebuild::rebuild(&context.data, &context.config, restored_by)?;
    let language = context.config.language;
    print_line(language.say(
        format!(
            "herbouwd: {} leveringen, {} stukken, {} documenten, {} besluiten",
            counts.batches, counts.items, counts.documents, counts.decisions
        ),
        format!(
            "rebuilt: {} batches, {} items, {} documents, {} decisions",
            counts.batches, counts.items, counts.documents, counts.decisions
        ),
    ))?;
    if let Some(PutAside { objects, folder, decisions }) = &counts.put_aside {
        let folder = super::one_line(&folder.display().to_string());
        print_line(language.say(
            format!(
                "{objects} objecten waarvan het logboek van de kopie niet vertelt zijn opzij gelegd in `{folder}`: lever de \
                 papieren onder `originals` daarin zo nodig opnieuw in"
            ),
            format!(
                "{objects} objects that the log of the copy does not tell of were put aside in `{folder}`: hand in the \
                 papers under `originals` in it again if need be"
            ),
        ))?;
        for decision in decisions {
            let Decision { record, number, by, at, .. } = decision;
            let (by, file) = (super::one_line(by), name::numbered(Area::Decisions, record.as_str(), *number));
            print_line(language.say(
                format!("een besluit van {by} over {record} ({at}) is erbij (`{file}`): neem het zo nodig opnieuw"),
                format!("a decision by {by} on {record} ({at}) is among them (`{file}`): take it again if need be"),
            ))?;
        }
    }
    for name in &counts.left_out {
        print_line(language.say(
            format!("weggelaten: `{name}`: het logboek kent het niet; `griffie verify` zegt wat het is"),
            format!("left out: `{name}`: the log does not name it; `griffie verify` says what it is"),
        ))?;
    }
    for name in &counts.without_bytes {
        print_line(language.say(
            format!(
                "`{name}` is weg of heeft een andere lengte: zet het terug uit een kopie, en geef `griffie verify`"
            ),
            format!("`{name}` is gone or has another length: restore it from a copy, and give `griffie verify`"),
        ))?;
    }
    let is_partial = !counts.left_out.is_empty() || !counts.without_bytes.is_empty();
    Ok(Outcome::partial_if(is_partial))
}
