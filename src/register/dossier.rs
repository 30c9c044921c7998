//! Which records belong together: an amendment or a letter names the contract that it is about, by its number or by its
//! date. What names and dates suggest is shown; a dossier is joined by a person's decision and by nothing else.

use jiff::civil::Date;
use rusqlite::{Transaction, params};
use serde::Serialize;

mod mail;

use super::{Db as _, Role, holding, name, record};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Fields, Language, RecordId, record::ContractType},
};

/// Another record that this one seems to belong with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// The other record.
    pub record: RecordId,
    /// How they belong together.
    pub relation: Relation,
    /// Why, in words for people.
    pub explanation: String,
}

/// How a record belongs with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// This one is about the other, and would be a document of its dossier.
    BelongsTo,
    /// The other is about this one.
    SubjectOf,
    /// This one is the mail with which the other came.
    Brought,
    /// This one came with the mail that the other is.
    BroughtBy,
}

/// So few letters and figures are no number of a contract that could be told from others.
const LEAST_REFERENCE: usize = 4;

/// A reference as references are compared: its letters and figures; `None` where they tell no contract from others.
pub(super) fn key(reference: &str) -> Option<String> {
    let key: String = holding::fold(reference).chars().filter(|c| c.is_alphanumeric()).collect();
    (key.chars().count() >= LEAST_REFERENCE && key.contains(|c: char| c.is_ascii_digit())).then_some(key)
}

/// The records that a record seems to belong with, as far as no person joined them. A number says enough; a date says
/// enough where both contracts have a party in common.
pub(super) fn related(
    tx: &Transaction<'_>,
    record: &RecordId,
    fields: &Fields,
    language: Language,
) -> Result<Vec<Related>> {
    let about = fields.relates_to.value.clone().unwrap_or_default();
    let mut found = Vec::new();
    let mut add = |relation, other: RecordId, explanation: String| {
        if other != *record && found.iter().all(|related: &Related| related.record != other) {
            found.push(Related { record: other, relation, explanation });
        }
    };
    let number = |number: &str| language.say(format!("kenmerk {number}"), format!("reference {number}"));
    let dated = |day: Date| {
        language.say(
            format!("contract van {day}, met een zelfde partij"),
            format!("contract of {day} with a party in common"),
        )
    };
    if let Some(reference) = &about.reference {
        for other in by_reference(tx, "reference_key", reference)? {
            add(Relation::BelongsTo, other, number(reference));
        }
    }
    if let Some(day) = about.date {
        for other in by_date(tx, record, &["start", "signed"], day)? {
            add(Relation::BelongsTo, other, dated(day));
        }
    }
    // An amendment may bear no number but that of its contract.
    if let (None, Some(reference)) = (&about.reference, &fields.reference.value) {
        let is_amendment = fields.contract_type.value == Some(ContractType::Amendment);
        for other in by_number_and_party(tx, record, reference, !is_amendment)? {
            let why = language.say(
                format!("zelfde kenmerk {reference}, met een zelfde partij"),
                format!("same reference {reference}, with a party in common"),
            );
            add(if is_amendment { Relation::BelongsTo } else { Relation::SubjectOf }, other, why);
        }
    }
    // Two amendments of one contract bear its number as well, and are no dossier of each other.
    if fields.relates_to.value.is_none() {
        if let Some(reference) = &fields.reference.value {
            for other in by_reference(tx, "about_reference", reference)? {
                add(Relation::SubjectOf, other, number(reference));
            }
        }
        for day in [fields.signing_date.value, fields.effective_date.value].into_iter().flatten() {
            for other in by_date(tx, record, &["about_date"], day)? {
                add(Relation::SubjectOf, other, dated(day));
            }
        }
    }
    for (relation, other, path) in mail::with(tx, record)? {
        if found.iter().all(|related| related.record != other) || relation == Relation::Brought {
            found.push(Related { record: other, relation, explanation: path });
        }
    }
    Ok(found)
}

fn by_reference(tx: &Transaction<'_>, field: &str, reference: &str) -> Result<Vec<RecordId>> {
    let Some(key) = key(reference) else { return Ok(Vec::new()) };
    // What is itself about another contract is no contract that others are about.
    let query = "SELECT record FROM holding_values AS held WHERE field = ?1 AND value = ?2 AND (?1 <> 'reference_key'
         OR NOT EXISTS (SELECT 1 FROM holding_values WHERE record = held.record AND field LIKE 'about\\_%' ESCAPE '\\'))
         ORDER BY record";
    records(tx, query, params![field, key])
}

/// The amendments, or the other contracts, with a party in common and the same number.
fn by_number_and_party(
    tx: &Transaction<'_>,
    record: &RecordId,
    reference: &str,
    amendments: bool,
) -> Result<Vec<RecordId>> {
    let Some(key) = key(reference) else { return Ok(Vec::new()) };
    let query = "SELECT DISTINCT held.record FROM holding_values AS held
         JOIN documents ON documents.record = held.record
         JOIN holding_values AS party ON party.record = held.record AND party.field = 'party'
         JOIN holding_values AS own ON own.record = ?1 AND own.field = 'party' AND own.value = party.value
         WHERE held.field = 'reference_key' AND held.value = ?2 AND held.record <> ?1 AND ?3 = EXISTS (
             SELECT 1 FROM holding_values AS kind
             WHERE kind.record = held.record AND kind.field = 'contract_type' AND kind.value = 'amendment')
         ORDER BY held.record";
    records(tx, query, params![record.as_str(), key, amendments])
}

fn by_date(tx: &Transaction<'_>, record: &RecordId, dates: &[&str], day: Date) -> Result<Vec<RecordId>> {
    let mut found = Vec::new();
    for date in dates {
        let query = "SELECT DISTINCT dated.record FROM holding_values AS dated
             JOIN holding_values AS party ON party.record = dated.record AND party.field = 'party'
             JOIN holding_values AS own ON own.record = ?1 AND own.field = 'party' AND own.value = party.value
             WHERE dated.field = ?2 AND dated.value = ?3 ORDER BY dated.record";
        found.extend(records(tx, query, params![record.as_str(), date, day.to_string()])?);
    }
    Ok(found)
}

fn records(tx: &Transaction<'_>, query: &str, values: impl rusqlite::Params) -> Result<Vec<RecordId>> {
    let ids: Vec<String> = tx
        .prepare_cached(query)
        .and_then(|mut statement| statement.query_map(values, |row| row.get(0))?.collect())
        .db("cannot look for records that belong together")?;
    ids.iter().map(|id| id.parse().fold(ErrorKind::Storage, || "a stored id")).collect()
}

/// Checks that a record's documents may join another one's dossier.
pub(super) fn check(tx: &Transaction<'_>, record: &RecordId, contract: &RecordId) -> Result<()> {
    if record == contract {
        return Err(refusal(
            [format!("`{record}` cannot belong to itself"), format!("`{record}` kan niet bij zichzelf horen")],
            [
                "name the contract that it is about; `stands-alone` makes it a contract of its own",
                "noem het contract waar het over gaat; met `stands-alone` wordt het een contract op zichzelf",
            ],
        ));
    }
    if record::record(tx, contract)?.documents.is_empty() {
        return Err(refusal(
            [
                format!("the documents of `{contract}` are in another dossier themselves"),
                format!("de documenten van `{contract}` zitten zelf in een ander dossier"),
            ],
            [
                "name the record of the contract, as `griffie register` lists it",
                "noem het contract zoals `griffie register` het noemt",
            ],
        ));
    }
    for document in record::record(tx, record)?.documents {
        if home(tx, &document.id)?.as_ref() != Some(record) {
            return Err(refusal(
                [
                    format!("the dossier of `{record}` holds documents of other records"),
                    format!("in het dossier van `{record}` zitten documenten van andere"),
                ],
                [
                    "name the other way round, or let those stand alone first",
                    "noem ze andersom, of laat die eerst op zichzelf staan (`stands-alone`)",
                ],
            ));
        }
    }
    // Else the contract whose place it took would have no successor that the register lists, and no deadlines either.
    if let Some(older) = records(tx, "SELECT record FROM records WHERE superseded_by = ?1", [record.as_str()])?.pop() {
        return Err(refusal(
            [
                format!("`{record}` took the place of `{older}`, so it is a contract of its own"),
                format!("`{record}` kwam in de plaats van `{older}`, dus het is een contract op zichzelf"),
            ],
            [
                "if it did not, say first that the older one `still-holds`",
                "is dat niet zo, zeg dan eerst van het oudere dat het nog geldt (`still-holds`)",
            ],
        ));
    }
    Ok(())
}

/// Checks that another contract may take the place of this one: not itself, nor one whose place this one took.
pub(super) fn check_successor(tx: &Transaction<'_>, record: &RecordId, contract: &RecordId) -> Result<()> {
    if record::record(tx, contract)?.documents.is_empty() {
        return Err(refusal(
            [
                format!("`{contract}` is no contract that could take the place of `{record}`"),
                format!("`{contract}` is geen contract dat in de plaats van `{record}` kan komen"),
            ],
            [
                "name the record of the later contract, as `griffie register` lists it",
                "noem het latere contract zoals `griffie register` het noemt",
            ],
        ));
    }
    let mut later = Some(contract.clone());
    // No longer than there are records: a ring that an older program let through ends the search as well.
    let most: u32 = tx.query_row("SELECT count(*) FROM records", [], |row| row.get(0)).db("cannot count records")?;
    for _ in 0..=most {
        match later {
            Some(next) if next == *record => {
                return Err(refusal(
                    [format!("`{record}` would take its own place"), format!("`{record}` zou zichzelf vervangen")],
                    [
                        "name a later contract; `still-holds` says that none took its place after all",
                        "noem een later contract; `still-holds` zegt dat er toch geen in de plaats kwam",
                    ],
                ));
            }
            Some(next) => later = record::record(tx, &next)?.superseded_by,
            None => break,
        }
    }
    Ok(())
}

/// What people may not say of dossiers, and what to say instead, each in English and Dutch.
fn refusal([why, dutch]: [String; 2], [hint, advice]: [&str; 2]) -> Error {
    Error::new(ErrorKind::InvalidInput, why).hint(hint.to_owned()).dutch(format!("{dutch}: {advice}"))
}

/// Notes that another contract took the place of this one, or that none did.
pub(super) fn supersede(tx: &Transaction<'_>, record: &RecordId, contract: Option<&RecordId>) -> Result<()> {
    tx.execute(
        "UPDATE records SET superseded_by = ?2 WHERE record = ?1",
        params![record.as_str(), contract.map(RecordId::as_str)],
    )
    .db("cannot note that a contract is superseded")?;
    Ok(())
}

/// Puts the documents that came in as a record of their own into a contract's dossier, or back into their own.
pub(super) fn join(tx: &Transaction<'_>, record: &RecordId, contract: &RecordId) -> Result<()> {
    let before = of(tx, record)?;
    let role = name(&if record == contract { Role::Main } else { Role::Amendment })?;
    tx.execute(
        "UPDATE documents SET record = ?2, role = ?3
         WHERE document IN (SELECT document FROM items WHERE items.record = ?1)",
        [record.as_str(), contract.as_str(), &role],
    )
    .db("cannot join a dossier")?;
    before.iter().chain([record, contract]).try_for_each(|id| holding::refresh(tx, id))
}

/// The record in whose dossier the documents are now that came in as a record of their own.
pub(super) fn of(tx: &Transaction<'_>, record: &RecordId) -> Result<Option<RecordId>> {
    let query = "SELECT documents.record FROM documents JOIN items USING (document) WHERE items.record = ?1";
    Ok(records(tx, query, [record.as_str()])?.pop())
}

/// The record as which a document came in.
pub(super) fn home(tx: &Transaction<'_>, document: &DocumentId) -> Result<Option<RecordId>> {
    Ok(records(tx, "SELECT record FROM items WHERE document = ?1", [document.as_str()])?.pop())
}

/// Whether a person said in which dossier a document belongs, and with that what it is there.
pub(super) fn is_placed(tx: &Transaction<'_>, document: &DocumentId) -> Result<bool> {
    tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM items JOIN decisions USING (record)
                        WHERE items.document = ?1 AND act = 'belongs_to')",
    )
    .and_then(|mut statement| statement.query_row([document.as_str()], |row| row.get(0)))
    .db("cannot look up who placed a document")
}

/// The other records as which the documents of a record's dossier came in.
pub(super) fn joined(tx: &Transaction<'_>, record: &RecordId) -> Result<Vec<RecordId>> {
    let query = "SELECT DISTINCT items.record FROM documents JOIN items USING (document)
         WHERE documents.record = ?1 AND items.record <> ?1 ORDER BY items.record";
    records(tx, query, [record.as_str()])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        model::{
            Status,
            record::{Against, Notice, RelatesTo, Renewal, RenewalKind, Term},
        },
        register::{
            Decision, Filter, Item, Register, Request,
            lifecycle::Lifecycle,
            testing::{TestRegister, auto, moment, party},
        },
    };

    fn lease() -> Fields {
        Fields {
            reference: auto("HV 2019/044".into()),
            signing_date: auto(date(2019, 3, 1)),
            end_date: auto(date(2026, 12, 31)),
            parties: vec![party("Gemeente Diemen", "Verhuurder"), party("Bakkerij Jansen B.V.", "Huurder")],
            ..Fields::absent()
        }
    }

    fn amendment(about: RelatesTo) -> Fields {
        Fields {
            relates_to: auto(about),
            end_date: auto(date(2028, 12, 31)),
            parties: vec![party("Bakkerij Jansen B.V.", "Huurder")],
            ..Fields::absent()
        }
    }

    fn related(register: &Register, item: &Item) -> Vec<(RecordId, Relation)> {
        let entry = register.entry(&item.record, date(2026, 1, 1), &[], Language::English).unwrap();
        entry.related.into_iter().map(|related| (related.record, related.relation)).collect()
    }

    fn decide(register: &Register, record: &RecordId, contract: &RecordId) -> Result<Decision> {
        decide_on(register, record, Request::BelongsTo(contract.clone()))
    }

    #[test]
    fn an_amendment_that_bears_its_contracts_number_is_proposed_for_its_dossier() {
        let register = TestRegister::new();
        let contract = register.archive("a.pdf", lease()).record;
        let change = || Fields {
            contract_type: auto(ContractType::Amendment),
            reference: auto("HV 2019/044".into()),
            parties: vec![party("Bakkerij Jansen B.V.", "Huurder")],
            ..Fields::absent()
        };
        let (first, second) = (register.archive("b.pdf", change()).record, register.archive("c.pdf", change()).record);
        let stranger = Fields { parties: vec![party("Slagerij Vos", "Huurder")], ..change() };
        let stranger = register.archive("d.pdf", stranger).record;
        let related = |record: &RecordId| {
            let related = register.entry(record, date(2026, 1, 1), &[], Language::English).unwrap().related;
            let mut related: Vec<_> = related.into_iter().map(|one| (one.relation, one.record)).collect();
            related.sort_by_key(|(_, record)| record.to_string());
            related
        };
        assert_eq!(related(&first), [(Relation::BelongsTo, contract.clone())]);
        let mut amendments = vec![(Relation::SubjectOf, first.clone()), (Relation::SubjectOf, second)];
        amendments.sort_by_key(|(_, record)| record.to_string());
        assert_eq!(related(&contract), amendments);
        assert_eq!(related(&stranger), []);
        // Once it is in the dossier it is proposed no more.
        decide(&register, &first, &contract).unwrap();
        assert_eq!(related(&contract).len(), 1);
    }

    #[test]
    fn a_dossier_counts_its_deadline_from_the_end_that_its_amendment_gives() {
        let register = TestRegister::new();
        let notice = Notice {
            period: Some("P3M".parse().unwrap()),
            by: "any".into(),
            against: Against::EndOfTerm,
            form: None,
            by_day: None,
        };
        let renewal = Renewal {
            kind: RenewalKind::Tacit,
            period: Some(Term::Period("P1Y".parse().unwrap())),
            max_times: None,
            use_before: None,
            use_by: None,
        };
        let mut fields = Fields {
            end_date: crate::model::Field::absent(),
            notice: vec![auto(notice)],
            renewal: auto(renewal),
            ..lease()
        };
        fields.notice_deadline.status = Status::Proposed;
        fields.notice_deadline.explanation = Some("the end date is missing".into());
        let contract = register.archive("a.pdf", fields);
        let later = register.archive("b.pdf", amendment(RelatesTo::default()));
        decide(&register, &later.record, &contract.record).unwrap();
        let entry = || register.entry(&contract.record, date(2026, 1, 1), &[], Language::English).unwrap();
        let deadline = entry().fields.notice_deadline;
        assert_eq!((deadline.value, deadline.status), (Some(date(2028, 9, 30)), Status::Proposed));
        // Whether the old renewal still holds after the new end, a person says.
        assert_eq!(entry().fields.renewal.status, Status::Proposed);
        let accept = Request::Accept { field: "end_date".into(), choose: None };
        decide_on(&register, &contract.record, accept).unwrap();
        let end = entry().outlook.deadlines.pop().unwrap();
        assert!(!end.certain && end.explanation.contains("if the renewal that was read holds"), "{end:?}");
    }

    fn decide_on(register: &Register, record: &RecordId, request: Request) -> Result<Decision> {
        let decision = register.prepare_decision(record, request, "A. Jansen", moment(), None)?;
        register.add_decision(&decision, &[])?;
        Ok(decision)
    }

    #[test]
    fn a_number_or_a_date_with_a_party_in_common_relates_both_ways() {
        let number = RelatesTo { reference: Some("HV-2019-044".into()), date: None };
        let day = RelatesTo { reference: None, date: Some(date(2019, 3, 1)) };
        for about in [number, day] {
            let register = TestRegister::new();
            let later = register.archive("b.pdf", amendment(about));
            let contract = register.archive("a.pdf", lease());
            let second = amendment(RelatesTo { reference: Some("HV 2019 044".into()), date: None });
            let second = register.archive("c.pdf", Fields { reference: auto("HV 2019/044".into()), ..second });
            assert_eq!(related(&register, &later), [(contract.record.clone(), Relation::BelongsTo)]);
            assert_eq!(related(&register, &second), [(contract.record.clone(), Relation::BelongsTo)]);
            assert_eq!(related(&register, &contract).len(), 2);
        }
    }

    #[test]
    fn a_date_alone_or_a_short_number_relates_nothing() {
        let register = TestRegister::new();
        register.archive("a.pdf", Fields { reference: auto("12".into()), ..lease() });
        let about = RelatesTo { reference: Some("12".into()), date: Some(date(2019, 3, 1)) };
        let stranger = Fields { parties: vec![party("Stichting Ander", "Huurder")], ..amendment(about) };
        let stranger = register.archive("b.pdf", stranger);
        assert_eq!(related(&register, &stranger), []);
    }

    #[test]
    fn a_dossier_joined_by_a_person_shows_both_ends_and_can_be_parted_again() {
        let register = TestRegister::new();
        let contract = register.archive("a.pdf", lease());
        let later = register.archive("b.pdf", amendment(RelatesTo::default()));
        decide(&register, &later.record, &contract.record).unwrap();
        let listed = register.select(&Filter::default()).unwrap();
        assert_eq!(listed, std::slice::from_ref(&contract.record));
        let entry = register.entry(&contract.record, date(2026, 1, 1), &[], Language::English).unwrap();
        assert_eq!(entry.documents, [contract.document.clone(), later.document.clone()]);
        // Nobody misses a date because of a dossier: the earlier one stands first, and a person is asked.
        assert_eq!(entry.fields.end_date.value, Some(date(2026, 12, 31)));
        assert_eq!(entry.fields.end_date.status, Status::Conflict);
        decide_on(&register, &later.record, Request::StandsAlone).unwrap();
        assert_eq!(register.select(&Filter::default()).unwrap().len(), 2);
        assert_eq!(register.record(&later.record).unwrap().documents[0].role, Role::Main);
    }

    #[test]
    fn a_longer_notice_of_an_amendment_counts_in_the_dossier() {
        let notice = |period: &str| {
            let period = Some(period.parse().unwrap());
            vec![auto(Notice { period, by: "any".into(), against: Against::EndOfTerm, form: None, by_day: None })]
        };
        let register = TestRegister::new();
        let contract = register.archive("a.pdf", Fields { notice: notice("P3M"), ..lease() });
        let longer = Fields { notice: notice("P6M"), ..Fields::absent() };
        let later = register.archive("b.pdf", longer);
        decide(&register, &later.record, &contract.record).unwrap();
        let entry = register.entry(&contract.record, date(2026, 1, 1), &[], Language::English).unwrap();
        assert_eq!(entry.fields.notice.len(), 2);
        assert_eq!(entry.outlook.deadlines[0].date, date(2026, 6, 30), "{:?}", entry.outlook.deadlines);
    }

    #[test]
    fn what_a_person_corrected_in_an_amendment_holds_in_the_dossier() {
        let register = TestRegister::new();
        let contract = register.archive("a.pdf", Fields { end_date: crate::model::Field::absent(), ..lease() });
        let later = register.archive("b.pdf", amendment(RelatesTo::default()));
        let correct = Request::Correct { field: "end_date".into(), value: "2027-06-30".into() };
        let decision = register.prepare_decision(&later.record, correct, "A. Jansen", moment(), None).unwrap();
        register.add_decision(&decision, &[]).unwrap();
        decide(&register, &later.record, &contract.record).unwrap();
        let entry = register.entry(&contract.record, date(2026, 1, 1), &[], Language::English).unwrap();
        assert_eq!(entry.fields.end_date.value, Some(date(2027, 6, 30)));
    }

    #[test]
    fn a_contract_whose_place_was_taken_has_no_deadlines() {
        let register = TestRegister::new();
        let (old, new) = (register.archive("a.pdf", lease()), register.archive("b.pdf", lease()));
        let outlook_after = |request| {
            let decision = register.prepare_decision(&old.record, request, "A. Jansen", moment(), None).unwrap();
            register.add_decision(&decision, &[]).unwrap();
            register.entry(&old.record, date(2026, 1, 1), &[], Language::English).unwrap().outlook
        };
        let superseded = outlook_after(Request::SupersededBy(new.record.clone()));
        assert_eq!((superseded.lifecycle, superseded.deadlines), (Lifecycle::Superseded, Vec::new()));
        assert_eq!(outlook_after(Request::StillHolds).lifecycle, Lifecycle::Running, "a person may think better of it");
    }

    #[test]
    fn nothing_belongs_to_itself_or_takes_its_own_place_by_whatever_way() {
        let register = TestRegister::new();
        let [a, b, c] = ["a.pdf", "b.pdf", "c.pdf"].map(|path| register.archive(path, lease()).record);
        let refused = |record: &RecordId, request: Request| {
            let before = register.dump().unwrap();
            let error = decide_on(&register, record, request.clone()).unwrap_err();
            assert_eq!((error.kind(), error.advice().is_some()), (ErrorKind::InvalidInput, true), "{request:?}");
            assert_eq!(register.dump().unwrap(), before);
        };
        decide(&register, &b, &a).unwrap();
        refused(&b, Request::BelongsTo(b.clone()));
        refused(&a, Request::BelongsTo(b.clone()));
        assert_eq!(register.dossier_of(&b).unwrap(), a, "it stays in the dossier that it was in");
        decide_on(&register, &b, Request::StandsAlone).unwrap();
        decide_on(&register, &a, Request::SupersededBy(b.clone())).unwrap();
        decide_on(&register, &b, Request::SupersededBy(c.clone())).unwrap();
        refused(&a, Request::SupersededBy(a.clone()));
        refused(&b, Request::SupersededBy(a.clone()));
        refused(&c, Request::SupersededBy(a.clone()));
        refused(&c, Request::BelongsTo(a.clone()));
        decide_on(&register, &b, Request::StillHolds).unwrap();
        decide(&register, &c, &a).unwrap();
    }

    #[test]
    fn dossiers_are_not_joined_in_chains() {
        let register = TestRegister::new();
        let items: Vec<_> = ["a.pdf", "b.pdf", "c.pdf"].map(|path| register.archive(path, lease())).into();
        decide(&register, &items[1].record, &items[0].record).unwrap();
        for (record, contract) in [(2, 1), (0, 2)] {
            let refused = decide(&register, &items[record].record, &items[contract].record).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        }
    }
}
