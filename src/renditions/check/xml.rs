//! Reads the XML of metadata packets into a tree with its namespaces resolved. Knows no document types: a document
//! type declaration is a fault here, so that no entity can grow.

/// The most elements, and how deep they may stand in each other.
const MOST: usize = 50_000;
const DEEPEST: usize = 64;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) attributes: Vec<(Name, String)>,
    pub(super) children: Vec<Element>,
    /// The text that stands in it directly.
    pub(super) text: String,
}

/// A name with its namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Name {
    pub(super) space: String,
    pub(super) prefix: String,
    pub(super) local: String,
}

impl Name {
    /// Is it this name of this namespace?
    pub(super) fn is(&self, space: &str, local: &str) -> bool {
        self.space == space && self.local == local
    }
}

/// The document element; `None` where the text is not well-formed.
pub(super) fn parse(text: &str) -> Option<Element> {
    let mut reader = Reader { rest: text, elements: 0 };
    reader.skip_misc()?;
    let root = reader.element(&[], 0)?;
    reader.skip_misc()?;
    reader.rest.trim_matches(['\0', ' ', '\n', '\r', '\t']).is_empty().then_some(root)
}

struct Reader<'a> {
    rest: &'a str,
    elements: usize,
}

type Spaces = Vec<(String, String)>;

impl<'a> Reader<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes the text up to a mark, and goes past the mark.
    fn until(&mut self, mark: &str) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(mark)?;
        self.rest = after;
        Some(before)
    }

    /// Goes past white space, comments and instructions.
    fn skip_misc(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
            if self.rest.starts_with("<?") {
                self.until("?>")?;
            } else if self.rest.starts_with("<!--") {
                self.until("-->")?;
            } else {
                return Some(());
            }
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "_-.:".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    fn element(&mut self, outer: &[(String, String)], depth: usize) -> Option<Element> {
        self.elements += 1;
        if depth > DEEPEST || self.elements > MOST {
            return None;
        }
        self.rest = self.rest.strip_prefix('<')?;
        let tag = self.name()?;
        let mut attributes: Vec<(&str, String)> = Vec::new();
        loop {
            self.skip_space();
            if self.rest.starts_with(['>', '/']) {
                break;
            }
            let name = self.name()?;
            self.skip_space();
            self.rest = self.rest.strip_prefix('=')?;
            self.skip_space();
            let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            self.rest = &self.rest[1..];
            let value = self.until(if quote == '"' { "\"" } else { "'" })?;
            if value.contains('<') || attributes.iter().any(|(known, _)| *known == name) {
                return None;
            }
            attributes.push((name, resolved(value)?));
        }
        let mut spaces: Spaces = outer.to_vec();
        for (name, value) in &attributes {
            if let Some(prefix) = name.strip_prefix("xmlns:") {
                spaces.push((prefix.to_owned(), value.clone()));
            } else if *name == "xmlns" {
                spaces.push((String::new(), value.clone()));
            }
        }
        let mut element = Element { name: qualified(tag, &spaces, true)?, ..Element::default() };
        for (name, value) in attributes {
            if name != "xmlns" && !name.starts_with("xmlns:") {
                element.attributes.push((qualified(name, &spaces, false)?, value));
            }
        }
        if let Some(rest) = self.rest.strip_prefix("/>") {
            self.rest = rest;
            return Some(element);
        }
        self.rest = self.rest.strip_prefix('>')?;
        self.content(&mut element, tag, &spaces, depth)?;
        Some(element)
    }

    fn content(&mut self, element: &mut Element, tag: &str, spaces: &[(String, String)], depth: usize) -> Option<()> {
        loop {
            let at = self.rest.find('<')?;
            element.text.push_str(&resolved(&self.rest[..at])?);
            self.rest = &self.rest[at..];
            if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest;
                (self.name()? == tag).then_some(())?;
                self.skip_space();
                self.rest = self.rest.strip_prefix('>')?;
                return Some(());
            } else if self.rest.starts_with("<![CDATA[") {
                self.rest = &self.rest[9..];
                element.text.push_str(self.until("]]>")?);
            } else if self.rest.starts_with("<!--") {
                self.until("-->")?;
            } else if self.rest.starts_with("<?") {
                self.until("?>")?;
            } else {
                element.children.push(self.element(spaces, depth + 1)?);
            }
        }
    }
}

fn qualified(name: &str, spaces: &[(String, String)], element: bool) -> Option<Name> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let bound = spaces.iter().rev().find(|(known, _)| known == prefix).map(|(_, space)| space.clone());
    let space = match bound {
        // Attributes without a prefix have no namespace (Namespaces in XML, 6.2).
        Some(space) if element || !prefix.is_empty() => space,
        _ if prefix == "xml" => "http://www.w3.org/XML/1998/namespace".to_owned(),
        _ if prefix.is_empty() => String::new(),
        _ => return None,
    };
    Some(Name { space, prefix: prefix.to_owned(), local: local.to_owned() })
}

/// Text with its references replaced.
fn resolved(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (reference, behind) = after.split_once(';')?;
        out.push(match reference {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let digits = reference.strip_prefix('#')?;
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_namespace_that_holds_where_they_stand() {
        let text = "<?xpacket?><a xmlns='u:1' xmlns:p=\"u:2\"><p:b c='1' p:d='&lt;&#x41;'/>t<!-- no --></a> <?end?>";
        let root = parse(text).unwrap();
        assert!(root.name.is("u:1", "a"));
        assert_eq!(root.text, "t");
        let child = &root.children[0];
        assert!(child.name.is("u:2", "b") && child.attributes[0].0.space.is_empty());
        assert_eq!((child.attributes[1].0.space.as_str(), child.attributes[1].1.as_str()), ("u:2", "<A"));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in
            ["<a>", "<a></b>", "<a b=1/>", "<p:a/>", "<a>&x;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "<a/><b/>"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
