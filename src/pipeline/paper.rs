//! Which documents were compared with their paper, and what stands in the way of doing without it: by this list paper is
//! destroyed. A person says of a document that its scan is complete and legible; the program only keeps the list.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::{
    App,
    decide::{self, Taken},
    remarks,
};
use crate::{
    Error, ErrorKind, Result,
    model::{DocumentId, RecordId},
    register::{Act, ArchivalCopy, COMPARED, Decision, ItemState, Named, Request},
};

/// The list.
#[derive(Debug, Serialize)]
pub struct Paper {
    /// The documents.
    pub documents: Vec<Scanned>,
    /// What was handed in with the batch and not taken in.
    pub not_taken_in: Vec<NotTaken>,
    /// Their sums.
    pub totals: Totals,
}

/// A document of which there is paper.
#[derive(Debug, Serialize)]
pub struct Scanned {
    /// Its id.
    pub document: DocumentId,
    /// The record in whose dossier it is.
    pub record: RecordId,
    /// As it came in.
    pub path: String,
    /// Its pages.
    pub pages: u32,
    /// The decision by which somebody stated it, where that holds.
    #[serde(serialize_with = "as_shown")]
    pub compared: Option<Decision>,
    /// What a person must look at before the paper goes.
    pub exceptions: Vec<Exception>,
}

/// What a person must look at.
#[derive(Debug, Serialize)]
pub struct Exception {
    /// A typed kind.
    pub kind: String,
    /// A sentence.
    pub message: String,
}

/// A file that is in quarantine.
#[derive(Debug, Serialize)]
pub struct NotTaken {
    /// As it came in.
    pub path: String,
    /// Why.
    pub exception: Exception,
}

/// Sums: `documents` = `compared` + `not_compared`.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)] // the names say it
pub struct Totals {
    pub documents: usize,
    pub compared: usize,
    pub not_compared: usize,
    pub with_exceptions: usize,
    pub not_taken_in: usize,
}

fn as_shown<S: serde::Serializer>(decision: &Option<Decision>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let shown = decision.as_ref().map(|decision| decide::as_json(std::slice::from_ref(decision))[0].take());
    shown.unwrap_or(Value::Null).serialize(serializer)
}

/// What is asked about.
pub enum Which {
    /// All that came in with a batch.
    Batch(crate::model::BatchId),
    /// A dossier, or one document.
    Named(Named),
}

/// The list for a batch, a dossier or a document.
pub fn of(app: &App, which: &Which) -> Result<Paper> {
    let (mut documents, mut not_taken_in) = (Vec::<Scanned>::new(), Vec::new());
    let mut seen = HashSet::new();
    for (path, id) in handed_in(app, which, &mut not_taken_in)? {
        if seen.insert(id.clone()) {
            documents.push(scanned(app, path, id)?);
        }
    }
    let compared = documents.iter().filter(|scanned| scanned.compared.is_some()).count();
    let totals = Totals {
        documents: documents.len(),
        compared,
        not_compared: documents.len() - compared,
        with_exceptions: documents.iter().filter(|scanned| !scanned.exceptions.is_empty()).count(),
        not_taken_in: not_taken_in.len(),
    };
    Ok(Paper { documents, not_taken_in, totals })
}

fn handed_in(app: &App, which: &Which, not_taken_in: &mut Vec<NotTaken>) -> Result<Vec<(String, DocumentId)>> {
    let documents = match which {
        Which::Batch(batch) => {
            let mut found = Vec::new();
            for file in app.register.receipt(batch)?.files {
                let reason = file.reason.filter(remarks::needs_attention);
                if let (ItemState::Quarantined, Some(reason)) = (file.state, reason) {
                    let exception = Exception { kind: reason.kind, message: reason.message };
                    not_taken_in.push(NotTaken { path: file.path.clone(), exception });
                }
                found.extend(file.documents.into_iter().map(|document| (file.path.clone(), document.id)));
            }
            return Ok(found);
        }
        Which::Named(Named::Document(document)) => vec![app.register.document(document)?],
        Which::Named(Named::Record(record)) => {
            let dossier = app.register.dossier_of(record)?;
            app.register.record(&dossier)?.documents
        }
    };
    let named = documents.into_iter().map(|document| {
        let first = app.register.arrivals(&document)?.into_iter().next();
        Ok((first.map(|item| item.path()).unwrap_or_default(), document.id))
    });
    named.collect()
}

fn scanned(app: &App, path: String, id: DocumentId) -> Result<Scanned> {
    let document = app.register.document(&id)?;
    let language = app.config.language;
    let mut exceptions = Vec::new();
    match remarks::of_document(app, &id) {
        Ok(remarks) => {
            let lost = remarks.problems.iter().filter(|problem| problem.is_loss());
            exceptions.extend(
                lost.map(|problem| Exception {
                    kind: problem.kind.clone(),
                    message: problem.told(language).into_owned(),
                }),
            );
            let refused = remarks.copy_refused;
            exceptions.extend(refused.map(|message| Exception { kind: "copy_refused".into(), message }));
        }
        Err(error) => {
            exceptions.push(Exception { kind: "manifest_unread".into(), message: error.explain(language) });
        }
    }
    if document.archival_copy == ArchivalCopy::None {
        let message = language.say("er is nog geen archiefkopie", "there is no archival copy yet").to_owned();
        exceptions.push(Exception { kind: "no_copy".into(), message });
    }
    if document.pages.unreadable > 0 {
        let n = document.pages.unreadable;
        let message = language.say(format!("{n} pagina's zijn niet gelezen"), format!("{n} pages were not read"));
        exceptions.push(Exception { kind: "unread_pages".into(), message });
    }
    let compared = app.register.compared(&id)?;
    exceptions.extend(compared.as_ref().map(|compared| sample_gone(app, compared)).transpose()?.flatten());
    Ok(Scanned { record: document.record, pages: document.pages.total(), document: id, path, compared, exceptions })
}

/// Says of a comparison by a sample that the statement on a document of that sample was taken back since.
fn sample_gone(app: &App, compared: &Decision) -> Result<Option<Exception>> {
    let Act::ComparedWithPaper { sample, .. } = &compared.act else { return Ok(None) };
    for looked_at in sample {
        if app.register.compared(looked_at)?.is_none() {
            let message = app.config.language.say(
                format!(
                    "vergeleken door een steekproef; wat over `{looked_at}` daarin werd verklaard, is teruggenomen"
                ),
                format!("compared by a sample; what was stated of `{looked_at}` in it was taken back"),
            );
            return Ok(Some(Exception { kind: "sample_withdrawn".into(), message }));
        }
    }
    Ok(None)
}

/// A person states that scans were compared with the paper, and are complete and legible. `pages` is how many pages the
/// paper has, of one document; `sample` are those that were looked at, where that stands for all. Of a document of which
/// the same person stated it already, with no other note and no count, nothing is stated again; a second person's statement
/// is kept beside the first.
pub fn state(
    app: &mut App,
    which: &Which,
    pages: Option<u32>,
    sample: &[DocumentId],
    by: &str,
    note: Option<&str>,
) -> Result<Taken> {
    let list = of(app, which)?;
    if pages.is_some() && list.documents.len() != 1 {
        return Err(Error::new(ErrorKind::InvalidInput, "pages are counted of one document")
            .hint("name the document, or leave --pages out")
            .dutch("pagina's worden van één document geteld: noem het document, of laat --pages weg"));
    }
    let is_listed = |id: &DocumentId| list.documents.iter().any(|scanned| scanned.document == *id);
    if let Some(stranger) = sample.iter().find(|id| !is_listed(id)) {
        return Err(Error::new(ErrorKind::InvalidInput, format!("`{stranger}` is not one of these documents"))
            .hint("a sample is taken from what it stands for")
            .dutch(format!(
                "`{stranger}` is niet een van deze documenten: een steekproef komt uit waar ze voor staat"
            )));
    }
    let is_stated = |scanned: &&Scanned| {
        let own = scanned.compared.as_ref().filter(|stated| stated.by == by.trim());
        pages.is_none() && own.is_some_and(|stated| note.is_none() || stated.note.as_deref() == note)
    };
    let mut requests = Vec::new();
    for Scanned { document, .. } in list.documents.iter().filter(|scanned| !is_stated(scanned)) {
        // What was looked at itself needs no other to stand for it.
        let sample = if sample.contains(document) { Vec::new() } else { sample.to_vec() };
        let request = Request::Compared { document: document.clone(), pages, sample };
        requests.push((app.register.home(document)?, request));
    }
    decide::decide_all(app, requests, by, note)
}

/// Takes such statements back.
pub fn withdraw(app: &mut App, which: &Which, by: &str, note: Option<&str>) -> Result<Taken> {
    let list = of(app, which)?;
    let stated = list.documents.iter().any(|scanned| scanned.compared.is_some());
    let mut requests = Vec::new();
    // Where nobody stated it of any, the first says so.
    for Scanned { document, .. } in list.documents.iter().filter(|scanned| !stated || scanned.compared.is_some()) {
        requests.push((app.register.home(document)?, Request::Withdraw { field: COMPARED.into() }));
    }
    decide::decide_all(app, requests, by, note)
}
