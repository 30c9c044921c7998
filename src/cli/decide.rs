//! `griffie decide`: what a person says to the register.

use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::{Context, Outcome, day, print_line, register::entry, table};
use crate::{
    Error, ErrorKind, Result,
    model::{DocumentId, Language, RecordId},
    pipeline::{
        App,
        decide::{self, Taken},
        paper,
    },
    register::{COMPARED, Named, Request},
};

const EXAMPLES: &str = r#"Examples:
  griffie decide c-7k2 --by Jansen accept end_date
  griffie decide c-7k2 --by Jansen accept notice --choose 2
  griffie decide c-7k2 --by Jansen correct end_date 2027-12-31
  griffie decide c-7k2 --by Jansen correct end_date '31 december 2027'
  griffie decide c-7k2 --by Jansen correct term '4 jaar'
  griffie decide c-7k2 --by Jansen correct governing_law 'Nederlands recht'
  griffie decide c-7k2 --by Jansen correct notice '3 maanden door huurder, schriftelijk'
  griffie decide c-7k2 --by Jansen correct renewal 'stilzwijgend, telkens 1 jaar'
  griffie decide c-7k2 --by Jansen correct value '€ 2.661,36 per maand excl. btw'
  griffie decide c-7k2 --by Jansen correct parties 'Jansen B.V. (huurder); Gemeente Diemen (verhuurder)'
  griffie decide c-7k2 --by Jansen correct relates_to 'KL-8831 van 9 december 2021'
  griffie decide c-7k2 --by Jansen correct notice '{"period": "P3M", "by": "any", "against": "end_of_term"}'
  griffie decide c-7k2 --by Jansen --note 'letter of 3 May' terminated-on 2026-12-31
  griffie decide c-7k2 --by Jansen undo end_date
  griffie decide d-7k2 --by Jansen compared-with-paper --pages 12
  griffie decide b-7k2 --by Jansen compared-with-paper --sample d-7k2 d-8m4"#;

/// A person's act on a record. It is added to the record's history and holds before anything found.
///
/// The fields: title, contract_type, reference, parties, signing_date, effective_date, end_date, term, renewal, notice,
/// notice_deadline, value, governing_law, court, relates_to. A later act on a field takes the place of an earlier one.
/// What waits for a person is listed by `griffie register --waiting`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DecideArguments {
    /// The record; the start of its id is enough. What is compared with the paper may be a document or a batch.
    record: String,
    /// Who decides: every decision bears a name.
    #[arg(long, env = "GRIFFIE_USER", value_name = "NAME", global = true)]
    by: Option<String>,
    /// Why.
    #[arg(long, global = true)]
    note: Option<String>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// The value that the register shows is right, or one of its readings.
    Accept {
        /// The field, such as `end_date`.
        field: String,
        /// Which of several values or readings, as `griffie register --waiting` numbers them; the others are dropped.
        #[arg(long, value_name = "NUMBER")]
        choose: Option<usize>,
    },
    /// This is the value.
    Correct {
        /// The field, such as `end_date`.
        field: String,
        /// In the words of a contract, Dutch or English, as the examples show; what these do not say (per what a price
        /// is, who gives notice) stays as it is shown. Parties are parted by a semicolon. Or as the record format writes
        /// it: a date, a period (P3M), a code, JSON for values with parts and for lists.
        value: String,
    },
    /// The contract has no such thing.
    NotInContract {
        /// The field, such as `notice`.
        field: String,
    },
    /// What was decided about a field holds no more: it shows again what was read. The history keeps both.
    Undo {
        /// The field, such as `end_date`; or `compared_with_paper`.
        field: String,
    },
    /// Notice was given.
    TerminatedOn {
        /// The contract's last day.
        #[arg(value_parser = day)]
        day: Date,
    },
    /// It ended otherwise.
    EndedOn {
        /// The contract's last day.
        #[arg(value_parser = day)]
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
    /// The scan was compared with the paper, and is complete and legible: of a document, of all documents of a record, or
    /// of all that came in with a batch (its id in the place of the record's). `griffie show ID --paper` lists which still
    /// lack it.
    ComparedWithPaper {
        /// How many pages the paper has; another number than that of the scan is refused.
        #[arg(long, value_name = "NUMBER")]
        pages: Option<u32>,
        /// The documents that were looked at, where these stand for all.
        #[arg(long, value_name = "ID", num_args = 1..)]
        sample: Vec<String>,
    },
    /// It was not terminated, did not end, and no other contract took its place, after all.
    StillHolds,
}

/// The document that a person names.
fn document_named(app: &App, id: &str) -> Result<DocumentId> {
    match app.register.resolve(id)? {
        Named::Document(document) => Ok(document),
        Named::Record(_) => Err(Error::new(ErrorKind::InvalidInput, format!("`{id}` is a record"))
            .hint("a sample is of documents: their ids start with d-")
            .dutch(format!(
                "`{id}` is een dossier; een steekproef is van documenten, met kenmerken die beginnen met d-"
            ))),
    }
}

/// The record that a person names.
fn record_named(app: &App, id: &str) -> Result<RecordId> {
    match app.register.resolve(id)? {
        Named::Record(record) => Ok(record),
        Named::Document(_) => Err(Error::new(ErrorKind::InvalidInput, format!("`{id}` is a document"))
            .hint("a decision is about a record: its id starts with c-")
            .dutch(format!(
                "`{id}` is een document; een besluit gaat over een dossier, met een kenmerk dat begint met c-"
            ))),
    }
}

pub(super) fn decide(context: &Context, arguments: &DecideArguments) -> Result<Outcome> {
    let mut app = context.reading_app()?;
    let by = arguments.by.as_deref().unwrap_or_default();
    if by.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, "a decision needs the name of the person who takes it")
            .hint("give --by NAME, or set GRIFFIE_USER")
            .dutch("een besluit moet de naam dragen van wie het neemt: geef --by NAAM, of zet GRIFFIE_USER"));
    }
    let note = arguments.note.as_deref();
    let which = || super::show::which(&app, &arguments.record);
    let stated = match &arguments.act {
        Act::ComparedWithPaper { pages, sample } => {
            let (which, sample) =
                (which()?, sample.iter().map(|id| document_named(&app, id)).collect::<Result<Vec<_>>>()?);
            let taken = paper::state(&mut app, &which, *pages, &sample, by, note)?;
            Some((which, taken))
        }
        Act::Undo { field } if field == COMPARED => {
            let which = which()?;
            let taken = paper::withdraw(&mut app, &which, by, note)?;
            Some((which, taken))
        }
        _ => None,
    };
    if let Some((which, taken)) = stated {
        super::paper::print(&paper::of(&app, &which)?, app.config.language)?;
        return Ok(told(taken, app.config.language));
    }
    let record = record_named(&app, &arguments.record)?;
    let request = match &arguments.act {
        Act::ComparedWithPaper { .. } => return Ok(Outcome::Done),
        Act::Accept { field, choose } => Request::Accept { field: field.clone(), choose: *choose },
        Act::Correct { field, value } => Request::Correct { field: field.clone(), value: value.clone() },
        Act::NotInContract { field } => Request::NotInContract { field: field.clone() },
        Act::Undo { field } => Request::Withdraw { field: field.clone() },
        Act::TerminatedOn { day } => Request::TerminatedOn(*day),
        Act::EndedOn { day } => Request::EndedOn(*day),
        Act::BelongsTo { contract } => Request::BelongsTo(record_named(&app, contract)?),
        Act::StandsAlone => Request::StandsAlone,
        Act::StillHolds => Request::StillHolds,
        Act::SupersededBy { contract } => Request::SupersededBy(record_named(&app, contract)?),
    };
    let taken = decide::decide(&mut app, &record, request, by, arguments.note.clone())?;
    let entry = entry(&app, &app.register.dossier_of(&record)?, app.clock.today())?;
    print_line(table::entry(&entry, app.config.language).trim_end())?;
    Ok(told(taken, app.config.language))
}

/// Says of a decision that stands and is not in the log yet that both are so.
fn told(taken: Taken, language: Language) -> Outcome {
    let Some(error) = taken.not_logged else { return Outcome::Done };
    let why = error.explain(language);
    let _ = writeln!(
        io::stderr(),
        "griffie: {}",
        language.say(
            format!(
                "het besluit is genomen en bewaard. In het logboek staat het nog niet, dat weigert nu: {why}. Neem het niet \
                 opnieuw: is dat verholpen, dan legt de volgende opdracht die schrijft het vast"
            ),
            format!(
                "the decision is taken and kept. It is not in the log yet, which refuses for now: {why}. Do not take it again: \
                 once that is put right, the next command that writes logs it"
            ),
        )
    );
    Outcome::Partial
}
