//! What objects say of themselves and of each other: whoever has the key of the log may log anything, but not what no
//! rebuild can read, nor a document that is made of another's words, without its being named here.

use super::{FindingKind, Findings, Means, ledger::Ledger, log};
use crate::{
    Result,
    archive::{Accession, Area, Batch, Decision, Format, Manifest, Recipe, name, reading_v1},
    storage::{ObjectName, Store},
};

/// What an object tells that others tell too.
pub(super) enum Tells {
    Accession(Box<Accession>),
    Batch(Box<Batch>),
    Decision(Box<Decision>),
    /// Words or findings: what made them.
    Made(Recipe),
    Manifest(Box<Manifest>),
}

/// The areas whose objects are read as a rebuild reads them.
pub(super) fn is_read(area: Area) -> bool {
    use Area::{Accessions, Batches, Decisions, Manifests, Readings};
    matches!(area, Manifests | Accessions | Batches | Decisions | Readings | Area::Findings)
}

/// Reads an object of such an area; of words what made them, unless `whole` asks for each.
pub(super) fn read(area: Area, bytes: &[u8], whole: bool, means: Means) -> Result<Option<Tells>> {
    Ok(Some(match area {
        Area::Manifests => Tells::Manifest(Box::new(Manifest::decode(bytes)?)),
        Area::Accessions => Tells::Accession(Box::new(Accession::decode(bytes)?)),
        Area::Batches => Tells::Batch(Box::new(Batch::decode(bytes)?)),
        Area::Decisions => {
            let decision = Decision::decode(bytes)?;
            means(&decision)?;
            Tells::Decision(Box::new(decision))
        }
        Area::Readings if whole => Tells::Made(reading_v1::recipe_of_whole(bytes)?),
        Area::Readings => Tells::Made(reading_v1::recipe(bytes)?),
        Area::Findings => Tells::Made(crate::archive::Findings::decode(bytes)?.recipe),
        _ => return Ok(None),
    }))
}

impl Tells {
    /// The objects that it says are there.
    pub fn refers_to(&self) -> Vec<ObjectName> {
        match self {
            Self::Manifest(manifest) => manifest.refers_to(),
            Self::Accession(accession) => accession.refers_to(),
            _ => Vec::new(),
        }
    }
}

/// Holds what an object tells of itself against what others tell of it.
pub(super) fn agrees(
    store: &Store,
    name: &ObjectName,
    tells: &Tells,
    ledger: &Ledger,
    findings: &mut Findings,
) -> Result<()> {
    let (at, right_name) = match tells {
        Tells::Accession(one) => (Some(one.accessioned), name::accession(&one.batch, &one.item)),
        Tells::Batch(batch) => (Some(batch.finished), name::batch(&batch.batch)),
        Tells::Decision(one) => (Some(one.at), name::numbered(Area::Decisions, one.record.as_str(), one.number)),
        Tells::Made(recipe) if Area::of(name) == Some(Area::Readings) => (None, name::reading(&recipe.key())),
        Tells::Made(recipe) => (None, name::findings(&recipe.key())),
        Tells::Manifest(one) => (Some(one.made), name::numbered(Area::Manifests, one.document.as_str(), number(name))),
    };
    if right_name != *name {
        let nl = format!("wat erin staat hoort bij `{right_name}`");
        contradicts(name, findings, nl, format!("what it says belongs to `{right_name}`"));
    }
    if let (Some(at), Some(logged)) = (at, ledger.stored_at(name.as_str())?)
        && at.duration_since(logged).abs() > log::TOLERANCE
    {
        let nl = format!("het zegt van {at} te zijn, de gebeurtenis in het logboek is van {logged}");
        let en = format!("it says that it is of {at}, the event of the log is of {logged}");
        findings.add(FindingKind::BackDated, name, nl, en);
    }
    match tells {
        Tells::Decision(decision) => of_decision(name, decision, ledger, findings),
        Tells::Batch(batch) => of_batch(name, batch, ledger, findings),
        Tells::Manifest(manifest) => of_manifest(store, name, manifest, ledger, findings),
        Tells::Made(recipe) => recipe.inputs.iter().try_for_each(|input| ledger.made_of(name, input)),
        Tells::Accession(_) => Ok(()),
    }
}

/// The number of an object in its series.
fn number(name: &ObjectName) -> u32 {
    name.last().trim_end_matches(".json").parse().unwrap_or(0)
}

fn contradicts(name: &ObjectName, findings: &mut Findings, nl: impl Into<String>, en: impl Into<String>) {
    findings.add(FindingKind::Contradicted, name, nl, en);
}

/// Decisions are numbered without a gap: what stands before is named by the log as well. Manifests pass over what somebody
/// else laid in their way.
fn has_its_place(name: &ObjectName, record: &str, ledger: &Ledger, findings: &mut Findings) -> Result<()> {
    let number = number(name);
    if number > 1
        && ledger.lost_events == 0
        && ledger.logged(name::numbered(Area::Decisions, record, number - 1).as_str())?.is_none()
        && ledger.logged(name.as_str())?.is_some()
    {
        let nl = format!("het is nummer {number} van zijn reeks, en nummer {} is er nooit geweest", number - 1);
        let en = format!("it is number {number} of its series, and there never was a number {}", number - 1);
        contradicts(name, findings, nl, en);
    }
    Ok(())
}

fn of_decision(name: &ObjectName, decision: &Decision, ledger: &Ledger, findings: &mut Findings) -> Result<()> {
    has_its_place(name, decision.record.as_str(), ledger, findings)?;
    if decision.by.trim().is_empty() {
        contradicts(name, findings, "het noemt niemand die besloot", "it names nobody who decided");
    }
    if let Some(person) = ledger.decider(name)?.filter(|person| *person != decision.by) {
        let nl = format!("het zegt van {} te zijn, volgens het logboek besloot {person}", decision.by);
        let en = format!("it says that {} decided, by the log it was {person}", decision.by);
        contradicts(name, findings, nl, en);
    }
    Ok(())
}

/// A receipt counts the items of its batch that the log tells of.
fn of_batch(name: &ObjectName, batch: &Batch, ledger: &Ledger, findings: &mut Findings) -> Result<()> {
    let told = ledger.logged_below(&Area::Accessions.folder_of(batch.batch.as_str()))?;
    if ledger.lost_events == 0 && ledger.logged(name.as_str())?.is_some() && told != u64::from(batch.totals.files) {
        let nl = format!("het telt {} stukken, het logboek {told}", batch.totals.files);
        let en = format!("it counts {} items, the log {told}", batch.totals.files);
        contradicts(name, findings, nl, en);
    }
    Ok(())
}

fn of_manifest(
    store: &Store,
    name: &ObjectName,
    manifest: &Manifest,
    ledger: &Ledger,
    findings: &mut Findings,
) -> Result<()> {
    let id = manifest.document.as_str();
    let read = |name: &ObjectName| Manifest::decode(&store.get(name).ok()?).ok();
    let number = number(name);
    let in_series = name.as_str().starts_with(&format!("{}/", Area::Manifests.folder_of(id)));
    let first = if number > 1 { read(&name::numbered(Area::Manifests, id, 1)) } else { None };
    if !in_series || first.is_some_and(|first| !manifest.is_of_the_same_original(&first)) {
        let nl = "het noemt een ander origineel, stuk of ontvangst dan het eerste manifest van het document";
        let en = "it names another original, item or accession than the first manifest of its document";
        findings.add(FindingKind::ChangedOrigin, name, nl, en);
    } else if let Some(before) = ledger.last_logged_before(name)?.and_then(|before| read(&before)) {
        let otherwise = manifest.says_otherwise(&before);
        if !otherwise.is_empty() {
            let fields = otherwise.join(", ");
            let nl = format!(
                "het zegt van het document iets anders ({fields}) dan het manifest ervoor: een later voegt alleen kopieën en \
                 bevindingen toe"
            );
            let en = format!(
                "it says something else of the document ({fields}) than the manifest before it: a later one adds copies and \
                 findings, and nothing else"
            );
            contradicts(name, findings, nl, en);
        } else if !manifest.adds_in_time(&before, log::TOLERANCE) {
            let nl = "wat het toevoegt is van een andere tijd dan het zelf";
            contradicts(name, findings, nl, "what it adds is of another time than it is itself");
        }
    }
    let original = &manifest.original.digests.blake3;
    if let Some(reading) = &manifest.reading {
        ledger.claim(name, &name::reading(reading), original)?;
        for found in &manifest.findings {
            ledger.claim(name, &name::findings(&found.key), reading)?;
        }
    }
    let others = |rendition: &&crate::archive::Rendition| !rendition.recipe.inputs.contains(original);
    if let Some(rendition) = manifest.renditions.iter().find(others) {
        of_another(name, name::rendition(&rendition.digests.blake3), findings);
    }
    Ok(())
}

fn of_another(name: impl ToString, what: impl ToString, findings: &mut Findings) {
    let what = what.to_string();
    let nl = format!("het geeft het document `{what}`, dat uit een ander origineel is gemaakt");
    let en = format!("it gives the document `{what}`, which was made from another original");
    findings.add(FindingKind::Contradicted, name, nl, en);
}

/// Names the documents that have words or findings of another, once all was read.
pub(super) fn of_others(ledger: &Ledger, findings: &mut Findings) -> Result<()> {
    for (by, name) in ledger.false_claims()? {
        of_another(by, name, findings);
    }
    Ok(())
}
