//! `griffie log`: what anyone needs to prove what was in the archive, and when.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Args, Subcommand};
use serde_json::json;
use x509_cert::Certificate;

use super::{Context, Outcome, output_failed, print_json, print_line};
use crate::{
    Error, ErrorKind, Result,
    config::Config,
    error::{Context as _, Fold as _},
    model::Language,
    pipeline::{App, app, history, keeping, log_key},
    provenance::{
        Accepted, ClockNote, KeyChange, Restoration,
        keys::chain_of,
        proof::{self, Foreign, Head, Inclusion},
        timestamp::{self, Response, TimeStamp},
    },
    storage::Store,
};

const EXAMPLES: &str = "Examples:
  griffie log checkpoint > checkpoint.txt
  griffie log verify --checkpoint checkpoint.txt
  griffie log history d-0123
  griffie log proof c-0123456789ab --json
  griffie log timestamp --tsa https://tsa.example.nl --ca tsa.pem";

/// The log's checkpoints: printed, proved, compared with older ones, stamped with an authority's time.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LogArguments {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Subcommand)]
enum LogCommand {
    /// The newest signed checkpoint: whoever keeps it can later prove that nothing before it was changed.
    Checkpoint {
        /// As a page for paper: with the key and how to use it.
        #[arg(long)]
        print: bool,
    },
    /// Prove that an event is in the log (C2SP tlog-proof: index, hashes, signed checkpoint).
    Proof {
        /// An event (its id or number), an object or its BLAKE3 digest, or the whole id of a batch, item, document or
        /// record: the last event about it.
        what: String,
        /// Print JSON, with the event itself.
        #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
        json: bool,
    },
    /// Everything that happened to a document, or to those of a record: how it came in, what was read and found and by
    /// which rules, decisions, copies with their figures, checks of the store, hand-outs. From log and objects alone.
    History {
        /// A document or a record; the start of its id is enough.
        id: String,
        /// Print JSON.
        #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
        json: bool,
    },
    /// Check that the log is that of an older checkpoint, gone on. Of the objects `griffie verify` tells.
    Verify {
        /// A checkpoint that was kept elsewhere: the signed note, its first three lines, or the whole page as it was
        /// printed.
        #[arg(long, value_name = "FILE")]
        checkpoint: PathBuf,
    },
    /// Sign with a new key from now on. With the old log.key in the data folder the old key signs that; without it (it is
    /// lost for good) nobody but the keeper of the new key says so, which is a finding of every check until a person takes
    /// it for their own with accept-key.
    NewKey {
        /// Who does this.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Say that a change of the log's key which the old key did not sign was the keeper's own. What `griffie verify` finds
    /// about it (unproven_key) it then tells for ever with who said so, and no longer as a finding.
    AcceptKey {
        /// The event that changed the key: its number, which `griffie verify` names.
        event: u64,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Say that a clock was wrong when an event was logged, or one before it. What `griffie verify` finds about its time
    /// (back_dated, ahead) it then tells for ever with who said so, and no longer as a finding.
    ClockWasWrong {
        /// The event: its number or id, or the object that `griffie verify` names. Several in one go: the first and the last
        /// (`120..145`), or the first and all that came after it up to now (`120..`).
        #[arg(value_name = "EVENT|FIRST..LAST")]
        event: String,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Have an authority stamp the newest checkpoint with its time (RFC 3161), and keep the stamp in the store. Waits for
    /// others who are at work, at most 6 hours unless --wait says otherwise.
    Timestamp(TimestampArguments),
}

/// A checkpoint is stamped in its turn, however long others are at work: one that is asked for weekly, in the night, would
/// else be missing for a week.
const STAMPED_WITHIN: Duration = Duration::from_secs(6 * 3600);

/// How the authority is asked: over the network, or by hand with two files.
#[derive(Args)]
struct TimestampArguments {
    /// Address of the authority.
    #[arg(long, env = "GRIFFIE_TSA", value_name = "URL", conflicts_with_all = ["request", "response"])]
    tsa: Option<String>,
    /// Write the request here, to be sent by hand. With --response, the request that was sent.
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// The authority's response.
    #[arg(long, value_name = "FILE")]
    response: Option<PathBuf>,
    /// Certificates (PEM) to which the authority's own must lead. Without them it is not asked whether it is to be
    /// trusted.
    #[arg(long, env = "GRIFFIE_TSA_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
}

pub(super) fn run(context: &Context, arguments: &LogArguments) -> Result<Outcome> {
    let language = context.config.language;
    match &arguments.command {
        LogCommand::Checkpoint { print } => {
            let store = store(context)?;
            let head = proof::head(&store)?;
            if *print { print_page(&store, &head, language)? } else { print_exactly(&head.note)? }
        }
        LogCommand::Proof { what, json } => {
            let store = store(context)?;
            let head = proof::head(&store)?;
            let index = proof::find(&store, head.checkpoint.size, what)?;
            let inclusion = proof::inclusion(&store, head, index)?;
            if *json { print_json(&inclusion_json(&inclusion))? } else { print_exactly(&inclusion.text())? }
        }
        LogCommand::History { id, json } => {
            let history = history::of(&store(context)?, id)?;
            if *json { print_json(&history)? } else { super::history::print(&history, language)? }
        }
        LogCommand::Verify { checkpoint } => {
            let store = store(context)?;
            let text = read(checkpoint)?;
            let Foreign { checkpoint: old, is_signed } =
                proof::read_foreign(&store, &String::from_utf8_lossy(&text))
                    .doing(|| format!("failed to read the checkpoint `{}`", checkpoint.display()))?;
            let head = proof::head(&store)?;
            if let Err(error) = proof::goes_on_from(&store, &old, &head.checkpoint) {
                if is_signed || error.kind() == ErrorKind::Conflict {
                    return Err(error);
                }
                return Err(proof::slip(&store, &old)?.unwrap_or_else(|| perhaps_mistyped(error)));
            }
            let (then, now) = (old.size, head.checkpoint.size);
            print_line(language.say(
                format!("de {then} gebeurtenissen van toen staan onveranderd aan het begin van de {now} van nu"),
                format!("the {then} events of then stand unchanged at the beginning of the {now} of now"),
            ))?;
            for change in chain_of(&store)?.changes() {
                print_line(key_change_line(change, language))?;
            }
            print_line(language.say(
                "dat geldt het logboek; of de objecten nog zijn wat het logboek zegt, gaat `griffie verify` na",
                "that is the log; whether the objects still are what the log says, `griffie verify` tells",
            ))?;
        }
        LogCommand::NewKey { by } => {
            let change = log_key::change(&context.data, &context.config, by)?;
            print_line(key_change_line(&change, language))?;
            if change.is_unproven() {
                let event = change.event;
                print_line(language.say(
                    format!(
                        "elke `griffie verify` meldt dat, tot iemand zegt dat het zo hoort: `griffie log accept-key {event} --by NAAM`"
                    ),
                    format!(
                        "every `griffie verify` finds that, until a person says that it is right: `griffie log accept-key {event} \
                         --by NAME`"
                    ),
                ))?;
            }
            print_line(language.say(
                "bewaar het nieuwe log.key en log.head in de reservekopie",
                "keep the new log.key and log.head in the backup",
            ))?;
        }
        LogCommand::AcceptKey { event, by } => {
            let app = App::open_existing_for_writing(&context.data, context.config.clone())?;
            print_line(key_change_line(&keeping::accept_key(&app, *event, by)?, language))?;
        }
        LogCommand::ClockWasWrong { event, by } => {
            // Said of a clock that ran ahead, it is said at a time before that of the log.
            let config = Config { clock_is_right: true, ..context.config.clone() };
            let (first, last) =
                keeping::clock_was_wrong(&App::open_existing_for_writing(&context.data, config)?, event, by)?;
            print_line(language.say(
                format!("van {} staat in het logboek dat de klok verkeerd liep", places(first, last, language)),
                format!("the log now says of {} that the clock was wrong", places(first, last, language)),
            ))?;
        }
        LogCommand::Timestamp(arguments) => stamp(context, arguments)?,
    }
    Ok(Outcome::Done)
}

/// Lines that were typed bear no signature: a slip of the pen looks like a log that was rewritten.
fn perhaps_mistyped(error: Error) -> Error {
    let (why, kind) = (error.to_string(), error.kind());
    Error::new(kind, format!("the typed lines do not fit this log ({why})"))
        .hint(
            "compare what was typed with the paper first, sign by sign: the lines bear no signature, and one wrong sign \
             is enough. If they are those of the paper, keep it and the store as they are: together they prove that the \
             log was changed",
        )
        .dutch(format!(
            "de getypte regels passen niet bij dit logboek ({why}): vergelijk ze eerst teken voor teken met het papier, \
             want ze dragen geen handtekening en één verkeerd teken is genoeg; staat het er zo, bewaar dan het papier en \
             de opslag zoals ze zijn: samen bewijzen ze dat het logboek is veranderd"
        ))
}

fn store(context: &Context) -> Result<Store> {
    Store::existing(&app::location(&context.data, &context.config)?, &app::s3(&context.data, &context.config)?)
}

fn stamp(context: &Context, arguments: &TimestampArguments) -> Result<()> {
    let language = context.config.language;
    let wait = context.config.wait.or(Some(STAMPED_WITHIN));
    let app = || App::open_existing_for_writing(&context.data, Config { wait, ..context.config.clone() });
    let mut opened = None;
    let (request, bytes) = match (&arguments.tsa, &arguments.request, &arguments.response) {
        (Some(url), ..) => {
            // First its turn: what is stamped is what the log ends with then.
            opened = Some(app()?);
            let request = timestamp::request(proof::head(&store(context)?)?.note.as_bytes());
            let bytes = timestamp::ask(url, request.clone())?;
            (Some(request), bytes)
        }
        (None, request, Some(response)) => (request.as_deref().map(read).transpose()?, read(response)?),
        (None, Some(file), None) => {
            let head = proof::head(&store(context)?)?;
            write_new(file, &timestamp::request(head.note.as_bytes()))?;
            let (size, file) = (head.checkpoint.size, file.display());
            return print_line(language.say(
                format!("`{file}` vraagt een tijdstempel op het ijkpunt met {size} gebeurtenissen"),
                format!("`{file}` asks for a time-stamp on the checkpoint with {size} events"),
            ));
        }
        (None, None, None) => {
            return Err(Error::new(ErrorKind::InvalidInput, "it does not say which authority is asked, or how")
                .hint("give --tsa URL to ask one over the network, or --request FILE for a request to send by hand")
                .dutch(
                    "er staat niet welke instantie wordt gevraagd, of hoe: geef --tsa ADRES, of --request BESTAND voor een \
                     verzoek dat u zelf verstuurt",
                ));
        }
    };
    let authorities = arguments.ca.as_deref().map(authorities).transpose()?;
    let response = Response::read(&bytes, authorities.as_deref())?;
    if let Some(request) = request {
        response.answers(&request)?;
    }
    let app = opened.map_or_else(app, Ok)?;
    let (head, stamp) = keeping::keep_timestamp(&app, &response, bytes)?;
    print_line(stamp_line(head.checkpoint.size, &stamp, language))
}

/// The certificates in a file.
pub(super) fn authorities(file: &Path) -> Result<Vec<Certificate>> {
    timestamp::read_authorities(&read(file)?).doing(|| format!("`{}`", file.display()))
}

/// A change of the log's key in one line.
pub(super) fn key_change_line(change: &KeyChange, language: Language) -> String {
    let KeyChange { event, at, by, old, new, signed_by_old, accepted } = change;
    let by = super::one_line(by);
    let (nl, en) = match (signed_by_old, accepted) {
        (true, _) => ("de oude sleutel heeft dat ondertekend".to_owned(), "the old key signed that".to_owned()),
        (false, None) => (
            "zonder de oude sleutel: alleen wie de nieuwe heeft zegt het".to_owned(),
            "without the old key: only the keeper of the new one says so".to_owned(),
        ),
        (false, Some(Accepted { event, at, by })) => {
            let by = super::one_line(by);
            (
                format!("zonder de oude sleutel: {by} zei bij gebeurtenis {event} ({at}) dat het zo hoort"),
                format!("without the old key: {by} said at event {event} ({at}) that it is right"),
            )
        }
    };
    language.say(
        format!("sleutel gewisseld: gebeurtenis {event} ({at}, door {by}) verving {old} door {new}; {nl}"),
        format!("key changed: event {event} ({at}, by {by}) put {new} in the place of {old}; {en}"),
    )
}

/// In one line, that the log was taken up where a copy ended.
pub(super) fn restoration_line(restoration: &Restoration, language: Language) -> String {
    let Restoration { event, at, by, known, put_aside } = restoration;
    let by = super::one_line(by);
    let (nl, en) = match known {
        Some(known) => (
            format!("; genoteerd was een einde bij {known}: wat daartussen lag is weg"),
            format!("; noted was an end at {known}: what lay between is gone"),
        ),
        None => Default::default(),
    };
    language.say(
        format!(
            "teruggezet uit een kopie: het logboek is opgevat bij {event} gebeurtenissen ({at}, door {by}), {put_aside} \
             objecten opzij gelegd{nl}"
        ),
        format!(
            "put back from a copy: the log was taken up at {event} events ({at}, by {by}), {put_aside} objects put aside{en}"
        ),
    )
}

/// In one line, that a person said that a clock was wrong.
pub(super) fn clock_line(note: &ClockNote, language: Language) -> String {
    let ClockNote { event, last, times, message, said, by, at } = note;
    let (by, places) = (super::one_line(by), places(*event, *last, language));
    let (nl, en) = match times {
        1 => (String::new(), String::new()),
        _ => (format!("{times} tijden vallen op, de eerste: "), format!("{times} times stand out, the first: ")),
    };
    language.say(
        format!("klok: {places}: {nl}{message}; {by} zei bij gebeurtenis {said} ({at}) dat de klok verkeerd liep"),
        format!("clock: {places}: {en}{message}; {by} said at event {said} ({at}) that the clock was wrong"),
    )
}

/// One event, or several in a row.
fn places(first: u64, last: u64, language: Language) -> String {
    match first == last {
        true => language.say(format!("gebeurtenis {first}"), format!("event {first}")),
        false => language.say(format!("gebeurtenissen {first} tot en met {last}"), format!("events {first} to {last}")),
    }
}

/// A time-stamp in one line.
pub(super) fn stamp_line(size: u64, stamp: &TimeStamp, language: Language) -> String {
    let TimeStamp { at, authority, trusted, .. } = stamp;
    let trust = match trusted {
        Some(true) => language.say(
            " (diens certificaat leidt naar een van de opgegeven instanties)",
            " (its certificate leads to one of the authorities given)",
        ),
        _ => language.say(" (niet nagegaan of die te vertrouwen is)", " (not asked whether it is to be trusted)"),
    };
    language.say(
        format!("tijdstempel: ijkpunt met {size} gebeurtenissen bestond op {at}, zegt {authority}{trust}"),
        format!("time-stamp: the checkpoint with {size} events was there at {at}, says {authority}{trust}"),
    )
}

fn inclusion_json(inclusion: &Inclusion) -> serde_json::Value {
    let path: Vec<_> = inclusion.path.iter().map(|hash| STANDARD.encode(hash)).collect();
    json!({
        "index": inclusion.index,
        "event": inclusion.event,
        "entry": STANDARD.encode(&inclusion.entry),
        "proof": path,
        "checkpoint": inclusion.head.note,
    })
}

fn print_page(store: &Store, head: &Head, language: Language) -> Result<()> {
    let key = chain_of(store)?.active().encode();
    let Head { checkpoint, note } = head;
    let size = checkpoint.size;
    print_exactly(&language.say(
        format!(
            "IJKPUNT VAN HET LOGBOEK\n\nLogboek        {}\nGebeurtenissen {size}\nSleutel        {key}\n\n{note}\nBewaar dit blad \
             buiten de organisatie die het archief houdt. Typ of scan later de eerste drie\nregels van het ijkpunt, of dit hele blad, in een \
             bestand, en laat nagaan dat er sindsdien niets is veranderd:\n\n    griffie log verify --checkpoint BESTAND\n",
            checkpoint.origin
        ),
        format!(
            "CHECKPOINT OF THE LOG\n\nLog    {}\nEvents {size}\nKey    {key}\n\n{note}\nKeep this page outside the \
             organization that keeps the archive. Later, type or scan the first\nthree lines of the checkpoint, or this whole page, into a \
             file, and have it checked that nothing was changed since:\n\n    griffie log verify --checkpoint FILE\n",
            checkpoint.origin
        ),
    ))
}

fn print_exactly(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(output_failed)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).fold(ErrorKind::InvalidInput, || format!("cannot read `{}`", file.display()))
}

fn write_new(file: &Path, bytes: &[u8]) -> Result<()> {
    File::create_new(file)
        .and_then(|mut file| file.write_all(bytes))
        .fold(ErrorKind::InvalidInput, || format!("cannot write `{}`", file.display()))
}
