//! What the grammars read, by kind; contracts' own shapes, Dutch and English.

use super::*;

mod dates;
mod laws;
mod names;
mod periods;

/// The values of a kind in a text, in order.
fn values<T>(text: &str, language: Language, pick: impl Fn(Entity) -> Option<T>) -> Vec<T> {
    find_in(text, language).into_iter().filter_map(|spot| pick(spot.entity)).collect()
}

/// Raised figures behind a number are left out of it, and said.
#[test]
fn raised_figures_are_left_out_of_a_value() {
    let check = |text: &str, want: Entity, read: &str, taken: &str| {
        let spots = find_in(text, Language::Dutch);
        let spot = spots.iter().find(|spot| spot.entity == want);
        let spot = spot.unwrap_or_else(|| panic!("{text}: {spots:?}"));
        assert_eq!(spot.repairs, [Repair { read: read.to_owned(), taken: taken.to_owned() }], "{text}");
        assert!(spot.repairs[0].of_raised());
    };
    let months = |months| {
        let period = Some(Period { months, ..Period::default() });
        Entity::Period(PeriodReading { period, figure_says: None, blank: false, calendar: false, working_days: false })
    };
    let euros = |cents| {
        let (currency, per, vat) = ("EUR".to_owned(), Some(Per::Year), None);
        Entity::Amount(AmountReading { cents, currency, per, vat, disputed: false })
    };
    check("bedraagt 2¹ maanden", months(2), "2¹", "2");
    check("bedraagt 2¹) maanden", months(2), "2¹)", "2");
    check("bedraagt drie (3)¹ maanden", months(3), "(3)¹", "(3)");
    check("bedraagt € 4.825² per jaar", euros(482_500), "4.825²", "4.825");
    check("bedraagt € 48.250¹⁾ per jaar", euros(4_825_000), "48.250¹⁾", "48.250");
    check("bedraagt € 850⁵⁰ per jaar", euros(85_000), "850⁵⁰", "850");
    check("bedraagt € 850,⁵⁰ per jaar", euros(85_050), "850,⁵⁰", "850,");
    check("op 1 maart 2021¹ is", Entity::Date(DateReading::Day(jiff::civil::date(2021, 3, 1))), "2021¹", "2021");
    assert_eq!(
        values("€ 4.8252 per jaar", Language::Dutch, |found| matches!(found, Entity::Amount(_)).then_some(())),
        []
    );
    assert!(
        find_in("bedraagt € 4.825 per jaar voor 12 m²", Language::Dutch).iter().all(|spot| spot.repairs.is_empty())
    );
}
