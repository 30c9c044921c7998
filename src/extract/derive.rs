//! Values that are computed from others, each with its reckoning in words: the end from start and term, the last day
//! for notice from end and notice. A computed value never carries more trust than what it rests on.

use jiff::civil::Date;

use crate::model::{
    Field, Language, Status, reckon,
    record::{Against, Notice, Renewal, RenewalKind, Term},
};

fn weaker(statuses: impl IntoIterator<Item = Status>) -> Status {
    statuses.into_iter().min().unwrap_or(Status::Absent)
}

/// The end of the initial term from start and term, or the check of a stated end against them.
pub fn end_date(stated: Field<Date>, start: &Field<Date>, term: &Field<Term>, language: Language) -> Field<Date> {
    let (Some(from), Some(Term::Period(period))) = (start.value, term.value) else { return stated };
    let Some(computed) = reckon::end_of_term(from, period) else { return stated };
    let reckoning = language.say(
        format!("{from} plus {period}, min een dag: {computed}"),
        format!("{from} plus {period}, less one day: {computed}"),
    );
    let fits = |end: Date| end == computed || computed.tomorrow().is_ok_and(|next| next == end);
    // Of several ends that the contract names, the one that its start and term lead to is meant.
    let mut stated = stated;
    if stated.value.is_some_and(|end| !fits(end))
        && let Some(at) = stated.alternatives.iter().position(|other| fits(other.value))
    {
        let meant = stated.alternatives.remove(at);
        stated.value = Some(meant.value);
        stated.rule = meant.rule;
        stated.evidence = meant.evidence;
        stated.confidence = meant.confidence;
        stated.status = Status::Proposed;
    }
    match stated.value {
        None if stated.status == Status::Blank => stated,
        None => Field {
            value: Some(computed),
            status: weaker([start.status, term.status, Status::Auto]),
            confidence: start.confidence.min(term.confidence) * 0.95,
            rule: Some("derived.end".into()),
            derived_from: vec!["effective_date".into(), "term".into()],
            explanation: Some(reckoning),
            alternatives: Vec::new(),
            evidence: Vec::new(),
        },
        // Some contracts say the same day of the month, not the day before: a difference of a day is no dispute.
        Some(end) if fits(end) && stated.status == Status::Conflict => Field {
            status: Status::Proposed,
            explanation: Some(language.say(
                format!("het contract noemt meer dan één datum; {reckoning}"),
                format!("the contract names more than one date; {reckoning}"),
            )),
            ..stated
        },
        Some(end) if fits(end) => stated,
        Some(end) => Field {
            status: Status::Conflict,
            confidence: stated.confidence.min(0.5),
            explanation: Some(language.say(
                format!("het contract noemt {end}, maar {reckoning}"),
                format!("the contract says {end}, but {reckoning}"),
            )),
            ..stated
        },
    }
}

/// The last day on which notice must have been received to end the contract with its initial term. `renewal_is_open`:
/// the text speaks of renewal, but no rule read it.
pub fn notice_deadline(
    end: &Field<Date>,
    notices: &[Field<Notice>],
    renewal: &Field<Renewal>,
    renewal_is_open: bool,
    our_roles: &[String],
    language: Language,
) -> Field<Date> {
    let kind = renewal.value.as_ref().map(|renewal| renewal.kind);
    let moments = || notices.iter().filter_map(|field| field.value.as_ref()).map(|notice| notice.against);
    let at_end: Vec<&Field<Notice>> = notices
        .iter()
        .filter(|field| field.value.as_ref().is_some_and(|notice| notice.against == Against::EndOfTerm))
        .collect();
    let open = |why: &str| Field { status: Status::Proposed, explanation: Some(why.into()), ..Field::absent() };
    match kind {
        // An option is used, not prevented.
        Some(RenewalKind::Option) => return Field::absent(),
        Some(RenewalKind::None) if at_end.is_empty() => return Field::absent(),
        // Who renews tacitly must be told in time, so silence is never an answer.
        Some(RenewalKind::Tacit) if at_end.is_empty() => {
            return if notices.is_empty() {
                open(language.say(
                    "het contract wordt stilzwijgend verlengd, maar een opzegtermijn is niet gevonden",
                    "the contract renews tacitly, but no notice period was found",
                ))
            } else if moments().all(|moment| matches!(moment, Against::EndOfMonth | Against::EndOfQuarter)) {
                Field::absent()
            } else {
                open(language.say(
                    "het contract wordt stilzwijgend verlengd; of de opzegging tegen het einde van de termijn moet, is niet gelezen",
                    "the contract renews tacitly; whether notice runs against the end of the term was not read",
                ))
            };
        }
        None if at_end.is_empty() && !renewal_is_open => return Field::absent(),
        None if at_end.is_empty() => {
            return open(language.say(
                "het contract spreekt van verlenging, maar de bepaling is niet gelezen",
                "the contract speaks of renewal, but the provision was not read",
            ));
        }
        _ => {}
    }
    let Some(last_day) = end.value else {
        return open(language.say("de einddatum ontbreekt", "the end date is missing"));
    };
    let Some(used) = for_us(&at_end, our_roles) else {
        return open(language.say("een opzegtermijn ontbreekt", "a notice period is missing"));
    };
    let Some(period) = used.value.as_ref().and_then(|notice| notice.period) else {
        return open(language.say("de opzegtermijn is een datum", "the notice period is a date"));
    };
    // Where two ends are possible, the earlier one is the safe one.
    let earliest = end.alternatives.iter().map(|other| other.value).chain([last_day]).min().unwrap_or(last_day);
    let last_day = if end.status == Status::Conflict { earliest } else { last_day };
    let Some(deadline) = reckon::notice_deadline(last_day, period) else {
        return open(language.say("de datum ligt buiten de kalender", "the date lies outside the calendar"));
    };
    let mut reckoning = language.say(
        format!("einde {last_day}, {period} terug: uiterlijk ontvangen op {}", deadline.day),
        format!("end {last_day}, {period} back: received by {} at the latest", deadline.day),
    );
    if let Some(later) = deadline.later_reading {
        reckoning.push_str(&language.say(
            format!("; een andere telling geeft {later}, de vroegste geldt"),
            format!("; another way to count gives {later}, the earlier one holds"),
        ));
    }
    Field {
        value: Some(deadline.day),
        status: match kind {
            Some(RenewalKind::Tacit) => weaker([end.status, used.status, renewal.status]),
            // Nothing says that silence renews the contract: a person must look whether notice is needed.
            Some(_) => Status::Conflict,
            None => weaker([end.status, used.status, Status::Proposed]),
        },
        confidence: match kind {
            Some(_) => end.confidence.min(used.confidence).min(renewal.confidence),
            None => end.confidence.min(used.confidence).min(0.5),
        },
        rule: Some("derived.notice_deadline".into()),
        derived_from: vec!["end_date".into(), "notice".into(), "renewal".into()],
        explanation: Some(reckoning),
        alternatives: Vec::new(),
        evidence: Vec::new(),
    }
}

/// The notice that binds us: for everyone, for a role that is ours, else the one with the earliest deadline.
fn for_us<'a>(notices: &[&'a Field<Notice>], our_roles: &[String]) -> Option<&'a Field<Notice>> {
    let by = |field: &&&Field<Notice>| field.value.as_ref().map_or("", |notice| notice.by.as_str()).to_lowercase();
    let named = |wanted: &dyn Fn(&str) -> bool| notices.iter().find(|field| wanted(&by(field))).copied();
    let ours = |role: &str| our_roles.iter().any(|our| role.ends_with(&our.to_lowercase()));
    named(&|role| role == "any").or_else(|| named(&ours)).or_else(|| {
        notices
            .iter()
            .max_by_key(|field| field.value.as_ref().and_then(|notice| notice.period).map_or(0, |p| p.rough_days()))
            .copied()
    })
}
