//! What griffie takes beside the OCR engine itself: the same scanned pages, in one run, by the bare engine and by
//! griffie, in CPU time. The bare engine gets images that are decoded, scaled, upright and straight already: what it
//! takes itself is the same in both, and all that griffie does beside it is seen.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod measure;

use std::time::Duration;

use griffie::{
    model::{MediaType, PageNo},
    ocr::{Engine, EngineSettings, Ready, language},
    pages::{Page, Source},
};

fn main() -> griffie::Result<()> {
    let mut engine = Engine::open(&EngineSettings::default())?;
    println!("{}", engine.facts());
    let (mut pages, mut bare, mut taken, mut read) = (0_u32, Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for scan in measure::files("gold", Some("contract.scan.pdf")) {
        let source = Source::open(&scan, MediaType::Pdf, None)?;
        let mut languages = None;
        for page in (0..source.page_count()).map(PageNo::from_index) {
            let (image, time) = measure::cpu(|| source.page(page));
            let Page::Image(image) = image? else { continue };
            let again = source.page(page)?;
            let (reading, reading_time) = measure::cpu(|| engine.read(image, languages));
            let reading = reading?;
            let used = languages.unwrap_or_default();
            languages = languages.or_else(|| language::decide(&reading));
            // What the bare engine makes of a page on its side or its head compares with nothing.
            let Page::Image(image) = again else { continue };
            if reading.turn != 0 {
                continue;
            }
            let ready = Ready::from(image).straightened(reading.skew);
            let (words, bare_time) = measure::cpu(|| engine.read_bare(&ready, used));
            if words? == 0 {
                continue;
            }
            pages += 1;
            bare += bare_time;
            taken += time;
            read += reading_time;
        }
    }
    if pages > 0 {
        let of = |time: Duration| time.as_secs_f64() / f64::from(pages);
        let over = (taken + read).as_secs_f64() / bare.as_secs_f64() - 1.0;
        println!(
            "{:.2} CPU s/page bare, {:.2} with griffie ({:.3} of it to take the page out): {:+.1} %, {pages} pages",
            of(bare),
            of(taken + read),
            of(taken),
            over * 100.0
        );
    }
    Ok(())
}
