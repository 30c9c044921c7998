//! Judges whether a born-digital page's text can be trusted, without a dictionary: what the glyphs map to, what
//! kinds of characters come out, and whether Latin letters occur about as often as they do in European languages.

/// Why a text layer is not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Too many glyphs without a character (or with a private one).
    Unmapped,
    /// Mostly signs, where letters and figures belong.
    Signs,
    /// Letters as if shuffled: the font's mapping is wrong.
    Shuffled,
    /// Letters or digits that look like others: the font's mapping tells something else than the page shows.
    Misnamed,
    /// Something lies over, under or around words that may hide them.
    Veiled,
}

impl Fault {
    /// A sentence for people.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Unmapped => "the page's fonts do not say which characters they show; it was read from its image",
            Self::Signs => "the page's text layer is mostly signs; it was read from its image",
            Self::Shuffled => {
                "the page's text layer is not language (a wrong font mapping); it was read from its image"
            }
            Self::Misnamed => {
                "the page's text layer names other letters or digits than the page shows (a wrong font mapping); it was \
                 read from its image"
            }
            Self::Veiled => {
                "something on the page may hide words or parts of them (a paint, a thick line, other letters, a mask); it was \
                 read from its image"
            }
        }
    }
}

/// Share of letters a to z, in thousandths: the mean of Dutch and English running text. German, French, Spanish and
/// Italian stay near it; any shift or shuffle of the alphabet is far from it.
const USUAL: [f64; 26] = [
    78.0, 15.0, 20.0, 51.0, 158.0, 15.0, 27.0, 42.0, 68.0, 8.0, 15.0, 38.0, 23.0, 84.0, 68.0, 17.0, 1.0, 62.0, 50.0,
    79.0, 23.0, 20.0, 19.0, 1.0, 10.0, 8.0,
];

/// Fewer characters than this tell nothing by their kinds.
const LEAST_CHARACTERS: usize = 24;
/// Fewer letters than this tell nothing by how often they occur.
const LEAST_LETTERS: u32 = 150;

/// Contracts, tables and signature pages lie above 0.83; shifted alphabets below 0.71.
const LEAST_LIKENESS: f64 = 0.76;

/// For each letter those that follow it in more than one of eight thousand pairs of letters in Dutch and English
/// contracts.
const FOLLOWERS: [&str; 26] = [
    "abcdfgiklmnprstuvwxy",
    "aeijlorstuy",
    "acehiklortuy",
    "adegimorstuvy",
    "abcdefghiklmnopqrstuvwxy",
    "aefilortuy",
    "aehilnorsuy",
    "aeinorstuy",
    "abcdefgjklmnoprstvxz",
    "aekou",
    "aeinosty",
    "adefilnostuvy",
    "abeimnopsu",
    "acdefgiklmnostuvy",
    "abcdefgilmnoprstuvwy",
    "aehilmoprtuy",
    "u",
    "abcdefgiklmnoprstuvwy",
    "acdefhiklmnopstuy",
    "aehilmnorstuwyz",
    "abcdefgilmnprst",
    "aeio",
    "aehilnors",
    "cehipt",
    "aeimops",
    "aeiz",
];
/// Fewer letters than this, in words of at least four, tell nothing by what follows what.
const LEAST_IN_WORDS: usize = 20;
/// The largest share of letters in words with odd pairs, in percent. It stays below 17 on the pages of contracts (one of
/// 3,800 has 35); eight words of a shifted alphabet have more than 55.
const MOST_ODD: usize = 45;

/// The fault of a page's text, if it has one.
pub(super) fn fault(text: &str) -> Option<Fault> {
    let (mut all, mut unmapped, mut word_like, mut letters) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut counts = [0_u32; 26];
    let mut before = ' ';
    // What stands where something was left open or blacked out (`[**]`, `[...]`, `____`) tells nothing of the mapping.
    let open = |word: &&str| word.chars().all(|c| "[]()*●•._-…/".contains(c));
    for c in text.split_whitespace().filter(|word| !open(word)).flat_map(str::chars) {
        // Rows of dots or lines, as in a table of contents, count once.
        let leader = c == before && matches!(c, '.' | '_' | '-' | '…' | '·' | '=' | '*');
        before = c;
        if leader {
            continue;
        }
        all += 1;
        letters += usize::from(c.is_alphabetic());
        match c {
            char::REPLACEMENT_CHARACTER | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => unmapped += 1,
            c if c.is_control() => unmapped += 1,
            c if c.is_alphanumeric() || matches!(c, '•' | '☐' | '☑' | '☒' | '✓' | '€') => word_like += 1,
            _ => {}
        }
        let lower = c.to_ascii_lowercase();
        if lower.is_ascii_lowercase() {
            counts[usize::from(lower as u8 - b'a')] += 1;
        }
    }
    // Text that is sound has none; what a symbol font leaves of one is little.
    if unmapped * 50 > all && unmapped > 2 {
        return Some(Fault::Unmapped);
    }
    if all < LEAST_CHARACTERS {
        return None;
    }
    if word_like * 2 < all {
        return Some(Fault::Signs);
    }
    let latin: u32 = counts.iter().sum();
    let mostly_latin = latin as usize * 10 > letters * 7;
    let is_shuffled = if latin >= LEAST_LETTERS { likeness(&counts) < LEAST_LIKENESS } else { has_odd_words(text) };
    (mostly_latin && is_shuffled).then_some(Fault::Shuffled)
}

/// Do letters follow one another as in no word, in most words? Short words, and those with figures or signs in them, are
/// abbreviations and numbers as often as not.
fn has_odd_words(text: &str) -> bool {
    let (mut all, mut odd) = (0, 0);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 4);
    for word in words.filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        let follows = |pair: &[u8]| {
            let [first, second] = [pair[0], pair[1]].map(|byte| byte.to_ascii_lowercase());
            FOLLOWERS[usize::from(first - b'a')].as_bytes().contains(&second)
        };
        let odd_pairs = word.as_bytes().windows(2).filter(|pair| !follows(pair)).count();
        all += word.len();
        if odd_pairs * 4 > word.len() - 1 {
            odd += word.len();
        }
    }
    all >= LEAST_IN_WORDS && odd * 100 > all * MOST_ODD
}

/// Cosine between the counts of letters and the usual ones: 1 where they are in proportion.
fn likeness(counts: &[u32; 26]) -> f64 {
    let (mut both, mut ours, mut usual) = (0.0, 0.0, 0.0);
    for (count, share) in counts.iter().zip(USUAL) {
        let count = f64::from(*count);
        both += count * share;
        ours += count * count;
        usual += share * share;
    }
    both / (ours * usual).sqrt().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUTCH: &str = "De huurovereenkomst wordt aangegaan voor de duur van vijf jaar, ingaande op 1 januari 2020 en \
        lopende tot en met 31 december 2024. Na het verstrijken van deze periode wordt de overeenkomst voortgezet \
        voor een aansluitende periode van vijf jaar, tenzij een der partijen heeft opgezegd.";

    #[track_caller]
    fn check(text: &str, want: Option<Fault>) {
        assert_eq!(fault(text), want, "likeness of {text:.40}");
    }

    #[test]
    fn languages_of_contracts_are_sound() {
        check(DUTCH, None);
        check(
            "This Agreement shall be governed by and construed in accordance with the laws of the State of New York, \
             without regard to conflicts of law principles. Each party irrevocably submits to the exclusive \
             jurisdiction of the courts located in New York County.",
            None,
        );
        check(
            "Dieser Vertrag tritt am Tage der Unterzeichnung in Kraft und kann von jeder Partei unter Einhaltung einer \
             Frist von drei Monaten zum Quartalsende schriftlich gekündigt werden; das Recht zur fristlosen Kündigung \
             bleibt unberührt.",
            None,
        );
        check("Договор вступает в силу с момента подписания и действует до полного исполнения обязательств.", None);
        check("Artikel 1 Definities ........................................ 3\nArtikel 2 Duur ............. 4", None);
        check(&format!("Country Expiry date Status {}", "[**] [...] ____ (*) ".repeat(30)), None);
        check("€ 1.250,00 | 12-03-2020 | NL12 ABNA 0123 4567 89 | 21% | 1.512,50", None);
    }

    #[test]
    fn a_shifted_or_shuffled_alphabet_is_not_language() {
        let shift = |by: u8| -> String {
            DUTCH
                .chars()
                .map(|c| if c.is_ascii_lowercase() { ((c as u8 - b'a' + by) % 26 + b'a') as char } else { c })
                .collect()
        };
        for by in 1..26 {
            check(&shift(by), Some(Fault::Shuffled));
        }
    }

    #[test]
    fn short_pages_tell_by_what_follows_what() {
        check("Aldus overeengekomen en getekend te Raalte op 3 mei 2020\n_______ J.P. Wijngaarden", None);
        check("EXHIBIT A\nPRODUCTS\nAfrican Horizon Technologies Hydraspin Units\n16\nSource: WATER", None);
        check("SIGNED BY )\nfor and on behalf of )\nXINHUA FINANCIAL NETWORK ) /s/\nLIMITED )", None);
        check("API DIFF/BBL GRAV\n24.1 3.365 29 4.1\n24.2 3.38 29.1 4.115\nSCHEDULE NL12ABNA0123456789", None);
        check("lyyvsziviirosqwxDoQjTZ\nDUVRYTTPTTD DiyvDUVRYTT h D ^D D{ PD PD", Some(Fault::Shuffled));
        check("Gh kxxurychuhhqnrpvw hlqgljw rs 31 ghfhpehu 2024", Some(Fault::Shuffled));
    }

    #[test]
    fn unmapped_glyphs_and_signs_are_faults() {
        check(&"\u{fffd}\u{fffd}a".repeat(20), Some(Fault::Unmapped));
        let holes =
            "De huurprijs \u{fffd}edraagt EUR 12.500 per jaar en de opzegtermijn \u{fffd}edraagt zes m\u{fffd}anden";
        check(holes, Some(Fault::Unmapped));
        check(&"\u{e001}\u{e002} ".repeat(20), Some(Fault::Unmapped));
        check(&"!\"#$ %&' ()*+ ,-./ a ".repeat(5), Some(Fault::Signs));
        check("\u{f0b7} item one of the list of things to do before the start", None);
    }
}
