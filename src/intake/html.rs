//! What a page of HTML shows of its words, as mail programs draw it; what it holds and hides; and what it strikes out.

use mail_parser::decoders::html::add_html_token;

/// Elements within one another that are looked at; what lies deeper counts as shown.
const DEEPEST: usize = 500;
/// So far up is looked for the element that a closing mark ends.
const REACH: usize = 40;

/// What is on a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Words that are seen.
    pub text: String,
    /// Words that are not.
    pub hidden: String,
    /// Those of the words seen that are struck out.
    pub struck: String,
    /// What stands in the place of pictures.
    pub pictures: String,
    /// It has lists, whose numbers the program that shows them makes.
    pub has_lists: bool,
}

/// An element that is open.
struct Open<'h> {
    name: &'h str,
    is_hidden: bool,
    is_struck: bool,
}

/// Reads a page.
pub(super) fn shown(html: &str) -> Shown {
    let mut page = Shown::default();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        page.add(&rest[..at], open.last());
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let mark = &rest[1..];
        if !mark.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            // No mark: a sign of its own.
            page.add("<", open.last());
            rest = mark;
            continue;
        }
        let length = end_of(mark);
        let mark_text = &mark[..length];
        rest = mark.get(length + 1..).unwrap_or("");
        if let Some(name) = mark_text.strip_prefix('/') {
            let name = name.trim();
            let near = open.iter().rev().take(REACH).position(|one| one.name.eq_ignore_ascii_case(name));
            if let Some(near) = near {
                open.truncate(open.len() - 1 - near);
            }
            page.part(name, open.last());
            continue;
        }
        let name_end = mark_text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(mark_text.len());
        let (name, more) = mark_text.split_at(name_end);
        let is = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        page.part(name, open.last());
        page.has_lists |= is(&["ol"]);
        if is(&["script", "style", "head", "title", "template"]) {
            rest = behind(rest, name);
            continue;
        }
        if is(&["img"]) {
            page.pictures.push(' ');
            ["alt", "title"].iter().filter_map(|key| attribute(more, key)).for_each(|text| {
                push_text(&mut page.pictures, text);
                page.pictures.push(' ');
            });
        }
        if name.is_empty() || is(&["br", "hr", "img", "meta", "link", "input", "wbr", "col", "area", "base"]) {
            continue;
        }
        if is(&["p", "li", "td", "tr"]) && open.last().is_some_and(|one| one.name.eq_ignore_ascii_case(name)) {
            open.pop();
        }
        if open.len() < DEEPEST && !more.ends_with('/') {
            let around = open.last();
            let style: String = attribute(more, "style").unwrap_or_default().split_whitespace().collect();
            let style = style.to_ascii_lowercase();
            let says = |what: &[&str]| what.iter().any(|what| style.contains(what));
            let is_hidden = around.is_some_and(|one| one.is_hidden)
                || attribute(more, "hidden").is_some()
                || says(&["display:none", "visibility:hidden"]);
            let is_struck = around.is_some_and(|one| one.is_struck)
                || is(&["s", "strike", "del"])
                || says(&["text-decoration:line-through", "text-decoration-line:line-through"]);
            open.push(Open { name, is_hidden, is_struck });
        }
    }
    page.add(rest, open.last());
    for text in [&mut page.text, &mut page.hidden, &mut page.struck, &mut page.pictures] {
        *text = in_lines(text);
    }
    page
}

impl Shown {
    fn add(&mut self, text: &str, within: Option<&Open<'_>>) {
        if within.is_some_and(|one| one.is_hidden) {
            push_text(&mut self.hidden, text);
            return;
        }
        push_text(&mut self.text, text);
        if !text.is_empty() && !self.hidden.is_empty() && !self.hidden.ends_with(' ') {
            self.hidden.push(' ');
        }
        if within.is_some_and(|one| one.is_struck) {
            push_text(&mut self.struck, text);
        } else if !text.trim().is_empty() && !self.struck.ends_with([' ', '\n']) {
            self.struck.push(' ');
        }
    }

    /// An element begins or ends: does another word begin with it?
    fn part(&mut self, name: &str, within: Option<&Open<'_>>) {
        const APART: [&str; 29] = [
            "address",
            "article",
            "blockquote",
            "body",
            "br",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
            "li",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "tr",
            "ul",
        ];
        let sign = match name {
            _ if APART.iter().any(|one| one.eq_ignore_ascii_case(name)) => '\u{1}',
            _ if ["td", "th"].iter().any(|one| one.eq_ignore_ascii_case(name)) => ' ',
            _ => return,
        };
        let to = if within.is_some_and(|one| one.is_hidden) { &mut self.hidden } else { &mut self.text };
        to.push(sign);
    }
}

/// Where a mark ends: a `>` in quotes does not end it.
fn end_of(mark: &str) -> usize {
    let mut quote = None;
    let mut is_value = false;
    for (at, byte) in mark.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at,
            (None, b'"' | b'\'') if is_value => quote = Some(byte),
            _ => {}
        }
        is_value = byte == b'=' || (is_value && byte.is_ascii_whitespace());
    }
    // A quotation without an end.
    mark.find('>').unwrap_or(mark.len())
}

/// What comes behind the end of an element whose content is no text.
fn behind<'h>(rest: &'h str, name: &str) -> &'h str {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let inner = &rest[from + at + 2..];
        if inner.get(..name.len()).is_some_and(|named| named.eq_ignore_ascii_case(name)) {
            return inner.find('>').map_or("", |end| &inner[end + 1..]);
        }
        from += at + 2;
    }
    ""
}

/// The value of an attribute; empty where it has none.
fn attribute<'h>(mark: &'h str, key: &str) -> Option<&'h str> {
    let mut rest = mark.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let (value, next) = match behind.strip_prefix('=') {
            None => ("", behind),
            Some(value) => {
                let value = value.trim_start();
                match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                    _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                }
            }
        };
        if name.eq_ignore_ascii_case(key) {
            return Some(value);
        }
        // A step at least, whatever stands here.
        rest = if next.len() < rest.len() { next.trim_start() } else { "" };
    }
    None
}

/// Adds text with its named characters as such.
fn push_text(to: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        to.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).map(|end| end + 1);
        match end.filter(|end| rest[*end..].starts_with(';') && *end < 40) {
            Some(end) => {
                add_html_token(to, &rest.as_bytes()[..=end], false);
                rest = &rest[end + 1..];
            }
            None => {
                to.push('&');
                rest = &rest[1..];
            }
        }
    }
    to.push_str(rest);
}

/// One space between words, and lines where elements part them.
fn in_lines(text: &str) -> String {
    let lines = text.split('\u{1}').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, text: &str, hidden: &str, struck: &str) {
        let page = shown(html);
        assert_eq!((page.text.as_str(), page.hidden.as_str(), page.struck.as_str()), (text, hidden, struck));
    }

    #[test]
    fn what_is_seen_is_told_from_what_is_not() {
        check("<p>Prijs <b>EU</b>R 900&nbsp;&amp; btw</p><p>Groet</p>", "Prijs EUR 900 & btw\nGroet", "", "");
        check("<p>een<p style=\"display: none\">geheim<p>twee", "een\ntwee", "geheim", "");
        check("<div style='visibility:hidden'><b>weg</b></div>hier <span hidden>x</span>", "hier", "weg x", "");
        check(
            "<del>100</del> 900 <span style='text-decoration: line-through'>of 800</span>",
            "100 900 of 800",
            "",
            "100 of 800",
        );
        check("<head><title>t</title></head><style>p{}</style><!-- weg > --><td>a<td>b<br/>c", "a b\nc", "", "");
        check("<a title=\"2 > 1\" href=x>link</a> 3 < 4 &euro 5 &#233;", "link 3 < 4 &euro 5 é", "", "");
        assert_eq!(shown("<img src=x alt='Het logo'><ol><li>a").pictures, "Het logo");
    }

    #[test]
    fn anything_comes_to_an_end() {
        for hostile in ["<", "<a", "<!--", "</", "<p =", "<p style=\"", "<script>", "&", "&#x;", "<a ''", "a<\u{e9}b"] {
            let page = shown(hostile);
            assert!(page.text.len() <= hostile.len(), "{hostile}: {page:?}");
        }
        assert_eq!(shown(&"<p =\"".repeat(20_000)).hidden, "");
        assert_eq!(shown(&"<b>".repeat(100_000)).text, "");
    }
}
