//! What a person types into the search field: words that must all be there, phrases, proximity, beginnings, fuzzy
//! words, `AND`/`OR`/`NOT`, parentheses, and filters that the register resolves.

use jiff::civil::Date;

use crate::{
    Error, ErrorKind, Result,
    model::{Subject, record::ContractType},
    register::Filter,
};

/// Parentheses deeper than this are no question of a person.
const DEEPEST: usize = 32;

/// A query: what the index looks for, and what the register filters by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// `party:`, `type:`, `from:`, `until:` and so on.
    pub filter: Filter,
    /// `clause:`; a clause about any of them is meant.
    pub subjects: Vec<Subject>,
    pub(super) wanted: Option<Wanted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Words(Phrase),
    All(Vec<Wanted>),
    Any(Vec<Wanted>),
    Not(Box<Wanted>),
}

/// Words in a row, with at most so many others between them; most often one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub text: String,
    pub slop: u32,
    /// The last word is the beginning of a word.
    pub prefix: bool,
    /// So many letters of a single word may differ.
    pub fuzzy: u8,
}

impl Query {
    /// Reads a query. Words must all be there; `"in a row"`, `"near by"~5`, `begin*`, `fuzzy~1`, `OR`, `NOT` or `-`,
    /// `( )`; filters `party:`, `type:`, `from:`, `until:` (start), `ends-from:`, `ends-until:` (end of the initial
    /// term), with dates as `2024` or `2024-03-01`; `clause:termination` for what a clause is about.
    pub fn parse(text: &str) -> Result<Self> {
        let mut filter = Filter::default();
        let mut subjects = Vec::new();
        let mut tokens = Vec::new();
        for token in tokenize(text)? {
            if let Token::Text { text, quoted: false, key: Some(key), .. } = &token
                && (set_filter(&mut filter, key, text)? || set_subject(&mut subjects, key, text)?)
            {
                continue;
            }
            if let Token::Text { text, quoted: false, key: Some(key), .. } = &token {
                refuse_unknown(key, text)?;
            }
            tokens.push(token);
        }
        let mut parser = Parser { tokens: tokens.into_iter().peekable(), depth: 0 };
        let wanted = parser.any()?;
        if parser.tokens.next().is_some() {
            return Err(wrong("er sluit een haakje dat niet is geopend", "a closing parenthesis has no opening one"));
        }
        if wanted.is_none() && filter.is_empty() && subjects.is_empty() {
            return Err(wrong("er is niets om naar te zoeken", "there is nothing to look for"));
        }
        Ok(Self { filter, subjects, wanted })
    }
}

fn wrong(nl: impl std::fmt::Display, en: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    const EXAMPLE: &str = "opzeg* \"stilzwijgend verlengd\" party:gemeente type:lease from:2020";
    Error::new(ErrorKind::InvalidInput, en)
        .hint(format!("for example: {EXAMPLE}"))
        .dutch(format!("{nl}; bijvoorbeeld: {EXAMPLE}"))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Or,
    And,
    Not,
    Text { text: String, quoted: bool, key: Option<String>, tail: String },
}

/// Cuts a query into words, phrases and signs.
fn tokenize(query: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '-' if rest.len() > 1 && !rest[1..].starts_with(char::is_whitespace) => (Token::Not, 1),
            '"' | '“' | '”' | '„' => quoted(rest, None, 0)?,
            _ => {
                let length = rest.find(|c: char| c.is_whitespace() || "()\"".contains(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                match word.split_once(':') {
                    Some((key, "")) if rest[length..].starts_with('"') => {
                        let (token, end) = quoted(&rest[length..], Some(key), length)?;
                        (token, end)
                    }
                    _ => (plain(word), length),
                }
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn plain(word: &str) -> Token {
    // In capitals only: `of` and `not` are words of contracts too.
    match word {
        "OR" | "OF" => return Token::Or,
        "AND" | "EN" => return Token::And,
        "NOT" | "NIET" => return Token::Not,
        _ => {}
    }
    let (text, tail) = word.split_at(word.find(['*', '~']).unwrap_or(word.len()));
    match text.split_once(':') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            Token::Text { text: value.into(), quoted: false, key: Some(key.to_lowercase()), tail: tail.into() }
        }
        _ => Token::Text { text: text.into(), quoted: false, key: None, tail: tail.into() },
    }
}

/// A phrase at the start of `rest`, and where it ends when `before` bytes stand before it.
fn quoted(rest: &str, key: Option<&str>, before: usize) -> Result<(Token, usize)> {
    let marks = ['"', '“', '”', '„'];
    let inside = rest.trim_start_matches(marks);
    let start = rest.len() - inside.len();
    let Some(end) = inside.find(marks) else {
        return Err(wrong(
            "een woordgroep heeft geen sluitend aanhalingsteken",
            "a phrase has no closing quotation mark",
        ));
    };
    let after = inside[end..].trim_start_matches(marks);
    let tail = &after[..after.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(after.len())];
    let length = rest.len() - after.len() + tail.len();
    let text = rest[start..start + end].to_owned();
    let token = match key {
        Some(key) => Token::Text { text, quoted: false, key: Some(key.to_lowercase()), tail: tail.into() },
        None => Token::Text { text, quoted: true, key: None, tail: tail.into() },
    };
    Ok((token, before + length))
}

/// Refuses a filter that there is none of: it would be looked for as a word, and nothing found. A colon in a number of a
/// contract or before a number of an article (`artikel:4`) is no filter's.
fn refuse_unknown(key: &str, value: &str) -> Result<()> {
    let is_name = key.chars().all(|c| c.is_alphabetic() || c == '-');
    if !is_name || !value.starts_with(char::is_alphabetic) {
        return Ok(());
    }
    const KNOWN: &str = "party, type, from, until, ends-from, ends-until, clause";
    Err(Error::new(ErrorKind::InvalidInput, format!("there is no filter `{key}`"))
        .hint(format!("the filters are {KNOWN}; to look for the words themselves, put them between quotation marks"))
        .dutch(format!(
            "er is geen filter `{key}`; de filters zijn partij, soort, vanaf, tot, eindigt-vanaf, eindigt-tot en bepaling \
             (of {KNOWN}); zet woorden die u zelf zoekt tussen aanhalingstekens"
        )))
}

/// Sets a filter; false where the word before the colon names none.
fn set_filter(filter: &mut Filter, key: &str, value: &str) -> Result<bool> {
    let day = |last: bool| {
        let whole_year = value.parse::<i16>().ok().filter(|_| value.len() == 4);
        let (month, day) = if last { (12, 31) } else { (1, 1) };
        let whole_month = value.split_once('-').filter(|_| value.len() == 7);
        let date = match (whole_year, whole_month) {
            (Some(year), _) => Date::new(year, month, day).ok(),
            (None, Some((year, month))) => {
                let first = year.parse().ok().zip(month.parse().ok()).and_then(|(y, m)| Date::new(y, m, 1).ok());
                first.map(|first| if last { first.last_of_month() } else { first })
            }
            (None, None) => value.parse().ok(),
        };
        date.map(Some).ok_or_else(|| {
            wrong(
                format!("`{value}` is geen dag als 2024-03-01, geen maand als 2024-03 en geen jaar"),
                format!("`{value}` is no day such as 2024-03-01, no month such as 2024-03 and no year"),
            )
        })
    };
    match key {
        "party" | "partij" => filter.party = Some(value.to_owned()),
        "type" | "soort" => {
            let kind: Option<ContractType> = serde_json::from_value(value.to_lowercase().into()).ok();
            filter.contract_type = Some(kind.ok_or_else(|| {
                wrong(format!("`{value}` is geen soort contract"), format!("`{value}` is no type of contract"))
            })?);
        }
        "from" | "vanaf" => filter.starts_from = day(false)?,
        "until" | "tot" => filter.starts_until = day(true)?,
        "ends-from" | "eindigt-vanaf" => filter.ends_from = day(false)?,
        "ends-until" | "eindigt-tot" => filter.ends_until = day(true)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Adds a subject of clauses; false where the word before the colon is another.
fn set_subject(subjects: &mut Vec<Subject>, key: &str, value: &str) -> Result<bool> {
    if !matches!(key, "clause" | "bepaling") {
        return Ok(false);
    }
    subjects.push(value.parse().map_err(|why: String| Error::new(ErrorKind::InvalidInput, why))?);
    Ok(true)
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Option<Wanted>> {
        let mut parts: Vec<Wanted> = self.all()?.into_iter().collect();
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            parts.extend(self.all()?);
        }
        Ok(join(parts, Wanted::Any))
    }

    fn all(&mut self) -> Result<Option<Wanted>> {
        let mut parts = Vec::new();
        while let Some(token) = self.tokens.next_if(|token| !matches!(token, Token::Or | Token::Close)) {
            if token != Token::And {
                parts.extend(self.part(token)?);
            }
        }
        Ok(join(parts, Wanted::All))
    }

    fn part(&mut self, token: Token) -> Result<Option<Wanted>> {
        match token {
            Token::Open => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(wrong("de haakjes zitten te diep in elkaar", "the parentheses are too deep"));
                }
                let inside = self.any()?;
                if self.tokens.next() != Some(Token::Close) {
                    return Err(wrong(
                        "er is een haakje geopend en niet gesloten",
                        "an opening parenthesis has no closing one",
                    ));
                }
                self.depth -= 1;
                Ok(inside)
            }
            Token::Not => match self.tokens.next() {
                Some(token @ (Token::Open | Token::Text { .. })) => {
                    Ok(self.part(token)?.map(|part| Wanted::Not(Box::new(part))))
                }
                _ => Err(wrong("`NOT` staat voor niets", "`NOT` stands before nothing")),
            },
            Token::Text { text, quoted, key, tail } => {
                let text = key.map_or(text.clone(), |key| format!("{key}:{text}"));
                let number = || tail.trim_start_matches(['*', '~']).parse::<u32>();
                let near = tail.starts_with('~');
                Ok(Some(Wanted::Words(Phrase {
                    text,
                    slop: if quoted && near { number().unwrap_or(5).min(100) } else { 0 },
                    prefix: tail.starts_with('*'),
                    fuzzy: if near && !quoted { number().map_or(1, |letters| letters.min(2) as u8) } else { 0 },
                })))
            }
            Token::Close | Token::Or | Token::And => Ok(None),
        }
    }
}

fn join(mut parts: Vec<Wanted>, whole: impl FnOnce(Vec<Wanted>) -> Wanted) -> Option<Wanted> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(whole(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn words(text: &str, slop: u32, prefix: bool, fuzzy: u8) -> Wanted {
        Wanted::Words(Phrase { text: text.into(), slop, prefix, fuzzy })
    }

    #[test]
    fn a_query_reads_as_it_is_meant() {
        let check = |text: &str, want: Wanted| assert_eq!(Query::parse(text).unwrap().wanted, Some(want), "{text}");
        let word = |text: &str| words(text, 0, false, 0);
        check("huur", word("huur"));
        check("opzeg*", words("opzeg", 0, true, 0));
        check("opzeging~1", words("opzeging", 0, false, 1));
        check("\"huur koop\"~7", words("huur koop", 7, false, 0));
        check("huur koop", Wanted::All(vec![word("huur"), word("koop")]));
        check("huur OR koop", Wanted::Any(vec![word("huur"), word("koop")]));
        check("huur -koop", Wanted::All(vec![word("huur"), Wanted::Not(Box::new(word("koop")))]));
        check("einde of begin", Wanted::All(vec![word("einde"), word("of"), word("begin")]));
        let any = Wanted::Any(vec![word("a"), word("b")]);
        check("(a OR b) NOT c", Wanted::All(vec![any, Wanted::Not(Box::new(word("c")))]));
        check("artikel:4", word("artikel:4"));
        check("2019-044", word("2019-044"));
    }

    #[test]
    fn filters_are_the_registers() {
        let query = Query::parse("boete party:\"gemeente Diemen\" type:lease from:2020 until:2021-06-30").unwrap();
        let want = Filter {
            party: Some("gemeente Diemen".into()),
            contract_type: Some(ContractType::Lease),
            starts_from: Some(date(2020, 1, 1)),
            starts_until: Some(date(2021, 6, 30)),
            ..Filter::default()
        };
        assert_eq!((query.filter, query.wanted), (want, Some(words("boete", 0, false, 0))));
        assert_eq!(Query::parse("party:jansen").unwrap().wanted, None);
        let month = Query::parse("ends-from:2024-02 ends-until:2024-02").unwrap().filter;
        assert_eq!((month.ends_from, month.ends_until), (Some(date(2024, 2, 1)), Some(date(2024, 2, 29))));
        assert!(Query::parse("foo:bar").unwrap_err().advice().unwrap().contains("ends-until"));
        assert!(Query::parse("\"foo:bar\"").is_ok(), "a phrase is what it says");
        let about = Query::parse("clause:termination bepaling:data-protection").unwrap();
        assert_eq!((about.subjects, about.wanted), (vec![Subject::Termination, Subject::DataProtection], None));
    }

    #[test]
    fn what_makes_no_sense_is_an_answer() {
        for text in [
            "",
            "  ",
            "(a",
            "a)",
            "\"a",
            "NOT",
            "type:onzin",
            "clause:weather",
            "from:gisteren",
            "from:2024-13",
            "foo:bar",
            "partijen:jansen",
            &"(".repeat(99),
        ] {
            assert_eq!(Query::parse(text).unwrap_err().kind(), ErrorKind::InvalidInput, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[\\PC\"()*~:\\- ]{0,40}") {
            let _ = Query::parse(&text);
        }
    }
}
