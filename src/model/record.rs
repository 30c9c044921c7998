//! The contract record: its fields, their values and how each is known. What serializes here is the record format
//! `griffie-record/1` that `griffie extract --json` and `griffie show --json` print.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Blake3, Evidence, Language, Period, Problem, Sha256, reckon};

/// What may be done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing was found; there is no value.
    Absent,
    /// The contract has the place, but it was left open; there is no value.
    Blank,
    /// Two readings that a person must choose between; a value, if given, is the safer one.
    Conflict,
    /// Waits for a person.
    Proposed,
    /// Fills the register by itself.
    Auto,
}

/// One field of a record: a value, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Field<T> {
    /// The value, in the field's own type.
    pub value: Option<T>,
    /// What may be done with it.
    pub status: Status,
    /// A calibrated probability (0 to 1) that the value is right.
    pub confidence: f64,
    /// The rule that found it.
    pub rule: Option<String>,
    /// The fields that it was computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<String>,
    /// How it came about, in words for people.
    pub explanation: Option<String>,
    /// Other readings, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative<T>>,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
}

/// A reading that lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative<T> {
    /// The value it would have given.
    pub value: T,
    /// The rule that found it.
    pub rule: Option<String>,
    /// Its calibrated probability.
    pub confidence: f64,
    /// Why it lost.
    pub explanation: Option<String>,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
}

impl<T> Field<T> {
    /// Nothing was found.
    pub fn absent() -> Self {
        Self {
            value: None,
            status: Status::Absent,
            confidence: 0.0,
            rule: None,
            derived_from: Vec::new(),
            explanation: None,
            alternatives: Vec::new(),
            evidence: Vec::new(),
        }
    }
}

/// Kind of contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation; the record format lists them
pub enum ContractType {
    Purchase,
    Services,
    Lease,
    Employment,
    Licence,
    Maintenance,
    Sla,
    Nda,
    DataProcessing,
    Cooperation,
    Grant,
    Loan,
    Insurance,
    RealEstate,
    Sponsorship,
    Framework,
    Amendment,
    Other,
}

impl ContractType {
    /// The names of all kinds, as the record format writes them.
    pub const NAMES: [&'static str; 18] = [
        "purchase",
        "services",
        "lease",
        "employment",
        "licence",
        "maintenance",
        "sla",
        "nda",
        "data_processing",
        "cooperation",
        "grant",
        "loan",
        "insurance",
        "real_estate",
        "sponsorship",
        "framework",
        "amendment",
        "other",
    ];
}

/// A party to the contract; never a signatory or one that only represents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its name as read.
    pub name: String,
    /// What the contract calls it (`Opdrachtgever`, `Lessor`).
    pub role: Option<String>,
    /// Legal form (`B.V.`, `gemeente`, `Inc.`).
    pub legal_form: Option<String>,
    /// Number in the Dutch trade register (KvK): eight digits, or an old one of a regional chamber.
    pub registration_number: Option<String>,
    /// Number in another register, as printed: of another country, or of charities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_registration: Option<String>,
    /// Where it is seated.
    pub seat: Option<String>,
    /// Who acts for it.
    pub represented_by: Option<String>,
}

/// How long the contract runs at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// For a period.
    Period(Period),
    /// Without an end.
    Indefinite,
}

impl Serialize for Term {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Period(period) => period.serialize(serializer),
            Self::Indefinite => serializer.serialize_str("indefinite"),
        }
    }
}
impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "indefinite" => Ok(Self::Indefinite),
            period => period.parse().map(Self::Period).map_err(serde::de::Error::custom),
        }
    }
}

/// What happens after the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenewalKind {
    /// It goes on unless notice is given.
    Tacit,
    /// It goes on only if someone uses a right to it.
    Option,
    /// The contract says that it is not renewed.
    None,
}

/// Renewal after the initial term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// Tacit, by option, or excluded.
    pub kind: RenewalKind,
    /// By how much at a time; `indefinite` where it goes on without an end.
    pub period: Option<Term>,
    /// At most so many times.
    pub max_times: Option<u16>,
    /// How long before the end an option must have been used, where the contract says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_before: Option<Period>,
    /// The last day to use an option, where the contract names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<Date>,
}

/// The moment that notice must be aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation; the record format lists them
pub enum Against {
    EndOfTerm,
    EndOfMonth,
    EndOfQuarter,
    EndOfYear,
    AnyTime,
    Other,
}

/// Ordinary termination by notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How long before; `None` where the contract fixes a calendar date instead.
    pub period: Option<Period>,
    /// `any`, or the role of the party that it is for.
    pub by: String,
    /// The moment that it must be aimed at.
    pub against: Against,
    /// Required form (`written`, `registered`), where stated.
    pub form: Option<String>,
    /// The last day of a year on which it may be received, where the contract names one instead of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_day: Option<DayOfYear>,
}

impl Notice {
    /// The last day on which it must have been received so that the contract ends on `last_day`.
    pub fn deadline(&self, last_day: Date) -> Option<reckon::Deadline> {
        match (self.period, self.by_day) {
            (Some(period), _) => reckon::notice_deadline(last_day, period),
            (None, Some(day)) => Some(reckon::Deadline { day: day.last_until(last_day)?, later_reading: None }),
            (None, None) => None,
        }
    }

    /// How far before the end it must be received, as explanations show it: `P3M`, `--09-30`.
    pub fn distance(&self) -> Option<String> {
        self.period.map(|period| period.to_string()).or_else(|| self.by_day.map(|day| day.to_string()))
    }
}

impl Field<Notice> {
    /// The last day on which it must have been received so that the contract ends on `last_day`, with how far before
    /// that is: of two readings between which a person must choose, the earlier day.
    pub fn deadline(&self, last_day: Date) -> Option<(reckon::Deadline, String)> {
        let disputed = self.alternatives.iter().filter(|_| self.status == Status::Conflict).map(|other| &other.value);
        let counted = self.value.iter().chain(disputed);
        counted
            .filter_map(|notice| Some((notice.deadline(last_day)?, notice.distance()?)))
            .min_by_key(|(deadline, _)| deadline.day)
    }
}

/// A day of any year, written `--09-30` as in ISO 8601:2000, 5.2.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOfYear {
    /// 1 to 12.
    month: i8,
    /// 1 to 31.
    day: i8,
}

impl DayOfYear {
    /// `None` where no year has such a day.
    pub fn new(month: i8, day: i8) -> Option<Self> {
        // A leap year has them all.
        Date::new(2000, month, day).ok().map(|_| Self { month, day })
    }

    /// The day before it, in a year without a leap day.
    pub fn yesterday(self) -> Option<Self> {
        let date = Date::new(2001, self.month, self.day).or_else(|_| Date::new(2001, 3, 1)).ok()?;
        let before = date.yesterday().ok()?;
        Self::new(before.month(), before.day())
    }

    /// How long before the end of its year it is, never shorter; `None` for its last day.
    pub fn before_year_end(self) -> Option<Period> {
        let last = Date::new(2001, 12, 31).ok()?;
        let day = self.last_until(last)?;
        if day == last {
            return None;
        }
        if day == day.last_of_month() && day.month() != 2 {
            return Some(Period::of_months(u16::try_from(12 - day.month()).ok()?));
        }
        let days = u16::try_from((last - day).get_days()).ok()?;
        // A leap day may lie between.
        Some(Period::of_days(days + u16::from(day.month() <= 2)))
    }

    /// The last such day that is not later than `last`.
    fn last_until(self, last: Date) -> Option<Date> {
        let in_year = |year: i16| {
            let first = Date::new(year, self.month, 1).ok()?;
            Date::new(year, self.month, self.day.min(first.days_in_month())).ok()
        };
        in_year(last.year()).filter(|day| *day <= last).or_else(|| in_year(last.year().checked_sub(1)?))
    }
}

impl fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--{:02}-{:02}", self.month, self.day)
    }
}

impl Serialize for DayOfYear {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayOfYear {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parts = text.strip_prefix("--").and_then(|rest| rest.split_once('-'));
        let day = parts.and_then(|(month, day)| Self::new(month.parse().ok()?, day.parse().ok()?));
        day.ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no day of a year such as --09-30")))
    }
}

/// Over what a price is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation; the record format lists them
pub enum Per {
    Total,
    Year,
    Quarter,
    Month,
    Hour,
    Unit,
}

/// Whether value-added tax is in an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation
pub enum Vat {
    Incl,
    Excl,
}

/// The main price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Decimal with a point and two decimals: `125000.00`.
    pub amount: String,
    /// ISO 4217 code (`EUR`, `NLG`, `USD`).
    pub currency: String,
    /// Over what it is counted.
    pub per: Per,
    /// Whether value-added tax is in it, where stated.
    pub vat: Option<Vat>,
}

/// The contract that this one amends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatesTo {
    /// Its reference, as printed.
    pub reference: Option<String>,
    /// Its date.
    pub date: Option<Date>,
}

/// All fields of a record; each is always present.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    /// Title as printed.
    pub title: Field<String>,
    /// Kind of contract.
    pub contract_type: Field<ContractType>,
    /// The contract's own number.
    pub reference: Field<String>,
    /// The parties, in the order of the contract.
    pub parties: Vec<Field<Party>>,
    /// Day of the last signature.
    pub signing_date: Field<Date>,
    /// First day in force.
    pub effective_date: Field<Date>,
    /// Last day in force of the initial term.
    pub end_date: Field<Date>,
    /// Length of the initial term.
    pub term: Field<Term>,
    /// What happens after it.
    pub renewal: Field<Renewal>,
    /// Ordinary termination, one for each party where they differ.
    pub notice: Vec<Field<Notice>>,
    /// Last day on which notice must have been received to end the contract with its initial term.
    pub notice_deadline: Field<Date>,
    /// Main price.
    pub value: Field<Money>,
    /// ISO 3166-1 alpha-2, or ISO 3166-2 for a US state, Canadian province or British nation.
    pub governing_law: Field<String>,
    /// Competent court as named.
    pub court: Field<String>,
    /// The contract that this one amends.
    pub relates_to: Field<RelatesTo>,
}

impl Fields {
    /// The names of all fields, in the order of the record format.
    pub const NAMES: [&'static str; 15] = [
        "title",
        "contract_type",
        "reference",
        "parties",
        "signing_date",
        "effective_date",
        "end_date",
        "term",
        "renewal",
        "notice",
        "notice_deadline",
        "value",
        "governing_law",
        "court",
        "relates_to",
    ];

    /// Whether two parties make a contract here.
    pub fn are_of_a_contract(&self) -> bool {
        self.parties.iter().filter(|party| party.value.is_some()).count() >= 2
    }

    /// Whether anything is said of how long a contract runs, how it ends, or what it costs.
    pub fn say_terms(&self) -> bool {
        self.effective_date.value.is_some()
            || self.end_date.value.is_some()
            || self.term.value.is_some()
            || self.renewal.value.is_some()
            || self.notice.iter().any(|notice| notice.value.is_some())
            || self.notice_deadline.value.is_some()
            || self.value.value.is_some()
    }

    /// A record of which nothing is known.
    pub fn absent() -> Self {
        Self {
            title: Field::absent(),
            contract_type: Field::absent(),
            reference: Field::absent(),
            parties: Vec::new(),
            signing_date: Field::absent(),
            effective_date: Field::absent(),
            end_date: Field::absent(),
            term: Field::absent(),
            renewal: Field::absent(),
            notice: Vec::new(),
            notice_deadline: Field::absent(),
            value: Field::absent(),
            governing_law: Field::absent(),
            court: Field::absent(),
            relates_to: Field::absent(),
        }
    }
}

/// What a line of `griffie extract --json` says of the document itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// The path as given.
    pub path: String,
    /// Digest of the original.
    pub blake3: Blake3,
    /// The same for the outside world.
    pub sha256: Sha256,
    /// IANA media type.
    pub media_type: String,
    /// Number of pages.
    pub pages: usize,
    /// Main language.
    pub language: Option<Language>,
    /// `ocr`, `digital`, `mixed` or `none`.
    pub text_source: String,
    /// 0 to 1; null where nothing was read by OCR.
    pub mean_ocr_confidence: Option<f64>,
    /// What a person should know.
    pub problems: Vec<Problem>,
}

/// A line of `griffie extract --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Name and version of the format.
    pub schema: String,
    /// The document.
    pub document: DocumentFacts,
    /// What it says.
    pub fields: Fields,
}

impl RecordLine {
    /// Name and version of the format.
    pub const SCHEMA: &str = "griffie-record/1";
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_of_the_year_is_the_last_one_before_an_end() {
        let check = |text: &str, end: Date, want: Date| {
            let day: DayOfYear = serde_json::from_value(text.into()).unwrap();
            assert_eq!(serde_json::to_value(day).unwrap(), text);
            assert_eq!(day.last_until(end), Some(want));
        };
        check("--09-01", date(2027, 12, 31), date(2027, 9, 1));
        check("--09-01", date(2027, 6, 30), date(2026, 9, 1));
        check("--02-29", date(2027, 6, 30), date(2027, 2, 28));
        assert_eq!(DayOfYear::new(3, 1).unwrap().yesterday(), DayOfYear::new(2, 28));
        assert!(serde_json::from_value::<DayOfYear>("--13-01".into()).is_err());
    }

    #[test]
    fn the_names_are_those_that_serialize() {
        let json = serde_json::to_value(Fields::absent()).unwrap();
        let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, Fields::NAMES);
        assert_eq!(serde_json::from_value::<Fields>(json).unwrap(), Fields::absent());
    }
}
