//! How often, until when and by whom a contract is renewed, as whole records show it.

use jiff::civil::date;

use crate::{
    extract::RuleSet,
    model::{
        Field, Language, Status,
        record::{Renewal, RenewalKind, Term},
    },
    text::Text,
};

fn read(said: &str, language: Language) -> Field<Renewal> {
    RuleSet::embedded().unwrap().extract(&Text::of_sentence(said, Some(language)), language).renewal
}

#[test]
fn the_most_that_a_sentence_says_apart_is_the_most() {
    let check = |said: &str, language, want: Option<u16>| {
        let field = read(said, language);
        assert_eq!(field.value.unwrap().max_times, want, "{said}");
        assert!(want.is_none() || field.status <= Status::Proposed, "{said}");
    };
    check(
        "De overeenkomst wordt daarna steeds voor één (1) jaar verlengd, maximaal driemaal.",
        Language::Dutch,
        Some(3),
    );
    check("De overeenkomst wordt ten hoogste tweemaal stilzwijgend met een jaar verlengd.", Language::Dutch, Some(2));
    check("Zij eindigt, met een optie tot verlenging van tweemaal twaalf maanden.", Language::Dutch, Some(2));
    check("De overeenkomst wordt stilzwijgend verlengd met één jaar.", Language::Dutch, None);
    check(
        "Zij wordt stilzwijgend verlengd met één jaar, waarbij de prijs eenmaal per jaar wordt aangepast.",
        Language::Dutch,
        None,
    );
    let english = |how: &str| format!("The term shall renew automatically {how}, unless either party gives notice.");
    check(&english("for two further periods of one year each"), Language::English, Some(2));
    check(
        &english("for additional one (1) year terms, up to a maximum of three (3) renewals"),
        Language::English,
        Some(3),
    );
    check(&english("for successive periods of one year"), Language::English, None);
}

#[test]
fn a_latest_end_tells_how_often_it_is_renewed_and_is_not_the_first_end() {
    let rules = RuleSet::embedded().unwrap();
    let first = "De overeenkomst gaat in op 1 juli 2022 en eindigt op 30 juni 2024.";
    for (said, times) in [
        (
            "Zij wordt telkens met één jaar verlengd, met dien verstande dat zij in ieder geval eindigt op 30 juni 2027.",
            3,
        ),
        ("Zij wordt telkens met één jaar verlengd. De overeenkomst eindigt uiterlijk op 30 juni 2027.", 3),
        ("Zij wordt stilzwijgend met één jaar verlengd, derhalve tot en met 30 juni 2025.", 1),
        ("Zij wordt stilzwijgend verlengd met telkens één jaar, tot een maximale looptijd van vijf jaar.", 3),
        ("Zij wordt stilzwijgend verlengd met telkens één jaar, doch in elk geval uiterlijk tot 1 juli 2026.", 2),
        ("Zij wordt stilzwijgend met één jaar verlengd, maar ten hoogste tot 1 juli 2026.", 2),
    ] {
        let text = Text::of_sentence(&format!("{first} {said}"), Some(Language::Dutch));
        let fields = rules.extract(&text, Language::Dutch);
        assert_eq!(fields.end_date.value, Some(date(2024, 6, 30)), "{said}");
        let renewal = fields.renewal.value.unwrap();
        assert_eq!((renewal.kind, renewal.max_times), (RenewalKind::Tacit, Some(times)), "{said}");
        assert!(fields.renewal.status <= Status::Proposed, "{said}");
    }
}

#[test]
fn a_renewal_that_both_must_agree_on_is_nobodys_right() {
    for (said, language) in [
        (
            "De overeenkomst wordt verlengd met een jaar indien partijen dat uiterlijk 1 november schriftelijk overeenkomen.",
            Language::Dutch,
        ),
        ("Deze overeenkomst kan in onderling overleg met een jaar worden verlengd.", Language::Dutch),
        ("The Agreement may be extended by mutual agreement for one year.", Language::English),
    ] {
        let field = read(said, language);
        assert_eq!((field.value.unwrap().kind, field.status <= Status::Proposed), (RenewalKind::None, true), "{said}");
    }
    let tacit = "De overeenkomst wordt daarna stilzwijgend verlengd met één jaar, tenzij partijen in onderling overleg anders besluiten.";
    assert_eq!(read(tacit, Language::Dutch).value.unwrap().kind, RenewalKind::Tacit);
}

#[test]
fn what_is_renewed_for_as_long_again_has_the_length_of_the_term_or_of_its_days() {
    let check = |first: &str, how: &str, want: Option<&str>| -> Status {
        let field = read(&format!("{first} De overeenkomst wordt daarna {how}."), Language::Dutch);
        let want = want.map(|period| Term::Period(period.parse().unwrap()));
        assert_eq!(field.value.unwrap().period, want, "{first} {how}");
        field.status
    };
    let term = "De overeenkomst is aangegaan voor een termijn van drie jaar.";
    check(term, "telkens stilzwijgend verlengd voor een zelfde termijn", Some("P3Y"));
    check(term, "stilzwijgend met dezelfde periode verlengd", Some("P3Y"));
    check(term, "stilzwijgend verlengd onder dezelfde voorwaarden", None);
    let days = "De overeenkomst gaat in op 1 april 2023 en eindigt op 31 maart 2024.";
    check(days, "stilzwijgend met dezelfde periode verlengd", Some("P1Y"));
    let odd = "De overeenkomst gaat in op 1 april 2023 en eindigt op 12 maart 2024.";
    // Of a length that nobody read a person must hear.
    assert!(check(odd, "stilzwijgend met dezelfde periode verlengd", None) <= Status::Proposed);
}
