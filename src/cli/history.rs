//! What happened to a document or record, in lines for people.

use serde_json::Value;

use super::{one_line, print_line, show::decision_line};
use crate::{
    Result,
    archive::AccessionState,
    model::Language,
    pipeline::history::{Fact, Happened, History},
    provenance::{Agent, BATCH_RECEIPT, EventKind, Outcome},
};

/// Prints a history; checks of the whole store that followed each other and went well are one line.
pub(super) fn print(history: &History, language: Language) -> Result<()> {
    let about: Vec<_> = history.about.iter().map(String::as_str).collect();
    let (log, size) = (&history.log, history.size);
    print_line(language.say(
        format!("{}: wat het logboek {log} ({size} gebeurtenissen) ervan vertelt", about.join(" ")),
        format!("{}: what the log {log} ({size} events) tells of it", about.join(" ")),
    ))?;
    let mut rest = &history.events[..];
    while let [first, ..] = rest {
        let is_plain =
            |event: &&Happened| event.event == first.event && is_of_all(event) && event.outcome == first.outcome;
        let run = match is_of_all(first) && first.outcome != Outcome::Failure {
            true => rest.iter().take_while(is_plain).count(),
            false => 1,
        };
        let (these, others) = rest.split_at(run);
        rest = others;
        let last = these.last().unwrap_or(first);
        let times = if run > 1 {
            language.say(
                format!(" ({run} keer, de laatste keer op {})", last.at),
                format!(" ({run} times, last at {})", last.at),
            )
        } else {
            String::new()
        };
        print_line(one_line(&format!("{:>7}  {}  {}{times}", first.index, first.at, line(first, language))))?;
        for more in first.facts.iter().filter_map(|fact| beneath(fact, language)) {
            print_line(format!("         {}", one_line(&more)))?;
        }
    }
    Ok(())
}

fn is_of_all(event: &Happened) -> bool {
    matches!(event.event, EventKind::FixityCheck | EventKind::TimeStamp)
}

/// What happened, in one line.
fn line(event: &Happened, language: Language) -> String {
    let detail = event.detail.as_deref().unwrap_or_default();
    let say = |nl: &str, en: &str| language.say(nl.to_owned(), en.to_owned());
    let whole = event.outcome == Outcome::Success;
    match event.event {
        EventKind::MessageDigestCalculation => say("ontvangen, digest ", "received, digest ") + detail,
        EventKind::FormatIdentification => say("soort bestand: ", "kind of file: ") + detail,
        EventKind::TextRecognition if whole => say("woorden gelezen door ", "words read by ") + detail,
        EventKind::TextRecognition => {
            say("gedeeltelijk gelezen (niet elke pagina) door ", "read in part (not every page) by ") + detail
        }
        EventKind::MetadataExtraction => {
            say("velden gevonden met de regels ", "fields found by the rules ") + detail.get(..12).unwrap_or(detail)
        }
        EventKind::Normalization if whole => say("archiefkopie gemaakt", "archival copy made"),
        EventKind::Normalization => say("archiefkopie niet aanvaard", "archival copy refused"),
        EventKind::Ingestion => match detail {
            "" => say("opgenomen in het archief", "taken into the archive"),
            "duplicate" => say(
                "kwam nog eens binnen; het archief had de bytes al",
                "came in again; the archive had the bytes already",
            ),
            BATCH_RECEIPT => say("ontvangstbewijs van de levering", "receipt of the batch"),
            other => say("opname: ", "ingestion: ") + other,
        },
        EventKind::Quarantine => say("in quarantaine: ", "quarantined: ") + detail,
        EventKind::Decision => match event.facts.iter().any(|fact| matches!(fact, Fact::Decision { .. })) {
            true => say("een besluit", "a decision"),
            false => say("een besluit: ", "a decision: ") + detail,
        },
        EventKind::Dissemination => say("uitgegeven: ", "handed out: ") + detail,
        EventKind::FixityCheck => {
            let told = match event.outcome {
                Outcome::Success => say(
                    "elk object gelezen en vergeleken, niets gevonden",
                    "every object read and compared, nothing found",
                ),
                Outcome::Partial => say(
                    "een deel van de objecten gelezen en vergeleken, niets gevonden (welke, staat niet in het logboek)",
                    "a part of the objects read and compared, nothing found (which, the log does not say)",
                ),
                Outcome::Failure => say("controle van de opslag met bevindingen", "check of the store with findings"),
            };
            format!("{told}: {detail}")
        }
        EventKind::TimeStamp => {
            say(
                "tijdstempel, voor alles hierboven tot en met dat ijkpunt: ",
                "time-stamp, on all above up to that checkpoint: ",
            ) + detail
        }
        other => {
            let kind = serde_json::to_value(other).ok();
            let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            let by = match &event.agent {
                Agent::Person { name } => format!(" ({name})"),
                Agent::Program { .. } => String::new(),
            };
            format!("{kind}{by} {detail}")
        }
    }
}

/// What an object of the event says, below it.
fn beneath(fact: &Fact, language: Language) -> Option<String> {
    Some(match fact {
        Fact::Accession { path, batch, state, reason } => {
            let state = match state {
                AccessionState::Archived => language.say("gearchiveerd", "archived"),
                AccessionState::Duplicate => language.say("dubbel", "duplicate"),
                AccessionState::Quarantined => language.say("quarantaine", "quarantined"),
                AccessionState::Container => language.say("houder", "container"),
            };
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let as_ = language.say("als", "as");
            format!("{state} {as_} {path} ({batch}){reason}")
        }
        Fact::Manifest { number, copy: Some(copy), .. } => {
            let figures = figures(copy, language);
            language.say(
                format!("manifest {number}; archiefkopie gemaakt: {figures}"),
                format!("manifest {number}; archival copy made: {figures}"),
            )
        }
        Fact::Manifest { number, copy_refused: Some(why), .. } => language.say(
            format!("manifest {number}; archiefkopie niet aanvaard: {why}"),
            format!("manifest {number}; archival copy refused: {why}"),
        ),
        Fact::Manifest { number, .. } => language
            .say(format!("manifest {number}; geen archiefkopie"), format!("manifest {number}; no archival copy")),
        Fact::Decision { decision } => decision_line(decision, None, language).trim_start().to_owned(),
        Fact::Receipt { batch, totals } => {
            let crate::archive::Totals { files, archived, duplicate, quarantined, container, .. } = totals;
            language.say(
                format!("{batch}: {files} = {archived} gearchiveerd + {duplicate} dubbel + {quarantined} in quarantaine + {container} houders"),
                format!("{batch}: {files} = {archived} archived + {duplicate} duplicate + {quarantined} quarantined + {container} containers"),
            )
        }
        Fact::Unread { object, why } => {
            let hint = language.say("`griffie verify` vertelt meer", "`griffie verify` tells more");
            format!("`{object}`: {why}; {hint}")
        }
    })
}

/// The figures of a copy's checks that people ask about; all of them stand in the manifest.
fn figures(acceptance: &Value, language: Language) -> String {
    let examination = &acceptance["examination"];
    let pages = examination["pages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let most = pages.iter().filter_map(|page| page["beyond"].as_f64()).fold(0.0, f64::max) * 100.0;
    let method = acceptance["built"]["method"].as_str().unwrap_or_default();
    let (given, read) =
        (examination["text"]["given"].as_u64().unwrap_or(0), examination["text"]["read"].as_u64().unwrap_or(0));
    let (n, checker) = (pages.len(), examination["checker"].as_str().unwrap_or_default());
    language.say(
        format!("{method}, {n} pagina's naast het origineel: hooguit {most:.2} % van de beeldpunten anders, {given} van {read} woorden ({checker})"),
        format!("{method}, {n} pages beside the original: at most {most:.2} % of the pixels differ, {given} of {read} words ({checker})"),
    )
}
