//! Date and duration phrases collected elsewhere, as far as contracts can contain them. Skips loudly where absent.
//!
//! Left out, since no contract dates itself so:
//! - what is relative to the day of speaking (tomorrow, two weeks ago, next Friday, the 20th of next month);
//! - a weekday or an ordinal weekday (the first Friday of July), a day without a month (the 15th);
//! - day and month in figures without a year (`22-04`, `4.22`): in contracts these are clauses and prices;
//! - figures with a comma for the year (`12-08, 2015`), names of months glued to the day (`Oct2`), years before 1800;
//! - spoken years (`nineteen zero one`, `negentien en een`);
//! - durations in hours, minutes and seconds, vague ones (`a couple of days`), `the whole day`, `all day`, and units in
//!   no order or glued to a fraction (`2 days 1 month`, `3.5years`).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use griffie::{
    extract::entity::{DateReading, Entity, find_in},
    model::Language,
};
use serde_json::Value;

fn cases(name: &str) -> Option<Vec<(String, String)>> {
    let path = format!("{}/../shared/data/dates/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no phrases at {path}");
        return None;
    };
    let all: Vec<Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("phrases are a JSON list");
    let case = |case: &Value| {
        let result = case["Results"].get(0)?;
        Some((
            case["Input"].as_str()?.to_owned(),
            result["Value"]["Timex"].as_str()?.to_owned(),
            result["Text"].as_str()?.to_lowercase(),
        ))
    };
    let keep = |(input, timex, text): (String, String, String)| kept(&timex, &text).then_some((input, timex));
    Some(all.iter().filter_map(case).filter_map(keep).collect())
}

fn kept(timex: &str, text: &str) -> bool {
    const RELATIVE: &[&str] =
        &["geleden", " ago", "vanaf", "volgende", "next", "vorige", "previous", "deze maand", "this month"];
    const MONTHS: &[&str] = &[
        "jan", "feb", "mrt", "maart", "mar", "apr", "mei", "may", "jun", "jul", "aug", "sep", "okt", "oct", "nov",
        "dec",
    ];
    let month_name = text.chars().filter(|char| char.is_alphabetic()).count() >= 3;
    let figures = text.matches(['-', '/', '.']).count() == 2 && !month_name;
    match timex.as_bytes() {
        [b'P', ..] => {
            let plain = !timex.contains(['T', '.', 'B']) || timex == "P3.5Y" || timex == "P0.5Y";
            let vague = [
                "hele", "volle", "gehele", "all", "full", "whole", "couple", "paar", "aantal", "nog", "another",
                "minder",
            ];
            let order_of_units = !text.starts_with("2 da") && !text.contains("3.5years");
            plain && order_of_units && !vague.iter().any(|word| text.contains(word))
        }
        [b'X', b'X', b'X', b'X', b'-', month, ..] if month.is_ascii_digit() => {
            month_name && !timex.contains('W') && !text.contains("oct")
        }
        [b'1', b'8'..=b'9', ..] | [b'2', ..] => {
            let relative = RELATIVE.iter().any(|word| text.contains(word));
            let odd = ["-08,", "12,15", "zero one", "negentien en een"].iter().any(|odd| text.contains(odd));
            (figures || MONTHS.iter().any(|month| text.contains(month)) && !relative) && !odd
        }
        _ => false,
    }
}

/// Whether what was read is what the phrase means; English figures may stay ambiguous.
fn fits(entity: &Entity, timex: &str) -> bool {
    match entity {
        Entity::Date(DateReading::Day(date)) => date.to_string() == timex,
        Entity::Date(DateReading::Yearly { month, day }) => format!("XXXX-{month:02}-{day:02}") == timex,
        Entity::Date(DateReading::Ambiguous(one, two)) => one.to_string() == timex || two.to_string() == timex,
        Entity::Date(DateReading::Impossible) => timex == "XXXX-02-30" || timex == "2019-02-29",
        Entity::Period(reading) => {
            let iso = match timex {
                "P3.5Y" => "P42M",
                "P0.5Y" => "P6M",
                other => other,
            };
            reading.period.is_some_and(|period| iso.parse().is_ok_and(|want: griffie::model::Period| want == period))
        }
        _ => false,
    }
}

#[track_caller]
fn check(name: &str, language: Language, at_least: usize) {
    let Some(cases) = cases(name) else { return };
    assert!(cases.len() >= at_least, "{name}: only {} phrases kept", cases.len());
    let missed: Vec<_> = cases
        .iter()
        .filter(|(input, timex)| !find_in(input, language).iter().any(|spot| fits(&spot.entity, timex)))
        .collect();
    assert!(missed.is_empty(), "{name}: {} of {} missed: {missed:#?}", missed.len(), cases.len());
}

#[test]
fn collected_dutch_dates() {
    check("dutch-DateParser", Language::Dutch, 40);
}

#[test]
fn collected_english_dates() {
    check("english-DateParser", Language::English, 20);
}

#[test]
fn collected_dutch_durations() {
    check("dutch-DurationParser", Language::Dutch, 12);
}

#[test]
fn collected_english_durations() {
    check("english-DurationParser", Language::English, 5);
}
