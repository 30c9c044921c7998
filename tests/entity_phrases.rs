//! The catalogue of contract phrases beside the project: what each says must be among the typed values that are read.
//! Skips loudly where the catalogue is absent.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use griffie::{
    extract::entity::{Entity, find_in},
    model::Language,
};
use serde_json::Value;

/// Collects the values that the grammars can be held to: periods, amounts, names, whole dates.
fn wanted(value: &Value, key: &str, to: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| wanted(value, key, to)),
        Value::Array(items) => items.iter().for_each(|value| wanted(value, key, to)),
        Value::String(text) if matches!(key, "name" | "kvk" | "contract_no") => to.push(text.to_lowercase()),
        Value::String(text) if matches!(key, "term" | "period" | "decision_notice" | "term_list") => {
            to.extend((text.starts_with('P') && text != "P0D").then(|| text.clone()));
        }
        // The end of a term is derived, not read.
        Value::String(text)
            if matches!(key, "signed_on" | "agreement_date" | "effective_from" | "decision_date" | "on") =>
        {
            to.extend((text.len() == 10 && !text.starts_with('-')).then(|| text.clone()));
        }
        _ => {}
    }
}

#[test]
fn phrases_of_the_catalogue_are_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/phrases.jsonl");
    let Ok(lines) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: no catalogue of phrases at {path}");
        return;
    };
    let (mut all, mut missed) = (0, Vec::new());
    for line in lines.lines() {
        let phrase: Value = serde_json::from_str(line).expect("a line is a JSON object");
        let language = if phrase["lang"] == "nl" { Language::Dutch } else { Language::English };
        let text = phrase["phrase"].as_str().unwrap_or_default();
        let found: Vec<String> = find_in(text, language)
            .into_iter()
            .filter_map(|spot| match spot.entity {
                Entity::Date(griffie::extract::entity::DateReading::Day(date)) => Some(date.to_string()),
                Entity::Period(reading) => reading.period.map(|period| period.to_string()),
                Entity::Organization(reading) => Some(reading.name.to_lowercase()),
                Entity::Person(reading) => Some(reading.name.to_lowercase()),
                Entity::Registration(registration) => Some(registration.number),
                Entity::Reference(number) => Some(number.to_lowercase()),
                _ => None,
            })
            .collect();
        let mut want = Vec::new();
        wanted(&phrase["expected"], "", &mut want);
        for value in want {
            all += 1;
            let plain = value.strip_prefix("de ").unwrap_or(&value);
            if !found.iter().any(|found| found == plain) {
                missed.push(format!("{}: {value} in {text:?}, found {found:?}", phrase["id"]));
            }
        }
    }
    eprintln!("{} of {all} values read; missed:\n{}", all - missed.len(), missed.join("\n"));
    assert!(missed.len() * 100 <= all * 15, "more than 15 % of the catalogue's values are not read");
}
