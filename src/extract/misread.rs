//! Figures that OCR is likely to have misread: a term of `69 maanden` is hardly ever written, `60 maanden` often is, and
//! the two look alike. It offers the second reading; a person chooses, and until then the earlier end is the safe one.

use crate::model::Period;

/// Pairs of figures that look alike in a bad print.
const ALIKE: &[(u8, u8)] =
    &[(b'0', b'6'), (b'0', b'8'), (b'0', b'9'), (b'1', b'7'), (b'3', b'8'), (b'5', b'6'), (b'6', b'8'), (b'8', b'9')];

/// The shorter usual term that the figures of an unusual one may stand for. `printed` is what was read.
pub fn shorter_term(printed: &str, period: Period) -> Option<Period> {
    let (number, unit): (u16, fn(u16) -> Period) = match period {
        Period { years, months: 0, weeks: 0, days: 0 } if years > 0 => (years, Period::of_years),
        Period { years: 0, months, weeks: 0, days: 0 } if months > 0 => (months, Period::of_months),
        _ => return None,
    };
    let figures = number.to_string();
    // A number that is written in words too was read twice.
    let only_figures = printed.split_whitespace().count() == 2 && printed.contains(&figures);
    if !only_figures || is_usual(period) {
        return None;
    }
    let others = |figure: u8| {
        ALIKE.iter().filter_map(move |&(one, other)| match figure {
            _ if figure == one => Some(other),
            _ if figure == other => Some(one),
            _ => None,
        })
    };
    let figures = figures.as_bytes();
    let swapped = (0..figures.len()).flat_map(|at| {
        let leads = at == 0;
        others(figures[at]).filter(move |&other| !(leads && other == b'0')).filter_map(move |other| {
            let mut swapped = figures.to_vec();
            swapped[at] = other;
            String::from_utf8(swapped).ok()?.parse::<u16>().ok()
        })
    });
    swapped
        .filter(|&other| (1..number).contains(&other))
        .map(unit)
        .filter(|&other| is_usual(other))
        .min_by_key(|p| p.rough_days())
}

/// Lengths in which terms are agreed: up to ten years or twelve months each, beyond that by fives and by half years.
fn is_usual(period: Period) -> bool {
    let by = |number: u16, upto: u16, step: u16| number <= upto || number.is_multiple_of(step);
    by(period.years, 10, 5) && by(period.months, 12, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, period: &str, want: Option<&str>) {
        let found = shorter_term(printed, period.parse().unwrap()).map(|period| period.to_string());
        assert_eq!(found.as_deref(), want, "{printed}");
    }

    #[test]
    fn an_unusual_figure_may_stand_for_a_usual_one() {
        check("69 maanden", "P69M", Some("P60M"));
        check("18 jaar", "P18Y", Some("P10Y"));
        check("16 years", "P16Y", Some("P10Y"));
    }

    #[test]
    fn what_is_usual_or_confirmed_in_words_stands() {
        check("60 maanden", "P60M", None);
        check("18 maanden", "P18M", None);
        check("zestien (16) jaar", "P16Y", None);
        check("zestien jaar", "P16Y", None);
        // No look-alike makes a usual length of it.
        check("14 jaar", "P14Y", None);
        check("90 dagen", "P90D", None);
    }
}
