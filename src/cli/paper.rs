//! The list of what was compared with the paper, for people.

use super::{one_line, print_line};
use crate::{
    Result,
    clock::day_of,
    model::Language,
    pipeline::paper::{Paper, Scanned},
    register::Act,
};

/// Prints the list, and its sums.
pub(super) fn print(paper: &Paper, language: Language) -> Result<()> {
    for scanned in &paper.documents {
        print_line(one_line(&line(scanned, language)))?;
        for exception in &scanned.exceptions {
            print_line(format!("      {}", one_line(&format!("{}: {}", exception.kind, exception.message))))?;
        }
    }
    for file in &paper.not_taken_in {
        let told = language.say("niet opgenomen", "not taken in");
        print_line(one_line(&format!(
            "  {told} {}  ({}: {})",
            file.path, file.exception.kind, file.exception.message
        )))?;
    }
    let totals = &paper.totals;
    let (compared, not, exceptions, out) =
        (totals.compared, totals.not_compared, totals.with_exceptions, totals.not_taken_in);
    let documents = language.count(totals.documents, ["document", "documenten"], ["document", "documents"]);
    print_line(language.say(
        format!("{documents} = {compared} vergeleken + {not} niet vergeleken; {exceptions} met iets om te bekijken; {out} bestanden niet opgenomen"),
        format!("{documents} = {compared} compared + {not} not compared; {exceptions} with something to look at; {out} files not taken in"),
    ))
}

fn line(scanned: &Scanned, language: Language) -> String {
    let Scanned { document, path, pages, compared, .. } = scanned;
    let pages = language.count(*pages as usize, ["pagina", "pagina's"], ["page", "pages"]);
    let told = match compared {
        None => language.say("niet vergeleken met het papier".to_owned(), "not compared with the paper".to_owned()),
        Some(decision) => {
            let (by, day) = (&decision.by, day_of(decision.taken()));
            let by_sample = matches!(&decision.act, Act::ComparedWithPaper { sample, .. } if !sample.is_empty());
            let (nl, en) = if by_sample { (" (steekproef)", " (by a sample)") } else { ("", "") };
            language.say(
                format!("vergeleken met het papier, volledig en leesbaar, door {by} op {day}{nl}"),
                format!("compared with the paper, complete and legible, by {by} on {day}{en}"),
            )
        }
    };
    format!("  {document} {path}: {pages}, {told}")
}
