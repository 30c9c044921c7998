//! What is handed out of a document is what the log tells of it, whatever the database says.

use super::{App, stored};
use crate::{Error, ErrorKind, Result, register::Document};

/// Refuses a document of which the database names another original or copy than the manifest that the log names.
pub fn must_be_as_logged(app: &App, row: &Document) -> Result<()> {
    let logged =
        app.archive.as_logged(&app.waiting_events()?)?.manifests(&row.id)?.pop().map(|it| stored::document(&it));
    let is_so = logged.is_some_and(|logged| {
        // A joined document stands in another record than it came in as; that says nothing of its bytes.
        (logged.original, logged.archival_copy) == (row.original, row.archival_copy)
    });
    if is_so {
        return Ok(());
    }
    let id = &row.id;
    Err(Error::new(
        ErrorKind::FixityMismatch,
        format!("the database names other bytes for `{id}` than the log, so nothing is handed out"),
    )
    .hint("`griffie verify` names every row that was altered; `griffie rebuild` makes the database anew from the store")
    .dutch(format!(
        "de database noemt voor `{id}` andere bytes dan het logboek, dus er wordt niets uitgereikt: `griffie verify` noemt \
         elke gewijzigde regel, `griffie rebuild` maakt de database opnieuw uit de opslag"
    )))
}
