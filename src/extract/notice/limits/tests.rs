//! What a sentence says of a period of notice, as whole records show it.

use crate::{
    extract::RuleSet,
    model::{Field, Fields, Language, Status, record::Notice},
    text::Text,
};

fn read(said: &str, language: Language) -> Fields {
    RuleSet::embedded().unwrap().extract(&Text::of_sentence(said, Some(language)), language)
}

fn periods(said: &str, language: Language) -> Vec<String> {
    let of = |field: &Field<Notice>| Some(field.value.as_ref()?.period?.to_string());
    read(said, language).notice.iter().filter_map(of).collect()
}

#[test]
fn a_period_that_was_observed_once_is_no_notice() {
    let check = |said: &str, want: &[&str]| assert_eq!(periods(said, Language::Dutch), want, "{said}");
    check("Daarbij is de opzegtermijn van twee maanden in acht genomen.", &[]);
    check("Bij opzegging wordt een opzegtermijn van twee maanden in acht genomen.", &["P2M"]);
    check("Bij opzegging is een opzegtermijn van twee maanden in acht te nemen.", &["P2M"]);
}

#[test]
fn what_does_not_apply_is_no_notice() {
    let none = |said: &str, language| assert_eq!(periods(said, language), Vec::<String>::new(), "{said}");
    for said in [
        "Een opzegtermijn van drie maanden is niet van toepassing.",
        "De wettelijke opzegtermijn van drie maanden is uitgesloten.",
        "De opzegtermijn van drie maanden geldt niet.",
        "Er geldt geen opzegtermijn van drie maanden.",
    ] {
        none(said, Language::Dutch);
    }
    for said in ["No notice period of three months shall apply.", "The notice period of three months does not apply."] {
        none(said, Language::English);
    }
    let some = "De opzegtermijn van drie maanden geldt niet bij wanprestatie.";
    let notice = &read(some, Language::Dutch).notice[0];
    assert_eq!(notice.status, Status::Proposed, "{some}");
    assert_eq!(periods("De opzegtermijn van drie maanden geldt voor beide partijen.", Language::Dutch), ["P3M"]);
    let least = "No less than three months' notice of termination shall be given.";
    assert_eq!(periods(least, Language::English), ["P3M"]);
}

#[test]
fn of_two_bounds_the_least_is_what_must_be_observed() {
    let check = |said: &str, language, want: &str| {
        assert_eq!(periods(said, language), [want], "{said}");
        assert_ne!(read(said, language).notice[0].status, Status::Auto, "{said}");
    };
    for (said, want) in [
        (
            "Opzegging dient ten minste drie maanden en ten hoogste zes maanden voor het einde van de looptijd te geschieden.",
            "P3M",
        ),
        (
            "Opzegging dient ten minste drie, doch ten hoogste zes maanden voor het einde van de looptijd te geschieden.",
            "P3M",
        ),
        (
            "Opzegging geschiedt niet eerder dan zes maanden en niet later dan drie maanden voor het einde van de looptijd.",
            "P3M",
        ),
    ] {
        check(said, Language::Dutch, want);
    }
    for (how, want) in [
        ("at least ninety (90) days, but no more than one hundred eighty (180) days,", "P90D"),
        ("not more than 180 days and not less than 90 days", "P90D"),
        ("between 90 and 180 days", "P90D"),
    ] {
        let said = format!("It renews each year unless either party gives notice {how} before the end of the term.");
        check(&said, Language::English, want);
    }
}

#[test]
fn working_days_stand_beside_the_days_that_they_can_take() {
    for (said, language) in [
        ("De overeenkomst kan met een opzegtermijn van 10 werkdagen worden beëindigd.", Language::Dutch),
        ("Either party may terminate this Agreement on ten business days' notice.", Language::English),
    ] {
        let notice = &read(said, language).notice[0];
        assert_eq!(notice.status, Status::Conflict, "{said}");
        let (deadline, _) = notice.deadline(jiff::civil::date(2027, 2, 28)).unwrap();
        // Ten working days, the last of them Friday the 26th, start on Monday the 15th.
        assert!(deadline.day <= jiff::civil::date(2027, 2, 12), "{said}: {}", deadline.day);
    }
}

#[test]
fn a_notice_that_is_not_possible_from_the_start_is_for_a_person() {
    let dutch = [
        "Ieder der partijen kan opzeggen met een opzegtermijn van zes maanden, doch niet eerder dan drie jaar na de ingangsdatum.",
        "Opzegging kan tegen het einde van een kalenderjaar met een opzegtermijn van drie maanden, voor het eerst per 31 december 2028.",
        "Afnemer kan met ingang van het tweede contractjaar opzeggen met inachtneming van een opzegtermijn van zes maanden.",
    ];
    let english = ["Either party may terminate on three months' notice, but not before 1 January 2028."];
    let all =
        dutch.map(|said| (said, Language::Dutch)).into_iter().chain(english.map(|said| (said, Language::English)));
    for (said, language) in all {
        let notice = &read(said, language).notice[0];
        assert!(notice.status <= Status::Proposed, "{said}");
        let later = language.say("pas vanaf een later moment", "only from a later moment");
        assert!(notice.explanation.as_ref().unwrap().contains(later), "{said}");
    }
}
