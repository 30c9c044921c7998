//! What a page's content stream does, as far as the copy must know: how it leaves the graphics state, what it names,
//! whether it shows text, and where it says that its text is another. Draws nothing.

use std::{collections::HashSet, ops::Range};

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
    /// Property lists within it that give other text than is shown.
    pub(super) other_text: Vec<Range<usize>>,
}

/// What a property list says that text is, whatever is shown (14.9.4).
const OTHER_TEXT: &str = "ActualText";

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
                b"BDC" => {
                    let listed = instruction.operands().find_map(|operand| within(bytes, operand));
                    content.other_text.extend(listed);
                }
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

    /// The content without what such property lists say; nothing where it has none.
    pub(super) fn as_shown(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut shown = Vec::new();
        let mut written = 0;
        for list in &self.other_text {
            shown.extend(&bytes[written..list.start]);
            shown.extend(b"<<>>");
            written = list.end;
        }
        shown.extend(&bytes[written..]);
        (written > 0).then_some(shown)
    }
}

/// Where in a content a property list stands that gives other text.
fn within(content: &[u8], operand: &Object<'_>) -> Option<Range<usize>> {
    let Object::Dict(list) = operand else { return None };
    let start = (list.data().as_ptr() as usize).checked_sub(content.as_ptr() as usize)?;
    let place = start..start + list.data().len();
    (list.contains_key(OTHER_TEXT) && place.end <= content.len()).then_some(place)
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
    fn property_lists_that_give_other_text_are_emptied() {
        let check = |content: &str, want: Option<&str>| {
            let shown = Content::of(content.as_bytes()).as_shown(content.as_bytes());
            assert_eq!(shown.as_deref().map(String::from_utf8_lossy).as_deref(), want);
        };
        check("/P <</MCID 0>> BDC BT (1) Tj ET EMC", None);
        check("(/P <</ActualText (2)>> BDC) Tj", None);
        check("/Span <</ActualText (2)>> BDC (1) Tj EMC", Some("/Span <<>> BDC (1) Tj EMC"));
        check(
            "/S <</MCID 1 /Actual#54ext <32>>>BDC 0 g EMC /S <</ActualText()>>BDC",
            Some("/S <<>>BDC 0 g EMC /S <<>>BDC"),
        );
        check("/Span /Named BDC (1) Tj EMC", None);
    }

    #[test]
    fn what_is_drawn_is_named() {
        let facts = Content::of(b"/Scan#31 Do BT (x) Tj ET");
        assert!(facts.drawn.contains(&b"Scan1"[..]) && facts.shows_text);
    }
}
