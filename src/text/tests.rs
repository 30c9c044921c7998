//! Laws of the text model, on readings made here.

use proptest::prelude::*;

use super::*;
use crate::model::{PageBox, PageReading, PageState, TextSource, Word};

/// A page of lines: left edge and baseline in points on A4, and the words; six points a letter.
fn page(index: usize, lines: &[(f32, f32, &str)]) -> PageReading {
    let mut page = PageReading::wordless(PageNo::from_index(index), PageState::Read, 595.0, 842.0);
    page.source = TextSource::Digital;
    for (n, &(x, y, text)) in lines.iter().enumerate() {
        let mut at = x;
        for word in text.split(' ') {
            let width = 6.0 * word.chars().count() as f32;
            if !page.text.is_empty() {
                page.text.push(' ');
            }
            let start = u32::try_from(page.text.len()).unwrap();
            page.text.push_str(word);
            page.words.push(Word {
                start,
                end: u32::try_from(page.text.len()).unwrap(),
                bounds: PageBox::new(at / 595.0, y / 842.0, (at + width) / 595.0, (y + 10.0) / 842.0),
                confidence: 100,
                size: 40,
                bold: false,
                block: 0,
                line: u16::try_from(n % 60_000).unwrap(),
            });
            at += width + 5.0;
        }
    }
    page
}

/// The same, the letters of each line in quarters of a point.
fn page_of_sizes(lines: &[(f32, f32, &str, u8)]) -> PageReading {
    let plain: Vec<_> = lines.iter().map(|&(x, y, text, _)| (x, y, text)).collect();
    let mut page = page(0, &plain);
    for word in &mut page.words {
        word.size = lines[usize::from(word.line)].3;
    }
    page
}

fn reading(pages: Vec<PageReading>) -> Reading {
    Reading { pages, language: None, engine: "test".into(), problems: Vec::new() }
}

fn check(lines: &[(f32, f32, &str)], want: &str) -> Text {
    let text = Text::build(&reading(vec![page(0, lines)]));
    assert_eq!(text.running, want);
    text
}

#[test]
fn evidence_quotes_words_as_read_with_a_box_a_line() {
    let text = check(
        &[(70.0, 100.0, "De opzegtermijn bedraagt een hele kalender-"), (70.0, 112.0, "maand voor beide partijen.")],
        "De opzegtermijn bedraagt een hele kalendermaand voor beide partijen.",
    );
    let at = text.running.find("kalendermaand").unwrap();
    let evidence = text.evidence(&(at..at + 13));
    assert_eq!(evidence.len(), 1);
    assert_eq!((evidence[0].quote.as_str(), evidence[0].boxes.len()), ("kalender- maand", 2));
    assert_eq!(text.page_at(at), Some(PageNo::from_index(0)));
    assert!((text.confidence(&(at..at + 13)) - 1.0).abs() < f64::EPSILON);
}

#[test]
fn signature_columns_are_not_read_across() {
    check(
        &[
            (70.0, 100.0, "Aldus overeengekomen en in tweevoud opgemaakt door beide partijen:"),
            (70.0, 124.0, "Steenwijk, 14 september 2006"),
            (330.0, 124.0, "Meppel, 19 september 2006"),
            (70.0, 136.0, "gemeente Steenwijkerland"),
            (330.0, 136.0, "Zouthandel B.V."),
            (70.0, 180.0, "G.J. Terwolde"),
            (330.0, 180.0, "H. Prins"),
        ],
        "Aldus overeengekomen en in tweevoud opgemaakt door beide partijen:\nSteenwijk, 14 september 2006\ngemeente \
         Steenwijkerland\nG.J. Terwolde\nMeppel, 19 september 2006\nZouthandel B.V.\nH. Prins",
    );
}

#[test]
fn a_sentence_goes_on_in_its_column_though_a_line_ends_early() {
    check(
        &[
            (70.0, 100.0, "9. A party owes no more than the fee of"),
            (360.0, 100.0, "10. At its end the order renews itself"),
            (70.0, 112.0, "a year, unless it acts with intent or in"),
            (360.0, 112.0, "and will then run for new"),
            (70.0, 124.0, "the way that the law says can never be"),
            (360.0, 124.0, "terms of one year each, unless a party"),
            (70.0, 136.0, "limited or excluded by what they agree."),
            (360.0, 136.0, "gives notice before the end of the term."),
        ],
        "9. A party owes no more than the fee of a year, unless it acts with intent or in the way that the law says can never be limited or excluded by what they agree.\n10. At its end the order renews itself and will then run for new terms of one year each, unless a party gives notice before the end of the term.",
    );
}

#[test]
fn tables_are_read_row_by_row() {
    let text = check(
        &[
            (70.0, 100.0, "Contractnummer"),
            (230.0, 100.0, "2019/4711"),
            (70.0, 114.0, "Huurder"),
            (230.0, 114.0, "Gemeente Best"),
            (230.0, 126.0, "Raadhuisplein 1"),
            (70.0, 140.0, "Opzegtermijn"),
            (230.0, 140.0, "drie maanden"),
        ],
        "Contractnummer\t2019/4711\nHuurder\tGemeente Best Raadhuisplein 1\nOpzegtermijn\tdrie maanden",
    );
    let pairs: Vec<_> = text.labels.iter().map(|l| (text.slice(&l.label), text.slice(&l.value))).collect();
    assert_eq!(pairs[2], ("Opzegtermijn", "drie maanden"));
}

#[test]
fn a_label_over_two_lines_is_one_and_an_empty_field_is_another() {
    let rows = |below: &'static str, at: f32| {
        [
            (70.0, 100.0, "Contract"),
            (230.0, 100.0, "NHS-SUP-40871"),
            (70.0, at, below),
            (70.0, 132.0, "Date of order"),
            (230.0, 132.0, "14 February 2022"),
            (70.0, 150.0, "Buyer"),
            (230.0, 150.0, "Tresco Ltd"),
        ]
    };
    check(
        &rows("reference", 112.0),
        "Contract reference\tNHS-SUP-40871\nDate of order\t14 February 2022\nBuyer\tTresco Ltd",
    );
    check(
        &rows("Remarks", 118.0),
        "Contract\tNHS-SUP-40871\nRemarks\nDate of order\t14 February 2022\nBuyer\tTresco Ltd",
    );
}

#[test]
fn a_label_at_the_middle_of_its_cell_is_that_of_the_lines_above_it_too() {
    check(
        &[
            (70.0, 100.0, "Date of this Agreement"),
            (230.0, 100.0, "12 June 2023"),
            (230.0, 118.0, "Merrow Housing Limited, a registered"),
            (70.0, 130.0, "Client"),
            (230.0, 130.0, "society (No. 29417R) whose office"),
            (230.0, 142.0, "is at 8 Foss Lane, Guildford"),
            (70.0, 160.0, "Term"),
            (230.0, 160.0, "three years"),
        ],
        "Date of this Agreement\t12 June 2023\nClient\tMerrow Housing Limited, a registered society (No. 29417R) whose \
         office is at 8 Foss Lane, Guildford\nTerm\tthree years",
    );
}

#[test]
fn dates_below_two_signatures_are_no_running_heads() {
    let mut last = page(1, &[(70.0, 100.0, "Signed by both:")]);
    let dates = page(1, &[(70.0, 780.0, "Date: 8 November 2022"), (330.0, 780.0, "Date: 3 November 2022")]);
    let shift = u32::try_from(last.text.len() + 1).unwrap();
    last.text.push(' ');
    last.text.push_str(&dates.text);
    last.words.extend(dates.words.into_iter().map(|w| Word {
        start: w.start + shift,
        end: w.end + shift,
        line: w.line + 9,
        ..w
    }));
    let text = Text::build(&reading(vec![page(0, &[(70.0, 100.0, "This Agreement is about work.")]), last]));
    assert!(text.running.contains("8 November") && text.running.contains("3 November"), "{}", text.running);
}

#[test]
fn running_heads_are_set_apart() {
    let pages = (0..4).map(|i| {
        let foot = format!("Pagina {} van 4", i + 1);
        let body = [
            "De huur begint vandaag en loopt door tot",
            "en met morgen en dan naar de volgende",
            "dag die dan weer verder",
        ];
        let mut lines = vec![(70.0, 30.0, "Contract 2019/4711"), (250.0, 800.0, foot.as_str())];
        lines.extend(body.iter().enumerate().map(|(k, line)| (70.0, 300.0 + 12.0 * (k as f32), *line)));
        page(i, &lines)
    });
    let text = Text::build(&reading(pages.collect()));
    assert!(!text.running.contains("Pagina") && !text.running.contains("4711"), "{}", text.running);
    let mut heads: Vec<_> = text.running_heads.iter().map(|h| (h.text.as_str(), h.pages)).collect();
    heads.sort_unstable();
    assert_eq!(heads, [("Contract 2019/4711", 4), ("Pagina 1 van 4", 4)]);
}

#[test]
fn a_turned_page_reads_as_the_upright_one() {
    let upright = page(0, &[(70.0, 100.0, "De huur gaat in op 1 mei"), (70.0, 112.0, "van het volgende jaar.")]);
    let mut turned = upright.clone();
    turned.turn = 90;
    (turned.width_pt, turned.height_pt) = (842.0, 595.0);
    turned.words.iter_mut().for_each(|w| w.bounds = w.bounds.turned(270));
    let both = [upright, turned].map(|p| Text::build(&reading(vec![p])).running);
    assert_eq!(both[0], both[1]);
}

#[test]
fn pathological_pages_are_read_in_one_pass() {
    assert_eq!(Text::build(&reading(Vec::new())).running, "");
    assert!(Text::build(&reading(vec![page(0, &[])])).sentences.is_empty());
    // A hundred thousand words on one page: in one place, in rows, as one-letter lines, as hyphens without end.
    let one_line = "a ".repeat(100_000);
    assert_eq!(Text::build(&reading(vec![page(0, &[(10.0, 10.0, one_line.trim())])])).tokens.len(), 100_000);
    let scattered: Vec<_> = (0..100_000_u32).map(|i| ((i % 37) as f32 * 16.0, (i / 37) as f32 * 0.3, "a-")).collect();
    let text = Text::build(&reading(vec![page(0, &scattered)]));
    assert!(!text.running.is_empty());
    let letters: Vec<_> = (0..20_000_u32).map(|i| (70.0, i as f32 * 0.04, "x.")).collect();
    assert!(!Text::build(&reading(vec![page(0, &letters)])).running.is_empty());
    for mark in ["\"", "(", ".", "1.", "1.1.1.1", "a)", "(\"", "hierna", "Artikel", ":", "_", "\t", "\n", "’’"] {
        let text = Text::of_sentence(&mark.repeat(50_000), None);
        assert!(text.running.len() <= 50_000 * mark.len());
        Text::of_sentence(&format!("{mark} ").repeat(50_000), None);
        Text::of_sentence(&format!("{mark}\n").repeat(20_000), None);
    }
}

fn any_page() -> impl Strategy<Value = PageReading> {
    let word = "[A-Za-z0-9.,:;\"'()§€éĳﬁ\u{AD}_/-]{0,9}|Artikel|1\\.|de|BIJLAGE|Naam:|\\(the \"A\"\\)";
    let place =
        (word, 0.0_f32..1.0, 0.0_f32..1.0, 0.0_f32..0.2, 0.0_f32..0.05, 0_u8..=100, 0_u8..=80, any::<bool>(), 0_u16..6);
    let words = prop::collection::vec(place, 0..60);
    (words, prop::sample::select(vec![0_u16, 90, 180, 270]), -3.0_f32..3.0).prop_map(|(words, turn, skew)| {
        let mut page = PageReading::wordless(PageNo::from_index(0), PageState::Read, 595.0, 842.0);
        (page.turn, page.skew, page.source) = (turn, skew, TextSource::Ocr);
        for (text, x, y, width, height, confidence, size, bold, line) in words {
            let start = u32::try_from(page.text.len()).unwrap();
            page.text.push_str(&text);
            let end = u32::try_from(page.text.len()).unwrap();
            page.text.push(' ');
            let bounds = PageBox::new(x, y, x + width, y + height);
            page.words.push(Word { start, end, bounds, confidence, size, bold, block: line / 2, line });
        }
        page
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_token_leads_back_to_its_page(pages in prop::collection::vec(any_page(), 1..4)) {
        let pages: Vec<_> = pages.into_iter().enumerate().map(|(i, mut p)| { p.page = PageNo::from_index(i); p }).collect();
        let reading = reading(pages);
        let text = Text::build(&reading);
        for token in &text.tokens {
            let evidence = text.evidence(&token.range);
            prop_assert!(!evidence.is_empty());
            prop_assert_eq!(Some(evidence[0].page), text.page_at(token.range.start));
            for entry in &evidence {
                prop_assert!(!entry.boxes.is_empty() && !entry.quote.is_empty());
                let page = &reading.pages[entry.page.index()];
                for word in entry.quote.split(' ') {
                    prop_assert!(page.text.contains(word));
                }
            }
        }
        let inside = |r: &Range<usize>| r.start <= r.end && text.running.get(r.clone()).is_some();
        prop_assert!(text.clauses.iter().all(|c| inside(&c.range) && inside(&(c.body..c.range.end))));
        prop_assert!(text.clauses.iter().enumerate().all(|(i, c)| c.parent.is_none_or(|p| p < i)));
        prop_assert!(text.terms.iter().all(|t| inside(&t.range) && inside(&t.meaning)));
        prop_assert!(text.labels.iter().all(|l| inside(&l.label) && inside(&l.value)));
        let held = |t: &Token| text.sentences.iter().filter(|s| s.start <= t.range.start && t.range.end <= s.end).count();
        prop_assert!(text.tokens.iter().all(|t| held(t) == 1));
        let covered: usize = text.zones.iter().map(|(r, _)| r.len()).sum();
        prop_assert_eq!(covered, text.running.len());
    }

    #[test]
    fn building_twice_gives_the_same(page in any_page()) {
        let reading = reading(vec![page]);
        prop_assert_eq!(format!("{:?}", Text::build(&reading)), format!("{:?}", Text::build(&reading)));
    }

    #[test]
    fn sentences_by_hand_never_panic(text in "(\\PC|\n|\t){0,80}") {
        let built = Text::of_sentence(&text, None);
        prop_assert!(built.tokens.iter().all(|t| built.running.get(t.range.clone()).is_some()));
    }
}

#[test]
fn small_captions_stand_beside_what_was_entered_below_them() {
    let text = Text::build(&reading(vec![page_of_sizes(&[
        (200.0, 60.0, "HIRE AGREEMENT", 56),
        (60.0, 100.0, "Commencing on", 24),
        (180.0, 100.0, "Expiring on (incl.)", 24),
        (380.0, 100.0, "Serial nos.", 24),
        (60.0, 110.0, "1 June 2008", 40),
        (180.0, 110.0, "31 May 2015", 40),
        (380.0, 110.0, "CHB614402 /", 40),
        (380.0, 122.0, "CHB614418", 40),
        (60.0, 136.0, "Number", 24),
        (105.0, 136.0, "Each rental", 24),
        (60.0, 146.0, "20", 40),
        (105.0, 146.0, "£ 987.45", 40),
        (60.0, 180.0, "The Hirer confirms that he has read the terms overleaf.", 40),
    ])]));
    assert_eq!(
        text.running,
        "HIRE AGREEMENT\nCommencing on\t1 June 2008\nExpiring on (incl.)\t31 May 2015\nSerial nos.\tCHB614402 / \
         CHB614418\nNumber\t20\nEach rental\t£ 987.45\nThe Hirer confirms that he has read the terms overleaf."
    );
    let label = text.labels.iter().find(|label| text.slice(&label.label) == "Expiring on (incl.)").unwrap();
    assert_eq!(text.slice(&label.value), "31 May 2015");
    // One small line above a larger one is a running head, a subtitle or a note.
    let text = Text::build(&reading(vec![page_of_sizes(&[
        (60.0, 100.0, "Agreement number 12", 24),
        (60.0, 110.0, "HIRE AGREEMENT", 56),
    ])]));
    assert_eq!(text.running, "Agreement number 12\nHIRE AGREEMENT");
}

#[test]
fn a_margin_runs_on_with_no_line_beside_it() {
    let text = [
        "Heden, de eerste mei negentienhonderd",
        "acht en zestig, verscheen voor mij als",
        "notaris de heer Jansen, die verklaarde",
        "van de gemeente te hebben gehuurd een",
        "stuk grond aan de haven, groot twintig",
        "are, voor de tijd van tien jaren, en te",
        "rekenen van heden af, tegen een prijs",
        "van honderd gulden in het jaar, telkens",
        "te voldoen voor de eerste januari, aan",
        "de ontvanger der gemeente, die daarvan",
        "een kwitantie zal geven; en voorts dat",
        "de grond in goede staat is aanvaard en",
    ];
    let margin = ["Afschrift", "Rep. no. 3316", "HUUR VAN GROND", "deel 214 blad 77"];
    let lines = |margin_left: f32, size: u8, down: f32| -> Vec<(f32, f32, &str, u8)> {
        let text = text.iter().enumerate().map(|(n, line)| (200.0, 100.0 + 14.0 * n as f32, *line, 40));
        let margin = margin.iter().enumerate();
        let margin = margin.map(|(n, line)| (margin_left, 100.0 + down + 17.0 * n as f32, *line, size));
        text.chain(margin).collect()
    };
    let read = |before: &[&[(f32, f32, &str)]], lines: &[(f32, f32, &str, u8)]| {
        let mut pages: Vec<_> = before.iter().enumerate().map(|(n, lines)| page(n, lines)).collect();
        pages.push(PageReading { page: PageNo::from_index(pages.len()), ..page_of_sizes(lines) });
        Text::build(&reading(pages)).running
    };
    let whole = text.join(" ");
    let with_margin = lines(60.0, 32, 5.0);
    let first = read(&[], &with_margin);
    assert!(first.starts_with("Afschrift") && first.ends_with(&whole), "{first}");
    let second = read(&[&[(60.0, 300.0, "Een voorblad van het dossier")]], &with_margin);
    assert!(second.contains(&whole) && second.ends_with("deel 214 blad 77"), "{second}");
    // Heads of the same type that stand level with their text are no margin.
    assert!(!read(&[], &lines(60.0, 40, 0.0)).contains(&whole));
}
