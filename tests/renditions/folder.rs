//! Copies of a folder that the environment names, for a validator and for a second look at the limits.

use super::*;

/// Copies every document of the folder `GRIFFIE_COPIES_FROM` (and the folders in it) into `GRIFFIE_COPIES_TO` and tells
/// how each was made; what was read is kept there too, so that a second run need not read again. `GRIFFIE_COPIES_ONLY`
/// narrows it to paths that hold a word, `GRIFFIE_COPIES_PAGES` to so many first pages of each. Run it with `cargo test --test renditions -- --ignored --nocapture`.
#[test]
#[ignore = "makes copies of a folder that the environment names"]
fn copies_of_a_folder() {
    let (Some(from), Some(to)) = (std::env::var_os("GRIFFIE_COPIES_FROM"), std::env::var_os("GRIFFIE_COPIES_TO"))
    else {
        panic!("set GRIFFIE_COPIES_FROM and GRIFFIE_COPIES_TO");
    };
    let (from, to) = (PathBuf::from(from), PathBuf::from(to));
    let only = std::env::var("GRIFFIE_COPIES_ONLY").unwrap_or_default();
    let mut engine = None;
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        if !path.to_string_lossy().contains(&only) {
            continue;
        }
        let Some(media) = media_of(path) else { continue };
        let name = path.strip_prefix(&from).unwrap().to_string_lossy().replace('/', "~");
        let reading = match kept_reading(path, media, &to.join(format!("{name}.json")), &mut engine) {
            Ok(reading) => reading,
            Err(error) => {
                println!("{name}: not read: {error}");
                continue;
            }
        };
        let copy = to.join(format!("{name}.copy.pdf"));
        let (tried, took) = timed_climb(path, media, &reading, &copy);
        match tried {
            Ok(Tried { built, verdict, .. }) => {
                let before = fs::metadata(path).unwrap().len();
                let [building, examining] = took.map(|ms| ms / f64::from(built.pages.max(1)));
                let verdict = match verdict.acceptance.accepted {
                    true => "accepted".to_owned(),
                    false => format!("REFUSED: {}", verdict.acceptance.reasons.join(" | ")),
                };
                println!(
                    "{name}: {:?}, {} pages, {} to {} bytes, CPU ms a page {building:.1} to build and {examining:.1} to \
                     examine, {verdict}{}",
                    built.method,
                    built.pages,
                    before,
                    built.size_bytes,
                    built.why.map(|why| format!("; {why}")).unwrap_or_default(),
                );
            }
            Err(error) => println!("{name}: no copy: {error}"),
        }
    }
}

fn media_of(path: &Path) -> Option<MediaType> {
    match path.extension()?.to_str()? {
        "pdf" => Some(MediaType::Pdf),
        "tif" | "tiff" => Some(MediaType::Tiff),
        "jpg" | "jpeg" => Some(MediaType::Jpeg),
        "png" => Some(MediaType::Png),
        "webp" => Some(MediaType::Webp),
        _ => None,
    }
}

fn kept_reading(path: &Path, media: MediaType, kept: &Path, engine: &mut Option<Engine>) -> griffie::Result<Reading> {
    if let Ok(bytes) = fs::read(kept) {
        return Ok(serde_json::from_slice(&bytes).unwrap());
    }
    let source = Source::open(path, media, None)?;
    let most = std::env::var("GRIFFIE_COPIES_PAGES").map_or(usize::MAX, |most| most.parse().unwrap());
    let mut pages = Vec::new();
    for number in (0..source.page_count().min(most)).map(PageNo::from_index) {
        pages.push(match source.page(number) {
            Ok(Page::Digital(reading)) => reading,
            Ok(Page::Image(image)) => {
                let engine = engine.get_or_insert_with(|| Engine::open(&EngineSettings::default()).unwrap());
                engine.read(image, None)?
            }
            Err(_) => PageReading::wordless(number, PageState::Unreadable, 595.0, 842.0),
        });
    }
    let reading = reading_of(pages);
    fs::write(kept, serde_json::to_vec(&reading).unwrap()).unwrap();
    Ok(reading)
}

/// Tries the limits of the comparison on pages of the files in `GRIFFIE_COPIES_FROM` from page `GRIFFIE_LIMITS_FIRST` on:
/// the copy of a page must look the same, and what is painted over in it must be found. Tells the counts.
#[test]
#[ignore = "tries the limits on a folder that the environment names"]
fn limits_of_the_comparison_on_a_folder() {
    let from = PathBuf::from(std::env::var_os("GRIFFIE_COPIES_FROM").expect("set GRIFFIE_COPIES_FROM"));
    let first: usize = std::env::var("GRIFFIE_LIMITS_FIRST").map_or(0, |first| first.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pdf");
    let (mut pages, mut refused) = ([0; 2], [0; 2]);
    let mut found: std::collections::BTreeMap<&str, (u32, u32)> = Default::default();
    let mut engine = None;
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        let Some(media) = media_of(path) else { continue };
        let Ok(source) = Source::open(path, media, None) else { continue };
        // Two pages of a document, spread over those that are asked for.
        for index in
            (first..source.page_count()).step_by((source.page_count().saturating_sub(first) / 2).max(1)).take(2)
        {
            let number = PageNo::from_index(index);
            let page = match source.page(number) {
                Ok(Page::Digital(page)) => page,
                Ok(Page::Image(image)) => engine
                    .get_or_insert_with(|| Engine::open(&EngineSettings::default()).unwrap())
                    .read(image, None)
                    .unwrap(),
                Err(_) => continue,
            };
            if page.words.len() < 40 {
                continue;
            }
            let digests = Digests::of(&fs::read(path).unwrap());
            let mut reading = reading_of(vec![page]);
            let blank = |at: usize| PageReading::wordless(PageNo::from_index(at), PageState::Unreadable, 595.0, 842.0);
            reading.pages = (0..index).map(blank).chain(reading.pages).collect();
            let whole = request(path, media, &reading, &digests);
            let request = Request { first_page: number, last_page: number, ..whole };
            let looks = |copy: &Path, effort: &Effort| {
                let examined = renditions::accept(&request, effort, copy).unwrap();
                let against = examined.reasons.iter().any(|reason| reason.contains("look different"));
                (!against, examined.pages[0].clone())
            };
            for (kind, effort) in [Effort::Faithful, Effort::Facsimile { pages: Vec::new() }].iter().enumerate() {
                if renditions::write(&request, effort, &mut fs::File::create(&copy).unwrap()).is_err() {
                    continue;
                }
                pages[kind] += 1;
                let (same, figures) = looks(&copy, effort);
                if !same {
                    refused[kind] += 1;
                    println!("{} page {number}, {effort:?}: refused: {figures:?}", path.display());
                }
            }
            renditions::write(&request, &Effort::Faithful, &mut fs::File::create(&copy).unwrap()).unwrap();
            for (what, at) in damages(reading.pages.last().unwrap()) {
                let damaged = folder.path().join("damaged.pdf");
                if paint_over(&copy, at, &damaged) {
                    let counts = found.entry(what).or_default();
                    counts.0 += u32::from(!looks(&damaged, &Effort::Faithful).0);
                    counts.1 += 1;
                }
            }
        }
    }
    println!(
        "kept as they are: {} pages, {} refused; drawn: {} pages, {} refused",
        pages[0], refused[0], pages[1], refused[1]
    );
    for (what, (found, of)) in found {
        println!("{what}: {found} of {of} found");
    }
}

/// Places on a page that may be damaged, by what is lost there.
fn damages(page: &PageReading) -> Vec<(&'static str, PageBox)> {
    let words = &page.words;
    let text = |word: &Word| page.text[word.start as usize..word.end as usize].chars().count();
    let middle = words.len() / 2;
    let mut places = Vec::new();
    let mut place = |what, word: Option<&Word>| places.extend(word.map(|word| (what, word.bounds)));
    place("a word", words[middle..].iter().find(|word| text(word) > 5));
    place("a short word", words[middle..].iter().find(|word| (2..=4).contains(&text(word))));
    place("a character", words[middle..].iter().find(|word| text(word) == 1));
    let line: Vec<&Word> =
        words.iter().filter(|word| word.line == words[middle].line && word.block == words[middle].block).collect();
    let over = |words: &[&Word]| {
        words.iter().fold(words[0].bounds, |all, word| {
            let at = word.bounds;
            PageBox::new(all.x0.min(at.x0), all.y0.min(at.y0), all.x1.max(at.x1), all.y1.max(at.y1))
        })
    };
    places.push(("a line", over(&line)));
    let at = words[middle].bounds;
    places.push(("a stamp", PageBox::new(at.x0, at.y0, (at.x0 + 0.12).min(1.0), (at.y0 + 0.09).min(1.0))));
    places
}

/// Paints white over a place of a copy's one page; not on pages that are turned.
fn paint_over(copy: &Path, at: PageBox, damaged: &Path) -> bool {
    let mut pdf = Document::load(copy).unwrap();
    let page = pdf.page_iter().next().unwrap();
    let leaf = pdf.get_dictionary(page).unwrap().clone();
    if leaf.get(b"Rotate").is_ok() {
        return false;
    }
    let sides: Vec<f32> = leaf
        .get(b"CropBox")
        .or(leaf.get(b"MediaBox"))
        .and_then(Object::as_array)
        .unwrap()
        .iter()
        .map(|side| side.as_float().unwrap())
        .collect();
    let (width, height) = (sides[2] - sides[0], sides[3] - sides[1]);
    let (left, bottom) = (sides[0] + at.x0 * width, sides[3] - at.y1 * height);
    // However many states the content leaves open.
    let paint = format!(
        "\n{}1 1 1 rg {left} {bottom} {} {} re f",
        "Q ".repeat(40),
        (at.x1 - at.x0) * width,
        (at.y1 - at.y0) * height
    );
    let before = pdf.add_object(Stream::new(dictionary! {}, b"q ".to_vec()));
    let after = pdf.add_object(Stream::new(dictionary! {}, paint.into_bytes()));
    let contents = leaf.get(b"Contents").unwrap();
    let contents = contents.as_array().cloned().unwrap_or_else(|_| vec![contents.clone()]);
    let contents = std::iter::once(before.into()).chain(contents).chain([after.into()]).collect::<Vec<Object>>();
    pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("Contents", contents);
    pdf.save(damaged).unwrap();
    true
}
