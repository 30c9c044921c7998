//! `griffie search`: clauses and pages that match.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write as _},
};

use clap::Args;
use serde_json::{Value, json};

use super::{Context, Outcome, print_json_line, print_line};
use crate::{
    ErrorKind, Result,
    index::{Found, Hit, Options, Query},
    model::{DocumentId, Language, PageBox, RecordId, Subject},
    pipeline::App,
    text::Text,
};

/// Clauses and pages that match.
///
/// All words must be there; "phrases", "near by"~5, begin*, fuzzy~1, OR, NOT and parentheses; and the filters party:, type:,
/// from:, until: (start), ends-from:, ends-until: (end of the first term, as 2024 or 2024-03-01) and clause: (what a
/// clause is about, as `--clause`). For example: griffie search 'opzeg* "stilzwijgend verlengd" party:gemeente type:lease'
#[derive(Args)]
pub(super) struct SearchArguments {
    /// What to look for.
    #[arg(required_unless_present = "clause")]
    query: Vec<String>,
    /// Only clauses about this; of several, any: termination, renewal, indexation, liability, penalty,
    /// confidentiality, data_protection, assignment, insurance, payment.
    #[arg(long, value_name = "SUBJECT")]
    clause: Vec<Subject>,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
    /// At most so many hits.
    #[arg(long, env = "GRIFFIE_LIMIT", default_value_t = 20)]
    limit: usize,
    /// The contracts that the hits are in, one line each, instead of the clauses.
    #[arg(long, env = "GRIFFIE_RECORDS", value_parser = crate::cli::yes_or_no, conflicts_with_all = ["json", "limit", "offset"])]
    records: bool,
    /// After skipping so many.
    #[arg(long, env = "GRIFFIE_OFFSET", default_value_t = 0)]
    offset: usize,
    /// Also find words with a letter or two read wrongly.
    #[arg(long, env = "GRIFFIE_OCR_TOLERANT", value_parser = crate::cli::yes_or_no)]
    ocr_tolerant: bool,
}

pub(super) fn search(context: &Context, arguments: &SearchArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let about = arguments.clause.iter().map(|subject| format!("clause:{}", subject.name()));
    let asked = arguments.query.iter().cloned().chain(about).collect::<Vec<_>>().join(" ");
    let query = Query::parse(&asked)?;
    tell_of_unfound(&app)?;
    let among = if query.filter.is_empty() { None } else { Some(app.register.select_documents(&query.filter)?) };
    let limit = match arguments.records {
        // Contracts are counted once all their clauses are known.
        true => {
            let counted = Options { limit: 1, offset: 0, ocr_tolerant: arguments.ocr_tolerant };
            app.index.search(&query, among.as_deref(), counted)?.total.max(1)
        }
        false => arguments.limit,
    };
    let options = Options { limit, offset: arguments.offset, ocr_tolerant: arguments.ocr_tolerant };
    let mut found = app.index.search(&query, among.as_deref(), options)?;
    name_dossiers(&app, &mut found)?;
    if arguments.json {
        let mut texts = HashMap::new();
        let hits = found.hits.iter().map(|hit| hit_json(&app, hit, &mut texts)).collect::<Result<Vec<_>>>()?;
        print_json_line(&json!({"query": asked, "total": found.total, "hits": hits}))?;
        return Ok(Outcome::Done);
    }
    let language = context.config.language;
    if arguments.records {
        return print_records(&app, &found, language);
    }
    let mut titles = HashMap::new();
    for hit in &found.hits {
        if !titles.contains_key(&hit.record) {
            titles.insert(&hit.record, app.register.current(&hit.record, language)?.fields.title.value);
        }
        let title = titles.get(&hit.record).and_then(Option::as_deref).map(|title| format!("  {title}"));
        let clause = hit.clause.as_ref().map(|clause| format!(", {clause}")).unwrap_or_default();
        let place = format!("{} {} p. {}{clause}{}", hit.record, hit.document, hit.page, title.unwrap_or_default());
        print_line(format!("{}\n    {}", super::one_line(&place), super::one_line(&hit.snippet)))?;
    }
    print_line(language.count(found.total, ["vindplaats", "vindplaatsen"], ["hit", "hits"]))?;
    Ok(Outcome::Done)
}

/// Names the record in whose dossier each document is now: a person may have put it there since it was indexed.
fn name_dossiers(app: &App, found: &mut Found) -> Result<()> {
    let mut records = HashMap::new();
    for hit in &mut found.hits {
        if !records.contains_key(&hit.document) {
            let record = match app.register.document(&hit.document) {
                Ok(document) => document.record,
                Err(error) if error.kind() == ErrorKind::NotFound => hit.record.clone(),
                Err(error) => return Err(error),
            };
            records.insert(hit.document.clone(), record);
        }
        if let Some(record) = records.get(&hit.document) {
            hit.record.clone_from(record);
        }
    }
    Ok(())
}

/// Brings the index up to date; where that cannot be, says how much a search cannot find.
pub(super) fn tell_of_unfound(app: &App) -> Result<()> {
    let unfound = app.index_what_is_missing_if_free()?;
    if unfound > 0 {
        let language = app.config.language;
        let told = language.say(
            format!("{unfound} documenten staan nog niet in de index, en de map mag alleen worden gelezen: ze worden niet gevonden"),
            format!("{unfound} documents are not in the index yet, and the folder may only be read: they are not found"),
        );
        let _ = writeln!(io::stderr(), "griffie: {told}");
    }
    Ok(())
}

/// One line a record: its title, its parties and how many clauses match.
fn print_records(app: &App, found: &Found, language: Language) -> Result<Outcome> {
    let mut hits: BTreeMap<&RecordId, usize> = BTreeMap::new();
    found.hits.iter().for_each(|hit| *hits.entry(&hit.record).or_default() += 1);
    for (id, count) in &hits {
        let fields = app.register.current(id, language)?.fields;
        let parties: Vec<_> =
            fields.parties.iter().filter_map(|party| Some(party.value.as_ref()?.name.as_str())).collect();
        let title = fields.title.value.as_deref().unwrap_or("–");
        let count = language.count(*count, ["vindplaats", "vindplaatsen"], ["hit", "hits"]);
        print_line(super::one_line(&format!("{id}  {title}  ({})  {count}", parties.join("; "))))?;
    }
    print_line(language.count(hits.len(), ["record", "records"], ["record", "records"]))?;
    Ok(Outcome::Done)
}

/// A hit as `receipts.schema.json` gives it. The boxes follow from the stored words, read once a document.
fn hit_json(app: &App, hit: &Hit, texts: &mut HashMap<DocumentId, Text>) -> Result<Value> {
    if !texts.contains_key(&hit.document) {
        let document = app.register.document(&hit.document)?;
        texts.insert(hit.document.clone(), Text::build(&app.reading(&document)?));
    }
    let boxes: Vec<PageBox> = texts
        .get(&hit.document)
        .into_iter()
        .flat_map(|text| hit.ranges.iter().flat_map(|range| text.evidence(range)))
        .filter(|evidence| evidence.page == hit.page)
        .flat_map(|evidence| evidence.boxes)
        .collect();
    Ok(json!({"record": hit.record, "document": hit.document, "page": hit.page, "clause": hit.clause,
              "subjects": hit.subjects, "snippet": hit.snippet, "boxes": boxes, "score": hit.score}))
}
