//! `griffie reread`: changed rules, applied to what is in the archive.

use std::{
    collections::HashSet,
    io::{self, Write as _},
};

use clap::Args;

use super::{
    Context, Outcome, one_line, output_failed, print_json,
    progress::Progress,
    register::FilterArguments,
    table::{field_name, status_name, value_text},
};
use crate::{
    Error, ErrorKind, Result,
    model::Language,
    pipeline::reread::{self, Failure, FieldChange, FieldValue, Receipt, RecordReread},
    storage::FOREIGN,
    tools::CancelFlag,
};

const EXAMPLES: &str = "\
What it does: the words of each document are taken as they were read when it came in, and the rules that are configured \
(`rules` in griffie.toml, else those built in) say anew what stands in them. What was found before is kept; what a person \
decided stays as it was decided. What it does not: no page is looked at again, and no original is opened. Words that were \
read badly stay so.

Examples:
  griffie reread --dry-run                what the rules would change, and nothing is written
  griffie reread                          all that other rules have read
  griffie reread c-7k2 --dry-run --json
  griffie reread --type lease";

/// Apply changed rules to the documents in the archive. Run again after an interruption, it goes on where it was stopped.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RereadArguments {
    /// Only these records, or those of these documents; the start of an id is enough.
    #[arg(value_name = "RECORD")]
    records: Vec<String>,
    /// Only tell which fields would change.
    #[arg(long, env = "GRIFFIE_DRY_RUN", value_parser = crate::cli::yes_or_no)]
    dry_run: bool,
    #[command(flatten)]
    filter: FilterArguments,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
}

pub(super) fn reread(context: &Context, arguments: &RereadArguments) -> Result<Outcome> {
    let rules = context.reading_rules()?;
    let app = if arguments.dry_run { context.reading_app()? } else { context.writing_app()? };
    let mut records = app.register.select(&arguments.filter.filter()?)?;
    if !arguments.records.is_empty() {
        let named = arguments.records.iter().map(|id| super::record_of(&app, id)).collect::<Result<HashSet<_>>>()?;
        records.retain(|record| named.contains(record));
    }
    let language = context.config.language;
    let cancel = CancelFlag::on_signals()?;
    let progress = Progress::of_records(language, records.len());
    let told = |_: &RecordReread, pages: u32| {
        progress.pages_done(pages as usize);
        progress.file_done();
    };
    let receipt = reread::reread(&app, &rules, &records, arguments.dry_run, &told, &cancel);
    progress.finish();
    let receipt = receipt?;
    if arguments.json {
        print_json(&receipt)?;
    } else {
        print(&receipt, language)?;
    }
    let failures = receipt.records.iter().flat_map(|record| &record.failures);
    match failures.clone().find(|failure| failure.kind == FOREIGN) {
        Some(failure) => Err(in_the_way(failure)),
        None => Ok(Outcome::partial_if(receipt.totals.failed > 0)),
    }
}

/// A document was not read again since somebody else's findings lie where its own were to go.
fn in_the_way(failure: &Failure) -> Error {
    let document = &failure.document;
    let what = format!("`{document}` was not read again: an object that nobody logged lies in the store in its place");
    Error::new(ErrorKind::FixityMismatch, what)
        .hint("what is printed names it, and `griffie verify` does; the other documents were read")
        .dutch(format!(
            "`{document}` is niet opnieuw gelezen: op de plaats van het resultaat ligt een object in de opslag dat niemand \
             heeft vastgelegd; het staat hierboven en `griffie verify` noemt het; de andere documenten zijn gelezen"
        ))
}

/// What changed and what could not be read again, then the totals.
fn print(receipt: &Receipt, language: Language) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let mut line = |line: String| writeln!(stdout, "{}", one_line(&line)).map_err(output_failed);
    for record in receipt.records.iter().filter(|record| !record.changes.is_empty() || !record.failures.is_empty()) {
        line(format!("{}  {}", record.record, record.title.as_deref().unwrap_or_default()).trim_end().to_owned())?;
        for change in &record.changes {
            line(change_line(change, language))?;
        }
        for failure in &record.failures {
            let label = language.say("niet opnieuw gelezen", "not read again");
            line(format!("  ! {}: {label}: {}", failure.document, failure.message))?;
        }
    }
    let totals = receipt.totals;
    let records = language.count(totals.records, ["record", "records"], ["record", "records"]);
    let (changed, unchanged, current, failed) = (totals.changed, totals.unchanged, totals.current, totals.failed);
    line(match receipt.dry_run {
        false => language.say(
            format!("{records} = {changed} gewijzigd + {unchanged} ongewijzigd + {current} al zo gelezen + {failed} mislukt"),
            format!("{records} = {changed} changed + {unchanged} unchanged + {current} read so before + {failed} failed"),
        ),
        true => language.say(
            format!(
                "{records} = {changed} zouden wijzigen + {unchanged} blijven gelijk + {current} al zo gelezen + {failed} \
                 mislukt; er is niets geschreven"
            ),
            format!(
                "{records} = {changed} would change + {unchanged} would stay + {current} read so before + {failed} failed; \
                 nothing was written"
            ),
        ),
    })?;
    if totals.older_words > 0 {
        let documents = language.count(totals.older_words, ["document", "documenten"], ["document", "documents"]);
        line(language.say(
            format!(
                "van {documents} zijn de woorden gelezen zoals een eerdere griffie las; pagina's leest `reread` niet opnieuw"
            ),
            format!("the words of {documents} were read as an earlier griffie read; `reread` reads no pages anew"),
        ))?;
    }
    Ok(())
}

fn change_line(change: &FieldChange, language: Language) -> String {
    let told = |values: &[FieldValue]| match values {
        [] => "–".to_owned(),
        values => values.iter().map(|value| in_short(value, language)).collect::<Vec<_>>().join("; "),
    };
    format!("  {:<19} {} → {}", field_name(change.field, language), told(&change.old), told(&change.new))
}

fn in_short(value: &FieldValue, language: Language) -> String {
    let mut told = value_text(&value.value);
    for other in &value.or {
        told += &format!(" {} {}", language.say("of", "or"), value_text(other));
    }
    match serde_json::from_value(value.status.clone()).map(|status| status_name(status, language)) {
        Ok("") | Err(_) => told,
        Ok(status) => format!("{told} [{status}]"),
    }
}
