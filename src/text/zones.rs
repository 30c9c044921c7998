//! Parts a contract into zones by the sentences that open them, Dutch and English. One zone a paragraph; numbers of
//! clauses are checked elsewhere.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    Zone,
    marker::{self, MarkerKind},
    paragraphs::Paragraph,
};

/// One compiled cue. Word borders are those of ASCII: the search is many times slower with Unicode's.
macro_rules! cue {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(concat!("(?i)", $pattern)).expect("the pattern is a constant that a test compiles")
        });
    };
}

cue!(CONTENTS, r"^(inhoud(sopgave)?|table of contents|contents|index)[ .:]*$");
cue!(CONTENTS_LINE, r"(\.{4,}|( \.){4,}|_{4,})\s*\d{1,3}$|\t\d{1,3}$");
cue!(
    PREAMBLE,
    r"^\W*(\w{1,2}[.)] )?((de |het |,)*onder?get[ea]e?ke?nden?|ondergetekenden?|partijen\W*$|comparanten|tussen(?-u:\b)|between(?-u:\b)|by and between|the undersigned|parties\W*$|part(ij|y) (a|1|i)(?-u:\b)|(this|the) [^.]{0,120}?(?-u:\b)(agreement|contract|lease|amendment|addendum|undertaking|letter)(?-u:\b)[^.]{0,160}(?-u:\b)(made|entered|dated|effective|between|executed)(?-u:\b)|(agreement|lease|amendment) (made|dated|entered)|(deze|dit) [^.]{0,80}(overeenkomst|contract|kontrakt|convenant)(?-u:\b)[^.]{0,80}(aangegaan|gesloten|tussen)|geachte(?-u:\b)|mijne heren|dear(?-u:\b)|gentlemen(?-u:\b)|ladies and gentlemen)"
);
cue!(LETTER, r"^\W*(geachte|mijne heren|dear|gentlemen|ladies and gentlemen)(?-u:\b)");
cue!(
    RECITALS,
    r"^\W*(\w{1,2}[.)] )?((partijen )?(nemen )?in aanmerking (nemen|nemende)|(partijen )?overwegen(de)?(?-u:\b)|overwegingen|considerans|in overweging nemende|nemen in overweging|gelet op|aangezien(?-u:\b)|gezien(?-u:\b)|whereas|recitals?(?-u:\b)|w ?i ?t ?n ?e ?s ?s ?e ?t ?h|background\W*$|preliminary statements?|considering(?-u:\b)|premises\W*$)"
);
cue!(
    OPERATIVE,
    r"((komen|zijn|is|hebben|verklaren|verklaard|wordt|worden|spreken)(?-u:\b)[^.]{0,60}(?-u:\b)(overeen(gekomen)?|af)(?-u:\b)\W*((als|het) volg(t|ende))?\W*(als volgt)?\W*$|zijn (als volgt )?overeengekomen|komen (als volgt |het volgende |hierbij )?overeen|(het|als) (navolgende|volgende|volgt) (zijn )?overeen|aangegaan,? onder de (na)?volgende (voorwaarden|bepalingen)|now,? therefore|agree as follows|hereby agree(?-u:\b)|agree(d)? (to|upon) the following|do hereby)"
);
cue!(
    SIGNATURES,
    r"^\W*(aldus(?-u:\b)[^.]{0,80}(?-u:\b)(overeengekomen|opgemaakt|getekend|ondertekend|gedaan|vastgesteld|gesloten)|in (witness|evidence|testimony) w?h?ereof|ten blijke waarvan|(voor akkoord )?(getekend|ondertekend|opgemaakt) (te|in|op|door|namens)(?-u:\b)|voor akkoord|overeengekomen en (getekend|ondertekend)|handtekening(en)?\W*$|ondertekening\W*$|signatures?( page)?\W*$|signed (by|for|as|in)(?-u:\b)|executed (as|by|on)(?-u:\b)|agreed (to )?and accepted|accepted and agreed|acknowledged and agreed|(de )?parties have (caused|executed)|by their representative|hoogachtend|met (vriendelijke|hartelijke) groet|sincerely|(very truly )?yours|the parties (hereto )?have (executed|caused|signed)|gedaan te(?-u:\b))"
);
// A block that no sentence announces: the line that somebody signs on, below the name of the party.
cue!(SIGNED_LINE, r"^\W*(signature|by): ?(/s/|_{3,}|\.{4,}|$)");
// An order form is signed before the terms that go with it.
cue!(SIGNED_FOR, r"^\W*(signed )?for (and on behalf of )?(the )?[\w-]+( [\w-]+)?\W*$");
cue!(
    ANNEX,
    r"^\W*(the )?(bijlage|annex|appendix|exhibit|schedule|aanhangsel|attachment)s?(?-u:\b)( (nr\.?|no\.?))? ?([0-9]{1,3}|[ivxIVX]{1,5}|[a-zA-Z])?([.-]?[0-9a-zA-Z]{1,2})?(?-u:\b)"
);
cue!(ENCLOSES, r"^(bijlagen?|annexes|exhibits|attachments?) ?(\([0-9]\))? ?: ?\w");
cue!(
    GENERAL_TERMS,
    r"^\W*(algemene(?-u:\b)[^.]{0,40}(voorwaarden|bepalingen)|inkoopvoorwaarden|leveringsvoorwaarden|huurvoorwaarden|verkoopvoorwaarden|(standard )?(general )?terms (and|&) conditions|general (conditions|terms|provisions))(?-u:\b)"
);

/// The zones of a text.
pub(super) fn zones(text: &str, paragraphs: &[Paragraph]) -> Vec<(Range<usize>, Zone)> {
    let views: Vec<View<'_>> = paragraphs.iter().map(|p| View::of(text, p)).collect();
    let operative = views.iter().any(|v| v.opens_clauses() || v.operative());
    let listed = listed(&views);
    let mut walk = Walk { zone: Zone::Title, since: 0, letter: false, operative, article: None, clauses: false };
    let mut found: Vec<(Range<usize>, Zone)> = Vec::new();
    for (i, view) in views.iter().enumerate() {
        let next = views.get(i + 1);
        let before = i.checked_sub(1).map(|b| &views[b]);
        let zone = if listed.contains(&i) { walk.lists() } else { walk.step(i, view, before, next) };
        // The name of who signs stands above the line.
        let name = before.filter(|b| {
            zone == Zone::Signatures && SIGNED_LINE.is_match(view.head) && b.words <= 10 && b.marker.is_none()
        });
        let start = name.unwrap_or(view).paragraph.range.start;
        match found.last_mut() {
            Some((_, last)) if *last == zone => {}
            Some((range, _)) if range.start < start => {
                range.end = start;
                found.push((start..text.len(), zone));
            }
            Some((_, last)) => *last = zone,
            None => found.push((0..text.len(), zone)),
        }
    }
    found
}

/// The first run of numbered headings without a text below them, most of which come again: a table of contents that
/// no heading announces.
fn listed(views: &[View<'_>]) -> Range<usize> {
    const SHORTEST: usize = 4;
    let number = |view: &View<'_>| match view.marker.as_ref().map(|m| &m.kind) {
        Some(MarkerKind::Decimal { levels, .. } | MarkerKind::Worded(_, levels)) if levels.len() == 1 => {
            Some(levels[0])
        }
        _ => None,
    };
    let entry = |view: &View<'_>| number(view).filter(|_| view.heading_like(9) && !view.text.ends_with([':', ';']));
    let name = |view: &View<'_>| {
        view.marker.as_ref().map(|m| view.head.get(m.len..).unwrap_or("").trim().to_lowercase()).unwrap_or_default()
    };
    let Some(first) = views.iter().take(40).position(|view| entry(view) == Some(1)) else { return 0..0 };
    let run = views[first..].iter().zip(1..).take_while(|(view, at)| entry(view) == Some(*at)).count();
    if run < SHORTEST {
        return 0..0;
    }
    let later: HashMap<u32, String> =
        views[first + run..].iter().rev().filter_map(|view| Some((number(view)?, name(view)))).collect();
    let again = views[first..first + run].iter().zip(1..).filter(|(view, at)| {
        let listed = name(view);
        !listed.is_empty() && later.get(at).is_some_and(|heading| heading.starts_with(&listed))
    });
    if 2 * again.count() > run { first..first + run } else { 0..0 }
}

/// A paragraph as the cues see it.
struct View<'a> {
    text: &'a str,
    /// Its first characters, enough for all cues that look at the start.
    head: &'a str,
    words: usize,
    caps: bool,
    marker: Option<marker::Marker>,
    paragraph: &'a Paragraph,
}

impl<'a> View<'a> {
    fn of(text: &'a str, paragraph: &'a Paragraph) -> Self {
        let text = &text[paragraph.range.clone()];
        let head = marker::clip(text, 400);
        Self {
            text,
            head,
            words: head.split_whitespace().count(),
            caps: is_caps(head),
            marker: marker::marker(text),
            paragraph,
        }
    }

    /// Short, and not the end of a sentence.
    fn heading_like(&self, words: usize) -> bool {
        self.words <= words && !self.paragraph.row && !self.text.ends_with(['.', ';', ','])
            || self.caps && self.words <= 2 * words
    }

    fn stands_out(&self) -> bool {
        self.paragraph.page_top || self.paragraph.bold || self.caps || self.paragraph.centered
    }

    /// A first article, section or numbered heading.
    fn opens_clauses(&self) -> bool {
        match self.marker.as_ref().map(|m| &m.kind) {
            Some(MarkerKind::Worded(word, levels)) => {
                levels.first() == Some(&1) && !matches!(*word, "lid" | "part" | "deel") && !self.refers()
            }
            Some(MarkerKind::Decimal { levels, .. }) => {
                // `(1)` numbers the parties and recitals of English deeds.
                levels[..] == [1]
                    && !self.text.starts_with('(')
                    && self.text[self.marker.as_ref().map_or(0, |m| m.len)..].starts_with(char::is_uppercase)
                    && (self.heading_like(9) || self.inline_heading())
            }
            Some(MarkerKind::Letter { roman: Some(1), capital: true, .. }) => self.heading_like(9) && self.words > 1,
            _ => false,
        }
    }

    /// `Artikel 4 van de Wet`: the text goes on in small letters.
    fn refers(&self) -> bool {
        self.marker.as_ref().is_some_and(|m| {
            self.text[m.len..].starts_with(char::is_lowercase)
                && !self.text[..m.len].trim_end().ends_with(['.', ':', '-'])
        })
    }

    fn inline_heading(&self) -> bool {
        let rest = self.marker.as_ref().map_or("", |m| &self.text[m.len..]);
        let heading = rest.split(['.', ':']).next().unwrap_or("");
        heading.len() < rest.len() && heading.split_whitespace().count() <= 5 && rest.starts_with(char::is_uppercase)
    }

    fn operative(&self) -> bool {
        // The end of a long paragraph of recitals may hold it.
        let tail_from = self.text.len().saturating_sub(160);
        let tail_from = (tail_from..=self.text.len()).find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        OPERATIVE.is_match(self.head) || OPERATIVE.is_match(&self.text[tail_from..])
    }
}

/// Most letters are capitals, and there are enough of them.
pub(super) fn is_caps(text: &str) -> bool {
    let (mut upper, mut lower) = (0, 0);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper >= 4 && upper > 9 * lower
}

/// The zone as the walk through the paragraphs knows it.
struct Walk {
    zone: Zone,
    /// Paragraphs in this zone.
    since: usize,
    letter: bool,
    /// The text says somewhere where its clauses begin.
    operative: bool,
    /// The last numbered article, to find back after a signature block in the middle.
    article: Option<u32>,
    /// Clauses have begun.
    clauses: bool,
}

impl Walk {
    /// One more entry of a table of contents.
    fn lists(&mut self) -> Zone {
        (self.zone, self.since) = (Zone::Contents, 1);
        Zone::Contents
    }

    fn step(&mut self, i: usize, view: &View<'_>, before: Option<&View<'_>>, next: Option<&View<'_>>) -> Zone {
        let zone = self.decide(i, view, before, next);
        self.since = if zone == self.zone { self.since + 1 } else { 1 };
        // The paragraph that says `komen overeen` is the last before the clauses.
        let opened = zone == Zone::Clauses && self.zone != Zone::Clauses && !view.opens_clauses() && view.operative();
        let shown = if opened && self.zone != Zone::Title { self.zone } else { zone };
        self.zone = zone;
        self.clauses |= zone == Zone::Clauses;
        if let Some(MarkerKind::Worded(_, levels)) = view.marker.as_ref().map(|m| &m.kind) {
            self.article = levels.first().copied();
        }
        shown
    }

    fn decide(&mut self, i: usize, view: &View<'_>, before: Option<&View<'_>>, next: Option<&View<'_>>) -> Zone {
        let now = self.zone;
        if matches!(now, Zone::Title | Zone::Contents | Zone::Preamble) && CONTENTS.is_match(view.head) {
            return Zone::Contents;
        }
        let contents_line = CONTENTS_LINE.is_match(view.text);
        if now == Zone::Contents {
            let next_too = next.is_some_and(|n| CONTENTS_LINE.is_match(n.text));
            // Without page numbers, entries are short lines in a row.
            let entry = |v: &View<'_>| v.words < 15 && !v.text.ends_with('.') && !PREAMBLE.is_match(v.head);
            if contents_line || next_too && view.words < 15 || entry(view) && next.is_some_and(entry) {
                return Zone::Contents;
            }
        } else if matches!(now, Zone::Title)
            && contents_line
            && next.is_some_and(|n| CONTENTS_LINE.is_match(n.text))
            && view.marker.is_some()
        {
            return Zone::Contents;
        }
        let early = matches!(now, Zone::Title | Zone::Contents | Zone::Preamble | Zone::Recitals);
        if let Some(zone) = appended(now, view, before, next).filter(|_| !early || i > 40) {
            return zone;
        }
        match now {
            Zone::Annex | Zone::GeneralTerms => now,
            Zone::Signatures => {
                let goes_on = match view.marker.as_ref().map(|m| &m.kind) {
                    Some(MarkerKind::Worded(_, levels)) => {
                        !view.refers() && levels.first().copied() == self.article.map(|a| a + 1)
                    }
                    _ => false,
                };
                // What was signed so far was the form in front.
                let goes_on = goes_on || !self.clauses && view.opens_clauses();
                if goes_on { Zone::Clauses } else { Zone::Signatures }
            }
            Zone::Clauses => {
                let numbered = matches!(view.marker.as_ref().map(|m| &m.kind), Some(MarkerKind::Decimal { .. }));
                if !numbered && (SIGNATURES.is_match(view.head) || SIGNED_LINE.is_match(view.head)) {
                    Zone::Signatures
                } else {
                    Zone::Clauses
                }
            }
            _ => self.early(view),
        }
    }

    /// Before the clauses.
    fn early(&mut self, view: &View<'_>) -> Zone {
        let now = self.zone;
        // Parties are numbered too: after `De ondergetekenden` a first number opens the clauses only if it stands out.
        let worded = matches!(view.marker.as_ref().map(|m| &m.kind), Some(MarkerKind::Worded(..)));
        let too_early =
            matches!(now, Zone::Title | Zone::Preamble) && self.since < 2 && !view.paragraph.bold && !view.caps;
        if view.opens_clauses() && (worded || !too_early) {
            return Zone::Clauses;
        }
        if LETTER.is_match(view.head) {
            self.letter = true;
            return Zone::Preamble;
        }
        let form = matches!(now, Zone::Preamble | Zone::Recitals)
            && (SIGNED_FOR.is_match(view.head) || SIGNED_LINE.is_match(view.head));
        if (SIGNATURES.is_match(view.head) || form) && now != Zone::Title {
            return Zone::Signatures;
        }
        // Short headings (`Partijen`, `Overwegingen`) and long paragraphs alike.
        if RECITALS.is_match(view.head) {
            let all_in_one = view.operative() && !view.text.ends_with(':') && view.words > 60;
            return if all_in_one {
                Zone::Recitals
            } else if now == Zone::Recitals && view.operative() {
                Zone::Clauses
            } else {
                Zone::Recitals
            };
        }
        if matches!(now, Zone::Preamble | Zone::Recitals) && view.operative() {
            return Zone::Clauses;
        }
        match now {
            Zone::Title | Zone::Contents => {
                if PREAMBLE.is_match(view.head) || (view.words >= 18 && !view.paragraph.row) {
                    // `The parties agree as follows` without any other opening.
                    return Zone::Preamble;
                }
                now.min_title()
            }
            Zone::Preamble if self.letter && self.since >= 2 => Zone::Clauses,
            // `(2) Kilmurry Limited, a company …` is one more of the parties.
            Zone::Preamble if view.text.starts_with('(') => now,
            Zone::Preamble if !self.operative && self.since >= 3 && view.words > 12 => Zone::Clauses,
            other => other,
        }
    }
}

impl Zone {
    /// After the table of contents, the title may come again.
    fn min_title(self) -> Self {
        if self == Self::Contents { Self::Title } else { self }
    }
}

/// Annexes and general terms: headings of their own, not entries of a list of annexes.
fn appended(now: Zone, view: &View<'_>, before: Option<&View<'_>>, next: Option<&View<'_>>) -> Option<Zone> {
    if view.paragraph.row || !view.heading_like(14) {
        return None;
    }
    let own_heading = |v: &View<'_>| v.stands_out() || now == Zone::Signatures;
    if GENERAL_TERMS.is_match(view.head)
        && view.marker.is_none()
        && own_heading(view)
        && (view.paragraph.page_top || view.caps || now != Zone::Clauses)
    {
        return Some(Zone::GeneralTerms);
    }
    // `Bijlage: algemene voorwaarden` below a letter's signatures says what goes with it.
    let encloses = now == Zone::Signatures && ENCLOSES.is_match(view.head) && !view.paragraph.page_top;
    if ANNEX.is_match(view.head) && !view.text.ends_with([':']) && !encloses {
        let listed =
            |v: Option<&View<'_>>| v.is_some_and(|v| ANNEX.is_match(v.head) && v.words < 15 && !v.paragraph.page_top);
        let in_list = listed(next)
            || (before.is_some_and(|v| ANNEX.is_match(v.head) && v.words < 15) && !view.paragraph.page_top);
        if own_heading(view)
            && (view.paragraph.page_top || !in_list)
            && view.head.starts_with(|c: char| !c.is_lowercase())
        {
            return Some(Zone::Annex);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{join::*, paragraphs, source::Source};

    fn check(text: &str, want: &[(Zone, &str)]) {
        let lexicon = Lexicon::default();
        let mut joiner = Joiner::new(Source::default(), &lexicon, None);
        let paragraphs = paragraphs::write_lines(&text.replace('\n', "\n\n"), &mut joiner);
        let got: Vec<_> = zones(&joiner.running, &paragraphs)
            .into_iter()
            .map(|(range, zone)| (zone, joiner.running[range].split_whitespace().next().unwrap_or("").to_owned()))
            .collect();
        let want: Vec<_> = want.iter().map(|&(zone, start)| (zone, start.to_owned())).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn a_dutch_contract_falls_into_its_zones() {
        check(
            "HUUROVEREENKOMST\nDe ondergetekenden:\n1. de gemeente Best, hierna te noemen: Huurder;\nin aanmerking \
             nemende:\ndat Huurder ruimte zoekt;\nzijn overeengekomen:\nArtikel 1 - Duur\nDe huur duurt een jaar.\nAldus \
             overeengekomen en getekend te Best\nBIJLAGE A\nTekening",
            &[
                (Zone::Title, "HUUROVEREENKOMST"),
                (Zone::Preamble, "De"),
                (Zone::Recitals, "in"),
                (Zone::Clauses, "Artikel"),
                (Zone::Signatures, "Aldus"),
                (Zone::Annex, "BIJLAGE"),
            ],
        );
    }

    #[test]
    fn an_order_form_is_signed_before_its_terms() {
        check(
            "ORDER FORM\nBy signing this form the Customer orders and the Licensor grants a licence on the terms in part \
             two, which follow below.\nFor the Licensor\nDate: 29 November 2023\n1 Words\nThe words mean this.\n2 Grant\nThe \
             Licensor grants a licence.",
            &[(Zone::Title, "ORDER"), (Zone::Preamble, "By"), (Zone::Signatures, "For"), (Zone::Clauses, "1")],
        );
    }

    #[test]
    fn headings_that_come_again_are_a_table_of_contents() {
        let clauses = "De ondergetekenden:\nI. Alfa B.V.;\nkomen het volgende overeen:\n1 Begrippen\nHierna \
                       betekent:\n2 Duur\nEen jaar.\n3 Prijs\nTien euro.\n4 Slot\nDit is alles.";
        check(
            &format!("IT-diensten\n1 Begrippen\n2 Duur\n3 Prijs\n4 Slot\n{clauses}"),
            &[(Zone::Title, "IT-diensten"), (Zone::Contents, "1"), (Zone::Preamble, "De"), (Zone::Clauses, "1")],
        );
        // Headings that stand there once are those of the clauses.
        check(
            "IT-diensten\nArtikel 1 Begrippen\nArtikel 2 Duur\nArtikel 3 Prijs\nArtikel 4 Slot\nDit is alles.",
            &[(Zone::Title, "IT-diensten"), (Zone::Clauses, "Artikel")],
        );
    }

    #[test]
    fn what_a_letter_encloses_is_no_annex() {
        check(
            "Geachte heer,\nWij bevestigen de opdracht.\nZij duurt een jaar.\nHoogachtend,\nA. Bakker\nBijlage: algemene \
             voorwaarden\ndatum: 22 april 2014",
            &[(Zone::Preamble, "Geachte"), (Zone::Clauses, "Zij"), (Zone::Signatures, "Hoogachtend,")],
        );
    }

    #[test]
    fn a_block_that_nothing_announces_starts_with_the_name() {
        check(
            "SERVICE AGREEMENT\nThis Agreement is made as of May 1, 2013 by and between A Inc. and B LLC.\nWHEREAS, A sells; \
             and\nNOW, THEREFORE, the parties agree as follows:\n1. Term. This Agreement runs one year.\nA \
             Inc.\nSignature: /s/ J. Doe\nTHE SCHEDULE\nPrices",
            &[
                (Zone::Title, "SERVICE"),
                (Zone::Preamble, "This"),
                (Zone::Recitals, "WHEREAS,"),
                (Zone::Clauses, "1."),
                (Zone::Signatures, "A"),
                (Zone::Annex, "THE"),
            ],
        );
    }

    #[test]
    fn an_english_contract_falls_into_its_zones() {
        check(
            "Exhibit 10.1\nSERVICE AGREEMENT\nThis Agreement is made as of May 1, 2013 by and between A Inc. and B \
             LLC.\nWHEREAS, A sells; and\nNOW, THEREFORE, the parties agree as follows:\n1. Term. This Agreement runs \
             one year.\nIN WITNESS WHEREOF, the parties have signed.\nSCHEDULE 1\nPrices",
            &[
                (Zone::Title, "Exhibit"),
                (Zone::Preamble, "This"),
                (Zone::Recitals, "WHEREAS,"),
                (Zone::Clauses, "1."),
                (Zone::Signatures, "IN"),
                (Zone::Annex, "SCHEDULE"),
            ],
        );
    }
}
