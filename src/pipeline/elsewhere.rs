//! What people decided in another archive, and comes in with a bag of it. Where the key of that archive's log is trusted by
//! the configuration, it holds here too on a record that the bag brings, as a decision that says where it was taken. On one that this archive had already it does not: what is decided
//! here is decided by its own people. Whatever is not taken over is told on the bag's accession, with where it lies.

use std::collections::HashMap;

use super::{App, decide, lock::Turn};
use crate::{
    ErrorKind, Result,
    archive::{self, Manifest, Original, name},
    export::{Evidence, PlainBag},
    model::{DocumentId, Elsewhere, ItemId, Problem, RecordId},
    provenance::{KeyChange, keys, note::VerifierKey},
    register::{Act, Decision, Item, ItemState, Receipt},
};

/// What came with the originals is kept.
const KEPT: &str = "bag_kept";
/// A decision of another archive that holds here too.
const TAKEN_OVER: &str = "decisions_taken_over";
/// A decision of another archive that does not.
pub const NOT_TAKEN_OVER: &str = "decision_not_taken_over";

/// The key that signs the log of the other archive is not the one that it was begun with.
const KEY_CHANGED: &str = "key_changed_there";

/// The bag is not one of an archive of griffie.
const PLAIN_BAG: &str = "plain_bag";

/// The accession that would tell cannot be read.
const UNREAD: &str = "accession_unread";

/// What a record or document of the bag is here.
struct Here {
    record: RecordId,
    document: DocumentId,
    /// Whether it came in with this bag.
    is_new: bool,
}

/// Takes over what people decided about the records of a bag, and gives the remarks on it. Done again after a crash it
/// does nothing twice.
pub(super) fn take_over(app: &App, bag: &Item, kept: &Original) -> Result<Vec<Problem>> {
    let language = app.config.language;
    let digest = kept.digests().blake3;
    let evidence = Evidence::read(&app.archive.original_file(&digest)?)?;
    let place = name::original(&digest);
    let (log, files) = (&evidence.log, evidence.files);
    let remark =
        |kind: &str, nl: String, en: String| Problem { kind: kind.into(), message: language.say(nl, en), page: None };
    let mut remarks = vec![remark(
        KEPT,
        format!(
            "wat met de originelen meekwam uit het archief met logboek {log} is bewaard: {files} bestanden, als ZIP in `{place}`; \
             van `record.json` en `README.txt` daarin vertelt geen logboek, dat zijn woorden van wie de levering inleverde"
        ),
        format!(
            "what came with the originals from the archive with the log {log} is kept: {files} files, as a ZIP in `{place}`; no \
             log tells of `record.json` and `README.txt` in it, which are the words of whoever handed the bag in"
        ),
    )];
    remarks.extend(evidence.key_changes.iter().map(|change| {
        let (nl, en) = key_change(change);
        remark(KEY_CHANGED, nl, en)
    }));
    let here = whereabouts(app, bag, kept, &evidence)?;
    let own = keys::chain_of(app.archive.store());
    let is_own = own.is_ok_and(|own| evidence.is_signed_by(|key| own.has(key)));
    let is_trusted = is_own || evidence.is_signed_by(|key| app.config.trusted_logs.contains(&key.encode()));
    let key = evidence.keys.last().map(VerifierKey::encode).unwrap_or_default();
    let mut taken = 0;
    for (decision, event) in &evidence.decisions {
        // This archive's own, come back.
        if is_own && app.archive.decisions_on(&decision.record)?.contains(decision) {
            continue;
        }
        let took = match is_trusted {
            true => take_one(app, decision, *event, log, &here)?,
            false => Err((
                format!(
                    "geen sleutel in `trusted_logs` in griffie.toml staat voor dat logboek in; beslis zelf, of vraag het \
                     archief of `{key}` zijn sleutel is, zet die erin en neem de levering nog eens op"
                ),
                format!(
                    "no key in `trusted_logs` in griffie.toml vouches for that log; decide yourself, or ask the archive \
                     whether `{key}` is its key, put it there and take the bag in again"
                ),
            )),
        };
        match took {
            Ok(()) => taken += 1,
            Err((nl, en)) => {
                let archive::Decision { record, number, by, at, .. } = decision;
                let day = at.strftime("%Y-%m-%d");
                remarks.push(remark(
                    NOT_TAKEN_OVER,
                    format!("besluit {number} over {record}, van {by} op {day}, is niet overgenomen: {nl}"),
                    format!("decision {number} on {record}, by {by} on {day}, was not taken over: {en}"),
                ));
            }
        }
    }
    if taken > 0 {
        remarks.push(remark(
            TAKEN_OVER,
            format!("{taken} besluiten uit dat archief gelden ook hier, met de vermelding waar ze zijn genomen"),
            format!("{taken} decisions of that archive hold here too, marked with where they were taken"),
        ));
    }
    Ok(remarks)
}

/// What is to be known of a bag that bears no mark of an archive, where a container is one: by its own lists it is whole, and
/// anybody may write those.
pub(super) fn plain_bag(app: &App, kept: &Original) -> Result<Vec<Problem>> {
    let looks_like = match PlainBag::read(&app.archive.original_file(&kept.digests().blake3)?) {
        None => return Ok(Vec::new()),
        Some(PlainBag { looks_like_ours }) => looks_like_ours,
    };
    let (nl, en) = match looks_like {
        true => (
            "; ze is ingedeeld als een levering uit een archief van griffie, maar zonder het merkteken daarvan: wat haar zou \
             bewijzen telde niet mee, vraag de afzender naar de hele levering",
            "; it is laid out as a bag of a griffie archive, and lacks the mark of one: what would prove it did not count, ask \
             the sender for the whole bag",
        ),
        false => ("", ""),
    };
    Ok(vec![Problem {
        kind: PLAIN_BAG.into(),
        message: app.config.language.say(
            format!("een gewone levering (bag): niets bewijst van wie ze is en dat er niets in is veranderd dan haar eigen lijsten{nl}"),
            format!("a plain bag: nothing proves whose it is and that nothing in it was changed but its own lists{en}"),
        ),
        page: None,
    }])
}

/// That another key signs the log of the other archive since some event.
fn key_change(change: &KeyChange) -> (String, String) {
    let KeyChange { event, at, by, old, new, signed_by_old, accepted } = change;
    let (nl, en) = match (signed_by_old, accepted) {
        (true, _) => ("de oude sleutel heeft dat ondertekend".to_owned(), "the old key signed that".to_owned()),
        (false, None) => (
            "de oude sleutel heeft dat niet ondertekend: vraag het archief of het de beheerder was".to_owned(),
            "the old key did not sign that: ask the archive whether it was its keeper".to_owned(),
        ),
        (false, Some(accepted)) => (
            format!(
                "de oude sleutel heeft dat niet ondertekend, {} zei bij gebeurtenis {} dat het zo hoort: vraag het archief",
                accepted.by, accepted.event
            ),
            format!(
                "the old key did not sign that, {} said at event {} that it is right: ask the archive",
                accepted.by, accepted.event
            ),
        ),
    };
    (
        format!(
            "de sleutel van dat logboek is gewisseld: gebeurtenis {event} ({at}, door {by}) verving {old} door {new}; {nl}"
        ),
        format!("the key of that log was changed: event {event} ({at}, by {by}) put {new} in the place of {old}; {en}"),
    )
}

/// What became here of the records and documents of a bag, by their ids there.
fn whereabouts(app: &App, bag: &Item, kept: &Original, evidence: &Evidence) -> Result<HashMap<String, Here>> {
    let mut here = HashMap::new();
    for (record, document, original) in &evidence.documents {
        let Some((_, documents)) = app.register.find_original(*original)? else { continue };
        let Some(own) = documents.first() else { continue };
        // The record as which it came in, whatever dossier it is in.
        let Some(Manifest { record: came_as, original, .. }) = app.archive.manifests(&own.id)?.pop() else { continue };
        let is_new = is_within(app, &original.item, bag, kept)?;
        for id in [record.to_string(), document.to_string()] {
            here.insert(id, Here { record: came_as.clone(), document: own.id.clone(), is_new });
        }
    }
    Ok(here)
}

/// Whether an item came in with a container, or with the same one when it came in before.
fn is_within(app: &App, item: &ItemId, container: &Item, kept: &Original) -> Result<bool> {
    let mut parent = app.register.item(item)?.parent;
    while let Some(around) = parent {
        if around == container.id {
            return Ok(true);
        }
        let around = app.register.item(&around)?;
        if around.digests.as_ref() == Some(kept.digests()) {
            return Ok(true);
        }
        parent = around.parent;
    }
    Ok(false)
}

/// Takes one decision over, or says why not.
fn take_one(
    app: &App,
    there: &archive::Decision,
    event: u64,
    log: &str,
    here: &HashMap<String, Here>,
) -> Result<std::result::Result<(), (String, String)>> {
    let no = |nl: &str, en: &str| Ok(Err((nl.to_owned(), en.to_owned())));
    let Some(target) = here.get(there.record.as_str()) else {
        return no("het document ervan is niet opgenomen", "its document was not taken in");
    };
    let elsewhere = match &there.elsewhere {
        // It had been taken over there as well: who decided did so in the first archive.
        Some(first) => first.clone(),
        None => {
            Elsewhere { log: log.to_owned(), event, record: there.record.clone(), number: there.number, at: there.at }
        }
    };
    let is_here = |decision: &Decision| decision.elsewhere.as_ref() == Some(&elsewhere);
    if !target.is_new && !app.register.decisions(&target.record)?.iter().any(is_here) {
        let record = &target.record;
        return Ok(Err((
            format!("dit archief had dat document al, als {record}; beslis zelf met `griffie decide {record}`"),
            format!(
                "this archive had that document already, as {record}; decide yourself with `griffie decide {record}`"
            ),
        )));
    }
    let act = match decide::act(there)? {
        Act::BelongsTo(other) => here.get(other.as_str()).map(|other| Act::BelongsTo(other.record.clone())),
        Act::SupersededBy(other) => here.get(other.as_str()).map(|other| Act::SupersededBy(other.record.clone())),
        // Of the same bytes; those that stood for it in a sample go by their ids here.
        Act::ComparedWithPaper { document, pages, sample } => here.get(document.as_str()).map(|scan| {
            let sample = sample.iter().filter_map(|id| here.get(id.as_str())).map(|here| here.document.clone());
            Act::ComparedWithPaper { document: scan.document.clone(), pages, sample: sample.collect() }
        }),
        act => Some(act),
    };
    let Some(act) = act else {
        return no(
            "het contract dat het noemt zit niet in de levering",
            "the contract that it names is not in the bag",
        );
    };
    let _turn = Turn::of(&app.data)?;
    decide::add_what_is_stored(app, &target.record, &app.waiting_events()?)?;
    let decisions = app.register.decisions(&target.record)?;
    if decisions.iter().any(is_here) {
        return Ok(Ok(()));
    }
    let is_own = |decision: &Decision| decision.elsewhere.is_none();
    if let Some(Decision { by, .. }) = decisions.iter().find(|decision| is_own(decision)) {
        return Ok(Err((format!("hier besloot {by} er al over"), format!("{by} has decided about it here"))));
    }
    let prepared = app.register.prepare_taken_over(
        &target.record,
        act,
        &there.by,
        app.clock.now(),
        there.note.clone(),
        elsewhere.clone(),
    );
    let decision = match prepared {
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            let message = error.explain(app.config.language);
            return Ok(Err((message.clone(), message)));
        }
        prepared => prepared?,
    };
    decide::keep(app, &decision).map(Ok)
}

/// Writes into a receipt what is remarked on bags that came in with its batch. An accession that cannot be read is a
/// remark too, and costs nobody the receipt.
pub fn add_to(app: &App, receipt: &mut Receipt) {
    for file in receipt.files.iter_mut().filter(|file| file.state == ItemState::Container) {
        file.remarks = match app.archive.accession(&receipt.batch, &file.item) {
            Ok(accession) => accession.map(|accession| accession.remarks).unwrap_or_default(),
            Err(error) => {
                let message = error.explain(app.config.language);
                vec![Problem { kind: UNREAD.into(), message, page: None }]
            }
        };
    }
}

/// Is there a decision in what came in that was not taken over?
pub fn is_incomplete(receipt: &Receipt) -> bool {
    receipt
        .files
        .iter()
        .flat_map(|file| &file.remarks)
        .any(|remark| [NOT_TAKEN_OVER, UNREAD].contains(&remark.kind.as_str()))
}
