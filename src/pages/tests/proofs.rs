//! Pages drawn small, by the renderer and without it.

use super::*;

const SIZE: (u32, u32) = (827, 1169);

/// The page without the renderer, and by it, as colors.
fn drawn(sketch: Sketch) -> (Option<Samples>, Vec<u8>) {
    let path = saved(&mut sketch.finish());
    let source = open(&path, None).unwrap();
    let page = PageNo::from_index(0);
    let plain = source.plain_proof(page, SIZE).unwrap().map(|proof| proof.samples);
    match source.proof(page, SIZE).unwrap().samples {
        Samples::Color(colors) => (plain, colors),
        _ => panic!("the renderer gives colors"),
    }
}

/// Both show the same: where ink stands, and how much. Lines around letters stand at quarters of a pixel in the one.
#[track_caller]
fn alike(content: &str, is_colored: bool) {
    let (plain, rendered) = drawn(Sketch::new(content));
    let plain = match plain.expect("the page is plain") {
        Samples::Color(colors) if is_colored => colors,
        Samples::Colorless(gray) if !is_colored => Samples::colored(&gray),
        _ => panic!("colors where there are none, or none where there are"),
    };
    assert_eq!(plain.len(), rendered.len());
    let ink = |pixels: &[u8]| pixels.iter().map(|v| u64::from(255 - v)).sum::<u64>();
    let apart: u64 = plain.iter().zip(&rendered).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let (here, there) = (ink(&plain), ink(&rendered));
    assert!(here > 0 && apart * 6 < here && here.abs_diff(there) * 50 < here, "{apart} of {here}, {there}: {content}");
}

#[test]
fn text_lines_and_areas_look_as_the_renderer_draws_them() {
    alike("BT /F1 12 Tf 72 700 Td 14 TL (The agreement ends on 31 December 2027.) Tj T* (gypsy & co) Tj ET", false);
    alike("BT /F1 12 Tf 0.5 g 10 0 3 12 72 700 Tm (slanted, grey) Tj ET", false);
    alike("BT /F1 12 Tf 0 1 -1 0 72 200 Tm (turned) Tj ET", false);
    alike("BT /F1 24 Tf 1 Tr 0.8 w 72 700 Td (outlines) Tj 2 Tr 0 -40 Td (both) Tj ET", false);
    alike("BT /F1 180 Tf 72 500 Td (Agq) Tj ET", false);
    alike("1 0 0 rg 100 100 200 50 re f 0 0 1 RG 3 w 50 400 m 300 430 l S", true);
    alike("0.9 g 60 60 400 300 re f 0 G 0.1 w 60 60 400 300 re S 2 J 1 j 5 w 100 500 m 200 600 l 300 500 l S", false);
    alike("100 100 m 300 100 l 300 300 l 100 300 l h 150 150 m 250 150 l 250 250 l 150 250 l h f*", false);
    alike("100 100 m 100 300 300 300 300 100 c f", false);
    alike("q 100 100 90 90 re W n 0 0 150 150 re f Q 400 400 10 10 re f", false);
    // What lies over something hides it.
    alike("BT /F1 40 Tf 72 700 Td (hidden in part) Tj ET 1 g 72 700 90 40 re f", false);
}

/// A page whose content may ask for half the opacity, and for a blend.
fn with_states(content: &str) -> Sketch {
    let states = dictionary! {
        "Half" => dictionary! { "ca" => 0.5 },
        "Multiply" => dictionary! { "BM" => "Multiply" },
    };
    let mut sketch = Sketch::new(content);
    sketch.resources.set("ExtGState", states);
    sketch
}

#[test]
fn anything_else_is_left_to_the_renderer() {
    let is_plain = |sketch: Sketch| drawn(sketch).0.is_some();
    assert!(is_plain(with_states("/Half gs 10 10 90 90 re f")));
    assert!(!is_plain(with_states("/Multiply gs 10 10 90 90 re f")));
    assert!(!is_plain(with_states("[3] 0 d 10 10 m 90 90 l S")));
    assert!(!is_plain(with_states("10 10 m 90 10 l 50 90 l W n 0 0 100 100 re f")));
    assert!(!is_plain(with_states("q 90 0 0 90 9 9 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x7f EI Q")));
    assert!(!is_plain(Sketch::new("q 90 0 0 90 9 9 cm /I Do Q").image("I", 2, 2, vec![0, 255, 255, 0])));
    // So much area costs more than it is worth.
    assert!(!is_plain(Sketch::new(&"0 0 m 595 0 l 300 842 l f ".repeat(60))));
}

/// What a page paints.
fn painted(sketch: Sketch) -> Option<Blake3> {
    let path = saved(&mut sketch.finish());
    open(&path, None).unwrap().painted(PageNo::from_index(0), false).unwrap().map(|painted| painted.marks)
}

#[test]
fn pages_that_paint_the_same_have_the_same_marks() {
    let page = "q 0 0 595 842 re W n 0.8 g 60 60 400 300 re f Q BT /F1 12 Tf 72 700 Td (EUR 1.200) Tj ET \
                2 w [3 1] 0 d 1 0 0 RG 50 400 m 60 420 70 440 300 430 c S";
    let marks = painted(Sketch::new(page));
    assert!(marks.is_some());
    assert_eq!(painted(Sketch::new(&format!("{page} BT /F1 12 Tf 3 Tr 72 600 Td (unseen) Tj ET"))), marks);
    for (from, to) in [
        ("1.200", "1.300"),
        ("/F1 12", "/F1 12.01"),
        ("72 700", "72 700.01"),
        ("0.8 g", "0.79 g"),
        ("400 300 re", "400 301 re"),
        ("re f", "re f*"),
        ("595 842 re", "59 842 re"),
        ("2 w", "2.1 w"),
        ("[3 1] 0", "[3 2] 0"),
        ("[3 1] 0", "[3 1] 1"),
        ("2 w", "2 w 1 J"),
        ("2 w", "2 w 1 j"),
        ("1 0 0 RG", "0 0 1 RG"),
        ("60 420 70", "60 421 70"),
        ("(EUR", "1 Tr (EUR"),
        (" Q BT", " Q Q BT"),
    ] {
        let other = page.replacen(from, to, 1);
        assert_ne!(other, page);
        let same_looks = to == " Q Q BT";
        assert_eq!(painted(Sketch::new(&other)) == marks, same_looks, "{from}: {to}");
    }
    // What stands in another order may hide what stood above.
    let parts = ["0.2 g 60 60 90 90 re f ", "0.9 g 60 60 90 90 re f "];
    assert_ne!(painted(Sketch::new(&parts.concat())), painted(Sketch::new(&[parts[1], parts[0]].concat())));
}

#[test]
fn marks_are_not_told_of_pictures_patterns_and_blends() {
    let with = |content: &str| painted(with_states(content));
    let plain = with("10 10 90 90 re f");
    assert!(plain.is_some_and(|plain| with("/Half gs 10 10 90 90 re f").is_some_and(|half| half != plain)));
    assert_eq!(with("/Multiply gs 10 10 90 90 re f"), None);
    assert_eq!(with("q 90 0 0 90 9 9 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x7f EI Q"), None);
    assert_eq!(painted(Sketch::new("q 90 0 0 90 9 9 cm /I Do Q").image("I", 2, 2, vec![0, 255, 255, 0])), None);
}

#[test]
fn words_are_kept_for_who_asks_next() {
    let path = saved(&mut Sketch::new("BT /F1 12 Tf 72 700 Td (Huurprijs) Tj ET").finish());
    let source = open(&path, None).unwrap();
    let page = PageNo::from_index(0);
    assert!(source.painted(page, true).unwrap().is_some());
    assert_eq!(source.words(page).unwrap(), "Huurprijs");
    assert_eq!(source.words(page).unwrap(), "Huurprijs");
}
