//! Periods.

use Language::{Dutch, English};

use super::*;

/// An ISO period with its marks; `indefinite`, `blank`, `P3M!P2M` where word and figure disagree.
fn short(entity: Entity) -> Option<String> {
    let Entity::Period(reading) = entity else { return None };
    let mut short = match reading.period {
        _ if reading.blank => "blank".to_owned(),
        Some(period) => period.to_string(),
        None => "indefinite".to_owned(),
    };
    if let Some(figure) = reading.figure_says {
        short += &format!("!{figure}");
    }
    for (mark, word) in [(reading.calendar, " calendar"), (reading.working_days, " working")] {
        if mark {
            short += word;
        }
    }
    Some(short)
}

#[track_caller]
fn check(text: &str, language: Language, want: &[&str]) {
    assert_eq!(values(text, language, short), want, "{text}");
}

#[test]
fn dutch_periods_keep_their_unit() {
    for (text, want) in [
        ("drie maanden", "P3M"),
        ("vier (4) jaar", "P4Y"),
        ("vijf(5)jaren", "P5Y"),
        ("4 (vier) jaar", "P4Y"),
        ("een periode van vijf jaren", "P5Y"),
        ("een tijdvak van 10 jaar", "P10Y"),
        ("48 maanden", "P48M"),
        ("anderhalf jaar", "P18M"),
        ("een half jaar", "P6M"),
        ("half jaar", "P6M"),
        ("twee en een half jaar", "P30M"),
        ("tweeëneenhalf jaar", "P30M"),
        ("2,5 jaar", "P30M"),
        ("2½ jaar", "P30M"),
        ("een kwartaal", "P3M"),
        ("zes weken", "P6W"),
        ("30 dagen", "P30D"),
        ("één kalendermaand", "P1M calendar"),
        ("tien werkdagen", "P10D working"),
        ("driejarige", "P3Y"),
        ("3-jarige", "P3Y"),
        ("zesmaandelijkse", "P6M"),
        ("twee jaar en zes maanden", "P2Y6M"),
        ("1 jaar, 1 maand en 21 dagen", "P1Y1M21D"),
        ("drie (2) maanden", "P3M!P2M"),
        ("2 (drie) maanden", "P3M!P2M"),
        ("onbepaalde tijd", "indefinite"),
        ("__ maanden", "blank"),
        ("[●] maanden", "blank"),
        ("__ (__) maanden", "blank"),
        ("vierentwintig opeenvolgende maanden", "P24M"),
        ("l2 maanden", "P12M"),
        ("drie (3) maandeu", "P3M"),
        ("twee decennia", "P20Y"),
        ("een week en drie dagen", "P1W3D"),
    ] {
        check(text, Dutch, &[want]);
    }
    check("een jaar en een jaar", Dutch, &["P1Y", "P1Y"]);
    check("per jaar, in het jaar 2019, 2019 jaar", Dutch, &[]);
    check("tegen de eerste dag van een kalendermaand, aan het einde van een jaar", Dutch, &[]);
}

#[test]
fn english_periods_keep_their_unit() {
    for (text, want) in [
        ("thirty-six (36) consecutive months", "P36M"),
        ("eighteen months", "P18M"),
        ("a fortnight", "P14D"),
        ("a calendar quarter", "P3M calendar"),
        ("a year", "P1Y"),
        ("half a year", "P6M"),
        ("for a further year", "P1Y"),
        ("3-year", "P3Y"),
        ("18-month", "P18M"),
        ("twelve (12)-month", "P12M"),
        ("three (2) months", "P3M!P2M"),
        ("two and a half years", "P30M"),
        ("ten (10) business days", "P10D working"),
        ("ninety (90) days' prior", "P90D"),
        ("one year's", "P1Y"),
        ("60d", "P60D"),
        ("one year and six months", "P1Y6M"),
        ("perpetuity", "indefinite"),
        ("an indefinite period", "indefinite"),
        ("____ months", "blank"),
        ("month-to-month", "P1M"),
        ("five (5) additional years", "P5Y"),
        ("one hundred and twenty (120) days", "P120D"),
    ] {
        check(text, English, &[want]);
    }
}

#[test]
fn an_anniversary_is_so_many_years() {
    for (text, want) in [
        ("the eighth anniversary of the Effective Date", "P8Y"),
        ("the fifteenth (15th) anniversary hereof", "P15Y"),
        ("the 10th anniversary", "P10Y"),
        ("the five (5) year anniversary of the Effective Date", "P5Y"),
        ("the eighteen-month anniversary", "P18M"),
    ] {
        check(text, English, &[want]);
    }
    check("at the end of a calendar quarter", English, &[]);
    check("for a calendar quarter", English, &["P3M calendar"]);
    check("on each anniversary of the Effective Date", English, &[]);
}
