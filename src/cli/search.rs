//! `griffie search`: clauses and pages that match.

use std::collections::HashMap;

use clap::Args;
use serde_json::{Value, json};

use super::{Context, Outcome, print_line};
use crate::{
    Result,
    index::{Hit, Options, Query},
    model::{DocumentId, PageBox, Subject},
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
    #[arg(long, env = "GRIFFIE_JSON")]
    json: bool,
    /// At most so many hits.
    #[arg(long, env = "GRIFFIE_LIMIT", default_value_t = 20)]
    limit: usize,
    /// After skipping so many.
    #[arg(long, default_value_t = 0)]
    offset: usize,
    /// Also find words with a letter or two read wrongly.
    #[arg(long, env = "GRIFFIE_OCR_TOLERANT")]
    ocr_tolerant: bool,
}

pub(super) fn search(context: &Context, arguments: &SearchArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let about = arguments.clause.iter().map(|subject| format!("clause:{}", subject.name()));
    let asked = arguments.query.iter().cloned().chain(about).collect::<Vec<_>>().join(" ");
    let query = Query::parse(&asked)?;
    app.index_what_is_missing_if_free()?;
    let among = if query.filter.is_empty() { None } else { Some(app.register.select_documents(&query.filter)?) };
    let options = Options { limit: arguments.limit, offset: arguments.offset, ocr_tolerant: arguments.ocr_tolerant };
    let found = app.index.search(&query, among.as_deref(), options)?;
    if arguments.json {
        let mut texts = HashMap::new();
        let hits = found.hits.iter().map(|hit| hit_json(&app, hit, &mut texts)).collect::<Result<Vec<_>>>()?;
        print_line(json!({"query": asked, "total": found.total, "hits": hits}))?;
        return Ok(Outcome::Done);
    }
    let language = context.config.language;
    for hit in &found.hits {
        let clause = hit.clause.as_ref().map(|clause| format!(", {clause}")).unwrap_or_default();
        print_line(format!("{} {} p. {}{clause}\n    {}", hit.record, hit.document, hit.page, hit.snippet))?;
    }
    print_line(language.say(format!("{} vindplaatsen", found.total), format!("{} hits", found.total)))?;
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
