//! `griffie export`: a chosen set as a package that proves itself.

use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;

use super::{Context, Outcome, print_json, print_line, register::FilterArguments};
use crate::{
    Error, ErrorKind, Result,
    index::{Options, Query},
    model::RecordId,
    pipeline::{App, export},
    register::Filter,
};

const EXAMPLES: &str = "Examples:
  griffie export --record c-7k2 --bagit for-the-court
  griffie export --party 'De Korenaar' --bagit korenaar
  griffie export --search 'clause:liability' --bagit liability
  griffie export --all --bagit everything";

/// Write records with their originals, copies, manifests and proofs as a BagIt package (RFC 8493).
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportArguments {
    /// The folder that the bag will be; it must not be there.
    #[arg(long, value_name = "FOLDER", required = true)]
    bagit: PathBuf,
    /// These records, or those of these documents; the start of an id is enough.
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with_all = ["all", "search"])]
    record: Vec<String>,
    /// All records, or with filters all that they mean.
    #[arg(long)]
    all: bool,
    /// The records that a search finds.
    #[arg(long, value_name = "QUERY", conflicts_with = "all")]
    search: Option<String>,
    #[command(flatten)]
    filter: FilterArguments,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
}

pub(super) fn export(context: &Context, arguments: &ExportArguments) -> Result<Outcome> {
    let mut app = context.reading_app()?;
    let records = chosen(&app, arguments)?;
    let written = export::export(&mut app, &records, &arguments.bagit)?;
    if arguments.json {
        print_json(&written)?;
        return Ok(Outcome::Done);
    }
    let (folder, n) = (arguments.bagit.display(), records.len());
    let (files, bytes, events, seal) = (written.files, written.bytes, written.events, &written.seal);
    print_line(context.config.language.say(
        format!(
            "{folder}: {n} records, {files} bestanden ({bytes} bytes), {events} gebeurtenissen met bewijs\n\
             SHA-256 van tagmanifest-sha256.txt: {seal}"
        ),
        format!(
            "{folder}: {n} records, {files} files ({bytes} bytes), {events} events with their proofs\n\
             SHA-256 of tagmanifest-sha256.txt: {seal}"
        ),
    ))?;
    Ok(Outcome::Done)
}

fn chosen(app: &App, arguments: &ExportArguments) -> Result<Vec<RecordId>> {
    let filter = arguments.filter.filter()?;
    let mut records = BTreeSet::new();
    for id in &arguments.record {
        records.insert(super::record_of(app, id)?);
    }
    match &arguments.search {
        Some(search) => records.extend(found(app, search, &filter)?),
        None if arguments.all || filter != Filter::default() => records.extend(app.register.select(&filter)?),
        None if records.is_empty() => {
            return Err(Error::new(ErrorKind::InvalidInput, "it does not say which records")
                .hint("give --record ID, --search QUERY, a filter such as --party, or --all"));
        }
        None => {}
    }
    Ok(records.into_iter().collect())
}

/// The records of all hits of a search, among those that the filter means.
fn found(app: &App, search: &str, filter: &Filter) -> Result<BTreeSet<RecordId>> {
    let query = Query::parse(search)?;
    super::search::tell_of_unfound(app)?;
    let among = if query.filter.is_empty() { None } else { Some(app.register.select_documents(&query.filter)?) };
    let options = |limit| Options { limit, offset: 0, ocr_tolerant: false };
    let total = app.index.search(&query, among.as_deref(), options(1))?.total;
    let hits = app.index.search(&query, among.as_deref(), options(total.max(1)))?.hits;
    let meant: BTreeSet<_> = app.register.select(filter)?.into_iter().collect();
    Ok(hits.into_iter().map(|hit| hit.record).filter(|record| meant.contains(record)).collect())
}
