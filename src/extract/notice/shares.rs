//! Shares notices out between the parties: `door huurder met een termijn van drie, door verhuurder van zes maanden`. It
//! reads who has which period; that one of them is a period of notice, a rule has read before.

use std::ops::Range;

use super::subject;
use crate::{
    extract::{
        candidate::{Candidate, Value},
        decide::score_of,
        entity::Entity,
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    model::{Period, record::Notice},
};

/// Words between a role and its period where only the rule's sentence tells that it is one of notice.
const FARTHEST: usize = 25;
/// Longer periods are no notices.
const LONGEST_IN_DAYS: u32 = 3 * 366;

/// What one party observes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Share {
    role: String,
    period: Period,
    range: Range<usize>,
}

/// Gives each candidate the party whose period it is, and adds the periods of the other parties that only stand beside
/// it. `plain` are words that may stand between a party and its period.
pub fn share_out<'r>(mut candidates: Vec<Candidate<'r>>, scene: &Scene<'_>, plain: &[String]) -> Vec<Candidate<'r>> {
    let mut done: Vec<Range<usize>> = Vec::new();
    for at in 0..candidates.len() {
        let said = scene.said_at(candidates[at].matched.start);
        if done.contains(&said) {
            continue;
        }
        let read: Vec<Range<usize>> = candidates
            .iter()
            .filter(|candidate| said.contains(&candidate.matched.start) && matches!(candidate.value, Value::Notice(_)))
            .filter_map(|candidate| candidate.ranges.first().cloned())
            .collect();
        let shares = shares(scene, &said, &read, plain);
        let mut shared: Vec<Candidate<'r>> = Vec::new();
        for candidate in candidates.iter_mut().filter(|candidate| said.contains(&candidate.matched.start)) {
            let share = shares.iter().find(|share| candidate.ranges.first() == Some(&share.range));
            let (Some(share), Value::Notice(notice)) = (share, &mut candidate.value) else { continue };
            if notice.by.is_empty() {
                notice.by.clone_from(&share.role);
            }
            shared.push(candidate.clone());
        }
        // What stands beside the best one is as good as that, whatever another rule made of it.
        if let Some(best) = shared.into_iter().max_by(|a, b| score_of(a).total_cmp(&score_of(b))) {
            candidates.extend(shares.into_iter().filter_map(|share| of(&best, share)));
        }
        done.push(said);
    }
    candidates
}

/// The notice that stands beside another one.
fn of<'r>(model: &Candidate<'r>, share: Share) -> Option<Candidate<'r>> {
    if model.ranges.first() == Some(&share.range) {
        return None;
    }
    let Value::Notice(known) = &model.value else { return None };
    let notice = Notice { period: Some(share.period), by: share.role, ..known.clone() };
    Some(Candidate { value: Value::Notice(notice), ranges: vec![share.range], ..model.clone() })
}

/// Who has which period in a sentence: none unless two parties have one each.
fn shares(scene: &Scene<'_>, said: &Range<usize>, read: &[Range<usize>], plain: &[String]) -> Vec<Share> {
    let roles: Vec<&Find> = scene.finds_in(said).filter(|find| matches!(find.thing, Thing::Role(_))).collect();
    let periods = periods(scene, said);
    if roles.len() < 2 || periods.len() < 2 {
        return Vec::new();
    }
    let share = |role: &Find, (range, period): &(Range<usize>, Period)| match &role.thing {
        Thing::Role(name) => Some(Share { role: name.clone(), period: *period, range: range.clone() }),
        _ => None,
    };
    // `drie maanden voor Huurder en zes maanden voor Verhuurder`
    let behind = periods.iter().filter_map(|period| {
        let role = roles.iter().find(|role| role.range.start >= period.0.end)?;
        links(scene.text.slice(&(period.0.end..role.range.start))).then(|| share(role, period))?
    });
    // `voor Huurder drie maanden en voor Verhuurder zes maanden`
    let ahead = periods.iter().enumerate().filter_map(|(number, period)| {
        let from = number.checked_sub(1).map_or(said.start, |before| periods[before].0.end);
        let nearest =
            |role: &&&Find| role.range.start >= from && role.range.end <= period.0.start && subject(scene, role);
        let role = roles.iter().rev().find(nearest)?;
        let told_to = |place: usize| roles.iter().any(|role| role.range.contains(&place));
        let between = &scene.words[scene.words_in(&(role.range.end..period.0.start))];
        let words: Vec<String> = between
            .iter()
            .filter(|word| !told_to(word.range.start))
            .map(|word| fold(scene.text.slice(&word.range)))
            .collect();
        let near = words.iter().all(|word| word.chars().count() == 1 || plain.contains(word));
        let told = read.contains(&period.0) && words.len() <= FARTHEST;
        (near || told).then(|| share(role, period))?
    });
    let two = |shares: &[Share]| shares.iter().any(|share| fold(&share.role) != fold(&shares[0].role));
    [respectively(scene, said, &roles, &periods), behind.collect(), ahead.collect()]
        .into_iter()
        .find(|shares: &Vec<Share>| two(shares))
        .unwrap_or_default()
}

/// The periods of a sentence, and the numbers that share the unit of the next period: `drie, … zes maanden`.
fn periods(scene: &Scene<'_>, said: &Range<usize>) -> Vec<(Range<usize>, Period)> {
    let mut whole: Vec<(Range<usize>, Period)> = Vec::new();
    for find in scene.finds_in(said) {
        if let Thing::Entity(Entity::Period(reading)) = &find.thing
            && let Some(period) = reading.period
            && find.defined_at.is_none()
            && (1..=LONGEST_IN_DAYS).contains(&period.rough_days())
        {
            whole.push((find.range.clone(), period));
        }
    }
    let bare = |find: &Find| {
        let Thing::Number(number) = find.thing else { return None };
        let text = scene.text.slice(&find.range);
        let behind = &scene.text.running[find.range.end..said.end];
        let joined = [",", ";", " en ", " and ", " respectievelijk "].iter().any(|mark| behind.starts_with(mark));
        // `een` is an article more often than a number.
        let counts = joined && !matches!(fold(text).as_str(), "een" if text.is_ascii());
        let next = whole.iter().find(|(range, _)| range.start >= find.range.end)?;
        let inside = whole.iter().any(|(range, _)| range.start <= find.range.start && find.range.end <= range.end);
        (counts && !inside).then(|| Some((find.range.clone(), in_unit_of(next.1, number)?)))?
    };
    let numbers: Vec<_> = scene.finds_in(said).filter_map(bare).collect();
    whole.extend(numbers);
    whole.sort_by_key(|(range, _)| range.start);
    whole
}

/// So many of the only unit that a period has.
pub fn in_unit_of(period: Period, number: u16) -> Option<Period> {
    match period {
        Period { years: 1.., months: 0, weeks: 0, days: 0 } => Some(Period::of_years(number)),
        Period { years: 0, months: 1.., weeks: 0, days: 0 } => Some(Period::of_months(number)),
        Period { years: 0, months: 0, weeks: 1.., days: 0 } => Some(Period::of_weeks(number)),
        Period { years: 0, months: 0, weeks: 0, days: 1.. } => Some(Period::of_days(number)),
        _ => None,
    }
}

/// `voor huurder en verhuurder respectievelijk drie en zes maanden`
fn respectively(
    scene: &Scene<'_>,
    said: &Range<usize>,
    roles: &[&Find],
    periods: &[(Range<usize>, Period)],
) -> Vec<Share> {
    let text = fold(scene.text.slice(said));
    if !["respectiev", "respectively", "resp."].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let pair = |at: usize| {
        let (one, two) = (&periods[at], &periods[at + 1]);
        matches!(fold(scene.text.slice(&(one.0.end..two.0.start))).trim(), "en" | "and" | "respectievelijk" | "resp.")
    };
    let (Some(at), [first, second]) = ((0..periods.len() - 1).find(|&at| pair(at)), roles) else { return Vec::new() };
    [(first, &periods[at]), (second, &periods[at + 1])]
        .into_iter()
        .filter_map(|(role, (range, period))| match &role.thing {
            Thing::Role(name) => Some(Share { role: name.clone(), period: *period, range: range.clone() }),
            _ => None,
        })
        .collect()
}

/// Only words that tell whose a period is: `… voor de huurder`, `… notice in the case of the Customer`.
pub fn links(between: &str) -> bool {
    const LINKS: [&str; 31] = [
        "voor",
        "door",
        "van",
        "de",
        "het",
        "zijde",
        "in",
        "geval",
        "bij",
        "indien",
        "opzegging",
        "wordt",
        "geschiedt",
        "opgezegd",
        "opzegtermijn",
        "for",
        "by",
        "from",
        "the",
        "case",
        "of",
        "if",
        "where",
        "when",
        "notice",
        "written",
        "given",
        "is",
        "termination",
        "side",
        "part",
    ];
    let between = fold(between);
    let mut words = between.split_whitespace().peekable();
    let told = ["voor aanvang", "voor het", "voor de afloop"].iter().any(|words| between.contains(words));
    words.peek().is_some() && !told && words.all(|word| LINKS.contains(&word.trim_start_matches('\'')))
}

#[cfg(test)]
mod tests {
    use crate::{extract::RuleSet, model::Language, text::Text};

    fn check(language: Language, text: &str, want: &[&str]) {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence(text, Some(language));
        let found = rules.extract(&text, language).notice;
        let mut got: Vec<_> = found
            .iter()
            .filter_map(|field| field.value.as_ref())
            .map(|notice| format!("{} {}", notice.period.unwrap(), notice.by))
            .collect();
        got.sort();
        assert_eq!(got, want, "{}", text.running);
    }

    #[test]
    fn each_party_has_the_period_that_stands_beside_it() {
        let dutch = |text: &str, want: &[&str]| check(Language::Dutch, text, want);
        let both = ["P3M huurder", "P6M verhuurder"];
        dutch(
            "De huur kan door huurder met een termijn van drie, door verhuurder van zes maanden worden opgezegd.",
            &both,
        );
        dutch("De opzegtermijn bedraagt drie maanden voor huurder en zes maanden voor verhuurder.", &both);
        dutch("Voor huurder en verhuurder geldt een opzegtermijn van respectievelijk drie en zes maanden.", &both);
        dutch(
            "Opgezegd kan worden:\na. door huurder met een termijn van drie maanden;\nb. door verhuurder van zes maanden.",
            &both,
        );
        let english = "This Agreement may be terminated by the Customer on 30 days' notice or by the Supplier on 90 days' notice.";
        check(Language::English, english, &["P30D Customer", "P90D Supplier"]);
        let told = "This Agreement may be terminated by the Customer giving the Supplier three months' written notice and by the \
                    Supplier giving the Customer one month's written notice.";
        check(Language::English, told, &["P1M Supplier", "P3M Customer"]);
        let behind = "The notice period for the Employee is two months and for the Employer four months.";
        check(Language::English, behind, &["P2M Employee", "P4M Employer"]);
        let except = "Either party may terminate on four months' notice, except that the Client may terminate on one month's notice.";
        check(Language::English, except, &["P1M Client", "P4M any"]);
        let unless = "De overeenkomst wordt verlengd, tenzij Klant uiterlijk drie (3) maanden of Leverancier uiterlijk negen (9) \
                      maanden voor het einde van de lopende termijn schriftelijk opzegt.";
        dutch(unless, &["P3M Klant", "P9M Leverancier"]);
    }

    #[test]
    fn other_periods_of_the_sentence_are_no_notices() {
        let text =
            "Huurder kan opzeggen met een termijn van drie maanden, waarna verhuurder binnen zes weken afrekent.";
        check(Language::Dutch, text, &["P3M Huurder"]);
        let text = "Huurder kan, anders dan verhuurder, opzeggen met een termijn van drie maanden.";
        check(Language::Dutch, text, &["P3M Huurder"]);
    }
}
