//! The next deadlines of one reading of a contract.

use jiff::civil::Date;

use super::{Deadline, DeadlineKind, Terms, terms::Next};
use crate::{
    model::{
        Field, Fields, Language, Period, Status, reckon,
        record::{Against, Notice, Party},
    },
    register::holding::fold,
};

/// The next deadlines of each kind at a day, earliest first.
pub(super) fn of(
    terms: &Terms,
    fields: &Fields,
    as_of: Date,
    own_organizations: &[String],
    language: Language,
) -> Vec<Deadline> {
    let notices = Notices { terms, fields, as_of, language };
    let side = own_side(&fields.parties, own_organizations);
    let mut deadlines: Vec<Deadline> =
        fields.notice.iter().filter(|notice| side.may_give(notice)).filter_map(|notice| notices.next(notice)).collect();
    deadlines.extend(notices.stated(&deadlines, &side));
    if matches!(side, Side::Unknown) {
        // Not known which party we are: of each the earliest day, and of what any may do.
        let whose = |deadline: &Deadline| deadline.party.as_deref().map(fold);
        deadlines.sort_by_cached_key(|deadline| (whose(deadline), deadline.date));
        deadlines.dedup_by(|b, a| whose(a) == whose(b));
    }
    deadlines.extend(option(terms, fields, as_of, language));
    deadlines.extend(notices.end(&side));
    deadlines.sort_by(|a, b| (a.date, a.kind, &a.party).cmp(&(b.date, b.kind, &b.party)));
    deadlines.dedup_by(|b, a| (a.kind, &a.party, a.date) == (b.kind, &b.party, b.date));
    deadlines
}

/// Which party we are.
enum Side {
    /// None of the parties is known to be us.
    Unknown,
    /// The roles of the other parties: a notice for one of them is not ours to give.
    Others(Vec<String>),
}

impl Side {
    fn may_give(&self, notice: &Field<Notice>) -> bool {
        let Some(notice) = &notice.value else { return false };
        match self {
            Self::Unknown => true,
            // A role that no party has may be ours by another name.
            Self::Others(roles) => !roles.contains(&fold(&notice.by)),
        }
    }
}

/// Whether a party of this name is one of ourselves.
pub fn is_own(name: &str, own_organizations: &[String]) -> bool {
    let name = fold(name);
    own_organizations.iter().map(|own| fold(own)).any(|own| !own.is_empty() && name.contains(&own))
}

fn own_side(parties: &[Field<Party>], own_organizations: &[String]) -> Side {
    let is_ours = |party: &Party| is_own(&party.name, own_organizations);
    let parties: Vec<&Party> = parties.iter().filter_map(|party| party.value.as_ref()).collect();
    if !parties.iter().any(|party| is_ours(party)) {
        return Side::Unknown;
    }
    let others = parties.iter().filter(|party| !is_ours(party));
    Side::Others(others.filter_map(|party| party.role.as_deref().map(fold)).collect())
}

/// A last day for notice that has passed, and whose it was if others may have another.
struct Missed {
    day: Date,
    party: Option<String>,
}

struct Notices<'a> {
    terms: &'a Terms,
    fields: &'a Fields,
    as_of: Date,
    language: Language,
}

impl Notices<'_> {
    /// The next day by which a notice must have been received.
    fn next(&self, field: &Field<Notice>) -> Option<Deadline> {
        let notice = field.value.as_ref()?;
        let found = match notice.against {
            Against::EndOfMonth => self.against_calendar(longest(field)?, 1),
            Against::EndOfQuarter => self.against_calendar(longest(field)?, 3),
            Against::EndOfYear => self.against_calendar(longest(field)?, 12),
            Against::AnyTime | Against::EndOfTerm | Against::Other => self.against_term(field),
        };
        let (date, certain, mut explanation) = found?;
        if notice.against == Against::Other {
            explanation.push_str(self.language.say(
                "; de overeenkomst noemt een eigen moment voor deze opzegging, dat eerder kan zijn: kijk het na",
                "; the contract names a moment of its own for this notice, which may be earlier: look it up",
            ));
        }
        let party = (notice.by != "any").then(|| notice.by.clone());
        let certain = certain && field.status == Status::Auto && notice.against != Against::Other;
        Some(Deadline { kind: DeadlineKind::Notice, party, date, certain, explanation })
    }

    /// Against the end of a term: that of the term that runs, or of a later one where it is too late for this one.
    fn against_term(&self, notice: &Field<Notice>) -> Option<(Date, bool, String)> {
        let Self { terms, as_of, language, .. } = self;
        let mut renewals = terms.renewals_at(*as_of)?;
        loop {
            let (end, earliest) = (terms.end(renewals)?, terms.earliest_end(renewals)?);
            let (deadline, distance) = notice.deadline(earliest)?;
            if deadline.day >= *as_of {
                let mut explanation = format!(
                    "{} {end} − {distance}{}",
                    language.say("einde", "end"),
                    language.say("; de opzegging moet dan ontvangen zijn", "; notice must have been received by then")
                );
                self.add_later(&mut explanation, deadline.later_reading);
                if renewals > 0 {
                    explanation.push_str(language.say("; na stilzwijgende verlenging", "; after tacit renewal"));
                }
                let certain = terms.end_is_certain
                    && deadline.later_reading.is_none()
                    && earliest == end
                    && (renewals == 0 || terms.next_is_certain);
                return Some((deadline.day, certain, explanation));
            }
            renewals = renewals.checked_add(1)?;
        }
    }

    /// Against the end of a calendar month, quarter or year: the first one that a notice received today still makes,
    /// and the last day of receipt for it.
    fn against_calendar(&self, period: Period, months: i8) -> Option<(Date, bool, String)> {
        let Self { terms, as_of, language, .. } = self;
        let in_force = terms.indefinite || !matches!(terms.next, Next::Nothing);
        let mut end = period_end(*as_of, months)?;
        loop {
            let deadline = reckon::notice_deadline(end, period)?;
            if deadline.day >= *as_of {
                // A contract that ends by itself before that needs no notice against it.
                if !in_force && terms.first_end.is_none_or(|last_day| end > last_day) {
                    return None;
                }
                let mut explanation = match language {
                    Language::Dutch => format!(
                        "opzegging die vandaag ({as_of}) of uiterlijk {} is ontvangen, beëindigt het per {end} ({end} − {period})",
                        deadline.day
                    ),
                    Language::English => format!(
                        "notice received today ({as_of}) or by {} ends it on {end} ({end} − {period})",
                        deadline.day
                    ),
                };
                self.add_later(&mut explanation, deadline.later_reading);
                let rests_on_confirmed = if terms.indefinite {
                    self.fields.term.status == Status::Auto
                } else {
                    let within_first = terms.first_end.is_some_and(|last_day| end <= last_day);
                    terms.end_is_certain && (within_first || terms.next_is_certain)
                };
                let certain = deadline.later_reading.is_none() && rests_on_confirmed;
                return Some((deadline.day, certain, explanation));
            }
            end = period_end(end.tomorrow().ok()?, months)?;
        }
    }

    /// A deadline that the contract states, or that a person gave, where it is earlier than what was counted.
    fn stated(&self, counted: &[Deadline], side: &Side) -> Option<Deadline> {
        let Self { terms, as_of, language, fields } = self;
        let field = &fields.notice_deadline;
        let is_counted = !field.derived_from.is_empty();
        // Counted from a notice that the other party may give, it is no day of ours.
        if is_counted && (!counted.is_empty() || !fields.notice.iter().all(|notice| side.may_give(notice))) {
            return None;
        }
        let first = field.value?;
        let (mut date, mut renewals) = (first, 0);
        while date < *as_of {
            let Next::Terms(period, most) = terms.next else { return None };
            renewals += 1;
            if most.is_some_and(|most| renewals > most) {
                return None;
            }
            date = period.after(first, renewals)?;
        }
        if counted.iter().any(|deadline| deadline.date <= date) {
            return None;
        }
        // What explains the first day is not true of a later one.
        let told = field.explanation.clone().filter(|_| renewals == 0 || !is_counted);
        let mut explanation = told.unwrap_or_else(|| match is_counted {
            true => language.say(format!("in de eerste termijn {first}"), format!("in the first term {first}")),
            false => language.say("zo staat het in het contract", "as the contract states it").to_owned(),
        });
        if renewals > 0 {
            explanation.push_str(language.say("; na stilzwijgende verlenging", "; after tacit renewal"));
        }
        let certain = field.status == Status::Auto && (renewals == 0 || terms.next_is_certain);
        let party = self.only_party().filter(|_| is_counted);
        Some(Deadline { kind: DeadlineKind::Notice, party, date, certain, explanation })
    }

    /// The end of the term that runs.
    fn end(&self, side: &Side) -> Option<Deadline> {
        let Self { terms, as_of, language, .. } = self;
        let renewals = terms.renewals_at(*as_of)?;
        let date = terms.end(renewals)?;
        let missed = self.missed(side, renewals);
        let explanation = match (terms.next, renewals) {
            (Next::Nothing, _) => language.say("laatste dag van de looptijd", "last day of the term").to_owned(),
            (Next::Unread, _) => language
                .say(
                    "laatste dag van de looptijd; of het contract daarna doorloopt, is niet gelezen: kijk het na",
                    "last day of the term; whether the contract goes on after it was not read: look it up",
                )
                .to_owned(),
            (Next::Terms(_, Some(most)), renewals) if renewals == most => {
                language.say("laatste dag van de laatste verlenging", "last day of the last renewal").to_owned()
            }
            _ => match &missed {
                None if !terms.next_is_certain => language
                    .say(
                        "laatste dag van de lopende termijn; geldt de verlenging die is gelezen, dan loopt het contract \
                         zonder opzegging door",
                        "last day of the term that runs; if the renewal that was read holds, the contract goes on without \
                         notice",
                    )
                    .to_owned(),
                None => language
                    .say(
                        "laatste dag van de lopende termijn; zonder opzegging loopt het contract door",
                        "last day of the term that runs; without notice the contract goes on",
                    )
                    .to_owned(),
                Some(Missed { day, party: Some(party) }) => language.say(
                    format!(
                        "laatste dag van de lopende termijn; de opzegdag van {party}, {day}, is voorbij; of een ander nog \
                         kan opzeggen, is niet gelezen: kijk het na"
                    ),
                    format!(
                        "last day of the term that runs; the day for notice by {party}, {day}, has passed; whether another \
                         may still give notice was not read: look it up"
                    ),
                ),
                Some(Missed { day: missed, party: None }) => {
                    let until = renewals.checked_add(1).and_then(|renewals| terms.end(renewals));
                    let to = until.map_or_else(String::new, |day| {
                        language.say(format!(" tot en met {day}"), format!(" to {day}"))
                    });
                    language.say(
                        format!(
                            "laatste dag van de lopende termijn; de opzegdag, {missed}, is voorbij: het contract loopt \
                             door{to}"
                        ),
                        format!(
                            "last day of the term that runs; the day for notice, {missed}, has passed: the contract \
                             goes on{to}"
                        ),
                    )
                }
            },
        };
        let follows_for_certain = match terms.next {
            Next::Nothing => matches!(self.fields.renewal.status, Status::Auto | Status::Absent),
            Next::Unread => false,
            _ => terms.next_is_certain,
        };
        let notices_are_certain = self.fields.notice.iter().all(|notice| notice.status == Status::Auto);
        let nothing_missed_in_doubt = missed.is_none_or(|missed| missed.party.is_none() && notices_are_certain);
        let certain = terms.end_is_certain && follows_for_certain && nothing_missed_in_doubt;
        Some(Deadline { kind: DeadlineKind::End, party: None, date, certain, explanation })
    }

    /// The last day for notice against the end of a term, where it has passed for everyone known to may give it.
    fn missed(&self, side: &Side, renewals: u16) -> Option<Missed> {
        let earliest = self.terms.earliest_end(renewals)?;
        let notices = self.fields.notice.iter().filter(|notice| side.may_give(notice));
        let last_days = notices.filter_map(|notice| notice.value.as_ref()).map(|notice| match notice.against {
            Against::EndOfTerm => notice.deadline(earliest),
            _ => None,
        });
        // One that may be given at another moment leaves a way out.
        let last = last_days.collect::<Option<Vec<_>>>()?.into_iter().map(|deadline| deadline.day).max()?;
        let party = self.only_party().filter(|_| matches!(side, Side::Unknown));
        (last < self.as_of).then_some(Missed { day: last, party })
    }

    /// The party that all notices are for, where they are for one alone: what the others may was not read.
    fn only_party(&self) -> Option<String> {
        let mut parties = self.fields.notice.iter().filter_map(|notice| notice.value.as_ref()).map(|notice| &notice.by);
        let first = parties.next()?;
        (first != "any" && parties.all(|other| fold(other) == fold(first))).then(|| first.clone())
    }

    fn add_later(&self, explanation: &mut String, later: Option<Date>) {
        if let Some(later) = later {
            let said = self.language.say("op een andere manier geteld", "counted the other way");
            explanation.push_str(&format!(" ({said}: {later})"));
        }
    }
}

/// Of two readings of one notice the longer period gives the earlier day.
fn longest(notice: &Field<Notice>) -> Option<Period> {
    let disputed = notice.alternatives.iter().filter(|_| notice.status == Status::Conflict);
    let periods = notice.value.iter().chain(disputed.map(|other| &other.value)).filter_map(|held| held.period);
    periods.max_by_key(|period| period.rough_days())
}

/// Last day of the calendar month, quarter or year that a day is in.
fn period_end(day: Date, months: i8) -> Option<Date> {
    let last_month = (day.month() + months - 1) / months * months;
    Some(Date::new(day.year(), last_month, 1).ok()?.last_of_month())
}

/// The last day to use an option. A notice period against the end may be meant for the option too: the earlier day.
fn option(terms: &Terms, fields: &Fields, as_of: Date, language: Language) -> Option<Deadline> {
    let last_day = terms.first_end.filter(|_| terms.option)?;
    if last_day < as_of {
        let explanation = language.say(
            "laatste dag, tenzij de optie is gebruikt: leg vast dat het is geëindigd (ended-on), of verbeter end_date",
            "last day unless the option was used: record that it ended (ended-on), or correct end_date",
        );
        let (kind, explanation) = (DeadlineKind::Option, explanation.to_owned());
        return Some(Deadline { kind, party: None, date: last_day, certain: false, explanation });
    }
    let stated = fields.renewal.value.as_ref();
    let named = stated.and_then(|renewal| renewal.use_by).filter(|day| *day <= last_day);
    let use_before = stated.and_then(|renewal| renewal.use_before);
    let periods = fields.notice.iter().filter_map(|notice| {
        let notice = notice.value.as_ref().filter(|notice| notice.against == Against::EndOfTerm)?;
        notice.period
    });
    let counted = |period: Period| Some((reckon::notice_deadline(last_day, period)?.day, period));
    let before_end = use_before.and_then(counted).filter(|(day, _)| named.is_none_or(|named| *day < named));
    let supposed = periods.filter_map(counted).min_by_key(|&(day, _)| day);
    let used = language.say("de optie moet dan gebruikt zijn", "the option must have been used by then");
    let (date, explanation) = match (before_end, named, supposed) {
        (Some((day, period)), _, _) => (day, format!("{last_day} − {period}; {used}")),
        (None, Some(day), _) => {
            let why = language.say("zo staat het in het contract", "as the contract states it");
            (day, format!("{why}; {used}"))
        }
        (None, None, Some((day, period))) => {
            let why = language
                .say("de opzegtermijn kan ook voor de optie gelden", "the notice period may hold for the option too");
            (day, format!("{last_day} − {period}; {why}"))
        }
        (None, None, None) => {
            let why = language.say(
                "de optie moet voor het einde gebruikt zijn; het contract kan een eerdere dag noemen",
                "the option must have been used before the end; the contract may name an earlier day",
            );
            (last_day, why.to_owned())
        }
    };
    (date >= as_of).then_some(Deadline { kind: DeadlineKind::Option, party: None, date, certain: false, explanation })
}
