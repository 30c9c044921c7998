//! Days that a notice is aimed at where they are no end of a term, month or quarter: `per 1 juli of 1 januari`, `on 24 June
//! 2027`, the end of a contract's own year.

use std::ops::Range;

use jiff::civil::Date;

use super::{Around, limits};
use crate::{
    extract::{
        candidate::{Candidate, against},
        entity::{DateReading, Entity},
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    model::record::{Against, Notice},
    text::Zone,
};

/// The year that a moment ends is counted from the start of the contract.
pub fn is_contract_year(scene: &Scene<'_>, find: &Find) -> bool {
    const YEARS: [&str; 6] =
        ["contractjaar", "overeenkomstjaar", "huurjaar", "pachtjaar", "contract year", "anniversary"];
    let said = fold(scene.text.slice(&find.range));
    YEARS.iter().any(|year| said.contains(year))
}

/// Days of any year in a range.
fn yearly<'a>(scene: &'a Scene<'_>, range: &'a Range<usize>) -> impl Iterator<Item = (&'a Find, i8, i8)> + 'a {
    scene.finds_in(range).filter_map(|find| match find.thing {
        Thing::Entity(Entity::Date(DateReading::Yearly { month, day })) => Some((find, month, day)),
        _ => None,
    })
}

/// The words before a day tell that the contract ends by it.
fn aimed_at(scene: &Scene<'_>, find: &Find) -> bool {
    let Some(last) = find.first.checked_sub(1) else { return false };
    let words = &scene.words[last.saturating_sub(3)..=last];
    let before = fold(scene.text.slice(&(words[0].range.start..words[words.len() - 1].range.end)));
    const BY: [&str; 16] = [
        "per",
        "tegen",
        "op",
        "per de",
        "tegen de",
        "met ingang van",
        "on",
        "from",
        "as of",
        "as at",
        "with effect from",
        "with effect on",
        "effective",
        "effective on",
        "effective as of",
        "ending on",
    ];
    let tail = before.trim_end();
    BY.iter().any(|word| {
        tail.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(|c: char| !c.is_alphanumeric()))
    })
}

/// `per 1 juli of 1 januari`, `with effect from 30 June or 31 December of any year`. The last day of a year and the
/// first of the next are one.
pub fn several_a_year(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    let ends: Vec<(&Find, (i8, i8))> = yearly(scene, range)
        .map(|(find, month, day)| (find, if (month, day) == (1, 1) { (12, 31) } else { (month, day) }))
        .collect();
    ends.windows(2).any(|pair| {
        let between = fold(scene.text.slice(&(pair[0].0.range.end..pair[1].0.range.start)));
        let joined = between.split_whitespace().all(|word| {
            matches!(
                word.trim_matches(','),
                "" | "of" | "or" | "en" | "and" | "per" | "dan" | "wel" | "tegen" | "op" | "on"
            )
        });
        joined && pair[0].1 != pair[1].1
    })
}

/// `opzeggen per 1 januari van enig jaar, mits vóór 1 oktober`: what is told by a day of the year, against its end, is
/// told so long before it.
pub fn count_from_year_end(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>, notice: &mut Notice) {
    let (Some(by_day), Some(value)) = (notice.by_day, candidate.ranges.first()) else { return };
    let other = |find: &Find| find.range != *value;
    let ends_year = scene.finds_in(sentence).any(|find| match find.thing {
        Thing::Entity(Entity::Event(event)) => against(event) == Some(Against::EndOfYear),
        Thing::Entity(Entity::Date(
            DateReading::Yearly { month: 12, day: 31 } | DateReading::Yearly { month: 1, day: 1 },
        )) => other(find) && aimed_at(scene, find),
        _ => false,
    });
    if ends_year && let Some(period) = by_day.before_year_end() {
        *notice = Notice { period: Some(period), by_day: None, against: Against::EndOfYear, ..notice.clone() };
    } else if yearly(scene, sentence).any(|(find, ..)| other(find) && aimed_at(scene, find)) {
        notice.against = Against::Other;
    }
}

/// Words of ending stand near a day, and none of starting before it.
fn ends_there(scene: &Scene<'_>, sentence: &Range<usize>, day: &Find) -> bool {
    const ENDS: [&str; 14] = [
        "opzeg",
        "opgezegd",
        "op te zeg",
        "beeindig",
        "break",
        "terminat",
        "determin",
        "eindig",
        "cancel",
        "to end",
        "may end",
        "ontbind",
        "ontbonden",
        "stop",
    ];
    const STARTS: [&str; 14] = [
        "start",
        "begin",
        "commenc",
        "ingang",
        "ingaa",
        "gaat",
        "vang",
        "sinds",
        "vanaf",
        "gesloten",
        "aangegaan",
        "dated",
        "signed",
        "getekend",
    ];
    const NEAR: usize = 8;
    let words = scene.words_in(sentence);
    let said = |from: usize, to: usize| {
        scene.words.get(from..to).map_or_else(String::new, |words| match (words.first(), words.last()) {
            (Some(first), Some(last)) => fold(scene.text.slice(&(first.range.start..last.range.end))),
            _ => String::new(),
        })
    };
    let before = said(day.first.saturating_sub(NEAR).max(words.start), day.first);
    let behind = said(day.end, (day.end + NEAR).min(words.end));
    // `from 17 October 2016 for a period of six months unless terminated`
    const LASTS: [&str; 6] = ["for a ", "for an ", "for the ", "voor de duur", "voor een ", "gedurende"];
    if LASTS.iter().any(|lasts| behind.starts_with(lasts)) {
        return false;
    }
    let is_start = STARTS.iter().any(|stem| before.contains(stem)) && !before.contains("met ingang van");
    !is_start && ENDS.iter().any(|stem| before.contains(stem) || behind.contains(stem))
}

/// `Huurder kan de huur per 1 maart 2029 beëindigen`: the last day in force then, where that is no end of the term.
pub fn named(
    candidate: &Candidate<'_>,
    scene: &Scene<'_>,
    sentence: &Range<usize>,
    around: &Around<'_>,
) -> Option<Date> {
    if limits::not_from_the_start(scene, sentence) {
        return None;
    }
    let value = candidate.ranges.first()?;
    if matches!(candidate.features.zone, Some(Zone::Annex | Zone::GeneralTerms | Zone::Recitals)) {
        return None;
    }
    scene.finds_in(sentence).find_map(|find| {
        let Thing::Entity(Entity::Date(DateReading::Day(day))) = find.thing else { return None };
        if find.range == *value || !aimed_at(scene, find) || !ends_there(scene, sentence, find) {
            return None;
        }
        let last = if day.day() == 1 { day.yesterday().ok()? } else { day };
        // At or about the start it is the start, at the end the end.
        let inside = around.start.is_none_or(|start| last > start) && around.end.is_none_or(|end| last < end);
        inside.then_some(last)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::{
        extract::RuleSet,
        model::{Fields, Language, Status, record::Against},
        text::Text,
    };

    fn read(said: &str, language: Language) -> Fields {
        RuleSet::embedded().unwrap().extract(&Text::of_sentence(said, Some(language)), language)
    }

    #[test]
    fn a_contract_year_is_a_calendar_year_only_where_it_starts_with_one() {
        let against = |start: &str| {
            let said = format!(
                "De overeenkomst gaat in op {start}. Opzegging is mogelijk tegen het einde van elk contractjaar met een \
                 opzegtermijn van drie maanden."
            );
            read(&said, Language::Dutch).notice[0].value.clone().unwrap().against
        };
        assert_eq!(against("1 mei 2024"), Against::Other);
        assert_eq!(against("1 januari 2024"), Against::EndOfYear);
    }

    #[test]
    fn several_days_a_year_are_no_end_of_the_year() {
        for (said, language) in [
            ("Opzegging is mogelijk per 1 juli of 1 januari, met een opzegtermijn van vier maanden.", Language::Dutch),
            (
                "Opzegging is mogelijk tegen 1 april en tegen 1 oktober met een opzegtermijn van vier maanden.",
                Language::Dutch,
            ),
            (
                "Either party may terminate with effect from 30 June or 31 December of any year by giving four months' notice.",
                Language::English,
            ),
        ] {
            let notice = &read(said, language).notice[0];
            assert_eq!(notice.value.as_ref().unwrap().against, Against::Other, "{said}");
            assert_ne!(notice.status, Status::Auto, "{said}");
        }
    }

    #[test]
    fn a_day_of_the_year_before_its_end_is_so_long_before_it() {
        let check = |by: &str, want: &str| {
            let said = format!(
                "Iedere partij kan opzeggen per 1 januari van enig jaar, mits vóór {by} schriftelijk medegedeeld."
            );
            let notice = read(&said, Language::Dutch).notice[0].value.clone().unwrap();
            assert_eq!(
                (notice.period.unwrap().to_string().as_str(), notice.against),
                (want, Against::EndOfYear),
                "{said}"
            );
        };
        check("1 oktober", "P3M");
        check("15 oktober", "P78D");
        check("1 maart", "P307D");
    }

    #[test]
    fn the_day_that_a_sentence_names_gives_the_day_for_notice() {
        let check = |said: &str, language, want| {
            let fields = read(said, language);
            assert_eq!(fields.notice_deadline.value, want, "{said}");
            if want.is_some() {
                assert_eq!(fields.notice_deadline.status, Status::Proposed, "{said}");
                assert_eq!(fields.notice[0].value.as_ref().unwrap().against, Against::Other, "{said}");
            }
        };
        let huur = |said: &str| format!("De huur gaat in op 1 april 2022 voor de duur van tien jaar. {said}");
        check(
            &huur(
                "Huurder kan de huur per 1 april 2027 tussentijds beëindigen met een opzegtermijn van twaalf maanden.",
            ),
            Language::Dutch,
            Some(date(2026, 3, 31)),
        );
        check(
            "The term is ten years commencing on 24 June 2022. The Tenant may determine this Lease on 24 June 2027 by giving \
             not less than six months' prior written notice.",
            Language::English,
            Some(date(2026, 12, 24)),
        );
        // At its end, and from its start on.
        check(
            &huur("De huur kan per 1 april 2032 worden opgezegd met een opzegtermijn van een jaar."),
            Language::Dutch,
            None,
        );
        check(
            &huur("Vanaf 1 juni 2024 kan de huur worden opgezegd met een opzegtermijn van een jaar."),
            Language::Dutch,
            None,
        );
    }
}
