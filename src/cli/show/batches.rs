//! All that came in, batch by batch, and below each what is in quarantine still: why, and so what to do.

use serde_json::{Value, json};

use crate::{
    Result,
    cli::{Outcome, ingest::totals_line, one_line, print_json_line, print_line},
    clock::day_of,
    pipeline::{App, remarks},
    register::{ItemState, Receipt, ReceiptFile},
};

pub(super) fn print(app: &App, json: bool) -> Result<Outcome> {
    let language = app.config.language;
    let (mut listed, mut open) = (Vec::new(), 0);
    let batches = app.register.all_batches()?;
    for batch in &batches {
        let receipt = app.register.receipt(&batch.id)?;
        let files = quarantined(app, &receipt)?;
        open += files.len();
        if json {
            listed.push(json!({
                "batch": batch.id, "started": batch.started, "finished": batch.finished, "paths": batch.paths,
                "totals": receipt.totals, "quarantined": files.iter().map(|file| as_json(file)).collect::<Vec<_>>(),
            }));
            continue;
        }
        let day = day_of(batch.started);
        let unfinished = match batch.finished {
            Some(_) => "",
            None => language
                .say("; niet af: geef dezelfde opdracht nog eens", "; not finished: give the same command again"),
        };
        print_line(one_line(&format!("{}  {day}  {}{unfinished}", batch.id, totals_line(&receipt.totals, language))))?;
        for file in files {
            let why = file.reason.as_ref().map(|reason| reason.message.as_str()).unwrap_or_default();
            print_line(format!("    {}: {}", one_line(&file.path), one_line(why)))?;
        }
    }
    if json {
        print_json_line(&listed)?;
        return Ok(Outcome::Done);
    }
    let batches = language.count(batches.len(), ["levering", "leveringen"], ["batch", "batches"]);
    let files = language.count(open, ["bestand", "bestanden"], ["file", "files"]);
    print_line(match open {
        0 => language.say(format!("{batches}, niets in quarantaine"), format!("{batches}, nothing in quarantine")),
        _ => language.say(
            format!("{batches}, {files} in quarantaine: verhelp wat erachter staat, en lever ze opnieuw aan met griffie ingest"),
            format!("{batches}, {files} in quarantine: mend what stands behind each, and hand it in again by griffie ingest"),
        ),
    })?;
    Ok(Outcome::Done)
}

/// What is not in the archive by now: bytes that were refused once may have come in later, with a password or a program
/// that was missing then.
fn quarantined<'r>(app: &App, receipt: &'r Receipt) -> Result<Vec<&'r ReceiptFile>> {
    let mut open = Vec::new();
    for file in receipt.files.iter().filter(|file| file.state == ItemState::Quarantined) {
        let has_come_in = match file.blake3 {
            Some(blake3) => app.register.find_original(blake3)?.is_some(),
            None => false,
        };
        if !has_come_in && file.reason.as_ref().is_some_and(remarks::needs_attention) {
            open.push(file);
        }
    }
    Ok(open)
}

fn as_json(file: &ReceiptFile) -> Value {
    json!({"path": file.path, "reason": file.reason, "blake3": file.blake3})
}
