//! `griffie show`: one record with the words that its values were read from, its documents, and what was decided.

mod batches;

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    Context, Outcome, day,
    ingest::receipt_text,
    one_line, print_json_line, print_line,
    register::{entry, to_json},
    table,
};
use crate::{
    Error, ErrorKind, Result,
    clock::day_of,
    error::Fold as _,
    model::{BatchId, DocumentId, Elsewhere, Language, Problem, RecordId},
    pipeline::{
        App, decide, elsewhere, examine,
        paper::{self, Which},
        remarks,
    },
    register::{ArchivalCopy, COMPARED, Decision, Document, Named, Role},
    signatures::SignatureFact,
};

const EXAMPLES: &str = "Examples:
  griffie show                                  all that came in, and what is in quarantine
  griffie show c-7k2
  griffie show c-7k2 --as-of 2027-01-01 --json
  griffie show b-7k2 --paper";

/// One record; below each value the words it was read from and where they stand, or who decided it, and other readings.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowArguments {
    /// A record, a document, or a batch for its receipt; the start of an id is enough (of a batch with `b-`). Without it,
    /// a list of all batches, and of everything that is in quarantine, with the reason and what to do.
    #[arg(required_if_eq("paper", "true"))]
    id: Option<String>,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
    /// The day for which the register answers [default: today].
    #[arg(long, env = "GRIFFIE_AS_OF", value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
    /// Instead, which of its documents were compared with the paper, and what stands in the way of doing without it: of a
    /// batch, a record or a document.
    #[arg(long, conflicts_with = "as_of")]
    paper: bool,
}

pub(super) fn show(context: &Context, arguments: &ShowArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let Some(id) = &arguments.id else { return batches::print(&app, arguments.json) };
    if arguments.paper {
        let paper = paper::of(&app, &which(&app, id)?)?;
        if arguments.json {
            print_json_line(&paper)?
        } else {
            super::paper::print(&paper, app.config.language)?
        }
        return Ok(Outcome::Done);
    }
    if id.to_ascii_lowercase().starts_with("b-") {
        return receipt(&app, id, arguments.json);
    }
    let as_of = arguments.as_of.unwrap_or_else(|| app.clock.today());
    let record = match app.register.resolve(id)? {
        Named::Record(record) => app.register.dossier_of(&record)?,
        Named::Document(document) => app.register.document(&document)?.record,
    };
    let entry = entry(&app, &record, as_of)?;
    let dossier = app.register.record(&record)?.documents;
    let arrivals = dossier.iter().map(|document| arrivals(&app, document)).collect::<Result<Vec<_>>>()?;
    let mut decisions = Vec::new();
    for id in std::iter::once(&record).chain(&app.register.joined(&record)?) {
        decisions.extend(app.register.decisions(id)?);
    }
    if !arguments.json {
        let language = app.config.language;
        print_line(table::entry_in_full(&entry, language).trim_end())?;
        for Signatures { facts, .. } in signatures(&app, &dossier)? {
            facts.iter().try_for_each(|fact| print_line(one_line(&table::signature(fact, language))))?;
        }
        for (document, arrivals) in dossier.iter().zip(&arrivals) {
            print_line(document_line(document, arrivals, language))?;
            let told = remarks::of_document(&app, &document.id)?;
            table::remarks(&told.problems, told.copy_refused.as_deref(), usize::MAX, language)
                .iter()
                .try_for_each(|line| print_line(format!("      {line}")))?;
        }
        // In the order in which they were taken, whichever of the dossier's records they are about.
        decisions.sort_by(|a, b| (a.taken(), &a.record, a.number).cmp(&(b.taken(), &b.record, b.number)));
        return decisions
            .iter()
            .try_for_each(|decision| print_line(one_line(&decision_line(decision, Some(&record), language))))
            .map(|()| Outcome::Done);
    }
    let main = dossier.first().ok_or_else(|| Error::new(ErrorKind::NotFound, format!("`{record}` has no document")))?;
    let mut line = examine::stored_line(&app, main, entry.fields.clone())?;
    line.document.problems.extend(table::why_unknown(&entry, app.config.language).map(|why| Problem {
        kind: "lifecycle_unknown".into(),
        message: why.to_owned(),
        page: None,
    }));
    let mut shown = to_json(&entry)?;
    shown["record"] = to_json(&line)?;
    shown["signatures"] = to_json(&signatures(&app, &dossier)?)?;
    shown["decisions"] = decide::as_json(&app.register.decisions(&record)?);
    shown["joined_decisions"] = to_json(&joined(&app, &record)?)?;
    shown["arrivals"] = to_json(&arrivals)?;
    print_json_line(&shown)?;
    Ok(Outcome::Done)
}

/// What a person means by an id or the start of one: a batch, a record or a document.
pub(super) fn which(app: &App, id: &str) -> Result<Which> {
    match id.to_ascii_lowercase().starts_with("b-") {
        true => batch(app, id).map(Which::Batch),
        false => app.register.resolve(id).map(Which::Named),
    }
}

/// The batch whose id starts so.
fn batch(app: &App, id: &str) -> Result<BatchId> {
    let start = id.to_ascii_lowercase();
    let batches = app.register.all_batches()?;
    let mut fit = batches.iter().filter(|batch| batch.id.as_str().starts_with(&start));
    let (Some(batch), None) = (fit.next(), fit.next()) else {
        // The newest are what a person looks for.
        let newest = batches.iter().rev().take(10);
        let known: Vec<_> = newest.map(|batch| format!("{} ({})", batch.id, day_of(batch.started))).collect();
        return Err(Error::new(ErrorKind::NotFound, format!("`{id}` is not the start of the id of one batch"))
            .hint(format!("the newest batches are {}", known.join(", ")))
            .dutch(format!("met `{id}` begint niet precies één levering; de nieuwste zijn {}", known.join(", "))));
    };
    Ok(batch.id.clone())
}

/// The receipt of a batch, once more.
fn receipt(app: &App, id: &str, json: bool) -> Result<Outcome> {
    let mut receipt = app.register.receipt(&batch(app, id)?)?;
    remarks::add_to(app, &mut receipt);
    elsewhere::add_to(app, &mut receipt);
    match json {
        true => print_json_line(&receipt)?,
        false => print_line(receipt_text(&receipt, app.config.language))?,
    }
    Ok(Outcome::Done)
}

/// The electronic signatures of a document, as captured when it came in.
#[derive(serde::Serialize)]
struct Signatures {
    document: DocumentId,
    facts: Vec<SignatureFact>,
}

fn signatures(app: &App, dossier: &[Document]) -> Result<Vec<Signatures>> {
    let mut found = Vec::new();
    for document in dossier {
        let manifests = app.archive.manifests(&document.id)?;
        let kept = manifests.last().map(|manifest| manifest.signatures.clone()).unwrap_or_default();
        if !kept.is_empty() {
            let facts = serde_json::from_value(Value::Array(kept))
                .fold(ErrorKind::FixityMismatch, || format!("the signatures of `{}`", document.id))?;
            found.push(Signatures { document: document.id.clone(), facts });
        }
    }
    Ok(found)
}

/// How the bytes of a document came in: once, and again each time that they were a duplicate.
#[derive(serde::Serialize)]
struct Arrival {
    document: DocumentId,
    batch: String,
    path: String,
    received: jiff::Timestamp,
    duplicate: bool,
}

fn arrivals(app: &App, document: &Document) -> Result<Vec<Arrival>> {
    let items = app.register.arrivals(document)?;
    let arrival = |item: crate::register::Item| Arrival {
        duplicate: item.document != document.id,
        document: document.id.clone(),
        batch: item.batch.to_string(),
        path: item.path(),
        received: item.accessioned,
    };
    Ok(items.into_iter().map(arrival).collect())
}

fn document_line(document: &Document, arrivals: &[Arrival], language: Language) -> String {
    let role = match document.role {
        Role::Main => language.say("document", "document"),
        Role::Letter => language.say("begeleidende brief", "letter"),
        _ => language.say("wijziging", "amendment"),
    };
    let copy = match document.archival_copy {
        ArchivalCopy::Accepted(_) => language.say("archiefkopie gemaakt", "archival copy made"),
        ArchivalCopy::Refused => language.say("archiefkopie niet aanvaard", "archival copy refused"),
        ArchivalCopy::None => language.say("geen archiefkopie", "no archival copy"),
    };
    let pages = language.count(document.pages.total() as usize, ["pagina", "pagina's"], ["page", "pages"]);
    let mut line = format!("  {role} {}: {pages}, {copy}", document.id);
    for Arrival { batch, path, received, duplicate, .. } in arrivals {
        let day = day_of(*received);
        let again = if *duplicate { language.say("nog eens ", "again ") } else { "" };
        let path = one_line(path);
        line += &language.say(
            format!("\n      {again}ontvangen {day} als {path} ({batch})"),
            format!("\n      {again}received {day} as {path} ({batch})"),
        );
    }
    line
}

/// A decision in one line; the record stands with it where that is not the one given.
pub(super) fn decision_line(decision: &Decision, record: Option<&RecordId>, language: Language) -> String {
    let act = match decision.act.name() {
        "accept" => language.say("aanvaard", "accepted"),
        "correct" => language.say("verbeterd", "corrected"),
        "not_in_contract" => language.say("staat niet in het contract", "not in the contract"),
        "withdraw" => language.say("besluit ingetrokken", "decision withdrawn"),
        "terminated_on" => language.say("opgezegd per", "terminated on"),
        "ended_on" => language.say("geëindigd op", "ended on"),
        "belongs_to" => language.say("hoort bij", "belongs to"),
        COMPARED => language
            .say("vergeleken met het papier, volledig en leesbaar:", "compared with the paper, complete and legible:"),
        "stands_alone" => language.say("staat op zichzelf", "stands alone"),
        "still_holds" => language.say("geldt nog", "still holds"),
        _ => language.say("vervangen door", "superseded by"),
    };
    let value = match decision.act.value() {
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("; "),
        Value::Null => String::new(),
        value if decision.act.name() == COMPARED => scan(&value, language),
        value => shown(&value),
    };
    let field = decision.act.field().map(|field| format!(" {field}")).unwrap_or_default();
    let value = if value.is_empty() { value } else { format!(" {value}") };
    let about = if record == Some(&decision.record) { String::new() } else { format!(" [{}]", decision.record) };
    let note = decision.note.as_ref().map(|note| format!(" – {note}")).unwrap_or_default();
    let day = day_of(decision.taken());
    let elsewhere = decision.elsewhere.as_ref().map(|Elsewhere { log, record, .. }| {
        let over = day_of(decision.at);
        language.say(
            format!(" (over {record} in een ander archief, {log}; overgenomen {over})"),
            format!(" (on {record} in another archive, {log}; taken over {over})"),
        )
    });
    let elsewhere = elsewhere.unwrap_or_default();
    format!(
        "  {} {day} {}{elsewhere}{about}: {act}{field}{value}{note}",
        language.say("besluit", "decision"),
        decision.by
    )
}

/// The scan that a comparison is about.
fn scan(value: &Value, language: Language) -> String {
    let (document, pages) = (value["document"].as_str().unwrap_or_default(), value["pages"].as_u64().unwrap_or(0));
    let pages = language.count(usize::try_from(pages).unwrap_or(0), ["pagina", "pagina's"], ["page", "pages"]);
    let sample: Vec<_> = value["sample"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match sample[..] {
        [] => format!("{document} ({pages})"),
        _ => format!("{document} ({pages}; {} {})", language.say("steekproef", "by a sample:"), sample.join(" ")),
    }
}

/// A decided value, or the field with its evidence that was accepted, in a few words.
fn shown(value: &Value) -> String {
    match value.get("status") {
        Some(_) => table::value_text(&value["value"]),
        None => table::value_text(value),
    }
}

/// What was decided about the records as which other documents of the dossier came in.
fn joined(app: &App, record: &RecordId) -> Result<Vec<Value>> {
    let of = |id: &RecordId| Ok(json!({"record": id, "decisions": decide::as_json(&app.register.decisions(id)?)}));
    app.register.joined(record)?.iter().map(of).collect()
}
