//! Records and registers as people read them in a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::one_line;
use crate::{
    model::{
        Language, Problem, Status,
        record::{Fields, RecordLine},
    },
    register::{
        Entry, Related, Relation,
        lifecycle::{Deadline, DeadlineKind, Lifecycle},
    },
    signatures::{Appended, Certificate, Extent, Integrity, Kind, SignatureFact},
};

/// What people call a field.
pub(crate) fn field_name(field: &str, language: Language) -> &'static str {
    let (dutch, english) = match field {
        "title" => ("titel", "title"),
        "contract_type" => ("soort", "type"),
        "reference" => ("kenmerk", "reference"),
        "parties" => ("partij", "party"),
        "signing_date" => ("ondertekend", "signed"),
        "effective_date" => ("ingangsdatum", "effective"),
        "end_date" => ("einddatum", "end"),
        "term" => ("looptijd", "term"),
        "renewal" => ("verlenging", "renewal"),
        "notice" => ("opzegging", "notice"),
        "notice_deadline" => ("uiterlijk opzeggen", "notice by"),
        "value" => ("waarde", "value"),
        "governing_law" => ("recht", "law"),
        "court" => ("rechter", "court"),
        "relates_to" => ("hoort bij", "amends"),
        _ => ("veld", "field"),
    };
    language.say(dutch, english)
}

/// What people call a status.
pub(crate) fn status_name(status: Status, language: Language) -> &'static str {
    let (dutch, english) = match status {
        Status::Auto => ("", ""),
        Status::Proposed => ("voorstel", "proposed"),
        Status::Conflict => ("tegenstrijdig", "conflict"),
        Status::Blank => ("niet ingevuld", "left open"),
        Status::Absent => ("niet gevonden", "not found"),
    };
    language.say(dutch, english)
}

/// A value in a few words.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) => text.clone(),
        Value::Object(parts) => match (parts.get("amount"), parts.get("name")) {
            (Some(amount), _) => join(&[parts.get("currency"), Some(amount), parts.get("per"), parts.get("vat")], " "),
            (_, Some(name)) => {
                let role = parts.get("role").and_then(Value::as_str).map(|role| format!(" ({role})"));
                format!("{}{}", value_text(name), role.unwrap_or_default())
            }
            _ => join(&parts.values().map(Some).collect::<Vec<_>>(), ", "),
        },
        other => other.to_string(),
    }
}

fn join(parts: &[Option<&Value>], between: &str) -> String {
    let texts: Vec<_> = parts.iter().flatten().filter(|part| !part.is_null()).map(|part| value_text(part)).collect();
    texts.join(between)
}

/// The fields of a record, one line a value, with the page where it stands.
pub(crate) fn fields(fields: &Fields, language: Language) -> String {
    each_value(fields, |name, status, value| value_line(name, status, value, language))
}

/// The same, and below each value the words it was read from, where on the page they stand, how it came about, and the
/// other readings.
fn fields_in_full(fields: &Fields, language: Language) -> String {
    each_value(fields, |name, status, value| {
        let mut lines = value_line(name, status, value, language);
        let mut add = |line: String| lines += &format!("      {}\n", one_line(&line));
        value["evidence"].as_array().into_iter().flatten().for_each(|place| add(quoted(place, language)));
        value["explanation"].as_str().into_iter().for_each(|explanation| add(explanation.to_owned()));
        for other in value["alternatives"].as_array().into_iter().flatten() {
            let places = other["evidence"].as_array().into_iter().flatten().map(|place| quoted(place, language));
            let why = other["explanation"].as_str().map(|why| format!(" – {why}")).unwrap_or_default();
            let (or, places) = (language.say("of", "or"), places.collect::<Vec<_>>().join(", "));
            add(format!("{or} {}: {places}{why}", value_text(&other["value"])));
        }
        lines
    })
}

fn each_value(fields: &Fields, tell: impl Fn(&str, Status, &Value) -> String) -> String {
    let Ok(Value::Object(all)) = serde_json::to_value(fields) else { return String::new() };
    let mut out = String::new();
    for (name, field) in &all {
        let values = match field {
            Value::Array(many) => many.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            let status: Option<Status> = value.get("status").and_then(|s| serde_json::from_value(s.clone()).ok());
            // What is absent because a person said so is told with that person's name.
            let told = |status: &Status| *status != Status::Absent || value["explanation"].is_string();
            out.extend(status.filter(told).map(|status| tell(name, status, value)));
        }
    }
    out
}

fn value_line(name: &str, status: Status, value: &Value, language: Language) -> String {
    let place = value["evidence"].as_array().and_then(|evidence| evidence.first()).map(|first| {
        let clause = first["clause"].as_str().map(|clause| format!(", {clause}")).unwrap_or_default();
        format!("p. {}{clause}", first["page"])
    });
    // What is absent is only told where a person said so.
    let status = match status {
        Status::Absent => language.say("staat niet in het contract", "not in the contract"),
        status => status_name(status, language),
    };
    let note = match (status, place) {
        ("", None) => String::new(),
        ("", Some(place)) => format!("  [{place}]"),
        (status, None) => format!("  [{status}]"),
        (status, Some(place)) => format!("  [{status}; {place}]"),
    };
    one_line(&format!("  {:<19} {}{note}", field_name(name, language), value_text(&value["value"]))) + "\n"
}

/// The words of a piece of evidence, and where they stand as parts of the page's height and width.
pub(crate) fn quoted(place: &Value, language: Language) -> String {
    let percent = |corner: usize| Some((place["boxes"][0][corner].as_f64()? * 100.0).round());
    let at = percent(1).zip(percent(0)).map(|(down, across)| {
        language.say(
            format!(", {down} % van boven, {across} % van links"),
            format!(", {down} % from the top, {across} % from the left"),
        )
    });
    format!("\"{}\" (p. {}{})", place["quote"].as_str().unwrap_or_default(), place["page"], at.unwrap_or_default())
}

/// A document with what was found in it.
pub(crate) fn record(line: &RecordLine, language: Language) -> String {
    let document = &line.document;
    let pages = language.say("pagina's", "pages");
    let path = one_line(&document.path);
    let mut out = format!("{path} ({} {pages}, {})\n", document.pages, document.text_source);
    for problem in &document.problems {
        let page = problem.page.map(|page| format!("p. {page}: ")).unwrap_or_default();
        let _ = writeln!(out, "  ! {page}{}", one_line(&problem.message));
    }
    out + &fields(&line.fields, language)
}

/// The snake_case name of an enum's variant.
pub(crate) fn name_of(variant: &impl serde::Serialize) -> String {
    serde_json::to_value(variant).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A signature in one line: whose, when, over what, and whether that is unchanged. Not whether anyone should trust it.
pub(crate) fn signature(fact: &SignatureFact, language: Language) -> String {
    let signer = match &fact.certificate {
        Some(certificate) => &certificate.subject,
        None => language.say("onbekende ondertekenaar", "unknown signer"),
    };
    let what = match fact.kind {
        Kind::Signature => language.say("ondertekend door", "signed by"),
        Kind::DocumentTimestamp => language.say("tijdstempel van", "time-stamp of"),
    };
    let time = fact.time().map(|time| format!(" {time}")).unwrap_or_default();
    let integrity = match fact.integrity {
        Integrity::Holds => language.say("het ondertekende is ongewijzigd", "what was signed is unchanged"),
        Integrity::Broken => {
            language.say("wat er staat is niet wat is ondertekend", "what is there is not what was signed")
        }
        Integrity::NotChecked => language.say("niet nagegaan", "not checked"),
    };
    let why = fact.reason_not.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let later = match (fact.coverage.extent, fact.coverage.appended) {
        (Extent::WholeFile, _) => "",
        (_, Some(Appended::ProofOnly)) => {
            language.say("; later alleen bewijs toegevoegd", "; only proof was added later")
        }
        (_, Some(Appended::Signatures)) => {
            language.say("; later alleen ondertekend", "; only signatures were added later")
        }
        (_, Some(Appended::ForeignBytes)) => language.say(
            "; erachter staan bytes die bij geen stand van het bestand horen",
            "; behind it stand bytes that belong to no state of the file",
        ),
        (_, Some(Appended::Changes)) => language.say("; later gewijzigd", "; changed later"),
        (_, Some(Appended::Unknown) | None) => language.say("; dekking onduidelijk", "; coverage unclear"),
    };
    let certificate = fact.certificate.as_ref().filter(|_| fact.kind == Kind::Signature);
    let certificate = certificate.map(|certificate| certificate_told(certificate, fact, language));
    format!("  {what} {signer}{time}: {integrity}{why}{later}{}", certificate.unwrap_or_default())
}

/// What a certificate itself tells of how far its name is to be trusted; no authority was asked.
fn certificate_told(certificate: &Certificate, fact: &SignatureFact, language: Language) -> String {
    let mut told = match &fact.timestamp {
        Some(stamp) if stamp.integrity == Integrity::Holds => {
            language.say("; met tijdstempel", "; with a time-stamp").to_owned()
        }
        _ => language.say("; de tijd is die van de ondertekenaar", "; the time is the signer's own word").to_owned(),
    };
    told += if certificate.vouches_for_itself() {
        language.say("; niemand dan hijzelf zegt wie ondertekende", "; nobody but the signer says who signed")
    } else {
        language.say("; certificaat niet beoordeeld", "; certificate not judged")
    };
    if fact.time().is_some_and(|time| !certificate.held_at(time)) {
        told += language.say("; het certificaat gold toen niet", "; the certificate was not valid then");
    }
    told
}

/// A record of the register with its deadlines.
pub(crate) fn entry(entry: &Entry, language: Language) -> String {
    with_outlook(entry, &fields(&entry.fields, language), language)
}

/// The same, with the words that each value was read from, or who decided it.
pub(crate) fn entry_in_full(entry: &Entry, language: Language) -> String {
    with_outlook(entry, &fields_in_full(&entry.fields, language), language)
}

fn with_outlook(entry: &Entry, fields: &str, language: Language) -> String {
    let outlook = &entry.outlook;
    let lifecycle = match outlook.lifecycle {
        Lifecycle::Running => language.say("loopt", "running"),
        Lifecycle::Ended => language.say("afgelopen", "ended"),
        Lifecycle::Terminated => language.say("opgezegd", "terminated"),
        Lifecycle::Superseded => language.say("vervangen", "superseded"),
        Lifecycle::Unknown => language.say("onbekend", "unknown"),
    };
    let end = match outlook.current_end {
        Some(day) => language.say(format!(", tot en met {day}"), format!(", to {day}")),
        None => String::new(),
    };
    // What has ended has a line only where an option may have kept it going.
    let unless = match outlook.lifecycle {
        Lifecycle::Ended if !outlook.deadlines.is_empty() => {
            language.say(", tenzij de optie is gebruikt", ", unless the option was used")
        }
        _ => "",
    };
    let why = why_unknown(entry, language).map(|why| format!(": {why}")).unwrap_or_default();
    let mut out = format!("{}  {lifecycle}{end}{unless}{why}\n", entry.id);
    out += fields;
    for Related { record, relation, explanation } in &entry.related {
        let line = match relation {
            Relation::BelongsTo => language.say(
                format!(
                    "hoort mogelijk bij {record} ({explanation}): griffie decide {} --by NAAM belongs-to {record}",
                    entry.id
                ),
                format!(
                    "may belong to {record} ({explanation}): griffie decide {} --by NAME belongs-to {record}",
                    entry.id
                ),
            ),
            Relation::SubjectOf => language.say(
                format!("{record} gaat mogelijk over dit contract ({explanation})"),
                format!("{record} may be about this contract ({explanation})"),
            ),
            Relation::Brought => language.say(
                format!("met deze e-mail kwam {record} ({explanation})"),
                format!("with this e-mail came {record} ({explanation})"),
            ),
            Relation::BroughtBy => language.say(
                format!("kwam met de e-mail {record} ({explanation})"),
                format!("came with the e-mail {record} ({explanation})"),
            ),
        };
        let mark = match relation {
            Relation::BelongsTo | Relation::SubjectOf => '?',
            Relation::Brought | Relation::BroughtBy => '=',
        };
        let _ = writeln!(out, "  {mark} {}", one_line(&line));
    }
    out + &deadlines(entry, language)
}

/// Why the values do not tell whether a contract runs, where they do not.
pub(crate) fn why_unknown(entry: &Entry, language: Language) -> Option<&'static str> {
    if entry.outlook.lifecycle != Lifecycle::Unknown {
        return None;
    }
    let fields = &entry.fields;
    let is_disputed = [fields.end_date.status, fields.renewal.status, fields.term.status].contains(&Status::Conflict);
    Some(match fields.end_date.value {
        _ if is_disputed => language
            .say("twee lezingen zeggen iets anders over het einde", "two readings say different things of its end"),
        None if fields.term.value.is_none() => {
            language.say("wanneer het eindigt, is niet gelezen", "when it ends was not read")
        }
        None => language.say("wanneer het begon, is niet gelezen", "when it began was not read"),
        Some(_) => language
            .say("of het na de einddatum doorloopt, is niet gelezen", "whether it goes on after its end was not read"),
    })
}

/// What people call a kind of deadline.
pub(crate) fn deadline_name(kind: DeadlineKind, language: Language) -> &'static str {
    match kind {
        DeadlineKind::Notice => language.say("opzeggen", "notice"),
        DeadlineKind::Option => language.say("optie", "option"),
        DeadlineKind::End => language.say("einde", "end"),
    }
}

/// The next deadlines of a record, one a line.
pub(crate) fn deadlines(entry: &Entry, language: Language) -> String {
    let mut out = String::new();
    for deadline in &entry.outlook.deadlines {
        let line = format!("  > {}: {}", deadline_head(deadline, language), deadline.explanation);
        let _ = writeln!(out, "{}", one_line(&line));
    }
    out
}

/// The day of a deadline, what must be done by then and by whom.
pub(crate) fn deadline_head(deadline: &Deadline, language: Language) -> String {
    let kind = deadline_name(deadline.kind, language);
    let party = deadline.party.as_ref().map(|party| format!(" {party}")).unwrap_or_default();
    let doubt = if deadline.certain { "" } else { language.say(" (onzeker)", " (uncertain)") };
    format!("{} {kind}{party}{doubt}", deadline.date)
}

/// What a person should know of a document: a line each, at most so many, then how many more there are.
pub(super) fn remarks(
    problems: &[Problem],
    copy_refused: Option<&str>,
    most: usize,
    language: Language,
) -> Vec<String> {
    let refused = copy_refused.map(|why| {
        let why = super::one_line(why);
        language.say(format!("geen archiefkopie: {why}"), format!("no archival copy: {why}"))
    });
    let mut lines: Vec<String> = refused.into_iter().collect();
    lines.extend(
        problems.iter().map(|problem| format!("{} ({})", super::one_line(&problem.told(language)), problem.kind)),
    );
    if lines.len() > most {
        let left = lines.len() - most;
        lines.truncate(most);
        lines.push(language.say(format!("en {left} meer: griffie show"), format!("and {left} more: griffie show")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Field, PageBox, PageNo, record::Alternative};

    #[test]
    fn a_value_stands_with_its_status() {
        let mut record = Fields::absent();
        record.title = Field { value: Some("Huurovereenkomst".into()), status: Status::Proposed, ..Field::absent() };
        record.signing_date = Field { status: Status::Blank, ..Field::absent() };
        let dutch = fields(&record, Language::Dutch);
        assert_eq!(
            dutch,
            "  titel               Huurovereenkomst  [voorstel]\n  ondertekend         –  [niet ingevuld]\n"
        );
    }

    #[test]
    fn in_full_a_value_stands_with_its_words_its_reason_and_other_readings() {
        let on_page = |quote: &str, top: f32| Evidence {
            page: PageNo::from_index(2),
            quote: quote.into(),
            boxes: vec![PageBox::new(0.8, top, 0.9, top + 0.01)],
            clause: Some("3.2".into()),
            kind: None,
        };
        let mut record = Fields::absent();
        record.effective_date = Field {
            value: Some(jiff::civil::date(2020, 7, 1)),
            status: Status::Conflict,
            explanation: Some("Begins on a date".into()),
            alternatives: vec![Alternative {
                value: jiff::civil::date(2020, 6, 1),
                rule: None,
                confidence: 0.9,
                explanation: Some("a person must choose".into()),
                evidence: vec![on_page("1 juni 2020", 0.28)],
            }],
            evidence: vec![on_page("1 juli 2020,", 0.14)],
            ..Field::absent()
        };
        assert_eq!(
            fields_in_full(&record, Language::English),
            "  effective           2020-07-01  [conflict; p. 3, 3.2]\n      \"1 juli 2020,\" (p. 3, 14 % from the top, 80 % from \
             the left)\n      Begins on a date\n      or 2020-06-01: \"1 juni 2020\" (p. 3, 28 % from the top, 80 % from the \
             left) – a person must choose\n"
        );
    }
}
