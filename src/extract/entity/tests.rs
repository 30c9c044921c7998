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
