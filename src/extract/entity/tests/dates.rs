//! Dates.

use Language::{Dutch, English};

use super::*;

/// Short forms: an ISO date, `--MM-DD`, `blank`, `partial`, `impossible`, `a|b`.
fn short(entity: Entity) -> Option<String> {
    let Entity::Date(reading) = entity else { return None };
    Some(match reading {
        DateReading::Day(date) => date.to_string(),
        DateReading::Yearly { month, day } => format!("--{month:02}-{day:02}"),
        DateReading::Blank => "blank".to_owned(),
        DateReading::Span { last, closes: true, .. } => format!("..{last}"),
        DateReading::Span { first, last, .. } => format!("{first}..{last}"),
        DateReading::Partial => "partial".to_owned(),
        DateReading::Impossible => "impossible".to_owned(),
        DateReading::Ambiguous(one, two) => format!("{one}|{two}"),
    })
}

#[track_caller]
fn check(text: &str, language: Language, want: &[&str]) {
    assert_eq!(values(text, language, short), want, "{text}");
}

#[test]
fn months_in_words() {
    for text in [
        "op 1 januari 2019 te Zwolle",
        "1 jan. 2019",
        "1 jan. '19",
        "1 jan 19.",
        "de 1e januari 2019",
        "de 1ste van januari 2019",
        "eerste januari tweeduizend negentien",
        "een januari 2019",
        "January 1, 2019",
        "January 1st, 2019",
        "Jan. 1, 2019",
        "1-jan-2019",
        "01/jan/2019",
        "2019-jan-1",
        "this 1st day of January, 2019",
        "the first day of January 2019",
        "this 1 day of January. 2019",
        "1 January day of 2019",
        "dinsdag 1 januari 2019",
        "January first, 2019",
        "1 January in the year 2019",
        "1 januari,  2019",
    ] {
        check(text, Dutch, &["2019-01-01"]);
        check(text, English, &["2019-01-01"]);
    }
    check("eerste januari negentienhonderd vijfenzeventig", Dutch, &["1975-01-01"]);
    check("twee en twintigste augustus negentienhonderd\n\nRep. no. 3316 acht en zestig", Dutch, &["impossible"]);
    check("eerste januari tweeduizend", Dutch, &["2000-01-01"]);
    check("een en twintig juni tweeduizend twaalf", Dutch, &["2012-06-21"]);
    check("Heden, de eenentwintigste juni tweeduizend twaalf, verschenen", Dutch, &["2012-06-21"]);
    check("this 21st day of June, 2012", English, &["2012-06-21"]);
    check("twenty-first day of June, two thousand and twelve", English, &["2012-06-21"]);
    check("31-Mar-2023", English, &["2023-03-31"]);
    check("made the 4th day of May 2005", English, &["2005-05-04"]);
}

#[test]
fn months_misread() {
    check("as of the 20t h day of November, 2018", English, &["2018-11-20"]);
    check("21s t day of February 2011", English, &["2011-02-21"]);
    check("16 day of August. 2012", English, &["2012-08-16"]);
    check("per l januari 2O19", Dutch, &["2019-01-01"]);
    check("op I februari 2019", Dutch, &["2019-02-01"]);
    check("3 januarl 2019", Dutch, &["2019-01-03"]);
    check("31 decernber 2022", Dutch, &["2022-12-31"]);
    check("3 januari 20l9", Dutch, &["2019-01-03"]);
    let spots = find_in("per l januari 2O19", Dutch);
    let repair = |read: &str, taken: &str| Repair { read: read.into(), taken: taken.into() };
    assert_eq!(spots[0].repairs, [repair("l", "1"), repair("2O19", "2019")]);
    check("partij I januari", Dutch, &[]);
}

#[test]
fn figures() {
    check("01-02-2019", Dutch, &["2019-02-01"]);
    check("1/2/19", Dutch, &["2019-02-01"]);
    check("1.2.2019", Dutch, &["2019-02-01"]);
    check("d.d. 1.2.19", Dutch, &["2019-02-01"]);
    check("2019-02-01", Dutch, &["2019-02-01"]);
    check("Datum overeenkomst: 1-10-'17", Dutch, &["2017-10-01"]);
    check("01 - 02 - 2019", Dutch, &["2019-02-01"]);
    check("artikel 1.2.19 en 12.3.4", Dutch, &[]);
    check("tel. 010-12-2019-33", Dutch, &[]);
    check("29/3/18", English, &["2018-03-29"]);
    check("9/29/04", English, &["2004-09-29"]);
    check("3/4/2011", English, &["2011-03-04|2011-04-03"]);
    check("5/5/2011", English, &["2011-05-05"]);
    check("3/4/2011 and 3/25/2011", English, &["2011-03-04", "2011-03-25"]);
    check("3/4/2011 and 25/3/2011", English, &["2011-04-03", "2011-03-25"]);
    check("a Delaware corporation, New York County, 3/4/2011", English, &["2011-03-04"]);
    check("registered in England and Wales, 3/4/2011", English, &["2011-04-03"]);
}

#[test]
fn the_document_decides_the_century() {
    check("12-3-68", Dutch, &["1968-03-12"]);
    check("12-3-24", Dutch, &["2024-03-12"]);
    check("12-3-24 en 1 mei 1931", Dutch, &["1924-03-12", "1931-05-01"]);
    check("1 mei '68", Dutch, &["1968-05-01"]);
}

#[test]
fn places_left_open() {
    for text in [
        "op __ januari 20__",
        "Datum: ....... 2019",
        "op [datum] te Zwolle",
        "d.d. ____________",
        "this ___ day of ____, 2020",
        "this day of , 2009",
        "__ januari 2019",
        "1 januari 20__",
        "1 januari 20..",
        "January __, 2020",
        "[●] January 2020",
        "__-__-2019",
        "__/__/____",
        "[●] 2019",
        "this day of June, 2009",
        "July __, 2000",
        "[Date]",
        "[insert date]",
        "01-02-20__",
    ] {
        check(text, Dutch, &["blank"]);
        check(text, English, &["blank"]);
    }
}

#[test]
fn incomplete_and_impossible() {
    check("maart 2019", Dutch, &["2019-03-01..2019-03-31"]);
    check("June 2012", English, &["2012-06-01..2012-06-30"]);
    check("31 juni 2019", Dutch, &["impossible"]);
    check("31-06-2019", Dutch, &["impossible"]);
    check("32 januari 2019", Dutch, &["impossible"]);
    check("29 februari 2019", Dutch, &["impossible"]);
    check("1 januari 1019", Dutch, &["impossible"]);
    check("12 maart 201", Dutch, &["impossible"]);
    check("jaarlijks voor 1 oktober, per 1 januari daaropvolgend", Dutch, &["--10-01", "--01-01"]);
    check("expiring on any 31 December", English, &["--12-31"]);
    check("may 30 days", English, &[]);
    check("it may be", English, &[]);
    check("in March of that year", English, &[]);
}

#[test]
fn ranges() {
    check("van 1 januari 2020 tot en met 31 december 2023", Dutch, &["2020-01-01", "2023-12-31"]);
    check("1 januari t/m 31 december 2019", Dutch, &["2019-01-01", "2019-12-31"]);
    check("1-4-2021 t/m 31-3-2023", Dutch, &["2021-04-01", "2023-03-31"]);
    check("1 oktober t/m 31 maart 2020", Dutch, &["--10-01", "2020-03-31"]);
    check("from January 1 through December 31, 2019", English, &["2019-01-01", "2019-12-31"]);
}

#[test]
fn marks_in_file_names_and_bullets_are_no_places_to_fill_in() {
    for text in ["ex10_9.txt", "_230,000_ shares", "● Access only through the portal", "a2206536zex-10_35.htm"] {
        check(text, English, &[]);
    }
    check("this ___ day of May 2011", English, &["blank"]);
}

#[test]
fn a_lost_space_behind_the_year_hides_no_date() {
    check("Madrid, 23 februari 1989Meneer de Minister", Dutch, &["1989-02-23"]);
    check("opgemaakt te Sittard 25.09.90 in vier exemplaren", Dutch, &["1990-09-25"]);
}

#[test]
fn months_and_years_without_a_day() {
    for (text, want) in [
        ("tot eind februari 2024", "..2024-02-29"),
        ("tot het einde van de maand februari 2024", "..2024-02-29"),
        ("de laatste dag van februari 2024", "..2024-02-29"),
        ("ultimo december 2024", "..2024-12-31"),
        ("per ultimo 2024", "..2024-12-31"),
        ("einde van het kalenderjaar 2024", "..2024-12-31"),
        ("medio maart 2024", "partial"),
        ("begin maart 2024", "partial"),
        ("in de loop van maart 2024", "partial"),
        ("voor de kalenderjaren 2021, 2022 en 2023", "2021-01-01..2023-12-31"),
        ("voor de jaren 2021 tot en met 2023", "2021-01-01..2023-12-31"),
        ("het kalenderjaar 2023", "2023-01-01..2023-12-31"),
    ] {
        check(text, Dutch, &[want]);
    }
    for (text, want) in [
        ("through the end of March 2024", "..2024-03-31"),
        ("the last day of March 2024", "..2024-03-31"),
        ("at the end of calendar year 2024", "..2024-12-31"),
        ("end of 2024", "..2024-12-31"),
        ("shall end March 2024", "2024-03-01..2024-03-31"),
        ("mid-March 2024", "partial"),
        ("for calendar years 2021 through 2023", "2021-01-01..2023-12-31"),
        ("the years 2021, 2022, and 2023", "2021-01-01..2023-12-31"),
    ] {
        check(text, English, &[want]);
    }
    // A year that was left out, a season, a year of another kind, and a year that may or may not be counted.
    for text in ["kalenderjaren 2021 en 2023", "het jaar 2021/2022", "het boekjaar 2023", "de jaren 2021 tot 2023"] {
        check(text, Dutch, &[]);
    }
    for text in ["the end of fiscal year 2024", "contract year 2023", "the end of 2024/25"] {
        check(text, English, &[]);
    }
}
