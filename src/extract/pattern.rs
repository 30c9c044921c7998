//! The language of `say`: a sentence with blanks, compiled into a small program over words. Six constructs: word,
//! `(a|b)`, `[optional]`, `{list}`, `<blank>` or `<blank=name>`, `...12` for up to twelve words. Marks in between
//! (commas, brackets, quotes) neither help nor hinder.

use std::{cmp::Reverse, collections::BTreeMap};

use super::lexicon::{Lexicon, WordId, fold};

/// Kind of value that a blank may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A calendar date, or a place left open for one.
    Date,
    /// A duration.
    Period,
    /// An amount of money.
    Amount,
    /// A legal person.
    Organization,
    /// A natural person.
    Person,
    /// A number in a trade register.
    Registration,
    /// A country or state.
    Jurisdiction,
    /// A court.
    Court,
    /// A body that arbitrates.
    Arbiters,
    /// A moment known by what happens.
    Event,
    /// A reference number.
    Reference,
    /// A small number in words or figures.
    Number,
    /// What the contract calls a party.
    Role,
}

impl Kind {
    const ALL: [(&'static str, Self); 13] = [
        ("date", Self::Date),
        ("period", Self::Period),
        ("amount", Self::Amount),
        ("organization", Self::Organization),
        ("person", Self::Person),
        ("registration", Self::Registration),
        ("jurisdiction", Self::Jurisdiction),
        ("court", Self::Court),
        ("arbiters", Self::Arbiters),
        ("event", Self::Event),
        ("reference", Self::Reference),
        ("number", Self::Number),
        ("role", Self::Role),
    ];

    /// The kind that rule files call so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind)
    }

    /// Its name in rule files.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|&&(_, kind)| kind == self).map_or("", |&(name, _)| name)
    }

    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|&(name, _)| name)
    }
}

/// What is wrong in a pattern, and where (bytes from its start).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Why it is refused.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Byte offset in the pattern.
    pub at: usize,
}

/// A blank of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blank {
    /// What may stand in it.
    pub kinds: Vec<Kind>,
    /// The name behind `=`.
    pub name: Option<String>,
}

impl Blank {
    /// True where `take` means this blank: by its name, or by a kind.
    pub fn answers_to(&self, name: &str) -> bool {
        match &self.name {
            Some(own) if !["exclusive", "whole", "closing"].contains(&own.as_str()) => own == name,
            _ => Kind::named(name).is_some_and(|kind| self.kinds.contains(&kind)),
        }
    }
}

/// One step of a compiled pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This word, then on.
    Word(WordId, usize),
    /// A value in this blank, then on.
    Blank(usize, usize),
    /// Any word, then on.
    Any(usize),
    /// The first way is tried first.
    Either(usize, usize),
    /// Matched.
    Done,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub written: String,
    /// The program; it starts at step 0.
    pub steps: Vec<Step>,
    /// Its blanks.
    pub blanks: Vec<Blank>,
    /// Words of which a sentence must hold one, or the pattern cannot match in it; none where it is all blanks.
    pub triggers: Vec<WordId>,
    /// What a sentence must hold besides.
    pub needs: Vec<Need>,
}

/// Something without which a pattern cannot match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// One of these words.
    Word(Vec<WordId>),
    /// A value of one of these kinds.
    Value(Vec<Kind>),
}

/// Word lists by name.
pub type Lists = BTreeMap<String, Vec<String>>;

enum Node {
    Word(WordId),
    Blank(usize),
    Gap(usize),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Optional(Box<Node>),
}

const WIDEST_GAP: usize = 60;

impl Pattern {
    /// Compiles a pattern.
    pub fn compile(written: &str, lists: &Lists, lexicon: &mut Lexicon) -> Result<Self, Fault> {
        let mut reader = Reader { source: written, at: 0, lists, lexicon, blanks: Vec::new(), depth: 0 };
        let root = reader.sequence()?;
        if reader.at < written.len() {
            return Err(reader.fault("a bracket is closed that was not opened"));
        }
        let blanks = reader.blanks;
        let triggers = triggers(&root, lexicon).unwrap_or_default();
        let (mut steps, mut needs) = (Vec::new(), Vec::new());
        add_needs(&root, &blanks, lexicon, &mut needs);
        emit(&root, &mut steps);
        steps.push(Step::Done);
        Ok(Self { written: written.to_owned(), steps, blanks, triggers, needs })
    }

    /// What a step waits for, in words for people.
    pub fn waits_for(&self, step: usize, lexicon: &Lexicon) -> String {
        match self.steps.get(step) {
            Some(&Step::Word(id, _)) => format!("`{}`", lexicon.name(id)),
            Some(&Step::Blank(blank, _)) => {
                let kinds: Vec<_> = self.blanks[blank].kinds.iter().map(|kind| kind.name()).collect();
                format!("<{}>", kinds.join("|"))
            }
            _ => "the end".into(),
        }
    }
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    lists: &'a Lists,
    lexicon: &'a mut Lexicon,
    blanks: Vec<Blank>,
    depth: usize,
}

impl Reader<'_> {
    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { message: message.into(), hint: None, at: self.at }
    }

    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn sequence(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > 16 {
            return Err(self.fault("brackets stand in brackets too deeply"));
        }
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                '|' | ')' | ']' => break,
                '(' => {
                    let choice = self.bracket(')')?;
                    nodes.push(choice);
                }
                '[' => {
                    let choice = self.bracket(']')?;
                    nodes.push(Node::Optional(Box::new(choice)));
                }
                '{' => nodes.push(self.list()?),
                '<' => nodes.push(self.blank()?),
                '.' if self.source[self.at..].starts_with("...") => nodes.push(self.gap()?),
                c if c.is_alphanumeric() || c == '*' || c == '\'' => nodes.push(self.word()),
                _ => self.at += c.len_utf8(),
            }
        }
        self.depth -= 1;
        Ok(Node::Sequence(nodes))
    }

    fn bracket(&mut self, close: char) -> Result<Node, Fault> {
        let opened = self.at;
        self.at += 1;
        let mut ways = vec![self.sequence()?];
        loop {
            match self.peek() {
                Some('|') => {
                    self.at += 1;
                    ways.push(self.sequence()?);
                }
                Some(c) if c == close => {
                    self.at += 1;
                    return Ok(Node::Choice(ways));
                }
                _ => {
                    self.at = opened;
                    return Err(self.fault(format!("this bracket is not closed by `{close}`")));
                }
            }
        }
    }

    /// The text up to `close`, which is taken.
    fn upto(&mut self, close: char) -> Result<&str, Fault> {
        let Some(length) = self.source[self.at..].find(close) else {
            return Err(self.fault(format!("`{close}` is missing")));
        };
        let inside = &self.source[self.at + 1..self.at + length];
        self.at += length + 1;
        Ok(inside)
    }

    fn list(&mut self) -> Result<Node, Fault> {
        let at = self.at;
        let name = self.upto('}')?.to_owned();
        let Some(entries) = self.lists.get(&name) else {
            let hint = nearest(&name, self.lists.keys().map(String::as_str));
            return Err(Fault { message: format!("there is no word list `{name}`"), hint, at });
        };
        let ways = entries.iter().map(|entry| self.phrase(entry)).collect();
        Ok(Node::Choice(ways))
    }

    fn phrase(&mut self, text: &str) -> Node {
        Node::Sequence(words_of(text).into_iter().map(|word| Node::Word(self.lexicon.intern(word))).collect())
    }

    fn blank(&mut self) -> Result<Node, Fault> {
        let at = self.at;
        let inside = self.upto('>')?.to_owned();
        let (kinds, name) = match inside.split_once('=') {
            Some((kinds, name)) => (kinds, Some(name.trim().to_owned())),
            None => (inside.as_str(), None),
        };
        let kinds = kinds
            .split('|')
            .map(|kind| {
                Kind::named(kind.trim()).ok_or_else(|| Fault {
                    message: format!("there is no kind of value `{kind}`"),
                    hint: nearest(kind, Kind::names()),
                    at,
                })
            })
            .collect::<Result<_, _>>()?;
        self.blanks.push(Blank { kinds, name });
        Ok(Node::Blank(self.blanks.len() - 1))
    }

    fn gap(&mut self) -> Result<Node, Fault> {
        let digits: String = self.source[self.at + 3..].chars().take_while(char::is_ascii_digit).collect();
        match digits.parse() {
            Ok(width @ 1..=WIDEST_GAP) => {
                self.at += 3 + digits.len();
                Ok(Node::Gap(width))
            }
            _ => Err(Fault {
                message: "`...` needs a number of words behind it".into(),
                hint: Some(format!("write `...12` for up to twelve words; at most {WIDEST_GAP}")),
                at: self.at,
            }),
        }
    }

    fn word(&mut self) -> Node {
        let rest = &self.source[self.at..];
        let length = rest
            .char_indices()
            .find(|&(at, c)| !(c.is_alphanumeric() || c == '*' || inner_mark(rest, at, c)))
            .map_or(rest.len(), |(at, _)| at);
        self.at += length;
        Node::Word(self.lexicon.intern(&rest[..length]))
    }
}

/// An apostrophe at the start of a word or a hyphen or apostrophe inside it.
fn inner_mark(rest: &str, at: usize, c: char) -> bool {
    let follows = || rest[at + c.len_utf8()..].chars().next().is_some_and(char::is_alphanumeric);
    match c {
        '\'' => follows(),
        '-' => at > 0 && follows(),
        _ => false,
    }
}

/// The words of a phrase, marks left out.
pub fn words_of(phrase: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < phrase.len() {
        let rest = &phrase[at..];
        let length = rest
            .char_indices()
            .find(|&(at, c)| !(c.is_alphanumeric() || c == '*' || inner_mark(rest, at, c)))
            .map_or(rest.len(), |(at, _)| at);
        if length > 0 {
            words.push(&rest[..length]);
            at += length;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    words
}

/// `did you mean`, where a known name is near.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (strsim::damerau_levenshtein(&fold(written), name), name))
        .filter(|&(distance, name)| distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// The rarest word or choice of words that must be there: the longest words are the rarest.
fn triggers(node: &Node, lexicon: &Lexicon) -> Option<Vec<WordId>> {
    let rarity = |ids: &Vec<WordId>| {
        let shortest = ids.iter().map(|&id| lexicon.name(id).trim_matches('*').len()).min().unwrap_or(0);
        (shortest, usize::MAX - ids.len())
    };
    match node {
        Node::Word(id) => Some(vec![*id]),
        Node::Sequence(nodes) => nodes.iter().filter_map(|node| triggers(node, lexicon)).max_by_key(rarity),
        Node::Choice(ways) => {
            let mut all = Vec::new();
            for way in ways {
                all.extend(triggers(way, lexicon)?);
            }
            all.sort();
            all.dedup();
            Some(all)
        }
        Node::Blank(_) | Node::Gap(_) | Node::Optional(_) => None,
    }
}

/// Everything that stands in a pattern whatever way is taken through it.
fn add_needs(node: &Node, blanks: &[Blank], lexicon: &Lexicon, needs: &mut Vec<Need>) {
    match node {
        Node::Word(id) => needs.push(Need::Word(vec![*id])),
        Node::Blank(blank) => needs.push(Need::Value(blanks[*blank].kinds.clone())),
        Node::Sequence(nodes) => nodes.iter().for_each(|node| add_needs(node, blanks, lexicon, needs)),
        Node::Choice(_) => needs.extend(triggers(node, lexicon).map(Need::Word)),
        Node::Gap(_) | Node::Optional(_) => {}
    }
}

/// The most words that a node can take.
fn longest(node: &Node) -> usize {
    match node {
        Node::Word(_) | Node::Blank(_) => 1,
        Node::Gap(width) => *width,
        Node::Sequence(nodes) => nodes.iter().map(longest).sum(),
        Node::Choice(ways) => ways.iter().map(longest).max().unwrap_or(0),
        Node::Optional(inside) => longest(inside),
    }
}

fn emit(node: &Node, steps: &mut Vec<Step>) {
    match node {
        Node::Word(id) => steps.push(Step::Word(*id, steps.len() + 1)),
        Node::Blank(blank) => steps.push(Step::Blank(*blank, steps.len() + 1)),
        Node::Sequence(nodes) => nodes.iter().for_each(|node| emit(node, steps)),
        Node::Gap(width) => {
            // The fewest words first: the nearest value is the one that is meant.
            let end = steps.len() + 2 * width;
            for _ in 0..*width {
                steps.push(Step::Either(end, steps.len() + 1));
                steps.push(Step::Any(steps.len() + 1));
            }
        }
        Node::Optional(inside) => {
            let split = steps.len();
            steps.push(Step::Done);
            emit(inside, steps);
            steps[split] = Step::Either(split + 1, steps.len());
        }
        Node::Choice(ways) => {
            // The longest way first: a label must be matched to its end, and `extension` would end `extension period` early.
            let mut ways: Vec<_> = ways.iter().collect();
            ways.sort_by_key(|way| Reverse(longest(way)));
            let mut ends = Vec::new();
            for (index, way) in ways.iter().enumerate() {
                if index + 1 < ways.len() {
                    let split = steps.len();
                    steps.push(Step::Done);
                    emit(way, steps);
                    ends.push(steps.len());
                    steps.push(Step::Done);
                    steps[split] = Step::Either(split + 1, steps.len());
                } else {
                    emit(way, steps);
                }
            }
            let end = steps.len();
            // A jump is a choice without a second way.
            ends.into_iter().for_each(|at| steps[at] = Step::Either(end, end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(written: &str) -> Result<Pattern, Fault> {
        let lists = Lists::from([("contract".to_owned(), vec!["overeenkomst".to_owned()])]);
        Pattern::compile(written, &lists, &mut Lexicon::default())
    }

    #[test]
    fn a_fault_says_where_and_what_was_meant() {
        let check = |written: &str, at: usize, says: &str| {
            let fault = compile(written).unwrap_err();
            assert_eq!(fault.at, at, "{written}: {fault:?}");
            let all = format!("{} {}", fault.message, fault.hint.unwrap_or_default());
            assert!(all.contains(says), "{written}: {all}");
        };
        check("gaat in op <datee>", 11, "did you mean `date`?");
        check("de {contrakt} eindigt", 3, "did you mean `contract`?");
        check("opzegtermijn (van|is", 13, "not closed");
        check("opzegtermijn ... <period>", 13, "...12");
        check("opzegtermijn) <period>", 12, "not opened");
    }

    #[test]
    fn the_rarest_word_triggers() {
        let mut lexicon = Lexicon::default();
        let pattern = Pattern::compile("(met|onder) inachtneming van <period>", &Lists::new(), &mut lexicon).unwrap();
        assert_eq!(pattern.triggers.iter().map(|&id| lexicon.name(id)).collect::<Vec<_>>(), ["inachtneming"]);
    }
}
