//! Typed entity grammars, Dutch and English: dates, periods, amounts, organizations, persons, numbers, places,
//! events. They find what could be a value; which value fills which field is the business of the field rules.

use std::ops::Range;

use jiff::civil::Date;

use crate::{
    model::{
        Language, Period, raised,
        record::{Per, Vat},
    },
    text::Text,
};

mod amount;
mod date;
mod label;
mod lexicon;
mod number;
mod organization;
mod period;
mod person;
mod place;
mod scan;

pub(super) use organization::is_kin;
pub(super) use place::{names_street, opens_address};

/// A typed value in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Its place in `Text::running`.
    pub range: Range<usize>,
    /// What it is.
    pub entity: Entity,
    /// Repairs of reading errors that the value rests on (`l` read as `1`).
    pub repairs: Vec<Repair>,
}

/// One repaired piece of a value: evidence keeps what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// As read.
    pub read: String,
    /// As taken.
    pub taken: String,
}

impl Repair {
    /// Raised figures were left out, which may be cents or call a note.
    pub fn of_raised(&self) -> bool {
        self.read.contains(raised::is_raised)
    }
}

/// Kinds of value that the grammars know.
#[derive(Clone, Debug, PartialEq)]
pub enum Entity {
    /// A calendar date, or a place left open for one.
    Date(DateReading),
    /// A duration.
    Period(PeriodReading),
    /// An amount of money.
    Amount(AmountReading),
    /// A company, public body or other legal person.
    Organization(OrganizationReading),
    /// A natural person.
    Person(PersonReading),
    /// A number in a trade register, by its label (KvK, Company No.).
    Registration(Registration),
    /// A country, state or province whose law may govern: ISO 3166 code.
    Jurisdiction(String),
    /// A court, as named.
    Court(String),
    /// A body that arbitrates, as named.
    Arbiters(String),
    /// A moment known by what happens (`einde van het kalenderkwartaal`, `the last signature`).
    Event(EventRef),
    /// A reference number as shaped (`2019/4711`, `06.IN.0138`); only where a label stands before it.
    Reference(String),
}

/// A date as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateReading {
    /// A whole date.
    Day(Date),
    /// The place was left open (`__ januari 20__`, `[datum]`, `.........`).
    Blank,
    /// Day and month without a year (`1 oktober`, `31 December`): yearly dates.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// Two dates are possible (`03/04/2024` in English); the earlier first.
    Ambiguous(Date, Date),
    /// A month, or calendar years, without a day (`maart 2019`, `kalenderjaren 2021 en 2022`).
    Span {
        /// Its first day.
        first: Date,
        /// Its last day.
        last: Date,
        /// The words mean that last day (`eind maart 2019`, `ultimo 2022`).
        closes: bool,
    },
    /// Some day of a month or year (`medio maart 2019`).
    Partial,
    /// Has the shape of a date but is none (`31 juni 2019`).
    Impossible,
}

/// A duration as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodReading {
    /// Its value; that of the word where word and figure disagree. `None` for an indefinite time.
    pub period: Option<Period>,
    /// The figure's value, where word and figure disagree (`drie (2) maanden`).
    pub figure_says: Option<Period>,
    /// The place of the number was left open (`__ maanden`).
    pub blank: bool,
    /// Whole calendar months or quarters (`kalendermaand`).
    pub calendar: bool,
    /// Working days (`werkdagen`, `business days`).
    pub working_days: bool,
}

/// An amount as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountReading {
    /// Hundredths of the currency's unit.
    pub cents: i64,
    /// ISO 4217 code; `NLG` for guilders.
    pub currency: String,
    /// Over what it is counted, where words beside it say so (`per jaar`, `a month`).
    pub per: Option<Per>,
    /// Whether value-added tax is in it, where words beside it say so.
    pub vat: Option<Vat>,
    /// Words and figures disagree.
    pub disputed: bool,
}

/// An organization as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationReading {
    /// Its name with its legal form, as read but for spaces (`Zouthandel Van der Wetering B.V.`).
    pub name: String,
    /// Legal form in its usual spelling (`B.V.`, `stichting`, `gemeente`, `Inc.`).
    pub legal_form: Option<String>,
}

/// A number in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The number; of the Dutch trade register its digits only.
    pub number: String,
    /// Its label says that it is the Dutch trade register's.
    pub in_dutch: bool,
}

/// A natural person as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonReading {
    /// The name without title and form of address (`J. van der Berg`).
    pub name: String,
}

/// A moment known by what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the documentation
pub enum EventRef {
    EndOfTerm,
    EndOfMonth,
    EndOfQuarter,
    EndOfHalfYear,
    EndOfYear,
    EndOfOwnYear,
    Signing,
    LastSignature,
    /// The day after the last signature.
    DayAfterSignature,
    /// First day of the month after the signing.
    MonthAfterSignature,
    DateFirstWritten,
    EffectiveDate,
    Delivery,
    AnyTime,
    Other,
}

/// Finds every typed value of a text, sorted by place; spots of different kinds may overlap, of one kind never do.
pub fn find(text: &Text) -> Vec<Spot> {
    read(&text.running, |position| text.language_at(position).or(text.language))
}

/// Finds the typed values of a piece of text in a language: for tests and for the rule writer's bench.
pub fn find_in(text: &str, language: Language) -> Vec<Spot> {
    read(text, |_| Some(language))
}

fn read(text: &str, language: impl Fn(usize) -> Option<Language>) -> Vec<Spot> {
    let mut scan = scan::Scan::new(text);
    scan.look_up(|word| lexicon::lexicon().starts(word));
    let mut spots = Vec::new();
    date::find(&scan, &language, &mut spots);
    period::find(&scan, &mut spots);
    amount::find(&scan, &mut spots);
    organization::find(&scan, &mut spots);
    person::find(&scan, &mut spots);
    place::find(&scan, &mut spots);
    label::find(&scan, &mut spots);
    // A note's mark or cents: a person tells which.
    for spot in spots.iter_mut().filter(|_| !scan.raised.is_empty()) {
        spot.repairs.extend(scan.without_raised(&spot.range).map(|(read, taken)| Repair { read, taken }));
    }
    spots.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    spots
}

/// A name with one space between its words.
fn spaced(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Leftmost-longest: of the spots from `first` on, all of one kind, drops those that overlap an earlier or longer one.
fn settle(spots: &mut Vec<Spot>, first: usize) {
    let mut fresh = spots.split_off(first);
    fresh.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    let mut end = 0;
    fresh.retain(|spot| {
        let keep = spot.range.start >= end && !spot.range.is_empty();
        if keep {
            end = spot.range.end;
        }
        keep
    });
    spots.extend(fresh);
}

#[cfg(test)]
mod tests;
