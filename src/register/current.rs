//! The values that hold now: what was found in the main document, what other documents of the dossier say otherwise,
//! and a person's decisions before both. Values computed from a decided one are computed anew.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rusqlite::Transaction;
use serde_json::{Map, Value, json};

use super::{Act, Decision, Record, Register, Role, decision, dossier, fields, record};
use crate::{
    Result,
    clock::day_of,
    model::{DocumentId, Elsewhere, Field, Fields, Language, RecordId, Status, reckon, record::Against, record::Term},
};

/// A record as it stands now.
#[derive(Clone, Debug, PartialEq)]
pub struct Current {
    /// The record, with its dossier.
    pub record: Record,
    /// Its values.
    pub fields: Fields,
    /// The fields that a person decided.
    pub decided: BTreeSet<String>,
    /// Whether and when it was recorded as over.
    pub closure: Option<Closure>,
}

/// A recorded end: the contract's last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closure {
    /// Notice was given.
    Terminated(Date),
    /// It ended otherwise.
    Ended(Date),
}

/// Fields in which a later document of the dossier may say something else than the contract.
const AMENDABLE: [&str; 5] = ["end_date", "term", "renewal", "value", "notice_deadline"];

impl Register {
    /// The values of a record that hold now. `language` is that of the explanations.
    pub fn current(&self, record: &RecordId, language: Language) -> Result<Current> {
        self.read(|tx| of_record(tx, record, language))
    }

    /// The values that would hold if this were what the last run of the rules found in these documents.
    pub fn foreseen(&self, record: &RecordId, found: &NewlyFound, language: Language) -> Result<Current> {
        self.read(|tx| with_findings(tx, record, found, language))
    }
}

/// What a run of the rules finds in documents, and what each is in its dossier by that.
pub type NewlyFound = BTreeMap<DocumentId, (Role, Fields)>;

pub(super) fn of_record(tx: &Transaction<'_>, id: &RecordId, language: Language) -> Result<Current> {
    with_findings(tx, id, &NewlyFound::new(), language)
}

fn with_findings(tx: &Transaction<'_>, id: &RecordId, newly: &NewlyFound, language: Language) -> Result<Current> {
    let mut record = record::record(tx, id)?;
    for document in &mut record.documents {
        if let Some((role, _)) = newly.get(&document.id)
            && !dossier::is_placed(tx, &document.id)?
        {
            document.role = *role;
        }
    }
    record.documents.sort_by_key(|document| document.role != Role::Main);
    let main = record.documents.iter().find(|document| document.role == Role::Main).or(record.documents.first());
    let mut values = fields::to_value(&Fields::absent())?;
    let mut amended = false;
    for document in main.into_iter().chain(record.documents.iter().filter(|&other| Some(other) != main)) {
        let found = match newly.get(&document.id) {
            Some((_, fields)) => Some(fields.clone()),
            None => record::findings(tx, &document.id)?.map(|found| found.fields),
        };
        let Some(found) = found else { continue };
        let mut found = fields::to_value(&found)?;
        if Some(document) == main {
            values = found;
        } else if document.role == Role::Amendment {
            // What people decided when it stood alone still holds of it.
            if let Some(home) = dossier::home(tx, &document.id)? {
                decide(&mut found, &decision::of_record(tx, &home)?, language);
            }
            let said = language.say("volgens wijziging", "by amendment");
            amended |= amend(&mut values, &found, &format!("{said} {}", document.id), language);
        }
    }
    let decisions = decision::of_record(tx, id)?;
    let (decided, closure) = decide(&mut values, &decisions, language);
    let mut fields = fields::from_value(values)?;
    if amended && !decided.contains("notice_deadline") {
        follow_the_amended_end(&mut fields, language);
    }
    if !decided.is_empty() {
        derive_anew(&mut fields, &decided, language);
    }
    Ok(Current { record, fields, decided, closure })
}

/// Shows what an amendment says beside what the contract says: a person chooses. Of two dates the earlier stands
/// first, so that no deadline comes out too late meanwhile. True where a deadline may follow from that.
fn amend(values: &mut Map<String, Value>, found: &Map<String, Value>, said: &str, language: Language) -> bool {
    let mut amended = false;
    for field in AMENDABLE {
        let (Some(held), Some(other)) = (values.get_mut(field), found.get(field)) else { continue };
        if other["value"].is_null() || other["value"] == held["value"] {
            continue;
        }
        amended |= field == "end_date";
        let (mut first, mut second) = (held.clone(), other.clone());
        second["explanation"] = said.into();
        let other_is_earlier = field.ends_with("_date") || field == "notice_deadline";
        if first["value"].is_null() || other_is_earlier && second["value"].as_str() < first["value"].as_str() {
            std::mem::swap(&mut first, &mut second);
        }
        let mut alternatives = first.get("alternatives").and_then(Value::as_array).cloned().unwrap_or_default();
        if !second["value"].is_null() {
            alternatives.insert(0, alternative(&second));
            first["status"] = "conflict".into();
        } else {
            first["status"] = "proposed".into();
        }
        first["alternatives"] = alternatives.into();
        *held = first;
    }
    // Of notices each counts, so that the longest gives the day.
    if let (Some(Value::Array(held)), Some(Value::Array(others))) = (values.get_mut("notice"), found.get("notice")) {
        for other in others {
            if !other["value"].is_null() && held.iter().all(|notice| notice["value"] != other["value"]) {
                let mut other = other.clone();
                (other["status"], other["explanation"]) = ("proposed".into(), said.into());
                held.push(other);
                amended = true;
            }
        }
    }
    // A renewal was agreed for the old end: whether it holds for the new one nobody read.
    let is_silent = found.get("renewal").is_none_or(|renewal| renewal["value"].is_null());
    if let Some(renewal) = values.get_mut("renewal")
        && amended
        && is_silent
        && renewal["status"] == "auto"
        && !found.get("end_date").is_none_or(|end| end["value"].is_null())
    {
        renewal["status"] = "proposed".into();
        renewal["explanation"] = language
            .say(
                format!("{said} is er een ander einde: ga na of de verlenging dan nog geldt"),
                format!("{said} the end is another: make sure whether the renewal still holds then"),
            )
            .into();
    }
    amended
}

/// Counts the day for notice anew where it was counted from an end that an amendment changed, or not at all.
fn follow_the_amended_end(fields: &mut Fields, language: Language) {
    let held = &fields.notice_deadline;
    let counted = derived_deadline(fields, language);
    let is_stated = held.value.is_some() && held.derived_from.is_empty();
    let is_safe = held.value.is_some() && held.status == Status::Conflict && held.value <= counted.value;
    if counted.value.is_some() && !is_stated && !is_safe {
        fields.notice_deadline = counted;
    }
}

/// A field as a reading that lost.
fn alternative(field: &Value) -> Value {
    json!({
        "value": field["value"], "rule": field["rule"], "confidence": field["confidence"],
        "explanation": field["explanation"], "evidence": field["evidence"],
    })
}

/// A value that a person decided, as the record format shows it.
pub(super) fn decided(value: Value, explanation: String) -> Value {
    let status = if value.is_null() { Status::Absent } else { Status::Auto };
    json!({
        "value": value, "status": status, "confidence": 1.0, "rule": null, "explanation": explanation,
        "alternatives": [], "evidence": [],
    })
}

/// Puts decisions over findings. The last decision on a field holds.
fn decide(
    values: &mut Map<String, Value>,
    decisions: &[Decision],
    language: Language,
) -> (BTreeSet<String>, Option<Closure>) {
    let mut fields = BTreeSet::new();
    let mut closure = None;
    for decision in decisions {
        // What was withdrawn later counts for nothing: the field shows what was read.
        let is_withdrawn = |later: &Decision| {
            later.number > decision.number
                && matches!(&later.act, Act::Withdraw { field } if Some(field.as_str()) == decision.act.field())
        };
        if decisions.iter().any(is_withdrawn) {
            continue;
        }
        let day = day_of(decision.taken());
        let (by, note) = (&decision.by, decision.note.as_ref().map_or(String::new(), |note| format!(": {note}")));
        let elsewhere = decision.elsewhere.as_ref().map(|Elsewhere { log, .. }| {
            language.say(format!(" (in een ander archief, {log})"), format!(" (in another archive, {log})"))
        });
        let note = elsewhere.unwrap_or_default() + &note;
        let (dutch, english) = match &decision.act {
            Act::Accept { .. } => ("aanvaard door", "accepted by"),
            Act::Correct { .. } => ("verbeterd door", "corrected by"),
            Act::NotInContract { .. } => ("staat niet in het contract volgens", "not in the contract according to"),
            Act::TerminatedOn(last_day) => {
                closure = Some(Closure::Terminated(*last_day));
                continue;
            }
            Act::EndedOn(last_day) => {
                closure = Some(Closure::Ended(*last_day));
                continue;
            }
            Act::StillHolds => {
                closure = None;
                continue;
            }
            Act::SupersededBy(_)
            | Act::BelongsTo(_)
            | Act::StandsAlone
            | Act::Withdraw { .. }
            | Act::ComparedWithPaper { .. } => continue,
        };
        let explanation = format!("{} {by}, {day}{note}", language.say(dutch, english));
        let Some(field) = decision.act.field() else { continue };
        let Some(held) = values.get_mut(field) else { continue };
        *held = match &decision.act {
            Act::Accept { found, .. } => {
                let accept = |found: &Value| {
                    let mut shown = decided(found["value"].clone(), explanation.clone());
                    shown["evidence"] = found["evidence"].clone();
                    shown
                };
                found.as_array().map_or_else(|| accept(found), |list| list.iter().map(accept).collect())
            }
            Act::Correct { value, .. } => match (&*held, value) {
                (Value::Array(_), Value::Array(list)) => {
                    list.iter().map(|value| decided(value.clone(), explanation.clone())).collect()
                }
                (found, value) => {
                    let mut shown = decided(value.clone(), explanation);
                    // What the rules read stays to be seen.
                    if !found["rule"].is_null() && !found["value"].is_null() && found["value"] != *value {
                        shown["alternatives"] = vec![alternative(found)].into();
                    }
                    shown
                }
            },
            _ if held.is_array() => Value::Array(Vec::new()),
            _ => decided(Value::Null, explanation),
        };
        fields.insert(field.to_owned());
    }
    (fields, closure)
}

/// Computes anew what rests on a decided value and was not decided itself: a deadline counted from the old end would
/// come out too late.
fn derive_anew(fields: &mut Fields, decided: &BTreeSet<String>, language: Language) {
    let is_decided = |names: &[&str]| names.iter().any(|&name| decided.contains(name));
    let mut end_changed = is_decided(&["end_date"]);
    let end_is_derived = fields.end_date.value.is_none() || !fields.end_date.derived_from.is_empty();
    if !end_changed && end_is_derived && is_decided(&["effective_date", "term"]) {
        fields.end_date = derived_end(fields, language);
        // Even where it is the same day: it was one of several readings, and the deadline was counted from another.
        end_changed = true;
    }
    if !is_decided(&["notice_deadline"]) && (end_changed || is_decided(&["notice"])) {
        fields.notice_deadline = derived_deadline(fields, language);
    }
}

fn derived_end(fields: &Fields, language: Language) -> Field<Date> {
    let (Some(start), Some(Term::Period(term))) = (fields.effective_date.value, fields.term.value) else {
        return Field::absent();
    };
    let explanation = format!("{start} + {term}{}", language.say(", min een dag", ", less one day"));
    let inputs = [
        (fields.effective_date.status, fields.effective_date.confidence),
        (fields.term.status, fields.term.confidence),
    ];
    derived(reckon::end_of_term(start, term), &inputs, &["effective_date", "term"], explanation)
}

fn derived_deadline(fields: &Fields, language: Language) -> Field<Date> {
    let end = &fields.end_date;
    let counted = fields.notice.iter().filter_map(|notice| {
        notice.value.as_ref().filter(|held| held.against == Against::EndOfTerm)?;
        let (deadline, distance) = notice.deadline(end.value?)?;
        Some((deadline.day, distance, deadline.later_reading, notice))
    });
    let Some((day, distance, later, notice)) = counted.min_by_key(|&(day, ..)| day) else { return Field::absent() };
    let mut explanation = format!("{} − {distance}", end.value.map_or_else(String::new, |day| day.to_string()));
    if let Some(later) = later {
        let said = language.say("op een andere manier geteld", "counted the other way");
        explanation.push_str(&format!(" ({said}: {later})"));
    }
    let inputs = [(end.status, end.confidence), (notice.status, notice.confidence)];
    derived(Some(day), &inputs, &["end_date", "notice"], explanation)
}

fn derived(value: Option<Date>, inputs: &[(Status, f64)], from: &[&str], explanation: String) -> Field<Date> {
    let Some(value) = value else { return Field::absent() };
    let certain = inputs.iter().all(|&(status, _)| status == Status::Auto);
    Field {
        value: Some(value),
        status: if certain { Status::Auto } else { Status::Proposed },
        confidence: inputs.iter().fold(1.0, |least, &(_, confidence)| f64::min(least, confidence)),
        derived_from: from.iter().map(|&name| name.to_owned()).collect(),
        explanation: Some(explanation),
        ..Field::absent()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        ErrorKind,
        model::{Blake3, Digests, DocumentId, PageNo, Period, record::Notice},
        register::{
            Completion, Findings, Item, NewDocument, Outcome, Request,
            testing::{TestRegister, archived, auto, moment, party},
        },
    };

    fn lease() -> Fields {
        let notice = Notice {
            period: Some(Period::of_months(3)),
            by: "any".into(),
            against: Against::EndOfTerm,
            form: None,
            by_day: None,
        };
        let mut end_date = auto(date(2025, 12, 31));
        end_date.derived_from = vec!["effective_date".into(), "term".into()];
        Fields {
            title: auto("Huurovereenkomst".into()),
            parties: vec![party("Gemeente Diemen", "Verhuurder"), party("Café Zürich B.V.", "Huurder")],
            effective_date: auto(date(2024, 1, 1)),
            term: auto(Term::Period(Period::of_years(2))),
            end_date,
            notice: vec![auto(notice)],
            notice_deadline: auto(date(2025, 9, 30)),
            ..Fields::absent()
        }
    }

    fn decide(register: &TestRegister, record: &RecordId, request: Request) -> Result<()> {
        let decision = register.prepare_decision(record, request, "J. de Wit", moment(), None)?;
        register.add_decision(&decision, &[])
    }

    fn correct(field: &str, value: &str) -> Request {
        Request::Correct { field: field.into(), value: value.into() }
    }

    fn fields_of(register: &TestRegister, record: &RecordId) -> Fields {
        register.current(record, Language::English).unwrap().fields
    }

    #[test]
    fn a_decision_holds_before_a_finding_and_after_every_new_run() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        decide(&register, &item.record, correct("title", "Huurovereenkomst kade 4")).unwrap();
        let found = register.findings(&item.document).unwrap().unwrap();
        let newer = Findings { key: "rules 2".into(), ..found };
        register.add_findings(&item.document, Role::Main, &newer, &[]).unwrap();
        let title = fields_of(&register, &item.record).title;
        assert_eq!(title.value.as_deref(), Some("Huurovereenkomst kade 4"));
        assert_eq!((title.status, title.confidence, title.rule), (Status::Auto, 1.0, None));
        assert_eq!(title.explanation.as_deref(), Some("corrected by J. de Wit, 2026-03-02"));
        assert_eq!(title.alternatives[0].value, "Huurovereenkomst", "what the rules read stays to be seen");
        assert_eq!(register.findings(&item.document).unwrap().unwrap().fields, lease());
    }

    #[test]
    fn an_accepted_value_keeps_its_evidence_and_does_not_follow_a_new_finding() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        decide(&register, &item.record, Request::Accept { field: "parties".into(), choose: None }).unwrap();
        let fields = Fields { parties: vec![party("Iemand anders", "Huurder")], ..lease() };
        let newer = Findings { key: "rules 2".into(), rule_set: Blake3::of(b"2"), found: moment(), fields };
        register.add_findings(&item.document, Role::Main, &newer, &[]).unwrap();
        let parties = fields_of(&register, &item.record).parties;
        let names: Vec<_> = parties.iter().map(|party| party.value.as_ref().unwrap().name.as_str()).collect();
        assert_eq!(names, ["Gemeente Diemen", "Café Zürich B.V."]);
        assert_eq!(parties[0].evidence, lease().parties[0].evidence);
    }

    #[test]
    fn a_deadline_counted_from_another_reading_follows_the_one_that_was_accepted() {
        let register = TestRegister::new();
        let mut fields = lease();
        fields.notice_deadline = auto(date(2025, 9, 14));
        let item = register.archive("a.pdf", fields);
        decide(&register, &item.record, Request::Accept { field: "effective_date".into(), choose: None }).unwrap();
        let fields = fields_of(&register, &item.record);
        assert_eq!(fields.end_date.value, Some(date(2025, 12, 31)));
        assert_eq!(fields.notice_deadline.value, Some(date(2025, 9, 30)));
    }

    #[test]
    fn of_a_notice_with_two_readings_the_earlier_day_holds_when_the_end_is_decided() {
        let register = TestRegister::new();
        let mut fields = lease();
        let mut longer = fields.notice[0].value.clone().unwrap();
        longer.period = Some(Period::of_months(6));
        fields.notice[0].status = Status::Conflict;
        fields.notice[0].alternatives = vec![crate::model::record::Alternative {
            value: longer,
            rule: None,
            confidence: 0.5,
            explanation: None,
            evidence: Vec::new(),
        }];
        let item = register.archive("a.pdf", fields);
        decide(&register, &item.record, correct("end_date", "2027-12-31")).unwrap();
        assert_eq!(fields_of(&register, &item.record).notice_deadline.value, Some(date(2027, 6, 30)));
    }

    #[test]
    fn what_rests_on_a_corrected_value_is_computed_anew() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        decide(&register, &item.record, correct("term", "P1Y")).unwrap();
        let fields = fields_of(&register, &item.record);
        assert_eq!(fields.end_date.value, Some(date(2024, 12, 31)));
        assert_eq!(fields.notice_deadline.value, Some(date(2024, 9, 30)));
        decide(&register, &item.record, correct("end_date", "2026-06-30")).unwrap();
        assert_eq!(fields_of(&register, &item.record).notice_deadline.value, Some(date(2026, 3, 30)));
        decide(&register, &item.record, Request::NotInContract { field: "notice".into() }).unwrap();
        assert_eq!(fields_of(&register, &item.record).notice_deadline.value, None);
    }

    #[test]
    fn a_wrong_value_is_refused_with_an_example() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        let check = |field: &str, value: &str, good: bool| {
            let got = register.prepare_decision(&item.record, correct(field, value), "J.", moment(), None);
            assert_eq!(got.is_ok(), good, "{field} = {value}: {got:?}");
            assert!(
                good || got.is_err_and(|error| error.kind() == ErrorKind::InvalidInput && error.advice().is_some())
            );
        };
        check("end_date", "2027-12-31", true);
        check("end_date", "31-12-2027", false);
        check("term", "indefinite", true);
        check("term", "2 jaar", false);
        check("contract_type", "lease", true);
        check("contract_type", "huur", false);
        check("value", r#"{"amount": "12500.00", "currency": "EUR", "per": "year"}"#, true);
        check("value", r#"{"amount": "12.500", "currency": "EUR", "per": "year"}"#, false);
        check("value", r#"{"amount": "1.00", "currency": "EUR", "per": "year", "btw": "incl"}"#, false);
        check("parties", r#"{"name": "Jansen"}"#, true);
        check("parties", "[]", false);
        check("notice", r#"{"period": "P3M", "by": "any", "against": "end_of_term"}"#, true);
        check("titel", "x", false);
        check("title", "  ", false);
        let nothing = Request::Accept { field: "court".into(), choose: None };
        assert!(register.prepare_decision(&item.record, nothing, "J.", moment(), None).is_err());
    }

    #[test]
    fn a_last_day_before_the_first_is_refused_until_the_start_is_corrected() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        let too_early = date(2023, 12, 31);
        for request in
            [correct("end_date", "2023-12-31"), Request::TerminatedOn(too_early), Request::EndedOn(too_early)]
        {
            let refused = decide(&register, &item.record, request.clone()).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{request:?}");
            assert!(refused.advice().unwrap().contains("correct effective_date"), "{refused:?}");
        }
        assert_eq!(register.decisions(&item.record).unwrap(), []);
        decide(&register, &item.record, correct("effective_date", "2020-01-01")).unwrap();
        decide(&register, &item.record, correct("end_date", "2023-12-31")).unwrap();
        let refused = decide(&register, &item.record, correct("effective_date", "2024-01-01")).unwrap_err();
        assert!(refused.advice().unwrap().contains("correct end_date"), "{refused:?}");
        decide(&register, &item.record, Request::TerminatedOn(date(2020, 1, 1))).unwrap();
        assert!(decide(&register, &item.record, correct("effective_date", "2020-01-02")).is_err(), "it was over then");
    }

    #[test]
    fn a_reading_of_the_end_before_the_start_is_not_chosen_either() {
        let register = TestRegister::new();
        let other = crate::model::record::Alternative {
            value: date(2014, 12, 31),
            rule: None,
            confidence: 0.5,
            explanation: None,
            evidence: Vec::new(),
        };
        let mut fields = lease();
        fields.end_date.alternatives.push(other);
        let item = register.archive("a.pdf", fields);
        let choose = |field: &str, place| Request::Accept { field: field.into(), choose: Some(place) };
        assert_eq!(decide(&register, &item.record, choose("end_date", 2)).unwrap_err().kind(), ErrorKind::InvalidInput);
        decide(&register, &item.record, choose("end_date", 1)).unwrap();
        assert!(decide(&register, &item.record, choose("parties", 1)).is_err(), "no party falls away");
    }

    #[test]
    fn a_withdrawn_decision_leaves_what_was_read_and_stays_in_the_history() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        let withdraw = |field: &str| Request::Withdraw { field: field.into() };
        decide(&register, &item.record, correct("end_date", "2030-12-31")).unwrap();
        decide(&register, &item.record, Request::NotInContract { field: "parties".into() }).unwrap();
        assert!(fields_of(&register, &item.record).parties.is_empty());
        decide(&register, &item.record, withdraw("parties")).unwrap();
        decide(&register, &item.record, withdraw("end_date")).unwrap();
        assert_eq!(fields_of(&register, &item.record), lease(), "the deadline counted from it as well");
        assert_eq!(register.decisions(&item.record).unwrap().len(), 4, "nothing is taken away");
        assert_eq!(decide(&register, &item.record, withdraw("end_date")).unwrap_err().kind(), ErrorKind::InvalidInput);
        // A decision after the withdrawal holds.
        decide(&register, &item.record, correct("end_date", "2029-12-31")).unwrap();
        assert_eq!(fields_of(&register, &item.record).end_date.value, Some(date(2029, 12, 31)));
    }

    #[test]
    fn one_of_several_readings_can_be_chosen_with_its_evidence() {
        let register = TestRegister::new();
        let notice = |months: u16| Notice {
            period: Some(Period::of_months(months)),
            by: "any".into(),
            against: Against::EndOfTerm,
            form: None,
            by_day: None,
        };
        let mut doubtful = auto(notice(6));
        doubtful.status = Status::Conflict;
        doubtful.alternatives = vec![crate::model::record::Alternative {
            value: notice(12),
            rule: None,
            confidence: 0.5,
            explanation: None,
            evidence: Vec::new(),
        }];
        let item = register.archive("a.pdf", Fields { notice: vec![doubtful, auto(notice(1))], ..lease() });
        let choose = |place| Request::Accept { field: "notice".into(), choose: Some(place) };
        for place in [0, 4] {
            assert_eq!(decide(&register, &item.record, choose(place)).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        for (place, months) in [(1, 6), (2, 12), (3, 1)] {
            decide(&register, &item.record, choose(place)).unwrap();
            let shown = fields_of(&register, &item.record).notice;
            assert_eq!(shown.len(), 1, "the others are gone");
            assert_eq!((shown[0].value.clone(), shown[0].status), (Some(notice(months)), Status::Auto));
            decide(&register, &item.record, Request::Withdraw { field: "notice".into() }).unwrap();
        }
    }

    #[test]
    fn of_two_decisions_at_the_same_time_the_second_is_told() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        let prepare =
            |title| register.prepare_decision(&item.record, correct("title", title), "J.", moment(), None).unwrap();
        let (first, second) = (prepare("a"), prepare("b"));
        register.add_decision(&first, &[]).unwrap();
        assert_eq!(register.add_decision(&second, &[]).unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(register.decisions(&item.record).unwrap(), [first]);
    }

    #[test]
    fn an_amendment_shows_beside_the_contract_and_the_earlier_end_stands_first() {
        let register = TestRegister::new();
        let contract = register.archive("a.pdf", lease());
        let (_, items) = register.batch(&["addendum.pdf"]);
        let fields = Fields { end_date: auto(date(2027, 12, 31)), ..Fields::absent() };
        register.complete_items(&[amendment(&items[0], &contract.record, fields)]).unwrap();
        let current = register.current(&contract.record, Language::English).unwrap();
        assert_eq!(current.record.documents.len(), 2);
        let end = current.fields.end_date;
        assert_eq!((end.value, end.status), (Some(date(2025, 12, 31)), Status::Conflict));
        assert_eq!(end.alternatives[0].value, date(2027, 12, 31));
        decide(&register, &contract.record, correct("end_date", "2027-12-31")).unwrap();
        assert_eq!(fields_of(&register, &contract.record).notice_deadline.value, Some(date(2027, 9, 30)));
    }

    fn amendment(item: &Item, record: &RecordId, fields: Fields) -> Completion {
        let mut completion = archived(item, b"addendum", fields);
        if let Outcome::Archived { documents, .. } = &mut completion.outcome {
            documents[0].document.record = record.clone();
            documents[0].document.role = Role::Amendment;
        }
        completion
    }

    #[test]
    fn a_corrected_value_is_filtered_by_at_once() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", lease());
        let by_party = |name: &str| crate::register::Filter { party: Some(name.into()), ..Default::default() };
        assert_eq!(register.select(&by_party("cafe zurich")).unwrap(), std::slice::from_ref(&item.record));
        decide(&register, &item.record, correct("parties", r#"[{"name": "Jansen"}]"#)).unwrap();
        assert!(register.select(&by_party("zürich")).unwrap().is_empty());
        assert_eq!(register.select_documents(&by_party("JANSEN")).unwrap(), [item.document]);
        let until = crate::register::Filter { ends_until: Some(date(2025, 12, 30)), ..Default::default() };
        assert!(register.select(&until).unwrap().is_empty());
    }

    #[test]
    fn two_documents_of_one_original_are_both_its_documents() {
        let register = TestRegister::new();
        let (batch, items) = register.batch(&["bundle.pdf"]);
        let mut completion = archived(&items[0], b"bundle", Fields::absent());
        if let Outcome::Archived { documents, .. } = &mut completion.outcome {
            let mut second: NewDocument = documents[0].clone();
            second.document.id = DocumentId::random();
            second.document.record = RecordId::random();
            second.document.first_page = PageNo::from_index(2);
            second.document.last_page = PageNo::from_index(3);
            documents.push(second);
        }
        register.complete_items(&[completion]).unwrap();
        assert_eq!(register.find_original(Digests::of(b"bundle").blake3).unwrap().unwrap().1.len(), 2);
        assert_eq!(register.receipt(&batch).unwrap().totals.pages.total(), 4);
    }
}
