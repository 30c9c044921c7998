//! What is handed out of a document is what the log tells of it, whatever the database says.

use super::{App, stored};
use crate::{
    Error, ErrorKind, Result,
    archive::Manifest,
    model::DocumentId,
    provenance::{ObjectRef, proof},
    register::Document,
};

/// Refuses a document of which the database names another original or copy than the manifest that the log names.
pub fn must_be_as_logged(app: &App, row: &Document) -> Result<()> {
    let is_so = |manifest: Manifest| {
        let logged = stored::document(&manifest);
        // A joined document stands in another record than it came in as; that says nothing of its bytes.
        (logged.original, logged.archival_copy) == (row.original, row.archival_copy)
    };
    if newest_proved(app, &row.id)?.is_some_and(is_so) {
        return Ok(());
    }
    // Whatever is odd about it, the whole log decides.
    if app.archive.as_logged(&app.waiting_events()?)?.manifests(&row.id)?.pop().is_some_and(is_so) {
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

/// The newest manifest of a document in the store, where the log tells of it at the time at which it was made: that event is
/// proved against the signed head.
fn newest_proved(app: &App, document: &DocumentId) -> Result<Option<Manifest>> {
    let store = app.archive.store();
    let Some((name, manifest)) = app.archive.named_manifests(document).ok().and_then(|mut all| all.pop()) else {
        return Ok(None);
    };
    let object = ObjectRef { blake3: store.blake3(&name)?.0, name };
    let Ok(head) = proof::head(store) else { return Ok(None) };
    let Some(place) = proof::find_near(store, head.checkpoint.size, manifest.made, &object)? else { return Ok(None) };
    let event = proof::inclusion(store, head, place)?.event;
    Ok(event.objects.contains(&object).then_some(manifest))
}
