//! Speed of searching 200,000 clauses in process: phrase and filtered queries, 50th and 99th percentile of the time.
//! The filter's documents are resolved in the measured time too, from a list as the register gives it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use std::time::{Duration, Instant};

use griffie::{
    index::{Index, IndexDocument, Options, Query, Unit},
    model::{DocumentId, Language, PageNo, RecordId},
};

const DOCUMENTS: usize = 5_000;
const CLAUSES: usize = 40;
const WORDS: usize = 80;
const VOCABULARY: f64 = 20_000.0;
const ROUNDS: usize = 200;

/// The most frequent words, most frequent first. The other words are numbered.
const COMMON: &str = "de van het en een in te dat is op die voor met zijn aan bij door of niet om partij partijen \
    overeenkomst opdrachtgever opdrachtnemer huurder verhuurder artikel lid schriftelijk termijn opzegging maanden \
    einde looptijd stilzwijgend verlengd jaar kwartaal betaling prijs levering aansprakelijkheid schade boete \
    geheimhouding verwerking gegevens verzekering overdracht toestemming wijziging indexering rechtbank nederlands recht";

/// A small generator of numbers, always the same ones.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }
}

fn clause(numbers: &mut Numbers, common: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..WORDS {
        if !text.is_empty() {
            text.push(' ');
        }
        // Zipf's law: how often a word comes is inverse to its rank.
        let rank = VOCABULARY.powf(numbers.next(1 << 24) as f64 / f64::from(1 << 24)) as usize - 1;
        match common.get(rank) {
            Some(word) => text.push_str(word),
            None => text.push_str(&format!("woord{rank}")),
        }
    }
    text
}

fn main() -> griffie::Result<()> {
    let common: Vec<&str> = COMMON.split_whitespace().collect();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let index = Index::open(folder.path())?;
    let mut numbers = Numbers(7);
    let began = Instant::now();
    let mut ids = Vec::new();
    let documents = (0..DOCUMENTS).map(|_| {
        let document = DocumentId::random();
        ids.push(document.clone());
        let units = (0..CLAUSES).map(|place| {
            let text = clause(&mut numbers, &common);
            Unit {
                page: PageNo::from_index(place / 6),
                clause: Some(format!("{place}")),
                range: place * 1000..place * 1000 + text.len(),
                text,
                language: Some(Language::Dutch),
                subjects: Vec::new(),
            }
        });
        IndexDocument { record: RecordId::random(), document, made_of: String::new(), units: units.collect() }
    });
    let documents: Vec<_> = documents.collect();
    index.add_documents(documents)?;
    println!("{} clauses indexed in {:.1} s", DOCUMENTS * CLAUSES, began.elapsed().as_secs_f64());

    let tenth: Vec<_> = ids.iter().step_by(10).cloned().collect();
    let queries = [
        ("phrase", "\"stilzwijgend verlengd\"", None),
        ("phrase of common words", "\"de overeenkomst\"", None),
        ("proximity", "\"opzegging maanden\"~5", None),
        ("filtered, a tenth of the documents", "opzegging termijn", Some(&tenth)),
        ("filtered, all documents", "opzegging termijn", Some(&ids)),
        ("filtered phrase", "\"schriftelijk opzegging\"", Some(&tenth)),
        ("one word", "aansprakelijkheid", None),
        ("beginning", "opzeg*", None),
        ("fuzzy", "opzeging~1", None),
    ];
    println!("{:<36} {:>8} {:>9} {:>9}", "query", "hits", "p50 ms", "p99 ms");
    for (name, text, among) in queries {
        let mut times = Vec::with_capacity(ROUNDS);
        let mut total = 0;
        for _ in 0..ROUNDS {
            let began = Instant::now();
            let query = Query::parse(text)?;
            total = index.search(&query, among.map(Vec::as_slice), Options::default())?.total;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!("{name:<36} {total:>8} {:>9.2} {:>9.2}", ms(times[ROUNDS / 2]), ms(times[ROUNDS * 99 / 100]));
    }
    Ok(())
}
