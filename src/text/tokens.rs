//! Cuts running text into words, numbers and marks. Gives no meaning to them.

use super::{Token, TokenKind};

/// The tokens of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let opens = c.is_alphanumeric() || opens_with_apostrophe(&text[start..]);
        if !opens {
            out.push(Token { range: start..end, kind: TokenKind::Mark });
            continue;
        }
        let (mut digits_only, mut last) = (c.is_ascii_digit(), c);
        while let Some(&(at, next)) = rest.peek() {
            let inner = matches!(next, '-' | '\'')
                && (last.is_alphabetic() || last == '\'')
                && text[at + 1..].starts_with(char::is_alphabetic);
            // A combining accent that has no composed form belongs to its letter.
            if !(next.is_alphanumeric() || inner || ('\u{300}'..='\u{36F}').contains(&next)) {
                break;
            }
            digits_only &= next.is_ascii_digit();
            last = next;
            end = at + next.len_utf8();
            rest.next();
        }
        out.push(Token { range: start..end, kind: if digits_only { TokenKind::Number } else { TokenKind::Word } });
    }
    out
}

/// `'s-Gravenhage`, `'t`, `'n`: an apostrophe that stands for the front of a word.
fn opens_with_apostrophe(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('\'')
        && chars.next().is_some_and(|c| matches!(c, 's' | 't' | 'n' | 'S' | 'T'))
        && chars.next().is_none_or(|c| c == '-' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str]) {
        let got: Vec<_> = tokens(text)
            .iter()
            .map(|t| {
                let kind = match t.kind {
                    TokenKind::Word => 'w',
                    TokenKind::Number => 'n',
                    TokenKind::Mark => 'm',
                };
                format!("{kind}:{}", &text[t.range.clone()])
            })
            .collect();
        assert_eq!(got, want, "{text:?}");
    }

    #[test]
    fn words_keep_inner_hyphens_and_apostrophes() {
        check("'s-Gravenhage e-mail foto's", &["w:'s-Gravenhage", "w:e-mail", "w:foto's"]);
        check("van 't Hof", &["w:van", "w:'t", "w:Hof"]);
        check("'huurder'", &["m:'", "w:huurder", "m:'"]);
        check("in- en verkoop", &["w:in", "m:-", "w:en", "w:verkoop"]);
    }

    #[test]
    fn numbers_and_marks_stand_alone() {
        check("€ 1.250,-", &["m:€", "n:1", "m:.", "n:250", "m:,", "m:-"]);
        check("3-jarige l-1-2O19", &["n:3", "m:-", "w:jarige", "w:l", "m:-", "n:1", "m:-", "w:2O19"]);
        check("KH-870914 G.J.", &["w:KH", "m:-", "n:870914", "w:G", "m:.", "w:J", "m:."]);
        check("", &[]);
    }
}
