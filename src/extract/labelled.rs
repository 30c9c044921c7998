//! Labelled documents: what a person says that a contract holds, compared with what the rules read. It reads no files.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    calibration::{Calibration, Observation, calibrate, folds},
    lexicon::fold,
    rule::FieldId,
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{
        Field, Fields, Language, Period,
        record::{Against, Notice, Party},
    },
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
    /// The folder of labels that the document came with.
    pub set: String,
    /// Documents of one maker or form, which are left out together when the calibration is measured.
    pub family: String,
    /// The document was written by a program: it says less than one that people wrote.
    pub made_up: bool,
    /// How many times the rules were mended since its values were read.
    pub rounds_ago: u32,
    /// The values given.
    pub observations: Vec<Observation>,
    /// How many values the label names, by field.
    pub labelled: BTreeMap<&'static str, u32>,
}

/// Compares a record with the label of its document. Fields that the label leaves out are not judged, nor are the
/// parts of a value that it leaves out; a list stands for any of its values. A value in a field that the label says a
/// person must look at (`needs_review`) is never right: it must not fill the register by itself.
pub fn observe(label: &Json, fields: &Fields, traces: &[Trace]) -> (Vec<Observation>, BTreeMap<&'static str, u32>) {
    let mut sheet = Sheet { label, traces, observations: Vec::new(), labelled: BTreeMap::new() };
    sheet.one("title", "title", &fields.title, |title, label| holds(label.as_str().unwrap_or_default(), title));
    sheet.one("contract_type", "contract_type", &fields.contract_type, same_json);
    sheet.one("reference", "reference", &fields.reference, |one, other| {
        words(one) == words(other.as_str().unwrap_or_default())
    });
    sheet.one("signing_date", "signing_date", &fields.signing_date, same_json);
    sheet.one("effective_date", "effective_date", &fields.effective_date, same_json);
    // Some labels name one date without saying which.
    match fields.effective_date.value {
        Some(_) => sheet.one("effective_or_signing_date", "effective_date", &fields.effective_date, same_json),
        None => sheet.one("effective_or_signing_date", "signing_date", &fields.signing_date, same_json),
    }
    sheet.one("end_date", "end_date", &fields.end_date, same_json);
    sheet.one("term", "term", &fields.term, |term, label| same_period(&json(term), label));
    sheet.one("renewal", "renewal", &fields.renewal, |renewal, label| {
        label.get("kind").is_none_or(|kind| json(&renewal.kind) == *kind)
            && same_period(&json(&renewal.period), &label["period"])
    });
    sheet.one("value", "value", &fields.value, |money, label| {
        let amount = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
        amount(Some(&money.amount)) == amount(label["amount"].as_str())
            && label["currency"] == money.currency.as_str()
            && label["per"] == json(&money.per)
    });
    sheet.one("governing_law", "governing_law", &fields.governing_law, same_json);
    sheet.one("court", "court", &fields.court, |court, label| holds(label.as_str().unwrap_or_default(), court));
    sheet.one("relates_to", "relates_to", &fields.relates_to, |other, label| {
        json(&other.date) == label["date"]
            && words(other.reference.as_deref().unwrap_or_default())
                == words(label["reference"].as_str().unwrap_or_default())
    });
    // What the contract calls a party and its number are judged where they were read.
    sheet.many("parties", &fields.parties, |party: &Party, label| {
        let same = |read: &Option<String>, label: &Json, key: fn(&str) -> String| match (read, label.as_str()) {
            (Some(read), Some(label)) => key(read) == key(label),
            _ => true,
        };
        same_name(&party.name, label["name"].as_str().unwrap_or_default())
            && same(&party.role, &label["role"], |role| plain(role).join(" "))
            && same(&party.registration_number, &label["kvk"], digits)
    });
    let notice_is = |notice: &Notice, label: &Json| {
        same_period(&json(&notice.period), &label["period"])
            && label["by"].as_str().is_none_or(|by| plain(&notice.by) == plain(by))
            && label.get("against").is_none_or(|against| json(&notice.against) == *against)
    };
    sheet.many("notice", &fields.notice, notice_is);
    // Some labels answer one question only: the notice against renewal.
    let period = |field: &Field<Notice>| field.value.as_ref().is_some_and(|notice| notice.period.is_some());
    let of_renewal = |field: &Field<Notice>| {
        period(field) && field.value.as_ref().is_some_and(|notice| notice.against == Against::EndOfTerm)
    };
    let asked = fields.notice.iter().position(of_renewal).or_else(|| fields.notice.iter().position(period));
    sheet.nth("notice_of_renewal", "notice", &fields.notice, asked, notice_is);
    (sheet.observations, sheet.labelled)
}

struct Sheet<'a> {
    label: &'a Json,
    traces: &'a [Trace],
    observations: Vec<Observation>,
    labelled: BTreeMap<&'static str, u32>,
}

impl Sheet<'_> {
    fn one<T>(&mut self, key: &str, name: &'static str, field: &Field<T>, right: impl Fn(&T, &Json) -> bool) {
        let Some(label) = self.label.get(key) else { return };
        *self.labelled.entry(name).or_default() += u32::from(!label.is_null());
        if let Some(value) = &field.value {
            let right = match label {
                Json::Null => false,
                Json::Array(any) => any.iter().any(|label| right(value, label)),
                label => right(value, label),
            };
            self.note(name, field.rule.as_deref(), right);
        }
    }

    fn many<T>(&mut self, name: &'static str, fields: &[Field<T>], right: impl Fn(&T, &Json) -> bool) {
        let Some(labels) = self.label.get(name).and_then(Json::as_array) else { return };
        *self.labelled.entry(name).or_default() += labels.len() as u32;
        for (number, field) in fields.iter().enumerate() {
            if let Some(value) = &field.value {
                let right = labels.iter().any(|label| right(value, label));
                self.note_of_several(name, fields, number, right);
            }
        }
    }

    /// One of several values, the others of which the label says nothing about.
    fn nth<T>(
        &mut self,
        key: &str,
        name: &'static str,
        fields: &[Field<T>],
        asked: Option<usize>,
        right: impl Fn(&T, &Json) -> bool,
    ) {
        let Some(label) = self.label.get(key) else { return };
        *self.labelled.entry(name).or_default() += 1;
        if let Some((number, value)) = asked.and_then(|number| Some((number, fields[number].value.as_ref()?))) {
            self.note_of_several(name, fields, number, right(value, label));
        }
    }

    /// Of several values that one rule gave, each has a trace of its own, in their order.
    fn note_of_several<T>(&mut self, name: &'static str, fields: &[Field<T>], number: usize, right: bool) {
        let rule = fields[number].rule.as_deref();
        let before = fields[..number].iter().filter(|field| field.value.is_some() && field.rule.as_deref() == rule);
        self.note_nth(name, rule, before.count(), right);
    }

    fn note(&mut self, field: &'static str, rule: Option<&str>, right: bool) {
        self.note_nth(field, rule, 0, right);
    }

    /// A value that was computed from others has no rule of its own to judge.
    fn note_nth(&mut self, field: &'static str, rule: Option<&str>, nth: usize, right: bool) {
        let look = self.label["needs_review"].as_array().into_iter().flatten().any(|name| name == field);
        let mut traces = self.traces.iter().filter(|trace| trace.field == field && Some(trace.rule.as_str()) == rule);
        if let Some(trace) = traces.nth(nth).cloned() {
            let Trace { lang, rule, pattern, .. } = trace;
            self.observations.push(Observation { field, lang, rule, pattern, right: right && !look });
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

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn plain(role: &str) -> Vec<String> {
    words(role).into_iter().filter(|word| !matches!(word.as_str(), "de" | "het" | "the")).collect()
}

/// The same words but for articles, and the legal form that the label says.
fn same_name(one: &str, other: &str) -> bool {
    const FORMS: [&[&str]; 12] = [
        &["bv", "b", "v"],
        &["nv", "n"],
        &["inc", "incorporated"],
        &["llc", "l", "c"],
        &["ltd", "limited"],
        &["corp", "corporation"],
        &["co", "company"],
        &["lp"],
        &["llp"],
        &["plc"],
        &["gmbh"],
        &["sa"],
    ];
    let form = |word: &str| FORMS.iter().position(|forms| forms.contains(&word));
    let key = |name: &str| -> (Vec<String>, Vec<usize>) {
        let all: Vec<String> = words(&name.replace('&', " and "))
            .into_iter()
            .filter(|word| !matches!(word.as_str(), "the" | "de" | "het"))
            .collect();
        let mut forms: Vec<usize> = all.iter().filter_map(|word| form(word)).collect();
        forms.dedup();
        (all.into_iter().filter(|word| form(word).is_none()).collect(), forms)
    };
    let ((name, forms), (label, wanted)) = (key(one), key(other));
    name == label && wanted.iter().all(|form| forms.contains(form))
}

/// All words of the label, and at most a dozen more.
fn holds(label: &str, value: &str) -> bool {
    let (label, value) = (words(label), words(value));
    !label.is_empty() && label.iter().all(|word| value.contains(word)) && value.len() <= label.len() + 12
}

/// How far a calibration carries to families of documents that it was not made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carries {
    /// Documents.
    pub documents: u32,
    /// Right values among those that would have filled the register by themselves.
    pub right: u32,
    /// Values that would have filled the register by themselves.
    pub given: u32,
    /// Values that labels name.
    pub labelled: u32,
}

/// Judges each family by what the families of other parts teach; one result a set.
pub fn out_of_sample(documents: &[Observed]) -> BTreeMap<String, Carries> {
    let mut sets: BTreeMap<String, Carries> = BTreeMap::new();
    for (out, rest) in folds(&documents.iter().collect::<Vec<_>>()) {
        let made = calibrate(&rest);
        for document in out {
            let carries = sets.entry(document.set.clone()).or_default();
            carries.documents += 1;
            carries.labelled += document.labelled.values().sum::<u32>();
            for seen in &document.observations {
                if made.is_sure(seen.field, seen.lang, &seen.rule, &seen.pattern) {
                    carries.given += 1;
                    carries.right += u32::from(seen.right);
                }
            }
        }
    }
    sets
}

/// A value that was judged, as a line of JSON.
pub fn line(seen: &Observed, document: &str, one: &Observation) -> Json {
    json!({"set": seen.set, "family": seen.family, "made_up": seen.made_up, "document": document, "field": one.field,
        "lang": one.lang, "rule": one.rule, "pattern": one.pattern, "right": one.right, "labelled": seen.labelled})
}

#[derive(Deserialize)]
struct Line {
    set: String,
    family: String,
    #[serde(default)]
    made_up: bool,
    document: String,
    #[serde(default)]
    round: Option<u32>,
    field: String,
    lang: Language,
    rule: String,
    pattern: String,
    right: bool,
    labelled: BTreeMap<String, u32>,
}

/// Documents from lines as [`line`] writes them, their sets marked as seen before. A family stays one with what the
/// rules read in it today, so that neither judges the other. A line may say in which `round` its document was read, where
/// the rules were mended between them; one that doesn't was read in the last.
pub fn observed_before(lines: &str) -> Result<Vec<Observed>> {
    let mut documents: BTreeMap<(String, String), Observed> = BTreeMap::new();
    let mut rounds: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (number, text) in lines.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let line: Line = serde_json::from_str(text)
            .fold(ErrorKind::InvalidInput, || format!("line {} is no judged value", number + 1))?;
        let known = |name: &str| {
            let fields = FieldId::ALL.into_iter().map(FieldId::name).chain(["title", "parties"]);
            fields.into_iter().find(|field| *field == name).ok_or_else(|| {
                Error::new(ErrorKind::InvalidInput, format!("line {}: there is no field `{name}`", number + 1))
            })
        };
        let field = known(&line.field)?;
        let labelled =
            line.labelled.iter().map(|(name, count)| Ok((known(name)?, *count))).collect::<Result<BTreeMap<_, _>>>()?;
        let set = format!("{}, as first seen", line.set);
        let key = (line.set, line.document);
        rounds.extend(line.round.map(|round| (key.clone(), round)));
        let document = documents.entry(key).or_insert_with(|| Observed {
            set,
            family: line.family,
            made_up: line.made_up,
            rounds_ago: 0,
            observations: Vec::new(),
            labelled,
        });
        let Line { lang, rule, pattern, right, .. } = line;
        document.observations.push(Observation { field, lang, rule, pattern, right });
    }
    let last = rounds.values().copied().max().unwrap_or(0);
    for (key, round) in rounds {
        documents.entry(key).and_modify(|document| document.rounds_ago = last - round);
    }
    Ok(documents.into_values().collect())
}

/// What stands above a calibration that is written to a file.
pub const PREFACE: &str = "# Made by `griffie rules calibrate`; not written by hand.\n";

/// A calibration from labelled documents, with how far it carries.
pub fn made_from(documents: &[Observed], on: String) -> Calibration {
    let from = out_of_sample(documents).into_iter().map(|(set, carries)| {
        let made_up = documents.iter().any(|document| document.set == set && document.made_up);
        let how = if made_up { " written by a program" } else { "" };
        let Carries { documents, right, given, labelled } = carries;
        format!(
            "{set}: {documents} documents{how}; judged by other families, {right} of {given} values that would have filled \
             the register by themselves were right, of {labelled} that the labels name"
        )
    });
    Calibration { made_from: from.collect(), made_on: on, ..calibrate(&documents.iter().collect::<Vec<_>>()) }
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
    fn what_was_judged_before_counts_as_documents_of_their_own() {
        let seen = Observed {
            set: "fresh".into(),
            family: "a".into(),
            made_up: false,
            rounds_ago: 0,
            observations: vec![Observation {
                field: "parties",
                lang: Language::Dutch,
                rule: "r".into(),
                pattern: "p".into(),
                right: true,
            }],
            labelled: BTreeMap::from([("parties", 2)]),
        };
        let lines = format!("{}\n", line(&seen, "1", &seen.observations[0]));
        let read = observed_before(&lines.repeat(2)).unwrap();
        assert_eq!((read.len(), read[0].observations.len(), read[0].set.as_str()), (1, 2, "fresh, as first seen"));
        assert_eq!(read[0].labelled, seen.labelled);
        // What the calibration is made with besides labelled documents.
        let kept = observed_before(include_str!("../../tests/fixtures/first-seen.jsonl")).unwrap();
        assert_eq!(kept.len(), 329);
        let ago = |set: &str| kept.iter().find(|one| one.set.starts_with(set)).map(|one| one.rounds_ago);
        assert_eq!((ago("fresh"), ago("fourth"), ago("twelfth")), (Some(15), Some(12), Some(4)));
        let error = observed_before("{}").unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
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
        let family = |name: &str, right| Observed {
            set: "set".into(),
            family: name.into(),
            made_up: false,
            rounds_ago: 0,
            observations: vec![seen(right); 30],
            labelled: BTreeMap::from([("term", 30)]),
        };
        // What only the first family teaches would be wrong in the second.
        let carries = out_of_sample(&[family("a", true), family("b", false)]);
        assert_eq!(carries["set"], Carries { documents: 2, right: 0, given: 0, labelled: 60 });
    }
}
