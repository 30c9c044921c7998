//! Speed of what follows the reading of a digital document: the text model and all rules, in CPU time a page.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod measure;

use std::time::Duration;

use griffie::{
    extract::RuleSet,
    model::{Language, MediaType, PageNo, Reading},
    pages::{Page, Source},
    text::Text,
};

/// Documents of each set; enough for a steady mean.
const DOCUMENTS: usize = 60;

fn read(file: &std::path::Path) -> griffie::Result<Reading> {
    let source = Source::open(file, MediaType::Pdf, None)?;
    let mut pages = Vec::new();
    for page in (0..source.page_count()).map(PageNo::from_index) {
        if let Page::Digital(reading) = source.page(page)? {
            pages.push(reading);
        }
    }
    Ok(Reading { pages, language: None, engine: String::new(), problems: Vec::new() })
}

fn main() -> griffie::Result<()> {
    let (rules, compiling) = measure::cpu(RuleSet::embedded);
    let rules = rules?;
    println!("{:.0} ms to compile the rules, once", compiling.as_secs_f64() * 1e3);
    // The word lists of the grammars are made ready at first use.
    rules.extract(&Text::of_sentence("De huur eindigt op 1 mei 2024.", Some(Language::Dutch)), Language::Dutch);
    for (set, name) in [("cuad/pdf", None), ("gold", Some("contract.digital.pdf"))] {
        let (mut pages, mut paging, mut text, mut finding) = (0, Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for file in measure::files(set, name).iter().take(DOCUMENTS) {
            let (reading, time) = measure::cpu(|| read(file));
            let reading = reading?;
            paging += time;
            let (model, time) = measure::cpu(|| Text::build(&reading));
            text += time;
            let (_, time) = measure::cpu(|| rules.extract(&model, Language::English));
            finding += time;
            pages += reading.pages.len();
        }
        if pages > 0 {
            let of = |time: Duration| time.as_secs_f64() * 1e3 / pages as f64;
            println!(
                "{set}: text {:.2} ms + rules {:.2} ms = {:.2} ms a page (reading the pages: {:.2} ms), {pages} pages",
                of(text),
                of(finding),
                of(text + finding),
                of(paging)
            );
        }
    }
    Ok(())
}
