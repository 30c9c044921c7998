//! What holds for every text.

use proptest::prelude::*;

use super::*;

fn sound(text: &str) {
    for language in [Language::Dutch, Language::English] {
        let spots = find_in(text, language);
        for (at, spot) in spots.iter().enumerate() {
            assert!(text.get(spot.range.clone()).is_some_and(|piece| !piece.is_empty()));
            let same = |other: &&Spot| std::mem::discriminant(&other.entity) == std::mem::discriminant(&spot.entity);
            assert!(spots[at + 1..].iter().filter(same).all(|other| other.range.start >= spot.range.end), "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_overlap(text in ".{0,200}") {
        sound(&text);
    }

    #[test]
    fn any_order_of_telling_pieces_is_read(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "1", "20", "2019", "20__", "__", "[", "]", "(", ")", "januari", "May", "of", "day", "-", "/", ".", ",", "'", "€", "f",
            "euro", "miljoen", "een", "half", "en", "and", "jaar", "months", "drie", "B.V.", "Inc.", "Co.", "Van", "de", "Stichting",
            "gemeenten", "\"", "KvK", "nr", "12345678", "rechtbank", "te", "Zwolle", "New", "York", "\n", "&", "½", "65535", "between",
            "mr.", "J.", "99999999999999999999", "twenty", "first", "Contract", "no", "R", "88/07", "l", "O",
        ]), 0..40), glue in prop::sample::select(vec!["", " "])) {
        sound(&pieces.join(glue));
    }
}
