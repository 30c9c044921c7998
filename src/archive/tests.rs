//! What the archive promises about its objects.

use std::fs;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::model::{Fields, ItemId, PageBox, PageNo, PageReading, PageState, Problem, TextSource, Word};

fn archive() -> Archive {
    Archive::open(Store::memory()).unwrap()
}

fn recipe(step: &str) -> Recipe {
    Recipe { step: step.into(), version: "1".into(), settings: Blake3::of(b"settings"), inputs: vec![Blake3::of(b"x")] }
}

fn decision(record: &RecordId, number: u32) -> Decision {
    Decision {
        record: record.clone(),
        number,
        act: Act::Accept,
        field: Some("end_date".into()),
        value: None,
        by: "A. Archivist".into(),
        at: Timestamp::UNIX_EPOCH,
        note: None,
        elsewhere: None,
    }
}

/// The manifest that is kept as an example of its format.
pub(super) fn manifest() -> Manifest {
    Manifest::decode(include_bytes!("../../tests/formats/manifest/v1.json")).unwrap()
}

#[test]
fn the_same_file_twice_is_one_original() {
    let (archive, folder) = (archive(), tempfile::tempdir().unwrap());
    let path = folder.path().join("lease.pdf");
    fs::write(&path, "%PDF-1.4 lease").unwrap();
    let digests = digests_of_file(&path).unwrap();
    let first = archive.store_original(&path, &digests).unwrap();
    let second = archive.store_original(&path, &digests).unwrap();
    assert!(first.stored().is_new() && !second.stored().is_new());
    assert_eq!(fs::read(&*archive.original_file(&digests.blake3).unwrap()).unwrap(), fs::read(&path).unwrap());
    let out = folder.path().join("out.pdf");
    assert_eq!(archive.copy_original(&digests.blake3, &out).unwrap(), 14);
    assert_eq!(fs::read(&out).unwrap(), fs::read(path).unwrap());
    fs::write(&out, "mine").unwrap();
    let refused = archive.copy_original(&digests.blake3, &out).unwrap_err();
    assert_eq!((refused.kind(), fs::read(&out).unwrap()), (ErrorKind::InvalidInput, b"mine".to_vec()));
}

#[test]
fn bytes_that_changed_in_the_store_are_not_handed_out() {
    let (archive, folder) = (archive(), tempfile::tempdir().unwrap());
    let digest = Blake3::of(b"right");
    archive.store().put_new(&name::original(&digest), "wrong").unwrap();
    let out = folder.path().join("out.pdf");
    assert_eq!(archive.copy_original(&digest, &out).unwrap_err().kind(), ErrorKind::FixityMismatch);
    assert!(!out.try_exists().unwrap());
}

#[test]
fn a_series_counts_up_and_knows_its_last() {
    let (archive, record) = (archive(), RecordId::random());
    let hold = |on| Hold {
        record: record.clone(),
        hold: "inquiry".into(),
        on,
        reason: "claim".into(),
        by: "A. Archivist".into(),
        at: Timestamp::UNIX_EPOCH,
    };
    let puts = [true, true, false, true].map(|on| archive.put_hold(&hold(on)).unwrap());
    let names = puts.each_ref().map(|put| (put.name().last(), put.is_new()));
    let want = [("000001.json", true), ("000001.json", false), ("000002.json", true), ("000003.json", true)];
    assert_eq!(names, want);
    let all: Vec<_> = archive.holds().unwrap().collect::<Result<_>>().unwrap();
    assert_eq!(all, [(record.clone(), vec![hold(true), hold(false), hold(true)])]);
}

#[test]
fn a_decision_keeps_its_number() {
    let (archive, record) = (archive(), RecordId::random());
    let first = archive.put_decision(&decision(&record, 1)).unwrap();
    let again = archive.put_decision(&decision(&record, 1)).unwrap();
    let second = archive.put_decision(&decision(&record, 2)).unwrap();
    assert_eq!((first.name(), again.is_new()), (again.name(), false));
    assert_eq!(second.name().last(), "000002.json");
    let other = Decision { by: "B. Archivist".into(), ..decision(&record, 1) };
    assert_eq!(archive.put_decision(&other).unwrap_err().kind(), ErrorKind::Conflict);
    let all: Vec<_> = archive.decisions().unwrap().collect::<Result<_>>().unwrap();
    assert_eq!(all, [(record.clone(), vec![decision(&record, 1), decision(&record, 2)])]);
}

#[test]
fn a_batch_is_known_by_its_accessions_before_it_finished() {
    let archive = archive();
    let (batch, item) = (BatchId::random(), ItemId::random());
    let accession = Accession {
        batch: batch.clone(),
        item: item.clone(),
        ordinal: 0,
        source: "in/a.zip".into(),
        member: Some("lease.pdf".into()),
        parent: None,
        department: None,
        accessioned: Timestamp::UNIX_EPOCH,
        state: AccessionState::Quarantined,
        reason: Some(Reason { kind: "encrypted".into(), message: "it has a password".into() }),
        digests: None,
        media_type: None,
        documents: Vec::new(),
        reserved_document: DocumentId::random(),
        reserved_record: RecordId::random(),
        remarks: Vec::new(),
    };
    archive.put_accession(&accession).unwrap();
    assert_eq!(archive.batches().unwrap(), std::slice::from_ref(&batch));
    assert_eq!(archive.batch(&batch).unwrap(), None);
    assert_eq!(archive.accessions(&batch).unwrap(), std::slice::from_ref(&accession));
    let other = Accession { state: AccessionState::Container, ..accession };
    assert_eq!(archive.put_accession(&other).unwrap_err().kind(), ErrorKind::Conflict);
}

#[test]
fn the_first_result_of_a_recipe_holds() {
    let archive = archive();
    let reading = |engine: &str| Reading {
        pages: Vec::new(),
        language: None,
        engine: engine.into(),
        problems: vec![Problem { kind: "low_resolution".into(), message: "72 dpi".into(), page: None }],
    };
    let (first, _) = archive.put_reading(&recipe("read"), &reading("one")).unwrap();
    let (second, holds) = archive.put_reading(&recipe("read"), &reading("two")).unwrap();
    assert_eq!((holds.engine.as_str(), second.is_new()), ("one", false));
    assert_eq!(first.digests(), second.digests());
    assert_eq!(archive.reading(&recipe("read").key()).unwrap(), Some(reading("one")));
    assert_eq!(archive.reading(&recipe("other").key()).unwrap(), None);

    let findings = |rule_set: &str| Findings {
        recipe: recipe("extract"),
        reading: recipe("read").key(),
        rule_set: rule_set.into(),
        fields: Fields::absent(),
    };
    assert!(archive.put_findings(&findings("a")).unwrap().0.is_new());
    assert_eq!(archive.put_findings(&findings("b")).unwrap().1, findings("a"));
}

#[test]
fn every_part_of_a_recipe_counts() {
    let base = recipe("read");
    let others = [
        Recipe { step: "rea".into(), version: "d1".into(), ..base.clone() },
        Recipe { version: "2".into(), ..base.clone() },
        Recipe { settings: Blake3::of(b"other"), ..base.clone() },
        Recipe { inputs: vec![], ..base.clone() },
    ];
    assert!(others.iter().all(|other| other.key() != base.key()));
}

#[test]
fn an_archive_explains_itself() {
    let archive = archive();
    let text = archive.store().get(&name::README.parse().unwrap()).unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    for area in Area::ALL {
        assert!(text.contains(&format!("{}/", area.folder())), "{area:?}");
    }
    Archive::open(archive.store().clone()).unwrap();
}

proptest! {
    #[test]
    fn words_come_back_as_they_were_read(
        corners in proptest::array::uniform4(-0.1_f32..1.1),
        (start, length, confidence, size, bold, block, line) in
            (0_u32..1000, 0_u32..50, 0_u8..=100, any::<u8>(), any::<bool>(), any::<u16>(), any::<u16>()),
        (width_pt, skew) in (1.0_f32..5000.0, -15.0_f32..15.0),
        text in ".{0,40}",
    ) {
        let [x0, y0, x1, y1] = corners;
        let bounds = PageBox::new(x0, y0, x1, y1);
        let mut page = PageReading::wordless(PageNo::from_index(0), PageState::Read, width_pt, 842.0);
        page.source = TextSource::Ocr;
        page.skew = skew;
        page.text = text;
        page.words = vec![Word { start, end: start + length, bounds, confidence, size, bold, block, line }];
        let reading = Reading { pages: vec![page], language: None, engine: "test".into(), problems: Vec::new() };
        let packed = reading_v1::pack(&recipe("read"), &reading).unwrap();
        prop_assert_eq!(reading_v1::unpack(&packed).unwrap(), reading);
    }

    #[test]
    fn a_damaged_reading_is_no_panic(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let reading = Reading { pages: Vec::new(), language: None, engine: "test".into(), problems: Vec::new() };
        let mut packed = reading_v1::pack(&recipe("read"), &reading).unwrap();
        let place = at.index(packed.len());
        packed[place] ^= flip;
        let _ = reading_v1::unpack(&packed);
        prop_assert!(reading_v1::unpack(&packed[..place]).is_err());
    }
}

#[test]
fn what_made_the_words_is_read_without_them() {
    let mut page = PageReading::wordless(PageNo::from_index(0), PageState::Read, 595.0, 842.0);
    page.text = (0..20_000_u64).map(|n| (n * 7919 % 10_007).to_string()).collect();
    let reading = Reading { pages: vec![page], language: None, engine: "test".into(), problems: Vec::new() };
    let recipe = recipe("read");
    let packed = reading_v1::pack(&recipe, &reading).unwrap();
    assert!(packed.len() > 8 << 10, "{}", packed.len());
    // Nothing of the words is there to decode.
    assert_eq!(reading_v1::recipe(&packed[..2 << 10]).unwrap(), recipe);
    assert!(reading_v1::recipe_of_whole(&packed[..2 << 10]).is_err());
    // As it was packed once, in one block.
    let json = zstd::decode_all(&packed[..]).unwrap();
    let in_one = zstd::bulk::compress(&json, 3).unwrap();
    assert_eq!(reading_v1::recipe(&in_one).unwrap(), recipe);
    assert_eq!(reading_v1::unpack(&in_one).unwrap(), reading);
    assert!(reading_v1::recipe(&packed[..20]).is_err());
    let nothing = zstd::bulk::compress(&vec![b' '; 1 << 20], 3).unwrap();
    assert!(reading_v1::recipe(&nothing).is_err());
}

#[test]
fn a_number_reads_back_to_its_last_digit() {
    for part in 1..2000 {
        let confidence = f64::from(part) / 2003.0;
        let text = serde_json::to_string(&confidence).unwrap();
        let back: f64 = serde_json::from_str(&text).unwrap();
        assert_eq!(back.to_bits(), confidence.to_bits(), "{text}: a rebuilt register would say otherwise");
    }
}
