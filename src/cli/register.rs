//! `griffie register`, `griffie show` and `griffie decide`: what the register says, and what a person says to it.

use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::Value;

use super::{Context, Outcome, output_failed, print_line, table};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Fields, RecordId},
    pipeline::{App, decide, examine},
    register::{Document, Entry, Filter, Named, Request},
    signatures::SignatureFact,
};

/// The register: records with deadlines.
#[derive(Args)]
pub(super) struct RegisterArguments {
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", conflicts_with = "csv")]
    json: bool,
    /// Print CSV, one line a record.
    #[arg(long, env = "GRIFFIE_CSV")]
    csv: bool,
    /// The day for which the register answers [default: today].
    #[arg(long, env = "GRIFFIE_AS_OF", value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    #[command(flatten)]
    filter: FilterArguments,
}

/// Which records are meant.
#[derive(Args)]
pub(super) struct FilterArguments {
    /// Part of the name of a party.
    #[arg(long, env = "GRIFFIE_PARTY")]
    party: Option<String>,
    /// Kind of contract (`lease`, `services`, …).
    #[arg(long = "type", env = "GRIFFIE_TYPE")]
    contract_type: Option<String>,
    /// Started on this day or later.
    #[arg(long, env = "GRIFFIE_STARTS_FROM", value_name = "YYYY-MM-DD")]
    starts_from: Option<Date>,
    /// Started on this day or before.
    #[arg(long, env = "GRIFFIE_STARTS_UNTIL", value_name = "YYYY-MM-DD")]
    starts_until: Option<Date>,
    /// Initial term ends on this day or later.
    #[arg(long, env = "GRIFFIE_ENDS_FROM", value_name = "YYYY-MM-DD")]
    ends_from: Option<Date>,
    /// Initial term ends on this day or before.
    #[arg(long, env = "GRIFFIE_ENDS_UNTIL", value_name = "YYYY-MM-DD")]
    ends_until: Option<Date>,
}

impl FilterArguments {
    pub(super) fn filter(&self) -> Result<Filter> {
        let contract_type = self.contract_type.as_ref().map(|name| {
            serde_json::from_value(Value::String(name.to_lowercase())).map_err(|_| {
                Error::new(ErrorKind::InvalidInput, format!("`{name}` is no type of contract")).hint(
                    "purchase services lease employment licence maintenance sla nda data_processing cooperation grant \
                     loan insurance real_estate sponsorship framework amendment other",
                )
            })
        });
        Ok(Filter {
            party: self.party.clone(),
            contract_type: contract_type.transpose()?,
            starts_from: self.starts_from,
            starts_until: self.starts_until,
            ends_from: self.ends_from,
            ends_until: self.ends_until,
            text: None,
        })
    }
}

/// One record; below each value the words it was read from and where they stand, or who decided it, and other readings.
#[derive(Args)]
pub(super) struct ShowArguments {
    /// A record or a document; the start of an id is enough.
    id: String,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON")]
    json: bool,
    /// The day for which the register answers [default: today].
    #[arg(long, env = "GRIFFIE_AS_OF", value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
}

/// A person's act on a record. It is added to the record's history and holds before anything found.
///
/// The fields: title, contract_type, reference, parties, signing_date, effective_date, end_date, term, renewal, notice,
/// notice_deadline, value, governing_law, court, relates_to. A later act on a field takes the place of an earlier one.
#[derive(Args)]
pub(super) struct DecideArguments {
    /// The record; the start of its id is enough.
    record: String,
    /// Who decides.
    #[arg(long, env = "GRIFFIE_USER", global = true)]
    by: Option<String>,
    /// Why.
    #[arg(long, global = true)]
    note: Option<String>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// The value that the register shows is right.
    Accept {
        /// The field, such as `end_date`.
        field: String,
    },
    /// This is the value.
    Correct {
        /// The field, such as `end_date`.
        field: String,
        /// A plain text, date, period or code; JSON for values with parts and for lists.
        value: String,
    },
    /// The contract has no such thing.
    NotInContract {
        /// The field, such as `notice`.
        field: String,
    },
    /// Notice was given.
    TerminatedOn {
        /// The contract's last day.
        day: Date,
    },
    /// It ended otherwise.
    EndedOn {
        /// The contract's last day.
        day: Date,
    },
    /// It amends or is about another contract, and belongs in its dossier.
    BelongsTo {
        /// The record of that contract; the start of its id is enough.
        contract: String,
    },
    /// It is a contract of its own after all.
    StandsAlone,
    /// A later contract took its place.
    SupersededBy {
        /// The record of the later contract; the start of its id is enough.
        contract: String,
    },
    /// It was not terminated, did not end, and no other contract took its place, after all.
    StillHolds,
}

fn entry(app: &App, record: &RecordId, as_of: Date) -> Result<Entry> {
    app.register.entry(record, as_of, &app.config.own_organizations, app.config.language)
}

fn to_json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).fold(ErrorKind::Internal, || "a record does not serialize")
}

pub(super) fn register(context: &Context, arguments: &RegisterArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let as_of = arguments.as_of.unwrap_or_else(|| app.clock.today());
    let ids = app.register.select(&arguments.filter.filter()?)?;
    if arguments.csv {
        return print_csv(&app, &ids, as_of);
    }
    let mut stdout = io::stdout().lock();
    if arguments.json {
        // One by one: memory does not grow with the register.
        let mut before = "[";
        for id in &ids {
            write!(stdout, "{before}{}", to_json(&entry(&app, id, as_of)?)?).map_err(output_failed)?;
            before = ",\n";
        }
        writeln!(stdout, "{}]", if ids.is_empty() { "[" } else { "" }).map_err(output_failed)?;
        return Ok(Outcome::Done);
    }
    let language = app.config.language;
    for id in &ids {
        let entry = entry(&app, id, as_of)?;
        write!(stdout, "{}", super::harmless(&table::entry(&entry, language))).map_err(output_failed)?;
    }
    let count = language.say(format!("{} records op {as_of}", ids.len()), format!("{} records on {as_of}", ids.len()));
    writeln!(stdout, "{count}").map_err(output_failed)?;
    Ok(Outcome::Done)
}

/// One line a record; columns are the fields, then lifecycle, current end and the next deadline.
fn print_csv(app: &App, ids: &[RecordId], as_of: Date) -> Result<Outcome> {
    let mut header = vec!["id".to_owned()];
    header.extend(Fields::NAMES.iter().map(|&name| name.to_owned()));
    header.extend(["lifecycle", "current_end", "next_deadline", "next_deadline_kind"].map(str::to_owned));
    print_line(csv_line(&header))?;
    for id in ids {
        let entry = entry(app, id, as_of)?;
        let mut line = vec![id.to_string()];
        let fields = to_json(&entry.fields)?;
        for name in Fields::NAMES {
            let text = match &fields[name] {
                Value::Array(many) => {
                    many.iter().map(|one| table::value_text(&one["value"])).collect::<Vec<_>>().join("; ")
                }
                one if one["value"].is_null() => String::new(),
                one => table::value_text(&one["value"]),
            };
            line.push(text);
        }
        let next = entry.outlook.deadlines.first();
        line.push(table::name_of(&entry.outlook.lifecycle));
        line.push(entry.outlook.current_end.map(|day| day.to_string()).unwrap_or_default());
        line.push(next.map(|next| next.date.to_string()).unwrap_or_default());
        line.push(next.map(|next| table::name_of(&next.kind)).unwrap_or_default());
        print_line(csv_line(&line))?;
    }
    Ok(Outcome::Done)
}

/// RFC 4180; a cell that a spreadsheet would take for a formula is disarmed.
fn csv_line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let text = if text.starts_with(['=', '+', '@', '\t']) { format!("'{text}") } else { text.clone() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",")
}

pub(super) fn show(context: &Context, arguments: &ShowArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let as_of = arguments.as_of.unwrap_or_else(|| app.clock.today());
    let record = match app.register.resolve(&arguments.id)? {
        Named::Record(record) => app.register.dossier_of(&record)?,
        Named::Document(document) => app.register.document(&document)?.record,
    };
    let entry = entry(&app, &record, as_of)?;
    if !arguments.json {
        print_line(table::entry_in_full(&entry, app.config.language).trim_end())?;
        for Signatures { facts, .. } in signatures(&app, &app.register.record(&record)?.documents)? {
            facts.iter().try_for_each(|fact| print_line(table::signature(fact, app.config.language)))?;
        }
        return Ok(Outcome::Done);
    }
    let dossier = app.register.record(&record)?.documents;
    let main = dossier.first().ok_or_else(|| Error::new(ErrorKind::NotFound, format!("`{record}` has no document")))?;
    let line = examine::stored_line(&app, main, entry.fields.clone())?;
    let mut shown = to_json(&entry)?;
    shown["record"] = to_json(&line)?;
    shown["signatures"] = to_json(&signatures(&app, &dossier)?)?;
    shown["decisions"] = decide::as_json(&app.register.decisions(&record)?);
    print_line(shown)?;
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

fn record_named(app: &App, id: &str) -> Result<RecordId> {
    match app.register.resolve(id)? {
        Named::Record(record) => Ok(record),
        Named::Document(_) => Err(Error::new(ErrorKind::InvalidInput, format!("`{id}` is a document"))
            .hint("a decision is about a record: its id starts with c-")),
    }
}

pub(super) fn decide(context: &Context, arguments: &DecideArguments) -> Result<Outcome> {
    let mut app = context.reading_app()?;
    let record = record_named(&app, &arguments.record)?;
    let by = arguments.by.as_deref().unwrap_or_default();
    if by.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, "a decision needs the name of the person who takes it")
            .hint("give --by NAME, or set GRIFFIE_USER"));
    }
    let request = match &arguments.act {
        Act::Accept { field } => Request::Accept { field: field.clone() },
        Act::Correct { field, value } => Request::Correct { field: field.clone(), value: value.clone() },
        Act::NotInContract { field } => Request::NotInContract { field: field.clone() },
        Act::TerminatedOn { day } => Request::TerminatedOn(*day),
        Act::EndedOn { day } => Request::EndedOn(*day),
        Act::BelongsTo { contract } => Request::BelongsTo(record_named(&app, contract)?),
        Act::StandsAlone => Request::BelongsTo(record.clone()),
        Act::StillHolds => Request::SupersededBy(record.clone()),
        Act::SupersededBy { contract } => Request::SupersededBy(record_named(&app, contract)?),
    };
    decide::decide(&mut app, &record, request, by, arguments.note.clone())?;
    let entry = entry(&app, &app.register.dossier_of(&record)?, app.clock.today())?;
    print_line(table::entry(&entry, app.config.language).trim_end())?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_disarmed() {
        let line = csv_line(&["a,b".into(), "say \"no\"".into(), "=1+1".into(), "plain".into()]);
        assert_eq!(line, "\"a,b\",\"say \"\"no\"\"\",'=1+1,plain");
    }
}
