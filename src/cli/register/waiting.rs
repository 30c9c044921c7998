//! What waits for a person: each value that is proposed, in conflict or left open, with its readings and where they
//! stand, so that a records officer works down the list.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::csv::{csv_line, files};
use crate::{
    Result,
    cli::{Outcome, one_line, print_line, table},
    model::{Fields, Language, RecordId},
    pipeline::App,
    register::{ArchivalCopy, Document, Entry, choices, lifecycle::Lifecycle},
};

/// A field that waits.
pub(super) struct Waiting {
    field: &'static str,
    status: String,
    /// What a person may choose between, in the order in which `decide ID accept FIELD --choose N` counts them.
    readings: Vec<Value>,
    why: Option<String>,
}

pub(super) fn waiting(fields: &Fields) -> Result<Vec<Waiting>> {
    let fields = super::to_json(fields)?;
    let mut found = Vec::new();
    for field in Fields::NAMES {
        let values = fields[field].as_array().map_or(std::slice::from_ref(&fields[field]), Vec::as_slice);
        let waits = |value: &&Value| matches!(value["status"].as_str(), Some("proposed" | "conflict" | "blank"));
        // Of several values the gravest says what is asked: two readings are more than one that nobody confirmed.
        let gravest = ["conflict", "blank", "proposed"];
        let Some(first) = values
            .iter()
            .filter(waits)
            .min_by_key(|value| gravest.iter().position(|status| value["status"] == **status))
        else {
            continue;
        };
        found.push(Waiting {
            field,
            status: first["status"].as_str().unwrap_or_default().to_owned(),
            readings: choices(&fields[field]),
            why: first["explanation"].as_str().map(str::to_owned),
        });
    }
    Ok(found)
}

/// Whether a contract has ended unless somebody used an option, which only a person knows.
pub(super) fn may_have_gone_on(entry: &Entry) -> bool {
    entry.outlook.lifecycle == Lifecycle::Ended && !entry.outlook.deadlines.is_empty()
}

/// A list for people; records of which nothing waits are not in it.
pub(super) fn print(app: &App, ids: &[RecordId], as_of: Date) -> Result<Outcome> {
    let language = app.config.language;
    let (mut records, mut values) = (0, 0);
    for id in ids {
        let entry = super::entry(app, id, as_of)?;
        let waiting = waiting(&entry.fields)?;
        let incomplete = incomplete(app, id)?;
        if waiting.is_empty() && incomplete.is_empty() && !may_have_gone_on(&entry) {
            continue;
        }
        records += 1;
        values += waiting.len();
        let title = entry.fields.title.value.as_deref().unwrap_or_default();
        print_line(one_line(&format!("{id}  {title}  ({})", files(app, id)?)))?;
        for waiting in &waiting {
            print_line(waiting.text(language).trim_end())?;
        }
        for document in &incomplete {
            print_line(incomplete_line(document, language))?;
        }
        let deadlines = table::deadlines(&entry, language);
        if !deadlines.is_empty() {
            print_line(deadlines.trim_end())?;
        }
    }
    let records = language.count(records, ["record", "records"], ["record", "records"]);
    let values = language.count(values, ["waarde", "waarden"], ["value", "values"]);
    print_line(language.say(
        format!(
            "{values} in {records} te beslissen op {as_of}: griffie decide ID --by NAAM accept VELD [--choose N], of \
             correct VELD WAARDE, of not-in-contract VELD"
        ),
        format!(
            "{values} in {records} to be decided on {as_of}: griffie decide ID --by NAME accept FIELD [--choose N], or \
             correct FIELD VALUE, or not-in-contract FIELD"
        ),
    ))?;
    Ok(Outcome::Done)
}

/// The documents of a record of which paper must not be destroyed yet: a page was not read, or no copy was accepted.
fn incomplete(app: &App, id: &RecordId) -> Result<Vec<Document>> {
    let documents = app.register.record(id)?.documents;
    let lacks = |document: &Document| document.pages.unreadable > 0 || document.archival_copy == ArchivalCopy::Refused;
    Ok(documents.into_iter().filter(lacks).collect())
}

fn incomplete_line(document: &Document, language: Language) -> String {
    let mut lacks = Vec::new();
    if document.pages.unreadable > 0 {
        let pages = language.count(document.pages.unreadable as usize, ["pagina", "pagina's"], ["page", "pages"]);
        lacks.push(language.say(format!("{pages} niet gelezen"), format!("{pages} not read")));
    }
    if document.archival_copy == ArchivalCopy::Refused {
        lacks.push(language.say("archiefkopie niet aanvaard", "archival copy refused").to_owned());
    }
    let id = &document.id;
    format!("  {:<19} {id}: {} (griffie show {id})", language.say("document", "document"), lacks.join(", "))
}

impl Waiting {
    fn text(&self, language: Language) -> String {
        let status = serde_json::from_value(self.status.clone().into()).ok();
        let status = status.map_or("", |status| table::status_name(status, language));
        let mut text = format!("  {:<19} [{status}]\n", self.field);
        for (number, reading) in (1..).zip(&self.readings) {
            let places: Vec<_> = reading["evidence"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|place| table::quoted(place, language))
                .collect();
            let line = format!("      {number}  {}  {}", table::value_text(&reading["value"]), places.join(", "));
            text += &(one_line(&line) + "\n");
        }
        if let Some(why) = &self.why {
            text += &format!("         {}\n", one_line(why));
        }
        text
    }
}

/// The same for machines; nothing where nothing waits.
pub(super) fn to_json(app: &App, id: &RecordId, as_of: Date) -> Result<Option<Value>> {
    let entry = super::entry(app, id, as_of)?;
    let waiting = waiting(&entry.fields)?;
    let incomplete = incomplete(app, id)?;
    if waiting.is_empty() && incomplete.is_empty() && !may_have_gone_on(&entry) {
        return Ok(None);
    }
    let lacks = |document: &Document| json!({"id": document.id, "pages": document.pages, "archival_copy": document.archival_copy.state()});
    let one = |waiting: &Waiting| {
        let reading = |reading: &Value| json!({"value": reading["value"], "explanation": reading["explanation"], "evidence": reading["evidence"]});
        json!({"field": waiting.field, "status": waiting.status, "explanation": waiting.why,
               "readings": waiting.readings.iter().map(reading).collect::<Vec<_>>()})
    };
    Ok(Some(json!({
        "id": id, "title": entry.fields.title.value, "files": files(app, id)?, "as_of": as_of,
        "next_deadline": next(&entry), "deadlines": super::to_json(&entry.outlook.deadlines)?,
        "waiting": waiting.iter().map(one).collect::<Vec<_>>(),
        "incomplete_documents": incomplete.iter().map(lacks).collect::<Vec<_>>(),
    })))
}

/// One line a reading, and one for a value that was left open.
pub(super) fn print_csv(app: &App, ids: &[RecordId], as_of: Date) -> Result<Outcome> {
    let header = ["id", "title", "files", "next_deadline", "field", "status", "choose", "reading", "page", "words"];
    print_line(csv_line(&header.map(str::to_owned)))?;
    for id in ids {
        let entry = super::entry(app, id, as_of)?;
        let title = entry.fields.title.value.clone().unwrap_or_default();
        let record = [id.to_string(), title, one_line(&files(app, id)?), next(&entry).unwrap_or_default()];
        if may_have_gone_on(&entry) {
            let why = entry.outlook.deadlines.first().map(|next| next.explanation.clone()).unwrap_or_default();
            let asked = ["lifecycle", "ended", "", &why, "", ""].map(str::to_owned);
            print_line(csv_line(&[&record[..], &asked[..]].concat()))?;
        }
        for waiting in waiting(&entry.fields)? {
            let head = record
                .clone()
                .into_iter()
                .chain([waiting.field.to_owned(), waiting.status.clone()])
                .collect::<Vec<_>>();
            let tails = match waiting.readings.is_empty() {
                true => vec![[const { String::new() }; 4]],
                false => (1..).zip(&waiting.readings).map(|(number, reading)| tail(number, reading)).collect(),
            };
            for tail in tails {
                print_line(csv_line(&[head.clone(), tail.to_vec()].concat()))?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn tail(number: usize, reading: &Value) -> [String; 4] {
    let places = || reading["evidence"].as_array().into_iter().flatten();
    let page = places().next().map(|place| place["page"].to_string()).unwrap_or_default();
    let words: Vec<_> = places().filter_map(|place| place["quote"].as_str()).collect();
    [number.to_string(), table::value_text(&reading["value"]), page, words.join(" … ")]
}

fn next(entry: &Entry) -> Option<String> {
    entry.outlook.deadlines.first().map(|next| next.date.to_string())
}
