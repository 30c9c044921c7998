//! Who gives notice, and against which moment.

use crate::{
    extract::RuleSet,
    model::{
        Language,
        record::{Against, Notice},
    },
    text::Text,
};

fn notices(said: &str, language: Language) -> Vec<Notice> {
    let text = Text::of_sentence(said, Some(language));
    let found = RuleSet::embedded().unwrap().extract(&text, language).notice;
    found.into_iter().filter_map(|field| field.value).collect()
}

fn givers(said: &str, language: Language) -> Vec<String> {
    notices(said, language).into_iter().map(|notice| notice.by).collect()
}

#[test]
fn who_gives_notice_is_who_the_condition_names() {
    let renewed = "The Company shall employ the Executive for three years; the time shall automatically be extended for one year \
                   unless, not later than ninety (90) days prior to the end, either party has given notice.";
    assert_eq!(givers(renewed, Language::English), ["any"]);
    let one = "The time shall automatically be extended for one year unless, not later than ninety (90) days prior to the \
               end, the Customer has given notice.";
    assert_eq!(givers(one, Language::English), ["Customer"]);
}

#[test]
fn two_that_are_joined_are_both_givers_though_one_is_called_by_an_unknown_word() {
    let both = "De verbruiker en de leverancier kunnen dit contract opzeggen met een opzegtermijn van 30 dagen.";
    assert_eq!(givers(both, Language::Dutch), ["any"]);
    let given = "It ends on the expiry of not less than 28 days' notice given by the Licensor or the Licensee.";
    assert_eq!(givers(given, Language::English), ["any"]);
    let one = "De leverancier kan dit contract opzeggen met een opzegtermijn van 30 dagen.";
    assert_eq!(givers(one, Language::Dutch), ["leverancier"]);
}

#[test]
fn a_giver_that_no_list_knows_is_called_as_the_sentence_does() {
    let named = "Na het eerste jaar kan de abonnee op elk moment opzeggen met een opzegtermijn van een maand.";
    assert_eq!(givers(named, Language::Dutch), ["abonnee"]);
    let passive = "Daarna kan de regeling worden beëindigd met een opzegtermijn van een maand.";
    assert_eq!(givers(passive, Language::Dutch), ["any"]);
}

#[test]
fn notice_is_against_the_term_where_the_paragraph_before_renews_it() {
    let against = |renewal: &str| {
        let said = format!(
            "De huur gaat in op 1 oktober 2016 voor drie jaar. {renewal}\nOpzegging dient te geschieden met inachtneming \
             van een opzegtermijn van ten minste twaalf maanden."
        );
        notices(&said, Language::Dutch)[0].against
    };
    let renewed = "Na deze periode wordt zij telkens met een aansluitende periode van drie jaar verlengd.";
    assert_eq!(against(renewed), Against::EndOfTerm);
    assert_eq!(against(""), Against::AnyTime);
}

#[test]
fn a_year_of_the_contract_that_is_counted_is_a_moment_of_its_own() {
    let against = |said: &str| notices(said, Language::English)[0].against;
    let moment =
        |at: &str| format!("Either party may terminate this lease {at} by giving three months' written notice.");
    assert_eq!(against(&moment("on the first or second anniversary of its start")), Against::Other);
    assert_eq!(against(&moment("at the end of the third or fifth year")), Against::Other);
    assert_eq!(against(&moment("at any time")), Against::AnyTime);
    let yearly = "It is let for one year from 29 September 2008 and then from year to year until terminated by twelve \
                  months' written notice expiring on 28 September in any year.";
    assert_eq!(against(yearly), Against::EndOfTerm);
}

#[test]
fn an_option_that_a_party_wants_to_use_is_no_notice() {
    let said = "De opstaller kan uiterlijk twee jaar voor het einde van de looptijd schriftelijk te kennen geven het recht te \
                willen voortzetten voor vijf jaar.";
    assert!(givers(said, Language::Dutch).is_empty());
    let not = "Zij wordt verlengd met vijf jaar, tenzij een partij twee jaar voor het einde van de looptijd te kennen geeft \
               haar niet te willen voortzetten.";
    assert_eq!(givers(not, Language::Dutch), ["any"]);
}

#[test]
fn the_moment_is_the_one_that_the_sentence_names() {
    let rules = RuleSet::embedded().unwrap();
    let check = |said: &str, want: Against| {
        let text = Text::of_sentence(said, Some(Language::Dutch));
        let found = rules.extract(&text, Language::Dutch).notice;
        let [notice] = &found[..] else { panic!("{said}: {found:?}") };
        assert_eq!(notice.value.as_ref().unwrap().against, want, "{said}");
    };
    let with = |moment: &str| format!("Opzegging geschiedt {moment} met een opzegtermijn van twee maanden.");
    check(&with("tegen de eerste dag van een kalendermaand"), Against::EndOfMonth);
    check(&with("tegen de laatste dag van een kwartaal"), Against::EndOfQuarter);
    check(&with("per 1 januari van enig jaar"), Against::EndOfYear);
    check(&with("te allen tijde"), Against::AnyTime);
    check("De opzegging moet een maand voor het einde van het kwartaal zijn ontvangen.", Against::EndOfQuarter);
    let since = "Opzegging kan tegen het einde van een kalendermaand met een opzegtermijn van zes maanden, doch niet eerder \
                 dan na afloop van het eerste contractjaar.";
    check(since, Against::EndOfMonth);
    check("De opzegging moet een maand voor het einde van de looptijd zijn ontvangen.", Against::EndOfTerm);
    let chosen = "Wie haar wil beëindigen, meldt dat met een opzegtermijn van een maand voor de beoogde einddatum.";
    check(chosen, Against::AnyTime);
}

#[test]
fn whom_a_letter_must_reach_does_not_give_notice_and_that_end_is_the_one_that_was_named() {
    let read = |of: &str| {
        let said = format!(
            "Artikel 4 Opzegging\n4.1 Opdrachtgever kan de overeenkomst bij brief opzeggen tegen het einde van {of}. De brief moet \
             Vervoerder ten minste zeven maanden voor dat einde hebben bereikt."
        );
        let found = notices(&said, Language::Dutch);
        (found[0].by.clone(), found[0].against)
    };
    assert_eq!(read("een Schooljaar"), ("Opdrachtgever".to_owned(), Against::Other));
    assert_eq!(read("een kalenderkwartaal"), ("Opdrachtgever".to_owned(), Against::EndOfQuarter));
    assert_eq!(read("de looptijd"), ("Opdrachtgever".to_owned(), Against::EndOfTerm));
}

#[test]
fn where_silence_renews_the_contract_notice_is_against_the_end_of_its_term() {
    let read = |said: &str| notices(&format!("10. {said}"), Language::Dutch)[0].against;
    let silence = "Heeft geen der partijen het contract ten minste twee maanden tevoren opgezegd, dan geldt het voor onbepaalde \
                   tijd. Alsdan kan het tegen het einde van iedere kalendermaand worden opgezegd.";
    assert_eq!(read(silence), Against::EndOfTerm);
    let monthly = "Het contract wordt twee maanden tevoren opgezegd, tegen het einde van iedere kalendermaand.";
    assert_eq!(read(monthly), Against::EndOfMonth);
}
