//! What can be seen of a title, for its worth: whether it says of what the contract is, and what follows it.

use super::{
    super::{lexicon::fold, pattern::Kind, scene::Scene},
    formal,
};

/// How a title says of what the contract is. One that only names a kind of contract may go on elsewhere.
pub fn says(title: &str) -> &'static str {
    let folded = fold(title);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let about = words.iter().any(|word| formal::ABOUT.contains(word));
    let between = words.iter().any(|word| matches!(*word, "tussen" | "between"));
    match (about, between) {
        (true, true) => "between whom and about what",
        (true, false) => "about what",
        (false, true) => "between whom",
        (false, false) if words.len() <= 2 => "a kind only",
        _ => "in words",
    }
}

/// What stands right behind a title. A line that is set apart as well and is neither a name nor a number may be more of it.
pub fn follows(scene: &Scene<'_>, end: usize) -> &'static str {
    let Some(rest) = scene.text.running[end..].strip_prefix('\n') else { return "cut off" };
    let start = end + 1;
    let line = start..start + rest.find('\n').unwrap_or(rest.len());
    let opens = fold(scene.text.slice(&line));
    let opens = opens.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let parties = ["tussen", "between", "de", "het", "the", "partijen", "parties", "ondergetekenden", "this", "deze"];
    let named = scene.finds_in(&line).any(|find| {
        find.range.start < line.start + 8
            && matches!(find.kind(), Kind::Organization | Kind::Person | Kind::Date | Kind::Reference)
    });
    if parties.contains(&opens) || named {
        "before the parties"
    } else if scene.text.is_displayed(start) {
        "before a line apart"
    } else {
        "before text"
    }
}
