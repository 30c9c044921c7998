//! What a person should know of a document beside its values: what was not read of it, and why its archival copy was
//! refused. Both stand in its manifest.

use std::collections::BTreeSet;

use super::{
    App,
    stored::{ARCHIVAL_COPY, READ_THROUGH},
};
use crate::{
    Result, intake,
    model::{DocumentId, Language, Problem},
    register::{ArchivalState, Reason, Receipt},
    signatures::{self, Appended, SignatureFact},
};

/// The manifest that would tell of a document cannot be read.
const MANIFEST_UNREAD: &str = "manifest_unread";

/// What was remarked on a document.
pub struct Remarks {
    /// What was read only partly, or in another way than usual.
    pub problems: Vec<Problem>,
    /// Why the archival copy was refused, if it was.
    pub copy_refused: Option<String>,
}

/// The remarks on a document, as its last manifest has them.
pub fn of_document(app: &App, document: &DocumentId) -> Result<Remarks> {
    let Some(manifest) = app.archive.manifests(document)?.pop() else {
        return Ok(Remarks { problems: Vec::new(), copy_refused: None });
    };
    let copy = manifest.renditions.iter().rfind(|rendition| rendition.kind == ARCHIVAL_COPY);
    let accepted = copy.is_some();
    let drawn = copy.and_then(|copy| copy_drawn(&copy.acceptance, app.config.language));
    let refused = manifest.refused.into_iter().rev().find(|refusal| refusal.kind == ARCHIVAL_COPY);
    let copy_refused = refused.filter(|_| !accepted).map(|refusal| refusal.reason);
    // Which rendition the words stand on is no remark for people.
    let mut problems: Vec<_> = manifest.problems.into_iter().filter(|problem| problem.kind != READ_THROUGH).collect();
    problems.extend(drawn);
    problems.extend(changed_after(&manifest.signatures, app.config.language));
    let signatures = manifest.signatures.len();
    problems.extend((accepted && signatures > 0).then(|| copy_unsigned(signatures, app.config.language)));
    Ok(Remarks { problems, copy_refused })
}

/// What is read is not what was signed.
fn changed_after(signatures: &[serde_json::Value], language: Language) -> Option<Problem> {
    let facts = signatures.iter().filter_map(|fact| serde_json::from_value::<SignatureFact>(fact.clone()).ok());
    let past: Vec<_> =
        facts.filter(|fact| fact.kind == signatures::Kind::Signature && !fact.covers_what_is_read()).collect();
    if past.is_empty() {
        return None;
    }
    let pages: BTreeSet<_> = past.iter().flat_map(|fact| &fact.coverage.changed_pages).collect();
    let listed = || listed(pages.iter().map(ToString::to_string));
    let is_known = past.iter().all(|fact| fact.coverage.appended == Some(Appended::Changes));
    let message = match (is_known, pages.is_empty()) {
        (true, false) => language.say(
            format!(
                "het bestand is na ondertekening gewijzigd: wat nu op deze pagina's staat is niet ondertekend ({}): {}",
                past.len(),
                listed()
            ),
            format!(
                "the file was changed after it was signed: what stands on these pages now was not signed ({}): {}",
                past.len(),
                listed()
            ),
        ),
        (true, true) => language.say(
            "het bestand is na ondertekening gewijzigd, maar geen van zijn pagina's".to_owned(),
            "the file was changed after it was signed, but none of its pages".to_owned(),
        ),
        (false, _) => language.say(
            format!(
                "niet alles in het bestand is ondertekend, en wat wel is niet na te gaan ({}): vraag om het bestand zoals \
                 het is ondertekend",
                past.len()
            ),
            format!(
                "not all of the file was signed, and what was cannot be told ({}): ask for the file as it was signed",
                past.len()
            ),
        ),
    };
    Some(Problem { kind: "changed_after_signing".into(), message, page: None })
}

/// Pages as a sentence ends with them, as many as one reads.
fn listed(mut pages: impl Iterator<Item = String>) -> String {
    const MOST: usize = 50;
    let first = pages.by_ref().take(MOST).collect::<Vec<_>>().join(", ");
    if pages.next().is_some() { first + ", …" } else { first }
}

/// Pages of a copy are pictures of what the original draws, no sharper than they were drawn. By its figures.
fn copy_drawn(figures: &serde_json::Value, language: Language) -> Option<Problem> {
    let pages = figures["examination"]["pages"].as_array()?;
    let listed =
        listed(pages.iter().filter(|page| page["drawn"].as_bool() == Some(true)).map(|page| page["page"].to_string()));
    let message = language.say(
        format!(
            "deze pagina's konden niet worden bewaard zoals ze zijn getekend, en zijn in de archiefkopie beelden: bekijk \
             of de kleinste letters erin leesbaar zijn: {listed}"
        ),
        format!(
            "these pages could not be kept as they are drawn, and are pictures in the archival copy: see whether the \
             smallest print on them can be read: {listed}"
        ),
    );
    (!listed.is_empty()).then(|| Problem { kind: "copy_drawn".into(), message, page: None })
}

/// A copy has other bytes than those that were signed. Said of the copies that older programs made, too.
fn copy_unsigned(signatures: usize, language: Language) -> Problem {
    let message = language.say(
        format!(
            "de archiefkopie draagt de elektronische handtekeningen van het origineel niet ({signatures}): wie iets met \
             een handtekening wil aantonen, heeft het origineel nodig"
        ),
        format!(
            "the archival copy does not bear the electronic signatures of the original ({signatures}): whoever is to prove \
             something by a signature needs the original"
        ),
    );
    Problem { kind: "copy_unsigned".into(), message, page: None }
}

/// Writes the remarks on the documents of a batch into its receipt: paper is destroyed by this list. Of a document that
/// was there before, the manifest may be damaged since; that is a remark too, and costs nobody the receipt.
pub fn add_to(app: &App, receipt: &mut Receipt) {
    for document in receipt.files.iter_mut().flat_map(|file| &mut file.documents) {
        let remarks = of_document(app, &document.id).unwrap_or_else(|error| {
            let message = error.explain(app.config.language);
            let problem = Problem { kind: MANIFEST_UNREAD.into(), message, page: None };
            Remarks { problems: vec![problem], copy_refused: None }
        });
        document.problems = remarks.problems;
        document.copy_refused = remarks.copy_refused;
    }
}

/// Is there something in a batch that a person must look at before the paper goes: a file or a page that was not read,
/// content that is missing, a copy that was refused?
pub fn is_incomplete(receipt: &Receipt) -> bool {
    let documents = || receipt.files.iter().flat_map(|file| &file.documents);
    receipt.files.iter().filter_map(|file| file.reason.as_ref()).any(needs_attention)
        || receipt.totals.pages.unreadable > 0
        || documents().any(|document| document.archival_copy == ArchivalState::Refused)
        || documents().flat_map(|document| &document.problems).any(|it| it.is_loss() || it.kind == MANIFEST_UNREAD)
}

/// Must somebody see to what is quarantined? Data attached to a document for programs is no document.
pub fn needs_attention(reason: &Reason) -> bool {
    reason.kind != intake::Reason::ATTACHED_DATA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_pictures_in_the_copy_are_named() {
        let figures = |drawn: [bool; 3]| {
            let pages: Vec<_> =
                (1..).zip(drawn).map(|(n, drawn)| serde_json::json!({"page": n, "drawn": drawn})).collect();
            serde_json::json!({ "built": {}, "examination": { "pages": pages } })
        };
        let told = |drawn, language| copy_drawn(&figures(drawn), language).map(|problem| problem.message);
        assert_eq!(told([false; 3], Language::English), None);
        assert!(told([true, false, true], Language::English).unwrap().ends_with("can be read: 1, 3"));
        assert!(told([false, true, false], Language::Dutch).unwrap().ends_with("leesbaar zijn: 2"));
        assert_eq!(copy_drawn(&serde_json::Value::Null, Language::Dutch), None);
    }
}
