//! What a person should know about how a file was read through a PDF.

use std::collections::BTreeSet;

use crate::model::{Language, Problem};

/// What was found in a file beside its text, and what was done with it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// It holds tracked changes; they were accepted for reading.
    pub changes: bool,
    /// Fields that are worked out anew at every opening and were read as they stand in the file, by their names.
    pub as_stored: BTreeSet<String>,
    /// Such fields of which nothing stands in the file.
    pub without_value: BTreeSet<String>,
    /// Text that is struck out.
    pub struck: Excerpt,
    /// Text that is hidden, and was not read.
    pub hidden: Excerpt,
    /// What comments say.
    pub comments: Excerpt,
    /// Files inside it that are not read.
    pub inside: BTreeSet<String>,
    /// Attachments of a mail.
    pub attached: BTreeSet<String>,
    /// Words that only a mail's page of HTML has, and words that only its plain text has, where these differ.
    pub differing: Option<(String, String)>,
    /// Characters of a mail that the font of its PDF does not have.
    pub unset: BTreeSet<String>,
}

/// The first words of what may be much.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    text: String,
    /// What comes next stands elsewhere in the file.
    apart: bool,
    is_cut: bool,
}

impl Excerpt {
    /// More than this is for the file itself to show.
    const LONGEST: usize = 400;

    pub fn push(&mut self, text: &str) {
        if self.is_cut || text.is_empty() || (self.text.is_empty() && text.trim().is_empty()) {
            return;
        }
        if self.apart {
            self.text.push_str(" | ");
        }
        self.apart = false;
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        self.text.extend(text.chars().take(Self::LONGEST).map(clean));
        if self.text.chars().count() >= Self::LONGEST {
            self.text = self.text.chars().take(Self::LONGEST).chain("…".chars()).collect();
            self.is_cut = true;
        }
    }

    /// What comes next stands elsewhere.
    pub fn end(&mut self) {
        self.apart = !self.text.is_empty();
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl Notes {
    /// What is told of text comes from elsewhere from here on.
    pub(super) fn end_of_paragraph(&mut self) {
        self.struck.end();
        self.hidden.end();
    }

    /// The same as problems of the document.
    pub fn problems(&self, language: Language) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |kind: &str, nl: String, en: String| {
            problems.push(Problem { kind: kind.into(), message: language.say(nl, en), page: None });
        };
        let listed = |names: &BTreeSet<String>| {
            const MOST: usize = 20;
            let more = if names.len() > MOST { ", …" } else { "" };
            names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ") + more
        };
        if self.changes {
            tell(
                "tracked_changes",
                "het bestand bevat bijgehouden wijzigingen; het is gelezen alsof ze alle zijn aanvaard: ga na welke tekst geldt".into(),
                "the file holds tracked changes; it was read as if all were accepted: make sure which text binds".into(),
            );
        }
        if !self.as_stored.is_empty() {
            let names = listed(&self.as_stored);
            tell(
                "field_as_stored",
                format!(
                    "het bestand bevat velden die bij elk openen opnieuw worden berekend ({names}); gelezen is wat er het laatst is opgeslagen"
                ),
                format!(
                    "the file holds fields that are worked out anew at every opening ({names}); what was last stored in it was read"
                ),
            );
        }
        if !self.without_value.is_empty() {
            let names = listed(&self.without_value);
            tell(
                "field_without_value",
                format!("het bestand bevat velden waarvan geen waarde is opgeslagen ({names}): daar is niets gelezen"),
                format!("the file holds fields of which no value is stored ({names}): nothing was read there"),
            );
        }
        if !self.struck.is_empty() {
            let text = self.struck.text.trim();
            tell(
                "struck_out",
                format!("het bestand bevat doorgehaalde tekst, die is meegelezen: ga na wat geldt: “{text}”"),
                format!(
                    "the file holds text that is struck out, which was read with the rest: make sure what binds: “{text}”"
                ),
            );
        }
        if !self.hidden.is_empty() {
            let text = self.hidden.text.trim();
            tell(
                "hidden_text",
                format!("het bestand bevat verborgen tekst, die niet is gelezen: ga na of zij geldt: “{text}”"),
                format!("the file holds hidden text, which was not read: make sure whether it binds: “{text}”"),
            );
        }
        if !self.comments.is_empty() {
            let text = self.comments.text.trim();
            tell(
                "comments_left_out",
                format!("het bestand bevat opmerkingen, die niet in de tekst en de kopie staan: “{text}”"),
                format!("the file holds comments, which are in neither the text nor the copy: “{text}”"),
            );
        }
        if !self.inside.is_empty() {
            let names = listed(&self.inside);
            tell(
                Problem::EMBEDDED,
                format!(
                    "in het bestand zitten andere bestanden, die geen deel van deze tekst zijn: lever apart aan wat niet \
                     zelf is opgenomen: {names}"
                ),
                format!(
                    "the file holds other files, which are no part of this text: hand in what was not taken in by \
                     itself: {names}"
                ),
            );
        }
        if let Some((page, plain)) = &self.differing {
            tell(
                "html_differs",
                format!(
                    "de e-mail zegt als HTML, zoals mailprogramma's haar tonen, iets anders dan als platte tekst; beide \
                     zijn gelezen, eerst de HTML: ga na wat geldt: alleen in de HTML “{page}”, alleen in de platte tekst \
                     “{plain}”"
                ),
                format!(
                    "the e-mail says in HTML, which mail programs show, something else than in plain text; both were read, \
                     the HTML first: make sure what binds: only in the HTML “{page}”, only in the plain text “{plain}”"
                ),
            );
        }
        if !self.attached.is_empty() {
            let names = listed(&self.attached);
            tell(
                "attachments_apart",
                format!("de bijlagen van de e-mail zijn documenten op zichzelf, en zijn hier niet gelezen: {names}"),
                format!("the attachments of the e-mail are documents of their own, and were not read here: {names}"),
            );
        }
        if !self.unset.is_empty() {
            let names = listed(&self.unset);
            tell(
                "characters_not_set",
                format!("de e-mail bevat tekens die zijn vervangen door letters zonder accent of door `?`: {names}"),
                format!("the e-mail has characters that were replaced by letters without accents or by `?`: {names}"),
            );
        }
        problems
    }
}
