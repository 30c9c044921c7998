//! Labelled documents: what a person says that a contract holds, compared with what the rules read. It reads no files.

use serde_json::Value as Json;

use super::{
    calibration::{Calibration, Observation, calibrate},
    lexicon::fold,
};
use crate::model::{
    Field, Fields, Language, Period,
    record::{Notice, Party},
};

/// A value that a rule gave in a document, before it was compared with a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Field.
    pub field: &'static str,
    /// Language of the rule.
    pub lang: Language,
    /// Rule.
    pub rule: String,
    /// Kind of evidence.
    pub pattern: String,
}

/// What was observed in one labelled document.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Documents of one maker or form, which are left out together when the calibration is measured.
    pub family: String,
    /// The values given.
    pub observations: Vec<Observation>,
    /// How many values the label names.
    pub labelled: u32,
}

/// Compares a record with the label of its document. Fields that the label leaves out are not judged.
pub fn observe(family: &str, label: &Json, fields: &Fields, traces: &[Trace]) -> Observed {
    let mut sheet = Sheet { label, traces, observations: Vec::new(), labelled: 0 };
    sheet.one("title", &fields.title, |title, label| holds(label.as_str().unwrap_or_default(), title));
    sheet.one("contract_type", &fields.contract_type, same_json);
    sheet.one("reference", &fields.reference, |one, other| words(one) == words(other.as_str().unwrap_or_default()));
    sheet.one("signing_date", &fields.signing_date, same_json);
    sheet.one("effective_date", &fields.effective_date, same_json);
    sheet.one("end_date", &fields.end_date, same_json);
    sheet.one("term", &fields.term, |term, label| same_period(&json(term), label));
    sheet.one("renewal", &fields.renewal, |renewal, label| {
        json(&renewal.kind) == label["kind"] && same_period(&json(&renewal.period), &label["period"])
    });
    sheet.one("value", &fields.value, |money, label| {
        let amount = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
        amount(Some(&money.amount)) == amount(label["amount"].as_str())
            && label["currency"] == money.currency.as_str()
            && label["per"] == json(&money.per)
    });
    sheet.one("governing_law", &fields.governing_law, same_json);
    sheet.one("court", &fields.court, |court, label| holds(label.as_str().unwrap_or_default(), court));
    sheet.one("relates_to", &fields.relates_to, |other, label| {
        json(&other.date) == label["date"]
            && words(other.reference.as_deref().unwrap_or_default())
                == words(label["reference"].as_str().unwrap_or_default())
    });
    sheet.many("parties", &fields.parties, |party: &Party, label| {
        same_name(&party.name, label["name"].as_str().unwrap_or_default())
            && label["role"].as_str().is_none_or(|role| plain(role) == plain(party.role.as_deref().unwrap_or_default()))
    });
    sheet.many("notice", &fields.notice, |notice: &Notice, label| {
        let by = label["by"].as_str().unwrap_or("any");
        same_period(&json(&notice.period), &label["period"])
            && plain(&notice.by) == plain(by)
            && json(&notice.against) == label["against"]
    });
    Observed { family: family.to_owned(), observations: sheet.observations, labelled: sheet.labelled }
}

struct Sheet<'a> {
    label: &'a Json,
    traces: &'a [Trace],
    observations: Vec<Observation>,
    labelled: u32,
}

impl Sheet<'_> {
    fn one<T>(&mut self, name: &'static str, field: &Field<T>, right: impl Fn(&T, &Json) -> bool) {
        let Some(label) = self.label.get(name) else { return };
        self.labelled += u32::from(!label.is_null());
        if let Some(value) = &field.value {
            let right = !label.is_null() && right(value, label);
            self.note(name, field.rule.as_deref(), right);
        }
    }

    fn many<T>(&mut self, name: &'static str, fields: &[Field<T>], right: impl Fn(&T, &Json) -> bool) {
        let Some(labels) = self.label.get(name).and_then(Json::as_array) else { return };
        self.labelled += labels.len() as u32;
        for field in fields {
            if let Some(value) = &field.value {
                let right = labels.iter().any(|label| right(value, label));
                self.note(name, field.rule.as_deref(), right);
            }
        }
    }

    /// A value that was computed from others has no rule of its own to judge.
    fn note(&mut self, field: &'static str, rule: Option<&str>, right: bool) {
        let trace = self.traces.iter().find(|trace| trace.field == field && Some(trace.rule.as_str()) == rule);
        if let Some(trace) = trace.cloned() {
            let Trace { lang, rule, pattern, .. } = trace;
            self.observations.push(Observation { field, lang, rule, pattern, right });
        }
    }
}

fn json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or(Json::Null)
}

fn same_json<T: serde::Serialize>(value: &T, label: &Json) -> bool {
    json(value) == *label
}

/// Years and months are one unit, weeks and days another.
fn same_period(one: &Json, other: &Json) -> bool {
    let units = |value: &Json| {
        value.as_str().map(|text| text.parse::<Period>().map(Period::months_and_days).map_err(|_| text.to_owned()))
    };
    units(one) == units(other)
}

fn words(text: &str) -> Vec<String> {
    fold(text).split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn plain(role: &str) -> Vec<String> {
    words(role).into_iter().filter(|word| !matches!(word.as_str(), "de" | "het" | "the")).collect()
}

/// The same words but for articles and legal forms.
fn same_name(one: &str, other: &str) -> bool {
    let key = |name: &str| -> Vec<String> {
        let form =
            ["the", "de", "het", "bv", "nv", "b", "v", "n", "inc", "llc", "ltd", "corp", "corporation", "limited"];
        words(name).into_iter().filter(|word| !form.contains(&word.as_str())).collect()
    };
    key(one) == key(other)
}

/// All words of the label, and at most a dozen more.
fn holds(label: &str, value: &str) -> bool {
    let (label, value) = (words(label), words(value));
    !label.is_empty() && label.iter().all(|word| value.contains(word)) && value.len() <= label.len() + 12
}

/// How far a calibration carries to families of documents that it was not made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carries {
    /// Right values among those that would have filled the register by themselves.
    pub right: u32,
    /// Values that would have filled the register by themselves.
    pub given: u32,
    /// Values that labels name.
    pub labelled: u32,
}

/// Leaves out one family after the other and judges it by what the others teach.
pub fn out_of_sample(documents: &[Observed]) -> Carries {
    let mut families: Vec<&str> = documents.iter().map(|document| document.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    let mut carries = Carries::default();
    for family in families {
        let (out, rest): (Vec<_>, Vec<_>) = documents.iter().partition(|document| document.family == family);
        let made = made_from(rest.iter().copied(), String::new(), String::new());
        carries.labelled += out.iter().map(|document| document.labelled).sum::<u32>();
        for seen in out.iter().flat_map(|document| &document.observations) {
            if made.is_sure(seen.field, seen.lang, &seen.rule, &seen.pattern) {
                carries.given += 1;
                carries.right += u32::from(seen.right);
            }
        }
    }
    carries
}

/// A calibration from labelled documents.
pub fn made_from<'a>(documents: impl Iterator<Item = &'a Observed>, from: String, on: String) -> Calibration {
    let (mut all, mut count) = (Vec::new(), 0);
    for document in documents {
        count += 1;
        all.extend(document.observations.iter().cloned());
    }
    calibrate(&all, count, from, on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_twelve_months() {
        assert!(same_period(&"P2Y".into(), &"P24M".into()));
        assert!(!same_period(&"P2Y".into(), &"P3Y".into()));
        assert!(!same_period(&"P2Y".into(), &Json::Null));
    }

    #[test]
    fn a_family_never_judges_itself() {
        let seen = |right| Observation {
            field: "term",
            lang: Language::Dutch,
            rule: "r".into(),
            pattern: "strong".into(),
            right,
        };
        let family =
            |name: &str, right| Observed { family: name.into(), observations: vec![seen(right); 30], labelled: 30 };
        // What only the first family teaches would be wrong in the second.
        let carries = out_of_sample(&[family("a", true), family("b", false)]);
        assert_eq!(carries, Carries { right: 0, given: 30, labelled: 60 });
    }
}
