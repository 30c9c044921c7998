//! That a person compared a scan with the paper: per document, said once for all of its pages, and taken back like any
//! decision. Who replaces paper by scans shows with this that somebody looked.

use rusqlite::Transaction;

use super::{Act, Decision, of_record};
use crate::{
    Error, ErrorKind, Result,
    model::{DocumentId, RecordId},
    register::{Register, dossier, record},
};

/// What `undo` calls it.
pub const COMPARED: &str = "compared_with_paper";

impl Register {
    /// The decision by which a document was last said to be compared with the paper, where that holds.
    pub fn compared(&self, document: &DocumentId) -> Result<Option<Decision>> {
        self.read(|tx| {
            let Some(home) = dossier::home(tx, document)? else { return Ok(None) };
            Ok(in_force(&of_record(tx, &home)?).cloned())
        })
    }

    /// The record as which a document came in: what is decided about the document itself is decided on that.
    pub fn home(&self, document: &DocumentId) -> Result<RecordId> {
        let home = self.read(|tx| dossier::home(tx, document))?;
        home.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("`{document}` did not come in as a record")))
    }
}

/// The comparison that holds among the decisions on a record.
fn in_force(decisions: &[Decision]) -> Option<&Decision> {
    decisions.iter().rev().find_map(|decision| match &decision.act {
        Act::ComparedWithPaper { .. } => Some(Some(decision)),
        Act::Withdraw { field } if field == COMPARED => Some(None),
        _ => None,
    })?
}

/// Makes the act, if the document came in as this record, and has as many pages as the paper.
pub(super) fn act(
    tx: &Transaction<'_>,
    home: &RecordId,
    document: DocumentId,
    pages: Option<u32>,
    sample: Vec<DocumentId>,
) -> Result<Act> {
    if dossier::home(tx, &document)?.as_ref() != Some(home) {
        return Err(Error::new(ErrorKind::InvalidInput, format!("`{document}` did not come in as `{home}`")));
    }
    let scanned = record::document(tx, &document)?.pages.total();
    if let Some(paper) = pages.filter(|paper| *paper != scanned) {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            format!("the paper of `{document}` has {paper} pages, and the scan has {scanned}"),
        )
        .hint("nothing was stated: scan the paper anew and hand it in, or count again")
        .dutch(format!(
            "het papier van `{document}` heeft {paper} pagina's, en de scan {scanned}: er is niets verklaard; scan het \
             papier opnieuw en neem het op, of tel nog eens"
        )));
    }
    Ok(Act::ComparedWithPaper { document, pages: scanned, sample })
}

/// Refuses to take back what nobody stated.
pub(super) fn withdrawable(tx: &Transaction<'_>, record: &RecordId) -> Result<()> {
    if in_force(&of_record(tx, record)?).is_some() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidInput, format!("nobody stated that `{record}` was compared with the paper"))
        .hint("nothing needs to be withdrawn; `griffie show ID --paper` tells of each document")
        .dutch(format!(
            "niemand verklaarde dat `{record}` met het papier is vergeleken; `griffie show KENMERK --paper` vertelt het van \
             elk document"
        )))
}
