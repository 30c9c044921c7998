//! A value as a person types it: in the words of contracts, read by the grammars that read contracts, and written as the
//! record format writes it. Every word must be understood: what is left over may be what matters.

use std::ops::Range;

use serde_json::{Value, json};

use super::App;
use crate::{
    Error, ErrorKind, Result,
    extract::{
        candidate::against,
        entity::{self, DateReading, Entity, Spot},
    },
    model::{
        Fields, Language, Period, RecordId,
        record::{Against, Money, Notice, Party, Per, RelatesTo, Renewal, RenewalKind, Term, Vat},
    },
    register::{self, Request},
};

/// A request with its value as the record format writes it. What is written so already is left as it is.
pub(super) fn as_written(app: &App, record: &RecordId, request: &Request) -> Result<Request> {
    let Request::Correct { field, value } = request else { return Ok(request.clone()) };
    let Err(refused) = register::typed(field, value) else { return Ok(request.clone()) };
    if value.trim().is_empty() || value.trim_start().starts_with(['{', '[']) {
        return Err(refused);
    }
    let shown = app.register.current(record, app.config.language)?;
    // `03-04-2026` is of April for whoever reads Dutch; with English on both sides it may be of March.
    let in_english = app.config.language == Language::English
        && shown.record.documents.iter().all(|document| document.language == Some(Language::English));
    let language = if in_english { Language::English } else { Language::Dutch };
    match read(field, value.trim(), &shown.fields, language) {
        Ok(Some(read)) => {
            let value = read.as_str().map_or_else(|| read.to_string(), str::to_owned);
            Ok(Request::Correct { field: field.clone(), value })
        }
        Ok(None) => Err(refused),
        Err(Unclear { said, dutch }) => {
            Err(Error::new(ErrorKind::InvalidInput, format!("`{}` is no value of `{field}`: {said}", value.trim()))
                .hint(format!("for example: {}", register::example(field)))
                .dutch(format!(
                    "`{}` is geen waarde van `{field}`: {dutch}; bijvoorbeeld: {}",
                    value.trim(),
                    register::example(field)
                )))
        }
    }
}

/// Why what was typed is not taken.
#[derive(Debug)]
struct Unclear {
    said: String,
    dutch: String,
}

impl Unclear {
    fn new(said: impl Into<String>, dutch: impl Into<String>) -> Self {
        Self { said: said.into(), dutch: dutch.into() }
    }
}

type Told<T> = std::result::Result<T, Unclear>;

/// The value of a field in words; `None` where the field is not written in words. What the words do not say of it, over
/// what a price is counted or against which moment notice is given, stays as it is shown.
fn read(field: &str, text: &str, shown: &Fields, language: Language) -> Told<Option<Value>> {
    if field == "parties" {
        let parties = text.split(';').map(|one| party(one.trim(), language)).collect::<Told<Vec<_>>>()?;
        return Ok(Some(json!(parties)));
    }
    let mut said = match field {
        // The grammars know countries by their capitals, which who types leaves out.
        "governing_law" => Said::of(with_capitals(text), language),
        "value" => Said::of(with_currency(text, shown, language), language),
        _ => Said::of(text.to_owned(), language),
    };
    let value = match field {
        "signing_date" | "effective_date" | "end_date" | "notice_deadline" => json!(said.needed_day()?),
        "term" => json!(said.needed_term()?),
        "renewal" => json!(said.renewal()?),
        "notice" => json!([said.notice(shown)?]),
        "value" => json!(said.money(shown)?),
        "governing_law" => said.law()?.into(),
        "relates_to" => json!(said.contract()?),
        _ => return Ok(None),
    };
    said.nothing_is_left()?;
    Ok(Some(value))
}

fn with_capitals(text: &str) -> String {
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let word = |word: &str| if word.is_char_boundary(1) { capital(word) } else { word.to_owned() };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Figures without a sign are of the currency that is shown, else euros.
fn with_currency(text: &str, shown: &Fields, language: Language) -> String {
    let has_one = entity::find_in(text, language).iter().any(|spot| matches!(spot.entity, Entity::Amount(_)));
    let currency = shown.value.value.as_ref().map_or("EUR", |money| &money.currency);
    if has_one || !text.starts_with(|first: char| first.is_ascii_digit()) {
        text.to_owned()
    } else {
        format!("{currency} {text}")
    }
}

/// A text with what the grammars find in it, and how much of it was understood.
struct Said {
    text: String,
    spots: Vec<Spot>,
    words: Vec<Range<usize>>,
    understood: Vec<Range<usize>>,
}

impl Said {
    fn of(text: String, language: Language) -> Self {
        let spots = entity::find_in(&text, language);
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            match (c.is_whitespace() || ",;:()".contains(c), start) {
                (false, None) => start = Some(at),
                (true, Some(first)) => {
                    words.push(first..at);
                    start = None;
                }
                _ => {}
            }
        }
        Self { text, spots, words, understood: Vec::new() }
    }

    fn word(&self, range: &Range<usize>) -> &str {
        self.text[range.clone()].trim_end_matches('.')
    }

    /// The words that nothing was made of.
    fn left(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let outside = |word: &&Range<usize>| {
            self.understood.iter().all(|known| known.end <= word.start || word.end <= known.start)
        };
        self.words.iter().filter(outside).filter(|word| !self.word(word).is_empty()).cloned()
    }

    fn nothing_is_left(&self) -> Told<()> {
        let left: Vec<_> = self.left().map(|word| self.text[word].to_owned()).collect();
        if left.is_empty() {
            return Ok(());
        }
        let left = left.join(" ");
        Err(Unclear::new(format!("`{left}` is not understood"), format!("`{left}` wordt niet begrepen")))
    }

    /// The one value of a kind; of two nobody can tell which is meant.
    fn one<T>(&mut self, of: impl Fn(&Entity) -> Option<T>) -> Told<Option<T>> {
        let mut found = self.spots.iter().filter_map(|spot| Some((of(&spot.entity)?, spot.range.clone())));
        let first = found.next();
        if found.next().is_some() {
            return Err(Unclear::new("it names more than one", "er staat er meer dan een"));
        }
        drop(found);
        Ok(first.map(|(value, range)| {
            self.understood.push(range);
            value
        }))
    }

    /// Understands one of these words, if it is there.
    fn take(&mut self, known: &[&str]) -> Option<String> {
        let at = self.left().find(|word| known.contains(&self.word(word).to_lowercase().as_str()))?;
        let word = self.word(&at).to_lowercase();
        self.understood.push(at);
        Some(word)
    }

    /// Understands all words that add nothing.
    fn pass(&mut self, known: &[&str]) {
        while self.take(known).is_some() {}
    }

    fn day(&mut self) -> Told<Option<jiff::civil::Date>> {
        let reading = self.one(|entity| match entity {
            Entity::Date(reading) => Some(reading.clone()),
            _ => None,
        })?;
        match reading {
            None => Ok(None),
            Some(DateReading::Day(day)) => Ok(Some(day)),
            Some(DateReading::Ambiguous(one, other)) => {
                Err(Unclear::new(format!("it may be {one} or {other}"), format!("het kan {one} zijn of {other}")))
            }
            Some(DateReading::Impossible) => Err(Unclear::new("there is no such day", "die dag bestaat niet")),
            Some(_) => Err(Unclear::new("it is no whole date", "het is geen hele datum")),
        }
    }

    fn needed_day(&mut self) -> Told<jiff::civil::Date> {
        self.day()?.ok_or_else(|| Unclear::new("it is no date", "het is geen datum"))
    }

    /// A period in words, or as ISO 8601 writes it.
    fn term(&mut self) -> Told<Option<Term>> {
        let reading = self.one(|entity| match entity {
            Entity::Period(reading) => Some(reading.clone()),
            _ => None,
        })?;
        let Some(reading) = reading else {
            let written = self.left().find_map(|word| Some((self.word(&word).parse::<Period>().ok()?, word)));
            return Ok(written.map(|(period, word)| {
                self.understood.push(word);
                Term::Period(period)
            }));
        };
        if reading.working_days {
            return Err(Unclear::new("working days are not reckoned with", "met werkdagen wordt niet gerekend"));
        }
        if reading.blank || reading.figure_says.is_some() {
            return Err(Unclear::new("its number is not clear", "het getal is niet duidelijk"));
        }
        Ok(Some(reading.period.map_or(Term::Indefinite, Term::Period)))
    }

    fn needed_term(&mut self) -> Told<Term> {
        self.pass(&["voor", "for"]);
        self.term()?.ok_or_else(|| Unclear::new("it is no period", "het is geen periode"))
    }

    fn renewal(&mut self) -> Told<Renewal> {
        let kinds = [
            (
                RenewalKind::Tacit,
                &["stilzwijgend", "stilzwijgende", "automatisch", "tacit", "tacitly", "automatic"][..],
            ),
            (RenewalKind::Option, &["optie", "option", "opties", "options", "verlengingsoptie"]),
            (RenewalKind::None, &["geen", "none", "niet", "no"]),
        ];
        let told: Vec<_> = kinds.into_iter().filter(|(_, words)| self.take(words).is_some()).collect();
        let [(kind, _)] = told[..] else {
            return Err(Unclear::new(
                "it does not say whether it is tacit, an option or none",
                "er staat niet of ze stilzwijgend is, een optie, of er geen is",
            ));
        };
        let period = self.term()?;
        let max_times = self.times();
        self.pass(&[
            "verlenging",
            "verlengingen",
            "verlengd",
            "renewal",
            "renewals",
            "renewed",
            "telkens",
            "steeds",
            "met",
            "van",
            "voor",
            "each",
            "for",
            "by",
            "of",
        ]);
        if kind == RenewalKind::None && (period.is_some() || max_times.is_some()) {
            return Err(Unclear::new("what is not renewed has no period", "wat niet verlengt heeft geen periode"));
        }
        Ok(Renewal { kind, period, max_times, use_before: None, use_by: None })
    }

    /// `maximaal 2 keer`, `tweemaal`, `2 x`.
    fn times(&mut self) -> Option<u16> {
        self.pass(&["maximaal", "hoogstens", "ten", "hoogste", "max", "at", "most"]);
        let words = [("eenmaal", 1), ("once", 1), ("tweemaal", 2), ("twice", 2), ("driemaal", 3), ("viermaal", 4)];
        for (word, number) in words {
            if self.take(&[word]).is_some() {
                return Some(number);
            }
        }
        let numbered = self.left().find_map(|word| {
            let number = self.word(&word);
            let number = number.strip_suffix(['x', '×']).unwrap_or(number);
            Some((number.parse::<u16>().ok().filter(|number| *number > 0)?, word))
        });
        let (number, word) = numbered?;
        self.understood.push(word);
        self.pass(&["x", "×", "keer", "maal", "times", "time"]);
        Some(number)
    }

    fn notice(&mut self, shown: &Fields) -> Told<Notice> {
        let Some(Term::Period(period)) = self.term()? else {
            return Err(Unclear::new("it has no period", "er staat geen termijn in"));
        };
        let moment = self.one(|entity| match entity {
            Entity::Event(event) => against(*event),
            _ => None,
        })?;
        let form = match self.take(&["schriftelijk", "written", "writing", "aangetekend", "aangetekende", "registered"])
        {
            Some(form) if form.starts_with("aangetekend") || form == "registered" => Some("registered".to_owned()),
            Some(_) => Some("written".to_owned()),
            None => None,
        };
        let by = self.giver();
        self.pass(&[
            "opzegtermijn",
            "opzegging",
            "notice",
            "tegen",
            "voor",
            "per",
            "against",
            "before",
            "to",
            "at",
            "het",
            "de",
            "the",
            "een",
            "a",
            "in",
            "brief",
            "letter",
            "mail",
            "post",
            "van",
            "of",
            "termijn",
        ]);
        // What is said of one period of several is not said of which.
        let [known] = &shown.notice[..] else { return Ok(self.new_notice(period, by, moment, form, shown)) };
        let Some(known) = &known.value else { return Ok(self.new_notice(period, by, moment, form, shown)) };
        Ok(Notice {
            period: Some(period),
            by: by.unwrap_or_else(|| known.by.clone()),
            against: moment.unwrap_or(known.against),
            form: form.or_else(|| known.form.clone()),
            by_day: None,
        })
    }

    fn new_notice(
        &self,
        period: Period,
        by: Option<String>,
        moment: Option<Against>,
        form: Option<String>,
        shown: &Fields,
    ) -> Notice {
        let against = match shown.term.value {
            Some(Term::Indefinite) => Against::AnyTime,
            _ => Against::EndOfTerm,
        };
        let by = by.unwrap_or_else(|| "any".to_owned());
        Notice { period: Some(period), by, against: moment.unwrap_or(against), form, by_day: None }
    }

    /// `door huurder`, `by either party`: a party's role, or `any`.
    fn giver(&mut self) -> Option<String> {
        let left: Vec<_> = self.left().collect();
        let at = left.iter().position(|word| matches!(self.word(word).to_lowercase().as_str(), "door" | "by"))?;
        let mut named = left[at + 1..].iter().skip_while(|word| matches!(self.word(word), "de" | "het" | "the"));
        let role = named.next()?;
        let is_any = |word: &str| ["any", "either", "each", "beide", "elke", "ieder", "iedere", "elk"].contains(&word);
        let name = self.word(role);
        let name = if is_any(&name.to_lowercase()) { "any".to_owned() } else { name.to_owned() };
        self.understood.push(left[at].start..role.end);
        if name == "any" {
            self.pass(&["partij", "partijen", "party", "parties"]);
        }
        Some(name)
    }

    fn money(&mut self, shown: &Fields) -> Told<Money> {
        let reading = self.one(|entity| match entity {
            Entity::Amount(reading) => Some(reading.clone()),
            _ => None,
        })?;
        let Some(reading) = reading else { return Err(Unclear::new("it is no amount", "het is geen bedrag")) };
        if reading.disputed {
            return Err(Unclear::new("words and figures disagree", "woorden en cijfers verschillen"));
        }
        let is_total = self.take(&["totaal", "total", "eenmalig", "once", "fixed"]).is_some();
        let (per, vat) = (reading.per.or(is_total.then_some(Per::Total)), reading.vat);
        // The grammar has read these with the amount; without it they would say something else.
        if per.is_some() {
            self.pass(&["per", "in", "a", "an", "each", "every", "elk", "elke", "ieder", "/"]);
            self.pass(match per {
                Some(Per::Year) => &["jaar", "year", "annum", "jaarlijks", "yearly", "annually", "calendar"],
                Some(Per::Quarter) => &["kwartaal", "quarter", "calendar"],
                Some(Per::Month) => &["maand", "mnd", "month", "maandelijks", "monthly", "calendar"],
                Some(Per::Hour) => &["uur", "hour"],
                Some(Per::Unit) => &["stuk", "eenheid", "unit", "piece", "week", "dag", "day"],
                _ => &[],
            });
        }
        match vat {
            Some(Vat::Excl) => self.pass(&["exclusief", "excl", "ex", "exclusive", "excluding", "btw", "vat"]),
            Some(Vat::Incl) => self.pass(&["inclusief", "incl", "inclusive", "including", "btw", "vat"]),
            None => {}
        }
        let known = shown.value.value.as_ref();
        Ok(Money {
            amount: format!("{}.{:02}", reading.cents / 100, reading.cents % 100),
            currency: reading.currency,
            per: per.or_else(|| known.map(|known| known.per)).unwrap_or(Per::Total),
            vat: vat.or_else(|| known.and_then(|known| known.vat)),
        })
    }

    fn law(&mut self) -> Told<String> {
        let code = self.one(|entity| match entity {
            Entity::Jurisdiction(code) => Some(code.clone()),
            _ => None,
        })?;
        self.pass(&["recht", "het", "van", "naar", "law", "laws", "the", "of"]);
        code.ok_or_else(|| Unclear::new("it names no country or state", "er staat geen land of staat in"))
    }

    /// `KL-8831 van 9 december 2021`.
    fn contract(&mut self) -> Told<RelatesTo> {
        let date = self.day()?;
        self.pass(&["van", "d.d", "dd", "of", "dated", "contract", "nr", "nummer", "no", "contractnr", "overeenkomst"]);
        let left: Vec<_> = self.left().collect();
        let reference = match &left[..] {
            [] => None,
            [first, ..] => left.last().map(|last| self.text[first.start..last.end].to_owned()),
        };
        self.understood.extend(left);
        match (&reference, date) {
            (None, None) => Err(Unclear::new("it names no contract", "er staat geen contract in")),
            _ => Ok(RelatesTo { reference, date }),
        }
    }
}

/// `Bakkerij Jansen B.V. (huurder), KvK 12345678`.
fn party(text: &str, language: Language) -> Told<Party> {
    let (named, role) = match text.split_once('(') {
        Some((name, rest)) => match rest.split_once(')') {
            Some((role, more)) => (format!("{}{more}", name.trim_end()), Some(role.trim().to_owned())),
            None => return Err(Unclear::new("a bracket is not closed", "een haakje is niet gesloten")),
        },
        None => (text.to_owned(), None),
    };
    let mut said = Said::of(named, language);
    let number = said.one(|entity| match entity {
        Entity::Registration(registration) => Some(registration.clone()),
        _ => None,
    })?;
    let organization = said.one(|entity| match entity {
        Entity::Organization(reading) => Some(reading.clone()),
        _ => None,
    })?;
    said.pass(&["kvk", "kvk-nummer", "nr", "nummer", "no"]);
    let name = match &organization {
        Some(organization) => organization.name.clone(),
        // A person, or a name that no grammar knows: all that was typed.
        None => {
            let left: Vec<_> = said.left().collect();
            let name = left.iter().map(|word| &said.text[word.clone()]).collect::<Vec<_>>().join(" ");
            said.understood.extend(left);
            name
        }
    };
    said.nothing_is_left()?;
    if name.is_empty() || role.as_deref() == Some("") {
        return Err(Unclear::new("a party has no name", "een partij heeft geen naam"));
    }
    let (dutch, other) = match number {
        Some(number) if number.in_dutch => (Some(number.number), None),
        number => (None, number.map(|number| number.number)),
    };
    Ok(Party {
        name,
        role,
        legal_form: organization.and_then(|organization| organization.legal_form),
        registration_number: dutch,
        other_registration: other,
        ..Party::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    fn field<T>(value: T) -> Field<T> {
        Field { value: Some(value), ..Field::absent() }
    }

    #[track_caller]
    fn check_in(language: Language, shown: &Fields, field: &str, cases: &[(&str, Option<Value>)]) {
        for (text, want) in cases {
            let got = read(field, text, shown, language).map_err(|Unclear { said, dutch }| {
                assert!(!said.is_empty() && !dutch.is_empty());
                said
            });
            assert_eq!(got.as_ref().ok().cloned().flatten(), *want, "{text}: {got:?}");
            if let Some(want) = want {
                let written = want.as_str().map_or_else(|| want.to_string(), str::to_owned);
                assert!(register::typed(field, &written).is_ok(), "{written}");
            }
        }
    }

    #[track_caller]
    fn check(field: &str, cases: &[(&str, Option<Value>)]) {
        check_in(Language::Dutch, &Fields::absent(), field, cases);
    }

    #[test]
    fn days() {
        for field in ["signing_date", "effective_date", "end_date", "notice_deadline"] {
            check(
                field,
                &[
                    ("12-11-2020", Some(json!("2020-11-12"))),
                    ("12 november 2020", Some(json!("2020-11-12"))),
                    ("November 12, 2020", Some(json!("2020-11-12"))),
                    ("31-06-2020", None),
                    ("november 2020", None),
                    ("1 mei 2020 of 1 juni 2020", None),
                    ("12 november 2020 ongeveer", None),
                    ("morgen", None),
                ],
            );
        }
        let english = [("03/04/2026", None), ("23/04/2026", Some(json!("2026-04-23")))];
        check_in(Language::English, &Fields::absent(), "end_date", &english);
    }

    #[test]
    fn terms() {
        check(
            "term",
            &[
                ("6 maanden", Some(json!("P6M"))),
                ("vier jaar", Some(json!("P4Y"))),
                ("onbepaalde tijd", Some(json!("indefinite"))),
                ("two years", Some(json!("P2Y"))),
                ("drie (2) maanden", None),
                ("10 werkdagen", None),
                ("1 jaar of 2 jaar", None),
                ("lang", None),
            ],
        );
    }

    #[test]
    fn renewals() {
        let renewal =
            |kind: &str, period: Value, times: Value| Some(json!({"kind": kind, "period": period, "max_times": times}));
        check(
            "renewal",
            &[
                ("stilzwijgend, telkens 1 jaar", renewal("tacit", json!("P1Y"), Value::Null)),
                ("optie 2 x 12 maanden", renewal("option", json!("P12M"), json!(2))),
                ("tacit, 1 year, at most 3 times", renewal("tacit", json!("P1Y"), json!(3))),
                ("geen", renewal("none", Value::Null, Value::Null)),
                ("1 jaar", None),
                ("geen 1 jaar", None),
                ("stilzwijgend 1 jaar tenzij het regent", None),
            ],
        );
    }

    #[test]
    fn notices_keep_what_is_not_said_of_them() {
        let notice = |period: &str, by: &str, against: &str, form: Value| {
            Some(json!([{"period": period, "by": by, "against": against, "form": form}]))
        };
        check(
            "notice",
            &[
                ("6 maanden", notice("P6M", "any", "end_of_term", Value::Null)),
                ("P6M", notice("P6M", "any", "end_of_term", Value::Null)),
                ("3 maanden, door Huurder, schriftelijk", notice("P3M", "Huurder", "end_of_term", json!("written"))),
                ("1 maand tegen het einde van een kalendermaand", notice("P1M", "any", "end_of_month", Value::Null)),
                ("3 months by either party", notice("P3M", "any", "end_of_term", Value::Null)),
                ("onbepaalde tijd", None),
                ("10 werkdagen", None),
                ("3 maanden tenzij anders", None),
            ],
        );
        let held = Notice {
            period: Some(Period::of_months(1)),
            by: "Huurder".into(),
            against: Against::EndOfQuarter,
            form: Some("registered".into()),
            by_day: None,
        };
        let shown = Fields { notice: vec![field(held)], ..Fields::absent() };
        let want = notice("P2M", "Huurder", "end_of_quarter", json!("registered"));
        check_in(Language::Dutch, &shown, "notice", &[("2 maanden", want)]);
        let shown = Fields { term: field(Term::Indefinite), ..Fields::absent() };
        check_in(Language::Dutch, &shown, "notice", &[("P2M", notice("P2M", "any", "any_time", Value::Null))]);
    }

    #[test]
    fn amounts_keep_what_is_not_said_of_them() {
        let money = |amount: &str, currency: &str, per: &str, vat: Value| {
            Some(json!({"amount": amount, "currency": currency, "per": per, "vat": vat}))
        };
        check(
            "value",
            &[
                ("€ 2.661,36", money("2661.36", "EUR", "total", Value::Null)),
                ("2661.36", money("2661.36", "EUR", "total", Value::Null)),
                ("2.661,36 per maand excl. btw", money("2661.36", "EUR", "month", json!("excl"))),
                ("£ 1,250 per year incl. VAT", money("1250.00", "GBP", "year", json!("incl"))),
                ("1250 euro totaal", money("1250.00", "EUR", "total", Value::Null)),
                ("-5", None),
                ("€ 100 of € 200", None),
                ("€ 100 per maand plus servicekosten", None),
                ("duur", None),
            ],
        );
        let held = Money { amount: "1.00".into(), currency: "USD".into(), per: Per::Month, vat: Some(Vat::Excl) };
        let shown = Fields { value: field(held), ..Fields::absent() };
        let want = money("2661.36", "USD", "month", json!("excl"));
        check_in(Language::Dutch, &shown, "value", &[("2661.36", want)]);
    }

    #[test]
    fn laws() {
        check(
            "governing_law",
            &[
                ("Nederland", Some(json!("NL"))),
                ("nederlands recht", Some(json!("NL"))),
                ("the laws of England and Wales", Some(json!("GB"))),
                ("Nederland of Duitsland", None),
                ("Atlantis", None),
            ],
        );
    }

    #[test]
    fn parties_stand_between_semicolons() {
        let party = |name: &str, role: Value, form: Value, number: Value| json!({"name": name, "role": role, "legal_form": form, "registration_number": number, "seat": null, "represented_by": null});
        let jansen = party("Bakkerij Jansen B.V.", json!("verhuurder"), json!("B.V."), Value::Null);
        let known = party("Bakkerij Jansen B.V.", Value::Null, json!("B.V."), json!("12345678"));
        let person = party("J. de Wit", json!("huurder"), Value::Null, Value::Null);
        check(
            "parties",
            &[
                ("Bakkerij Jansen B.V. (verhuurder)", Some(json!([jansen]))),
                ("Bakkerij Jansen B.V. (verhuurder); J. de Wit (huurder)", Some(json!([jansen, person]))),
                ("Bakkerij Jansen B.V., KvK 12345678", Some(json!([known]))),
                ("Bakkerij Jansen B.V. en Slagerij Pot B.V.", None),
                ("Bakkerij Jansen B.V. (verhuurder", None),
                ("; Bakkerij Jansen B.V.", None),
            ],
        );
    }

    #[test]
    fn contracts_are_named_by_number_and_day() {
        let contract = |reference: Value, date: Value| Some(json!({"reference": reference, "date": date}));
        check(
            "relates_to",
            &[
                ("KL-8831", contract(json!("KL-8831"), Value::Null)),
                ("KL-8831 van 9 december 2021", contract(json!("KL-8831"), json!("2021-12-09"))),
                ("overeenkomst d.d. 9 december 2021", contract(Value::Null, json!("2021-12-09"))),
                ("van", None),
            ],
        );
    }

    #[test]
    fn texts_are_not_read() {
        for field in ["title", "reference", "court", "contract_type"] {
            assert!(read(field, "Rechtbank Utrecht", &Fields::absent(), Language::Dutch).unwrap().is_none());
        }
        assert_eq!(register::typed("court", "Rechtbank Utrecht").unwrap(), "Rechtbank Utrecht");
    }
}
