//! Labelled documents as they lie in folders: a `gold.json` beside each document, or one list for all in the form of
//! the Kleister-NDA or the CUAD benchmark. It reads labels and brings them into one form; it reads no document.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value as Json, json};

use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    extract::{
        dictionary,
        entity::{self, Entity},
        lexicon::fold,
    },
    model::Language,
};

/// A document and what a person says that it holds.
pub(super) struct LabelledDocument {
    /// Its name, for people.
    pub name: String,
    /// The folder of labels that it came with.
    pub set: String,
    /// What it shares wordings with: a maker, a form.
    pub family: String,
    /// Written by a program to have enough to measure on.
    pub made_up: bool,
    /// What it holds, field by field; a list of dates stands for any of them.
    pub label: Json,
    /// The document.
    pub document: PathBuf,
}

/// The labelled documents of a folder, by name. Where one lies there in several forms, `variant` is in the name of
/// the file that is meant.
pub(super) fn labelled_documents(folder: &Path, variant: Option<&str>) -> Result<Vec<LabelledDocument>> {
    let set = fs::canonicalize(folder)
        .fold(ErrorKind::NotFound, || format!("there is no folder `{}`", folder.display()))?
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut found = Vec::new();
    for (list, read) in LISTS {
        let path = folder.join(list);
        if path.is_file() {
            listed(&path, folder, &set, *read, &mut found)?;
        }
    }
    beside(folder, &set, variant, &mut found)?;
    if found.is_empty() {
        // Several sets side by side.
        for entry in walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name() {
            let entry = entry.fold(ErrorKind::NotFound, || format!("cannot list `{}`", folder.display()))?;
            if entry.path().is_dir() && holds_labels(entry.path()) {
                found.extend(labelled_documents(entry.path(), variant)?);
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if found.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, format!("`{}` holds no labels", folder.display()))
            .hint("a label is a gold.json in the folder of its document, or a list expected.jsonl or answers.jsonl"));
    }
    Ok(found)
}

/// Whether a folder is a set itself: a list, or documents with their labels in folders of their own.
fn holds_labels(folder: &Path) -> bool {
    let beside =
        fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| entry.path().join("gold.json").is_file());
    beside || LISTS.iter().any(|(list, _)| folder.join(list).is_file())
}

/// One label of a list, in our form.
type ReadLabel = fn(&Json) -> Json;

const LISTS: &[(&str, ReadLabel)] = &[("expected.jsonl", kleister), ("answers.jsonl", cuad)];

/// A `gold.json` in the folder of each document.
fn beside(folder: &Path, set: &str, variant: Option<&str>, found: &mut Vec<LabelledDocument>) -> Result<()> {
    let cannot_read = || format!("cannot read the labelled documents in `{}`", folder.display());
    for entry in walkdir::WalkDir::new(folder).follow_links(true).min_depth(2).max_depth(2).sort_by_file_name() {
        let entry = entry.fold(ErrorKind::NotFound, cannot_read)?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let is_document = [".pdf", ".tif", ".tiff"].iter().any(|ending| file.ends_with(ending));
        let Some(home) = entry.path().parent().filter(|_| is_document) else { continue };
        if variant.is_some_and(|variant| !file.contains(variant)) {
            continue;
        }
        let Ok(label) = fs::read_to_string(home.join("gold.json")) else { continue };
        let label: Json = serde_json::from_str(&label)
            .fold(ErrorKind::InvalidInput, || format!("`{}` is no JSON", home.join("gold.json").display()))?;
        let name = home.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // `D1-03` and `D1-04` are of one maker: what they share must not judge itself.
        let family = label["family"].as_str().or(name.split_once('-').map(|(family, _)| family)).unwrap_or(&name);
        found.push(LabelledDocument {
            set: set.to_owned(),
            family: format!("{set} {family}"),
            made_up: label["made_up"] == true,
            name,
            label,
            document: entry.into_path(),
        });
    }
    Ok(())
}

/// A list with a document and its label in each line.
fn listed(list: &Path, folder: &Path, set: &str, read: ReadLabel, found: &mut Vec<LabelledDocument>) -> Result<()> {
    let text = fs::read_to_string(list).fold(ErrorKind::NotFound, || format!("cannot read `{}`", list.display()))?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}: no label", list.display(), number + 1);
        let line: Json = serde_json::from_str(line).fold(ErrorKind::InvalidInput, place)?;
        let Some(file) = line["file"].as_str() else {
            return Err(Error::new(ErrorKind::InvalidInput, place()).hint("each line names its `file`"));
        };
        let name = Path::new(file).file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Nobody says who wrote these: they are left out by sixteenths.
        let part = name.chars().next().unwrap_or_default();
        found.push(LabelledDocument {
            name,
            set: set.to_owned(),
            family: format!("{set} {part}"),
            made_up: false,
            label: read(&line),
            document: folder.join(file),
        });
    }
    Ok(())
}

/// `{"expected": {"effective_date": ["2017-02-10"], "jurisdiction": ["New_York"], "party": [...], "term": ["7_years"]}}`.
/// What is not there the contract does not have.
fn kleister(line: &Json) -> Json {
    let all = |key: &str| -> Vec<String> {
        let values = line["expected"][key].as_array().into_iter().flatten();
        values.filter_map(Json::as_str).map(|value| value.replace('_', " ")).collect()
    };
    let mut label = Map::new();
    label.insert("effective_or_signing_date".into(), any_of(all("effective_date")));
    label.insert("term".into(), all("term").first().and_then(|term| spoken_period(term)).into());
    label.insert("parties".into(), parties(all("party")));
    place(all("jurisdiction").first().map(String::as_str), &mut label);
    label.into()
}

/// CUAD's normalized answers: dates as `5/8/14`, periods as `successive 1 year`, parties parted by semicolons.
fn cuad(line: &Json) -> Json {
    let answer = |key: &str| line["answer"][key].as_str();
    let mut label = Map::new();
    for (key, answered) in [("signing_date", answer("agreement_date")), ("effective_date", answer("effective_date"))] {
        match answered {
            Some(answered) => drop(american(answered).map(|day| label.insert(key.into(), json!(day)))),
            // A date of signing that nobody found is not there; one of effect often is, in other words.
            None if key == "signing_date" => drop(label.insert(key.into(), Json::Null)),
            None => {}
        }
    }
    match answer("expiration_date") {
        Some("perpetual") => drop(label.insert("term".into(), json!("indefinite"))),
        Some(answered) => {
            if let Some(end) = american(answered) {
                // The annotators take the same day of the month for the last one, the law the day before.
                let days = [Some(end), end.yesterday().ok()];
                label.insert("end_date".into(), json!(days.into_iter().flatten().collect::<Vec<_>>()));
            }
        }
        None => {}
    }
    if let Some(period) = answer("renewal_term").and_then(spoken_period) {
        label.insert("renewal".into(), json!({ "period": period }));
    }
    if let Some(period) = answer("notice_period").and_then(spoken_period) {
        // The answer is to one question: the notice against renewal. Other notices are not judged by it.
        label.insert("notice_of_renewal".into(), json!({ "period": period }));
    }
    let law = answer("governing_law").map(|law| law.split([',', ';']).next().unwrap_or(law));
    place(law, &mut label);
    let named = answer("parties").unwrap_or_default().split(';').map(|party| {
        let name = party.split(['(', '[', '“', '"']).next().unwrap_or_default();
        name.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches([',', '.', ' ']).to_owned()
    });
    label.insert("parties".into(), parties(named.filter(|name| name.len() > 3).collect()));
    label.into()
}

fn parties(names: Vec<String>) -> Json {
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

fn any_of(values: Vec<String>) -> Json {
    if values.is_empty() { Json::Null } else { json!(values) }
}

/// A state or country by its name; one that we have no code for is not judged.
fn place(named: Option<&str>, label: &mut Map<String, Json>) {
    let Some(named) = named else {
        label.insert("governing_law".into(), Json::Null);
        return;
    };
    let known = dictionary::pairs("jurisdictions").into_iter().find(|(_, word)| *word == fold(named));
    if let Some((code, _)) = known {
        label.insert("governing_law".into(), json!(code));
    }
}

/// The first period of an answer: `7 years`, `successive 1 year`.
fn spoken_period(answer: &str) -> Option<String> {
    entity::find_in(answer, Language::English).into_iter().find_map(|spot| match spot.entity {
        Entity::Period(reading) => reading.period.map(|period| period.to_string()),
        _ => None,
    })
}

/// Month, day and year with slashes; two digits of a year mean 1940 to 2039.
fn american(answer: &str) -> Option<jiff::civil::Date> {
    let mut parts = answer.trim().split('/').map(|part| part.parse::<i16>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let year = match year {
        100.. => year,
        ..40 => year + 2000,
        _ => year + 1900,
    };
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_sets_is_all_of_them() {
        let folder = tempfile::tempdir().unwrap();
        for document in ["first/A1-01", "second/B1-01", "second/B1-02"] {
            let home = folder.path().join(document);
            fs::create_dir_all(&home).unwrap();
            fs::write(home.join("gold.json"), "{}").unwrap();
            fs::write(home.join("digital.pdf"), "").unwrap();
        }
        fs::create_dir(folder.path().join("notes")).unwrap();
        let named =
            |found: Vec<LabelledDocument>| found.into_iter().map(|one| one.set + "/" + &one.name).collect::<Vec<_>>();
        let all = named(labelled_documents(folder.path(), None).unwrap());
        assert_eq!(all, ["first/A1-01", "second/B1-01", "second/B1-02"]);
        assert_eq!(named(labelled_documents(&folder.path().join("first"), None).unwrap()), ["first/A1-01"]);
        assert!(labelled_documents(&folder.path().join("notes"), None).is_err());
    }

    #[test]
    fn foreign_labels_come_into_our_form() {
        let line = json!({"expected": {"effective_date": ["2017-02-10"], "jurisdiction": ["New_York"],
            "party": ["Kite_Pharma_Inc."], "term": ["7_years"]}});
        let label = kleister(&line);
        assert_eq!(label["governing_law"], "US-NY");
        assert_eq!(label["term"], "P7Y");
        assert_eq!(label["parties"], json!([{"name": "Kite Pharma Inc."}]));
        assert_eq!(label["effective_or_signing_date"], json!(["2017-02-10"]));

        let line = json!({"answer": {"parties": "Acme, Inc. (\"A\"); Bolt LLC", "agreement_date": "5/8/14",
            "expiration_date": "12/31/98", "renewal_term": "successive 1 year", "governing_law": null}});
        let label = cuad(&line);
        assert_eq!(label["signing_date"], "2014-05-08");
        assert_eq!(label["end_date"], json!(["1998-12-31", "1998-12-30"]));
        assert_eq!(label["renewal"], json!({"period": "P1Y"}));
        assert_eq!(label["governing_law"], Json::Null);
        assert_eq!(label["parties"], json!([{"name": "Acme, Inc"}, {"name": "Bolt LLC"}]));
        assert!(label.get("effective_date").is_none(), "what is not said is not judged");
    }
}
