//! What a page's content stream does, as far as the copy must know: how it leaves the graphics state, what it names, and
//! whether it shows text. Draws nothing.

use std::collections::HashSet;

use hayro::hayro_syntax::{content::UntypedIter, object::Object};

/// The facts of one content.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// How many more states it restores than it saved, at worst.
    pub(super) underflow: usize,
    /// How many saved states it leaves, after that many were saved before it.
    pub(super) left_open: usize,
    /// The XObjects that it draws.
    pub(super) drawn: HashSet<Vec<u8>>,
    /// It shows text.
    pub(super) shows_text: bool,
}

impl Content {
    /// Reads a decoded content.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut content = Self::default();
        let (mut depth, mut lowest) = (0_i64, 0_i64);
        let mut instructions = UntypedIter::new(bytes);
        while let Some(instruction) = instructions.next() {
            match &**instruction.operator {
                b"q" => depth += 1,
                b"Q" => depth -= 1,
                b"Tj" | b"TJ" | b"'" | b"\"" => content.shows_text = true,
                b"Do" => {
                    if let Some(Object::Name(name)) = instruction.operands().next() {
                        content.drawn.insert(name.as_ref().to_vec());
                    }
                }
                _ => {}
            }
            lowest = lowest.min(depth);
        }
        content.underflow = lowest.unsigned_abs() as usize;
        content.left_open = (depth - lowest) as usize;
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &str, underflow: usize, left_open: usize) {
        let facts = Content::of(content.as_bytes());
        assert_eq!((facts.underflow, facts.left_open), (underflow, left_open));
    }

    #[test]
    fn the_state_that_a_content_leaves_is_known() {
        check("q 1 0 0 1 0 0 cm /Im0 Do Q", 0, 0);
        check("q q /Im0 Do Q", 0, 1);
        check("Q Q q 0 g", 2, 1);
        check("BI /W 1 /H 1 /BPC 8 /CS /G ID Q EI q", 0, 1);
    }

    #[test]
    fn what_is_drawn_is_named() {
        let facts = Content::of(b"/Scan#31 Do BT (x) Tj ET");
        assert!(facts.drawn.contains(&b"Scan1"[..]) && facts.shows_text);
    }
}
