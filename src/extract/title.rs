//! Finds the title: the first short paragraph before the parties that names a kind of contract.

mod formal;
mod seen;

use std::ops::Range;

use super::{
    RuleSet,
    lexicon::fold,
    pattern::Kind,
    scene::{Find, Scene},
};
pub use seen::{follows, says};

use crate::text::Zone;

const LONGEST: usize = 40;
/// A title of more words than this ends before the law that it cites.
const LONGEST_WITH_LAW: usize = 16;
/// What stands below a title and says more of it has no more words than this.
const LONGEST_SUBTITLES: usize = 12;
/// A line of no more words than this tells nothing, whatever verb is in it.
const SHORTEST_SENTENCE: usize = 6;

/// The place of the title, where there is one.
pub fn find(rules: &RuleSet, scene: &Scene<'_>) -> Option<Range<usize>> {
    let text = scene.text;
    let top = text
        .zones
        .iter()
        .find(|(_, zone)| !matches!(zone, Zone::Title | Zone::Contents))
        .map_or(text.running.len(), |(range, _)| range.end);
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for line in text.running[..top].split('\n').take(40) {
        // A title may stand beside the number: `Huurovereenkomst ligplaats ⇥ Contractnr. L23-118`. Or behind it, or
        // behind the name of the house: `Rep. no. 4188 ⇥ AKTE VAN UITGIFTE`, `ACME ⇥ HIRE AGREEMENT`.
        let apart = text.is_displayed(start) || line.split_once('\t').is_some_and(|(number, _)| ends_in_number(number));
        let mut cell = start;
        for own in line.split('\t').filter(|_| apart) {
            paragraphs.push(cell..cell + own.len());
            cell += own.len() + 1;
        }
        paragraphs.extend((!apart).then_some(start..start + line.len()));
        start += line.len() + 1;
    }
    let is_label = |range: &Range<usize>| {
        text.labels.iter().any(|label| label.label.start == range.start) && !text.is_displayed(range.start)
    };
    let names_kind = |range: &Range<usize>| !rules.in_title(scene, range).is_empty();
    let short = |range: &Range<usize>| (1..=LONGEST).contains(&scene.words_in(range).len());
    let is_title =
        |range: &&Range<usize>| short(range) && !is_label(range) && names_kind(range) && !addresses(text.slice(range));
    let letter = subject(scene, top);
    if let Some(subject) = letter.clone().filter(names_kind)
        && paragraphs.iter().find(is_title).is_none_or(|first| subject.start < first.start)
    {
        return Some(trim(&text.running, subject));
    }
    // `Contract no. 1966/88-H` numbers the contract; a line that only names it says more.
    let numbers = |range: &Range<usize>| {
        let number = scene.finds_in(range).find(|find| matches!(find.kind(), Kind::Reference));
        let words = scene.words_in(range).len();
        let several = scene.finds_in(range).filter(|find| matches!(find.kind(), Kind::Reference)).count() > 1;
        several
            || number.is_some_and(|number| words <= 5 || words - (number.end - number.first) <= 3)
            || words <= 5 && ends_in_number(text.slice(range))
            || text.slice(range).split_whitespace().any(is_file_name)
    };
    // A firm's name at the head of its form.
    let is_firm = |range: &Range<usize>| {
        let firm = scene.finds_in(range).find(|find| find.kind() == Kind::Organization);
        firm.is_some_and(|firm| firm.range.start == range.start && firm.range.end + 1 >= range.end)
    };
    // A sentence that opens the text, and the first of two parties on a cover, are no titles where there is another.
    let says = |range: &Range<usize>| {
        let line = fold(text.slice(range));
        let line = line.trim_start();
        text.slice(range).trim_start().starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
            || ["this ", "without prejudice", "subject to contract"].iter().any(|opens| line.starts_with(opens))
            || line.starts_with('(') && line[1..].starts_with(|c: char| c.is_ascii_digit())
            || line.contains('·')
            || heads_clause(line)
            || scene.words_in(range).len() > SHORTEST_SENTENCE && is_sentence(line)
    };
    let named = paragraphs.iter().find(|range| is_title(range) && !numbers(range) && !says(range) && !is_firm(range));
    let first = match (named, letter) {
        (Some(named), _) => named,
        (None, Some(subject)) => return Some(trim(&text.running, subject)),
        (None, None) => match below_salutation(scene, &paragraphs) {
            Some(subject) => return Some(trim(&text.running, subject)),
            None => {
                let other =
                    |range: &&Range<usize>| is_title(range) && !ends_in_number(text.slice(range)) && !says(range);
                paragraphs.iter().find(other)?
            }
        },
    };
    if let Some(end) = formal::end(scene, first, &paragraphs) {
        return Some(trim(&text.running, first.start..end));
    }
    let mut range = sentence_start(scene, first);
    range.start = start_over_lines(scene, &range, &paragraphs, is_label);
    if range.end == first.end {
        let goes_on = |next: &&Range<usize>| short(next) && !is_label(next);
        range.end = end_over_lines(scene, first, paragraphs.iter().filter(goes_on));
    }
    let range = with_subtitles(scene, range, &paragraphs, is_label, names_kind);
    let own = before_parties(&text.running, range);
    Some(trim(&text.running, without_citation(scene, without_stamp(scene, own))))
}

/// `Artikel acht`, `i. warranty disclaimer`: the head of a clause.
fn heads_clause(line: &str) -> bool {
    let behind = line.find(['.', ')']).map(|mark| (&line[..mark], &line[mark + 1..]));
    let lettered = behind.is_some_and(|(mark, rest)| {
        let roman = mark.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
        (mark.len() == 1 && mark.starts_with(|c: char| c.is_ascii_lowercase())
            || roman && (1..=4).contains(&mark.len()))
            && rest.starts_with(' ')
    });
    lettered || ["artikel ", "article ", "section ", "clause "].iter().any(|opens| line.starts_with(opens))
}

/// `Wordt een installatie vervangen, dan vervalt zij uit het contract`: a line that tells something.
fn is_sentence(line: &str) -> bool {
    const TELLS: [&str; 16] = [
        "vervalt",
        "vervallen",
        "wordt",
        "worden",
        "zal",
        "zullen",
        "dient",
        "dienen",
        "moet",
        "moeten",
        "shall",
        "will",
        "must",
        "may",
        "has",
        "have",
    ];
    line.split(|c: char| !c.is_alphanumeric()).any(|word| TELLS.contains(&word))
}

/// `Rep. no. 4188`, `Akte nr. 12`
fn ends_in_number(line: &str) -> bool {
    let folded = fold(line);
    let mut words = folded.split_whitespace().rev();
    let number = words.next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number && words.next().is_some_and(|word| matches!(word, "no." | "nr." | "no" | "nr" | "nummer" | "number"))
}

/// A title that begins with `AND`, or stands below `… EMPLOYEE NON-COMPETITION AND`, begins on a line above.
fn start_over_lines(
    scene: &Scene<'_>,
    title: &Range<usize>,
    paragraphs: &[Range<usize>],
    is_label: impl Fn(&Range<usize>) -> bool,
) -> usize {
    let joins = |word: &str| matches!(&*fold(word), "and" | "en" | "of" | "&" | "to" | "bij");
    let mut start = title.start;
    for above in paragraphs.iter().rev().filter(|above| above.start < title.start) {
        let (line, title) = (scene.text.slice(above), &scene.text.running[start..title.end]);
        let hangs = line.split_whitespace().last().is_some_and(joins);
        let leans = title.split_whitespace().next().is_some_and(joins);
        let displayed = scene.text.is_displayed(above.start);
        let fits = scene.words_in(above).len() <= 10 && !line.contains(['\t', ':']) && !is_label(above);
        if !is_below(scene, &(start..start), above.end) || !(hangs || leans) || !displayed || !fits {
            break;
        }
        start = above.start;
    }
    start
}

/// A title goes on where the next line needs it: `bij de Overeenkomst …`, or a line of its own that says `of` or `TO`.
/// Where it ends; `lines` may be any after it, in their order.
fn end_over_lines<'a>(scene: &Scene<'_>, first: &Range<usize>, lines: impl Iterator<Item = &'a Range<usize>>) -> usize {
    const JOINS: [&str; 16] = [
        "bij",
        "op",
        "onder",
        "inzake",
        "betreffende",
        "voor",
        "tot",
        "van",
        "en",
        "to",
        "for",
        "of",
        "relating",
        "regarding",
        "concerning",
        "in",
    ];
    let joins = |word: Option<usize>| {
        word.is_some_and(|word| JOINS.contains(&&*scene.text.slice(&scene.words[word].range).to_lowercase()))
    };
    let (mut end, mut words) = (first.end, scene.words_in(first));
    for next in lines.filter(|line| line.start > first.start) {
        let more = scene.words_in(next);
        let leans = joins(more.clone().next()) && (words.len() <= 6 || more.len() <= 2);
        let hangs = joins(words.clone().last());
        if !is_below(scene, next, end) || !(leans || hangs) || more.len() > LONGEST_SUBTITLES {
            break;
        }
        (end, words) = (next.end, more);
    }
    end
}

/// A cover goes on with the parties, and a deed with its first sentence: `LEASE relating to Unit 7 between A LIMITED and
/// B LIMITED THIS LEASE is dated …`. The title ends before either, where that leaves one.
fn before_parties(running: &str, range: Range<usize>) -> Range<usize> {
    let title = &running[range.clone()];
    let opens = [
        " between ",
        " BETWEEN ",
        " by and between ",
        " THIS ",
        "\tbetween ",
        " De ondergeteken",
        " DE ONDERGETEKEN",
        " Ondergeteken",
        " ONDERGETEKEN",
        " The undersigned",
        " THE UNDERSIGNED",
    ];
    let end = opens.iter().filter_map(|words| title.find(words)).filter(|&at| at > 0).min();
    end.map_or(range.clone(), |at| range.start..range.start + at)
}

/// How far a title goes over the lines below it that say for what: below one that only names a kind
/// (`CONCESSIEOVEREENKOMST`) or ends with one (`Addendum 2 bij de Raamovereenkomst`), and further over lines that are
/// set apart as a title is.
fn with_subtitles(
    scene: &Scene<'_>,
    title: Range<usize>,
    paragraphs: &[Range<usize>],
    is_label: impl Fn(&Range<usize>) -> bool,
    names_kind: impl Fn(&Range<usize>) -> bool,
) -> Range<usize> {
    let words = scene.words_in(&title);
    let ends_with_kind =
        words.len() <= 6 && words.clone().last().is_some_and(|last| names_kind(&scene.words[last].range));
    let mut wanted = words.len() <= 2 || ends_with_kind;
    let mut end = title.end;
    for next in paragraphs.iter().filter(|next| next.start > title.end) {
        let displayed = scene.text.is_displayed(next.start);
        if !is_below(scene, next, end) || is_label(next) || !(wanted || displayed) {
            break;
        }
        let Some(line) = subtitle(scene, next, displayed) else { break };
        let whole = line.end == next.end;
        if scene.words_in(&(title.end..line.end)).len() > LONGEST_SUBTITLES {
            break;
        }
        // The title once more, below its cover.
        if fold(scene.text.slice(next)) != fold(scene.text.slice(&title)) {
            end = line.end;
        } else if displayed {
            return with_subtitles(scene, next.clone(), paragraphs, is_label, names_kind);
        }
        wanted = false;
        if !whole {
            break;
        }
    }
    title.start..end
}

/// The next line, not what stands beside it.
fn is_below(scene: &Scene<'_>, next: &Range<usize>, end: usize) -> bool {
    next.start == end + 1 && scene.text.running[end..].starts_with('\n')
}

/// What a line says of the contract's subject, where it says no more than that. A line that is `displayed` may hold
/// numbers and names, but not begin with one.
fn subtitle(scene: &Scene<'_>, next: &Range<usize>, displayed: bool) -> Option<Range<usize>> {
    const OPENS_OTHER: [&str; 40] = [
        "tussen",
        "between",
        "de",
        "het",
        "the",
        "ondergetekende",
        "ondergetekenden",
        "partijen",
        "parties",
        "versie",
        "version",
        "datum",
        "date",
        "dated",
        "d.d",
        "nr",
        "no",
        "nummer",
        "concept",
        "draft",
        "model",
        "inhoud",
        "artikel",
        "bijlage",
        "bijlagen",
        "dossier",
        "and",
        "by",
        "ex",
        "exhibit",
        "execution",
        "logo",
        "confidential",
        "private",
        "gegevens",
        "details",
        "particulars",
        "inhoudsopgave",
        "contents",
        "this",
    ];
    let text = scene.text;
    // `Abri's en buitenreclame tussen de gemeente A en B`
    let line = text.slice(next);
    let line = [" tussen ", " between "].iter().find_map(|joint| line.split_once(joint)).map_or(line, |(own, _)| own);
    let next = before_number(scene, next.start..next.start + line.len());
    let line = text.slice(&next);
    let next = &next;
    let words = scene.words_in(next).len();
    let opener = fold(line.split_whitespace().next()?);
    let opener = opener.trim_matches(|c: char| !c.is_alphanumeric());
    let plain =
        !line.trim_end().ends_with(['.', ',', ';', ':', '?']) && !line.contains(['\t', ':', '@', '|', '·', '[']);
    let names = |find: &&Find| {
        matches!(find.kind(), Kind::Organization | Kind::Person | Kind::Date | Kind::Role | Kind::Reference)
    };
    let says_other = if displayed {
        scene.finds_in(next).filter(names).any(|find| find.range.start < next.start + opener.len())
    } else {
        scene.finds_in(next).any(|find| names(&find))
            || !line.starts_with(char::is_uppercase)
            || without_year(line).contains(|c: char| c.is_ascii_digit())
    };
    let early = text.zone_at(next.start) == Zone::Title;
    let least = if displayed { 1 } else { 2 };
    let fits = (least..=if displayed { 14 } else { 9 }).contains(&words);
    // `“De Hooge Weide” te Boskoop` is a name.
    let opens_other = OPENS_OTHER.contains(&opener) && !line.trim_start().starts_with(['"', '“', '„', '‘', '\'']);
    (early && plain && !says_other && fits && !addresses(line) && !opens_other).then(|| next.clone())
}

/// `voormalig schoolgebouw dossier OG 2008-15`: a line without the number at its end and what announces it.
fn before_number(scene: &Scene<'_>, line: Range<usize>) -> Range<usize> {
    let number = scene.finds_in(&line).find(|find| find.kind() == Kind::Reference).map(|find| find.range.start);
    let Some(number) = number else { return line };
    let before = scene.text.running[line.start..number].trim_end_matches([' ', ':', '.']);
    let said = before[..before.rfind(' ').unwrap_or(0)].trim_end();
    // `Agreement No. HB-0412` says nothing more.
    line.start..line.start + if said.contains(' ') { said.len() } else { 0 }
}

/// A filing names the file first: `EX-10.3 6 d281487dex103.htm`.
fn is_file_name(word: &str) -> bool {
    let kinds = [".htm", ".html", ".pdf", ".doc", ".docx", ".txt"];
    kinds.iter().any(|kind| word.to_ascii_lowercase().strip_suffix(kind).is_some_and(|name| !name.is_empty()))
}

/// `Jeugdhulp en Begeleiding 2015` is about that year, and no number.
fn without_year(line: &str) -> &str {
    let Some((before, last)) = line.trim_end().rsplit_once(' ') else { return line };
    let is_year = last.len() == 4 && last.parse().is_ok_and(|year: u16| (1900..2100).contains(&year));
    if is_year { before } else { line }
}

/// `… Documentnummer 81F3` numbers a contract, and `… als bedoeld in artikel 4:36 …` says on which law it rests: the one
/// is no title, the other none where there is much of it.
fn without_citation(scene: &Scene<'_>, range: Range<usize>) -> Range<usize> {
    let running = &scene.text.running;
    let folded = running[range.clone()].to_ascii_lowercase();
    let law = [" als bedoeld in ", " in de zin van ", " ex artikel "].iter().filter_map(|cue| folded.find(cue)).min();
    let is_long = scene.words_in(&range).len() > LONGEST_WITH_LAW;
    let law = law.filter(|_| is_long).map(|at| range.start + at);
    let number = scene.finds_in(&range).filter(|find| find.kind() == Kind::Reference).find_map(|find| {
        let before = running[range.start..find.range.start].trim_end_matches([' ', ':', '.']);
        let label = before.rsplit(' ').next()?;
        let labels = label.starts_with(char::is_uppercase) && (label.ends_with("nummer") || label.ends_with("enmerk"));
        labels.then(|| range.start + before.len() - label.len())
    });
    match law.into_iter().chain(number).min() {
        Some(end) if end > range.start => range.start..end,
        _ => range,
    }
}

/// `Hierbij sluiten wij met u de volgende overeenkomst`: a letter speaks, a title does not.
fn addresses(line: &str) -> bool {
    let folded = fold(line);
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    words.any(|word| {
        matches!(word, "wij" | "we" | "u" | "uw" | "ik" | "hierbij" | "geacht" | "geachte" | "dear" | "you")
    })
}

/// A receipt stamp beside the title gets onto its line: a date at the end that no word leads in is none of it.
fn without_stamp(scene: &Scene<'_>, range: Range<usize>) -> Range<usize> {
    let running = &scene.text.running;
    let ends_here = |find: &&Find| {
        matches!(find.kind(), Kind::Date) && running[find.range.end..range.end].trim_matches(['.', ' ']).is_empty()
    };
    let Some(stamp) = scene.finds_in(&range).find(ends_here).map(|find| find.range.start) else { return range };
    let before = running[range.start..stamp].trim_end();
    let leads_in = before.rsplit(' ').next().is_some_and(|word| {
        let word = word.trim_matches(['(', ',']).to_lowercase();
        matches!(word.as_str(), "" | "van" | "d.d." | "dd." | "dd" | "of" | "dated" | "per" | "met")
    });
    if leads_in || before.is_empty() { range } else { range.start..range.start + before.len() }
}

/// A letter has its title behind `Betreft`.
fn subject(scene: &Scene<'_>, top: usize) -> Option<Range<usize>> {
    let text = scene.text;
    let names_subject = |label: &str| {
        let label = fold(label.trim_end_matches([':', ' ']));
        matches!(label.as_str(), "betreft" | "onderwerp" | "inzake" | "betreffende" | "re" | "subject")
    };
    text.labels
        .iter()
        .filter(|label| label.label.start < top.max(1) || label.label.start < text.running.len() / 4)
        .find(|label| names_subject(text.slice(&label.label)) && !label.value.is_empty())
        .map(|label| label.value.clone())
}

/// An English letter has its title below `Dear Dr Askew`, set apart.
fn below_salutation(scene: &Scene<'_>, paragraphs: &[Range<usize>]) -> Option<Range<usize>> {
    const WORDS: usize = 12;
    let greets = |line: &str| ["dear ", "geachte ", "beste "].iter().any(|word| fold(line).starts_with(word));
    let greeting = paragraphs.iter().position(|line| greets(scene.text.slice(line)))?;
    let subject = paragraphs.get(greeting + 1)?;
    let apart = scene.text.is_displayed(subject.start);
    let words = scene.words_in(subject).len();
    let ends = scene.text.slice(subject).trim_end().ends_with(['.', ',', ':', ';']);
    (apart && (1..=WORDS).contains(&words) && !ends).then(|| subject.clone())
}

/// A title may run on into the text (`Overeenkomst … De ondergetekenden`): its own sentence only.
fn sentence_start(scene: &Scene<'_>, paragraph: &Range<usize>) -> Range<usize> {
    let sentence = scene.sentence_at(paragraph.start);
    if sentence.end > paragraph.start && sentence.end < paragraph.end && sentence.start <= paragraph.start {
        paragraph.start..sentence.end
    } else {
        paragraph.clone()
    }
}

fn trim(running: &str, range: Range<usize>) -> Range<usize> {
    let text = &running[range.clone()];
    let mut left = text.len() - text.trim_start_matches([' ', ':']).len();
    // `Exhibit 10.1 NON-COMPETITION AGREEMENT`
    let mut words = text[left..].splitn(3, ' ');
    if let (Some(exhibit), Some(number), Some(rest)) = (words.next(), words.next(), words.next())
        && exhibit.eq_ignore_ascii_case("exhibit")
        && number.contains(|c: char| c.is_ascii_digit())
    {
        left = text.len() - rest.len();
    }
    let marks = |c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | '-');
    let mut kept = text.trim_end_matches(marks);
    // The word that leads over to the parties.
    while let Some(shorter) =
        [" tussen", " between", " TUSSEN", " BETWEEN", " by and"].iter().find_map(|end| kept.strip_suffix(end))
    {
        kept = shorter.trim_end_matches(marks);
    }
    let right = text.len() - kept.len();
    range.start + left..(range.end - right).max(range.start + left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Language, text::Text};

    #[test]
    fn a_title_goes_on_over_lines_that_need_one_another() {
        let rules = RuleSet::embedded().unwrap();
        let check = |lines: &str, want: &str| {
            let text = Text::of_sentence(&lines.replace('\n', "\n\n"), Some(Language::English));
            let scene = rules.scene(&text);
            let mut start = 0;
            let lines: Vec<_> = text
                .running
                .split('\n')
                .map(|line| {
                    start += line.len() + 1;
                    start - line.len() - 1..start - 1
                })
                .collect();
            let end = end_over_lines(&scene, &lines[0], lines.iter());
            assert_eq!(text.running[..end].replace('\n', " "), want);
        };
        check("LEASE\nof\nUnit 4 The Maltings\nHead of Legal Services", "LEASE of Unit 4 The Maltings");
        check(
            "AMENDMENT NO. 2\nTO\nMASTER SERVICES AGREEMENT\nThis Amendment",
            "AMENDMENT NO. 2 TO MASTER SERVICES AGREEMENT",
        );
        check("ADDENDUM\nbij de raamovereenkomst\nPartijen", "ADDENDUM bij de raamovereenkomst");
        check("LEASE\nThe landlord\nof\nthe premises", "LEASE");
    }

    #[test]
    fn a_title_has_its_subtitles_and_what_stands_above_it() {
        let check = |lines: &str, want: &str| assert_eq!(title_of(lines).unwrap(), want);
        check(
            "*KOOPOVEREENKOMST\n*voormalig schoolgebouw, Beukenlaan 9\nTekst",
            "KOOPOVEREENKOMST voormalig schoolgebouw, Beukenlaan 9",
        );
        check(
            "*Raamovereenkomst schilderwerk\n*2022 - 2026, perceel 2\n*Gemeente Zutphen",
            "Raamovereenkomst schilderwerk 2022 - 2026, perceel 2",
        );
        check("*Huurovereenkomst kantoor\nop de tweede verdieping", "Huurovereenkomst kantoor op de tweede verdieping");
        check("*Huurovereenkomst kantoor\nDe huurder huurt de zaal.", "Huurovereenkomst kantoor");
        check(
            "*KOOPOVEREENKOMST\n*voormalig schoolgebouw dossier OG 2008-15\n*Ede",
            "KOOPOVEREENKOMST voormalig schoolgebouw",
        );
        check(
            "*Huurovereenkomst inzake de locatie\n*\"De Waag\" te Deventer\n*tussen\n*Gemeente Deventer",
            "Huurovereenkomst inzake de locatie \"De Waag\" te Deventer",
        );
        check("*LEASE\n*between\n*A LIMITED\n*and\n*B LIMITED\nThis lease", "LEASE");
        check("*BUCKEYE LEASING, INC.\n*EQUIPMENT LEASE AGREEMENT", "EQUIPMENT LEASE AGREEMENT");
        check("Dear Dr Askew\n*Consultancy arrangement\nWe write to confirm.", "Consultancy arrangement");
        check("*SERVICE AGREEMENT\n*Agreement No. HB-MSA-0412", "SERVICE AGREEMENT");
        check("*HIRE AGREEMENT\tAgreement No. 12\nText", "HIRE AGREEMENT");
        check("*LEASE\tthe mill\nText", "LEASE");
        check("*ACME\tHIRE AGREEMENT\n1. CUSTOMER\nText", "HIRE AGREEMENT");
        check("*SERVICE AGREEMENT\n*Exhibit 10.4\n*LOGO", "SERVICE AGREEMENT");
        check(
            "*COVENANT NOT TO COMPETE\n*AND NON-DISCLOSURE AGREEMENT",
            "COVENANT NOT TO COMPETE AND NON-DISCLOSURE AGREEMENT",
        );
        check(
            "EX-10.3 6 d28dex103.htm SERVICE AGREEMENT\n*Exhibit 10.3 MASTER SERVICE AGREEMENT",
            "MASTER SERVICE AGREEMENT",
        );
    }

    /// The title of lines; one that begins with `*` is set apart.
    fn title_of(lines: &str) -> Option<String> {
        let rules = RuleSet::embedded().unwrap();
        let mut text = Text::of_sentence(&lines.replace('*', "").replace('\n', "\n\n"), None);
        text.zones = vec![(0..text.running.len(), Zone::Title)];
        let mut at = 0;
        for line in lines.split('\n') {
            let len = line.trim_start_matches('*').len();
            text.displayed.extend(line.starts_with('*').then_some(at..at + len));
            at += len + 1;
        }
        let scene = rules.scene(&text);
        find(&rules, &scene).map(|range| text.running[range].replace('\n', " "))
    }

    #[test]
    fn a_formal_title_goes_on_behind_the_parties_with_what_it_is_about() {
        let check = |lines: &str, want: &str| assert_eq!(title_of(lines).as_deref(), Some(want), "{lines}");
        check(
            "*Agreement\n*between\n*the Kingdom of Arlen\n*and\n*the Tidal Institute\n*concerning\n*the Headquarters of the \
             Institute\nThe Kingdom of Arlen",
            "Agreement between the Kingdom of Arlen and the Tidal Institute concerning the Headquarters of the Institute",
        );
        check(
            "*OVEREENKOMST\n*tussen het Rijk, de provincie Drenthe en de gemeenten Assen en Emmen\n*inzake het programma\n*Ruimte \
             voor de Hunze\n*Gesloten te Assen, 7 juli 2011",
            "OVEREENKOMST tussen het Rijk, de provincie Drenthe en de gemeenten Assen en Emmen inzake het programma Ruimte voor \
             de Hunze",
        );
        check(
            "OVEREENKOMST\ntussen\nde gemeente Assen\nen\nhet waterschap Hunze\ninzake de riolering van\nKloosterveen\nDe \
             ondergetekenden:",
            "OVEREENKOMST tussen de gemeente Assen en het waterschap Hunze inzake de riolering van Kloosterveen",
        );
        // What is said of the parties is none of it, nor a title printed twice, nor a preposition in a party's name.
        check(
            "*LEASE\n*between\n*A LIMITED\n*and\n*the Department\n*for Transport\n*hereinafter the Tenant\n*concerning Unit 7",
            "LEASE",
        );
        check(
            "*Verdrag tussen A en B betreffende stagiaires\n*Verdrag tussen A en B betreffende stagiaires\nTekst",
            "Verdrag tussen A en B betreffende stagiaires",
        );
    }

    #[test]
    fn a_title_over_two_lines_may_have_a_subtitle() {
        assert_eq!(
            title_of("*LEASE\nof shop premises known as\n*“The Maltings” Kendal\nThis lease").as_deref(),
            Some("LEASE of shop premises known as \"The Maltings\" Kendal"),
        );
    }

    #[test]
    fn what_follows_a_title_can_be_seen() {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence("Overeenkomst\n\ntussen A en B\n\nTekst", Some(Language::Dutch));
        let scene = rules.scene(&text);
        assert_eq!(follows(&scene, 12), "before the parties");
        assert_eq!(follows(&scene, 4), "cut off");
        assert_eq!(follows(&scene, 26), "before text");
        assert_eq!(says("Overeenkomst tussen A en B inzake C"), "between whom and about what");
        assert_eq!(says("Overeenkomst"), "a kind only");
    }

    #[test]
    fn a_title_ends_before_the_parties_of_a_cover() {
        let check = |text: &str, want: &str| assert_eq!(&text[before_parties(text, 0..text.len())], want);
        check("LEASE relating to Unit 7 between A LIMITED and B LIMITED", "LEASE relating to Unit 7");
        check("DEED OF VARIATION THIS DEED is made on", "DEED OF VARIATION");
        check("Allonge bij de huurovereenkomst De ondergetekenden", "Allonge bij de huurovereenkomst");
        check("Supply Agreement", "Supply Agreement");
    }

    #[test]
    fn the_head_of_a_clause_is_no_title() {
        let check = |line: &str, want: bool| assert_eq!(heads_clause(line), want, "{line:?}");
        check("artikel acht. opzegging van de huurovereenkomst", true);
        check("i. warranty disclaimer", true);
        check("iv) licence", true);
        check("n.v. gasunie, leveringsovereenkomst", false);
        check("articles of agreement", false);
        check("huurovereenkomst", false);
    }

    #[test]
    fn a_title_ends_before_the_law_and_before_its_number() {
        let rules = RuleSet::embedded().unwrap();
        let check = |line: &str, want: &str| {
            let text = Text::of_sentence(line, Some(Language::Dutch));
            let scene = rules.scene(&text);
            let range = trim(&text.running, without_citation(&scene, 0..text.running.len()));
            assert_eq!(text.slice(&range), want, "{line}");
        };
        check("HUUROVEREENKOMST als bedoeld in artikel 7:290 BW", "HUUROVEREENKOMST als bedoeld in artikel 7:290 BW");
        check(
            "Uitvoeringsovereenkomst subsidie als bedoeld in artikel 4:36 van de Algemene wet bestuursrecht tussen een bestuursorgaan en een ontvanger",
            "Uitvoeringsovereenkomst subsidie",
        );
        check("Overeenkomst schoonmaak Zaaknummer: 2019/4711", "Overeenkomst schoonmaak");
        check(
            "Verlenging overeenkomst water (contractnummer 2014-115)",
            "Verlenging overeenkomst water (contractnummer 2014-115)",
        );
    }
}
