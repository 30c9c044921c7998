//! What holds of the index as a whole.

use super::*;

struct TestIndex {
    index: Index,
    folder: tempfile::TempDir,
}

fn document(key: &str, texts: &[&str]) -> IndexDocument {
    let mut start = 0;
    let units = texts.iter().enumerate().map(|(page, text)| {
        let range = start..start + text.len();
        start = range.end + 1;
        Unit {
            page: PageNo::from_index(page),
            clause: Some(format!("{} Clause", page + 1)),
            range,
            text: (*text).to_owned(),
            language: None,
            subjects: Vec::new(),
        }
    });
    IndexDocument {
        record: RecordId::random(),
        document: DocumentId::random(),
        made_of: key.into(),
        units: units.collect(),
    }
}

impl TestIndex {
    fn with(documents: &[IndexDocument]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path()).unwrap();
        index.add_documents(documents.iter().cloned()).unwrap();
        Self { index, folder }
    }

    fn search(&self, query: &str) -> Found {
        self.index.search(&Query::parse(query).unwrap(), None, Options::default()).unwrap()
    }
}

#[test]
fn a_clause_is_found_by_what_it_is_about() {
    let mut labelled = document("k", &["De opzegtermijn is een maand.", "De huur is € 100.", "Opzegging van de huur."]);
    labelled.units[0].subjects = vec![Subject::Termination];
    labelled.units[1].subjects = vec![Subject::Payment, Subject::Indexation];
    let index = TestIndex::with(&[labelled]);
    let check = |query: &str, want: &[u32]| {
        let mut pages: Vec<u32> = index.search(query).hits.iter().map(|hit| hit.page.get()).collect();
        pages.sort_unstable();
        assert_eq!(pages, want, "{query}");
    };
    check("clause:termination", &[1]);
    check("huur clause:indexation", &[2]);
    check("huur clause:termination", &[]);
    check("clause:termination clause:payment", &[1, 2]);
    check("clause:insurance", &[]);
    assert_eq!(index.search("clause:indexation").hits[0].subjects, [Subject::Payment, Subject::Indexation]);
}

#[test]
fn a_query_finds_what_it_asks_for() {
    let texts = [
        "Opzegging geschiedt schriftelijk tegen het einde van het kwartaal.",
        "De overeenkomst wordt stilzwijgend met een jaar verlengd.",
        "De huurprijswijziging van de coöperatie Zürich gaat in op 1 januari 2020, kenmerk 2019-044.",
        "This Agreement shall terminate upon written notice by either party.",
    ];
    let index = TestIndex::with(&[document("k", &texts)]);
    let check = |query: &str, want: &[u32]| {
        let mut pages: Vec<u32> = index.search(query).hits.iter().map(|hit| hit.page.get()).collect();
        pages.sort_unstable();
        assert_eq!(pages, want, "{query}");
    };
    check("opzegging", &[1]);
    check("opgezegd", &[1]);
    check("verlenging", &[2]);
    check("overeenkomsten", &[2]);
    check("terminated notices", &[4]);
    check("huurprijs", &[3]);
    check("huurpr*", &[3]);
    check("cooperatie zurich", &[3]);
    check("coöperaties", &[3]);
    check("2019-044", &[3]);
    check("\"stilzwijgend met een jaar\"", &[2]);
    check("\"een jaar stilzwijgend\"", &[]);
    check("\"stilzwijgend verlengd\"", &[]);
    check("\"stilzwijgend verlengd\"~5", &[2]);
    check("\"einde van het kwar\"*", &[1]);
    check("stilzwijgent~1", &[2]);
    check("stilzwijgent", &[]);
    check("schriftelijk OR notice", &[1, 4]);
    check("de NOT coöperatie", &[2]);
    check("NOT de", &[1, 4]);
    check("(opzegging OR verlengd) -kwartaal", &[2]);
    check("schriftelijk notice", &[]);
    check("party:jansen", &[1, 2, 3, 4]);
}

#[test]
fn words_read_wrongly_are_found_when_asked_for() {
    let index = TestIndex::with(&[document("k", &["De overeenkornst wordt opgezegd."])]);
    let search = |ocr_tolerant| {
        let options = Options { ocr_tolerant, ..Options::default() };
        index.index.search(&Query::parse("overeenkomst").unwrap(), None, options).unwrap()
    };
    assert_eq!((search(false).total, search(true).total), (0, 1));
    assert_eq!(search(true).hits[0].ranges.first(), Some(&(3..16)));
}

#[test]
fn a_hit_says_where_its_words_stand() {
    let texts = ["Eerste bladzijde.", "De pacht eindigt; de ander betaalt pacht."];
    let index = TestIndex::with(&[document("k", &texts)]);
    let running = texts.join("\n");
    let found = index.search("\"de pacht\" betaalt");
    let words: Vec<&str> = found.hits[0].ranges.iter().map(|range| &running[range.clone()]).collect();
    assert_eq!(words, ["De pacht", "betaalt"]);
    assert_eq!((found.hits[0].page.get(), found.hits[0].clause.as_deref()), (2, Some("2 Clause")));
    assert_eq!(found.hits[0].snippet, texts[1]);
    let near = index.search("\"pacht betaalt\"~3");
    let words: Vec<&str> = near.hits[0].ranges.iter().map(|range| &running[range.clone()]).collect();
    assert_eq!(words, ["pacht", "betaalt", "pacht"]);
}

#[test]
fn only_documents_that_are_meant_are_found() {
    let (a, b) = (document("k", &["huur van a"]), document("k", &["huur van b"]));
    let index = TestIndex::with(&[a.clone(), b.clone()]);
    let among = |documents: &[DocumentId]| {
        let found = index.index.search(&Query::parse("huur").unwrap(), Some(documents), Options::default()).unwrap();
        found.hits.iter().map(|hit| hit.document.clone()).collect::<Vec<_>>()
    };
    assert_eq!(among(std::slice::from_ref(&b.document)), std::slice::from_ref(&b.document));
    assert!(among(&[]).is_empty());
    // So many that they are looked up in another way.
    let mut many: Vec<DocumentId> = (0..1000).map(|_| DocumentId::random()).collect();
    assert!(among(&many).is_empty());
    many.push(b.document.clone());
    assert_eq!(among(&many), std::slice::from_ref(&b.document));
    index.index.delete_document(&b.document).unwrap();
    assert!(among(&[b.document]).is_empty());
    assert_eq!(index.search("huur").hits[0].record, a.record);
}

#[test]
fn an_index_that_is_behind_says_so_and_adding_twice_finds_once() {
    let (a, b) = (document("k", &["huur"]), document("k", &[]));
    let index = TestIndex::with(&[a.clone(), b.clone()]);
    index.index.add_documents([a.clone()]).unwrap();
    assert_eq!(index.search("huur").total, 1);
    let c = DocumentId::random();
    let have = [(&a.document, "k"), (&b.document, "k"), (&c, "k")];
    assert_eq!(index.index.lag(have).unwrap(), Lag { missing: vec![c.clone()], surplus: 0 });
    // Read anew under another key, and one that is no more.
    let lag = index.index.lag([(&a.document, "k2")]).unwrap();
    assert_eq!(lag, Lag { missing: vec![a.document.clone()], surplus: 2 });
    index.index.rebuild([Ok(a.clone())]).unwrap();
    assert_eq!(index.index.lag([(&a.document, "k")]).unwrap(), Lag::default());
}

#[test]
fn what_fails_half_way_leaves_the_index_as_it_was() {
    let a = document("k", &["huur"]);
    let index = TestIndex::with(std::slice::from_ref(&a));
    let failing = [Ok(document("k", &["koop"])), Err(Error::new(ErrorKind::Storage, "the store is away"))];
    assert!(index.index.rebuild(failing).is_err());
    index.index.add_documents([document("k", &["pacht"])]).unwrap();
    assert_eq!((index.search("huur").total, index.search("koop").total, index.search("pacht").total), (1, 0, 1));
}

#[test]
fn a_broken_index_is_put_aside_and_starts_anew() {
    let a = document("k", &["huur"]);
    let TestIndex { index, folder } = TestIndex::with(std::slice::from_ref(&a));
    drop(index);
    std::fs::write(folder.path().join(LAYOUT).join("meta.json"), b"{").unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.lag([(&a.document, "k")]).unwrap().missing, std::slice::from_ref(&a.document));
    assert!(folder.path().join("broken-1").is_dir());
}

#[test]
fn a_damaged_index_is_told_with_the_file_and_what_to_do_and_never_a_panic() {
    let documents: Vec<_> = (0..40).map(|_| document("k", &["huur van de woning", "koop van de woning"])).collect();
    let TestIndex { index, folder } = TestIndex::with(&documents);
    drop(index);
    let place = folder.path().join(LAYOUT);
    for file in std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "idx" || extension == "store") {
            let mut bytes = std::fs::read(&file).unwrap();
            let quarter = bytes.len() / 4;
            bytes[quarter..3 * quarter].fill(0);
            std::fs::write(&file, bytes).unwrap();
        }
    }
    let index = Index::open(folder.path()).unwrap();
    assert!(!index.damaged_files().is_empty());
    let options = Options { limit: 10, offset: 0, ocr_tolerant: false };
    let error = index.search(&Query::parse("woning").unwrap(), None, options).unwrap_err();
    assert!(error.to_string().contains("the index is damaged (`"), "{error}");
    assert!(error.advice().unwrap().contains("griffie rebuild"));
}
