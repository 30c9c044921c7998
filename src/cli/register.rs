//! `griffie register`: what the register says, as a list, a table, a calendar, or a list of what waits for a person.

mod csv;
mod ics;
mod list;
mod waiting;

use std::io::{self, Write as _};

use clap::Args;
use jiff::civil::Date;
use serde_json::Value;

use super::{Context, Outcome, day, output_failed, table};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{RecordId, record::ContractType},
    pipeline::App,
    register::{Entry, Filter},
};

const EXAMPLES: &str = "Examples:
  griffie register --party westerveen --type lease
  griffie register --list                        one line a contract, the nearest deadline first
  griffie register --waiting                     what a person must look at, the nearest deadline first
  griffie register --deadline-until 2026-12-31   what must be decided this year
  griffie register --ics > deadlines.ics         for a calendar
  griffie register --csv > register.csv          for a spreadsheet";

/// The register: records with deadlines.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RegisterArguments {
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no, conflicts_with = "csv")]
    json: bool,
    /// Print CSV, one line a record; with --waiting one line a reading.
    #[arg(long, env = "GRIFFIE_CSV", value_parser = crate::cli::yes_or_no)]
    csv: bool,
    /// Print a calendar (RFC 5545) with an event for each deadline, and a reminder before it.
    #[arg(long, env = "GRIFFIE_ICS", value_parser = crate::cli::yes_or_no, conflicts_with_all = ["json", "csv", "waiting"])]
    ics: bool,
    /// How many days before a deadline the calendar reminds of it; 0: not at all.
    #[arg(long, env = "GRIFFIE_ALARM_DAYS", value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u16).range(..=3660))]
    alarm_days: u16,
    /// Only what waits for a person: values that are proposed, in conflict or left open, with the words they were read
    /// from. The nearest deadline comes first.
    #[arg(long, env = "GRIFFIE_WAITING", value_parser = crate::cli::yes_or_no)]
    waiting: bool,
    /// One line a contract: title, the other party, its end, its next deadline and how many fields wait for a person.
    /// The nearest deadline comes first.
    #[arg(long, env = "GRIFFIE_LIST", value_parser = crate::cli::yes_or_no, conflicts_with_all = ["json", "csv", "ics", "waiting"])]
    list: bool,
    /// Only records whose next deadline is on this day or before; the nearest comes first.
    #[arg(long, env = "GRIFFIE_DEADLINE_UNTIL", value_name = "YYYY-MM-DD", value_parser = day)]
    deadline_until: Option<Date>,
    /// The day for which the register answers [default: today].
    #[arg(long, env = "GRIFFIE_AS_OF", value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
    /// Covering e-mails as well: those that only brought others, and say nothing of terms themselves.
    #[arg(long, env = "GRIFFIE_LETTERS", value_parser = crate::cli::yes_or_no)]
    letters: bool,
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
    #[arg(long, env = "GRIFFIE_STARTS_FROM", value_name = "YYYY-MM-DD", value_parser = day)]
    starts_from: Option<Date>,
    /// Started on this day or before.
    #[arg(long, env = "GRIFFIE_STARTS_UNTIL", value_name = "YYYY-MM-DD", value_parser = day)]
    starts_until: Option<Date>,
    /// Initial term ends on this day or later.
    #[arg(long, env = "GRIFFIE_ENDS_FROM", value_name = "YYYY-MM-DD", value_parser = day)]
    ends_from: Option<Date>,
    /// Initial term ends on this day or before.
    #[arg(long, env = "GRIFFIE_ENDS_UNTIL", value_name = "YYYY-MM-DD", value_parser = day)]
    ends_until: Option<Date>,
}

impl FilterArguments {
    pub(super) fn filter(&self) -> Result<Filter> {
        let contract_type = self.contract_type.as_ref().map(|name| {
            serde_json::from_value(Value::String(name.to_lowercase())).map_err(|_| {
                let names = ContractType::NAMES.join(", ");
                Error::new(ErrorKind::InvalidInput, format!("`{name}` is no type of contract"))
                    .hint(format!("it is one of {names}"))
                    .dutch(format!("`{name}` is geen soort contract; het is een van {names}"))
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

pub(super) fn entry(app: &App, record: &RecordId, as_of: Date) -> Result<Entry> {
    app.register.entry(record, as_of, &app.config.own_organizations, app.config.language)
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).fold(ErrorKind::Internal, || "a record does not serialize")
}

pub(super) fn register(context: &Context, arguments: &RegisterArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let as_of = arguments.as_of.unwrap_or_else(|| app.clock.today());
    let (ids, letters) = chosen(&app, arguments, as_of)?;
    match (arguments.csv, arguments.ics, arguments.waiting) {
        (_, true, _) => return ics::print(&app, &ids, as_of, arguments.alarm_days),
        (true, _, true) => return waiting::print_csv(&app, &ids, as_of),
        (true, _, false) => return csv::print(&app, &ids, as_of),
        (_, _, true) if arguments.json => return print_list(&ids, |id| waiting::to_json(&app, id, as_of)),
        (_, _, true) => return waiting::print(&app, &ids, as_of),
        _ if arguments.json => return print_list(&ids, |id| to_json(&entry(&app, id, as_of)?).map(Some)),
        _ => {}
    }
    let language = app.config.language;
    if arguments.list {
        list::print(&app, &ids, as_of)?;
    }
    let mut stdout = io::stdout().lock();
    for id in ids.iter().filter(|_| !arguments.list) {
        let entry = entry(&app, id, as_of)?;
        write!(stdout, "{}", super::harmless(&table::entry(&entry, language))).map_err(output_failed)?;
    }
    let count = language.count(ids.len(), ["record", "records"], ["record", "records"]);
    let left_out = match letters {
        0 => String::new(),
        letters => {
            let mails = language.count(
                letters,
                ["begeleidende e-mail", "begeleidende e-mails"],
                ["covering e-mail", "covering e-mails"],
            );
            language.say(format!(", en {mails} (--letters toont ze ook)"), format!(", and {mails} (see --letters)"))
        }
    };
    let day = language.say(format!("op {as_of}"), format!("on {as_of}"));
    writeln!(stdout, "{count} {day}{left_out}").map_err(output_failed)?;
    if arguments.list && !ids.is_empty() {
        writeln!(stdout, "{}", list::legend(language)).map_err(output_failed)?;
    }
    Ok(Outcome::Done)
}

/// The records that are meant, and how many covering letters would be among them. A work list is in the order of the
/// days by which something must be done.
fn chosen(app: &App, arguments: &RegisterArguments, as_of: Date) -> Result<(Vec<RecordId>, usize)> {
    let mut ids = Vec::new();
    let mut letters = 0;
    for id in app.register.select(&arguments.filter.filter()?)? {
        if !arguments.letters && app.register.is_covering_letter(&id)? {
            letters += 1;
        } else {
            ids.push(id);
        }
    }
    if !arguments.waiting && !arguments.list && arguments.deadline_until.is_none() {
        return Ok((ids, letters));
    }
    let mut dated = Vec::new();
    for id in ids {
        let next = entry(app, &id, as_of)?.outlook.deadlines.first().map(|next| next.date);
        if arguments.deadline_until.is_none_or(|until| next.is_some_and(|next| next <= until)) {
            dated.push((next.is_none(), next, id));
        }
    }
    // What has no deadline comes last; of one day the oldest record first, as the register lists them.
    dated.sort_by_key(|&(none, next, _)| (none, next));
    Ok((dated.into_iter().map(|(_, _, id)| id).collect(), letters))
}

/// One by one: memory does not grow with the register.
fn print_list(ids: &[RecordId], line: impl Fn(&RecordId) -> Result<Option<Value>>) -> Result<Outcome> {
    let mut stdout = io::stdout().lock();
    let mut before = "[";
    for id in ids {
        if let Some(line) = line(id)? {
            write!(stdout, "{before}{}", super::harmless_json(&line.to_string())).map_err(output_failed)?;
            before = ",\n";
        }
    }
    writeln!(stdout, "{}]", if before == "[" { "[" } else { "" }).map_err(output_failed)?;
    Ok(Outcome::Done)
}
