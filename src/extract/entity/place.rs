//! Places of law: jurisdictions by their ISO 3166 code, courts as named, and moments known by what happens.

use super::{
    Entity, EventRef, Spot,
    lexicon::lexicon,
    scan::{Gap, Kind, Scan},
};

/// Whether a word, folded, is a street's name: `Gemeentehuislaan`. A seat and a firm's name end before it.
pub(in crate::extract) fn names_street(word: &str) -> bool {
    const ENDINGS: [&str; 16] = [
        "laan",
        "straat",
        "weg",
        "plein",
        "kade",
        "singel",
        "gracht",
        "dreef",
        "pad",
        "markt",
        "plantsoen",
        "baan",
        "steeg",
        "park",
        "dijk",
        "hof",
    ];
    ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// `THE CITY OF BARCHESTER of Guildhall, High Street`, `Mayfield Residents of Mayfield Court, Whitby`: whether an `of` behind
/// a name opens its address. A name in capitals does not go on in small letters.
pub(in crate::extract) fn opens_address(name: &str, behind: &str) -> bool {
    const HOUSES: [&str; 33] = [
        "street",
        "road",
        "lane",
        "avenue",
        "drive",
        "close",
        "court",
        "house",
        "farm",
        "place",
        "square",
        "terrace",
        "crescent",
        "quay",
        "hill",
        "gardens",
        "grove",
        "row",
        "mews",
        "buildings",
        "offices",
        "cottage",
        "park",
        "green",
        "walk",
        "way",
        "rise",
        "yard",
        "lodge",
        "grange",
        "chambers",
        "hall",
        "guildhall",
    ];
    /// An address tells of a house in so many words.
    const WORDS: usize = 5;
    let shouts = |word: &&str| !word.contains(char::is_lowercase);
    let behind = behind.trim_start_matches(' ');
    if behind.starts_with("The ") || behind.starts_with(|first: char| first.is_ascii_digit()) {
        return true;
    }
    let words: Vec<&str> = name.split_whitespace().filter(|word| word.len() > 3).collect();
    let first = behind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let shouted = words.iter().all(shouts) && first.starts_with(char::is_uppercase) && !shouts(&first);
    // The last word before a comma and more of the address.
    let house = behind.split_once(',').is_some_and(|(house, _)| {
        let words: Vec<&str> = house.split(' ').collect();
        (2..=WORDS).contains(&words.len())
            && words.iter().all(|word| word.starts_with(char::is_uppercase))
            && words.last().is_some_and(|last| HOUSES.contains(&last.to_lowercase().as_str()))
    });
    !words.is_empty() && (shouted || words.len() > 1 && house)
}

/// Adds jurisdictions, courts and events.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let plain = |first, last, entity| Spot { range: scan.range(first, last), entity, repairs: Vec::new() };
    let (mut places, mut courts, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let (jurisdictions, moments) = (lexicon().phrases("jurisdictions"), lexicon().phrases("events"));
    for at in 0..scan.pieces.len() {
        if !scan.is_word(at) {
            continue;
        }
        if let Some((last, code)) = jurisdictions.at(scan, at).filter(|_| scan.is_capital(at)) {
            places.push(plain(at, last, Entity::Jurisdiction(code.to_owned())));
        }
        if let Some((last, name)) = moments.at(scan, at) {
            events.extend(event(name).map(|event| plain(at, last, Entity::Event(event))));
        } else if let Some((last, event)) = end_of(scan, at).or_else(|| english_end_of(scan, at)) {
            events.push(plain(at, last, Entity::Event(event)));
        }
        courts.extend(arbiters(scan, at).map(|(first, last)| {
            let range = scan.range(first, last);
            Spot { entity: Entity::Arbiters(super::spaced(&scan.text[range.clone()])), range, repairs: Vec::new() }
        }));
        courts.extend(court(scan, at).map(|(first, last)| {
            let last = or_other_court(scan, last).unwrap_or(last);
            let range = scan.range(first, last);
            Spot { entity: Entity::Court(super::spaced(&scan.text[range.clone()])), range, repairs: Vec::new() }
        }));
    }
    for mut kind in [places, courts, events] {
        super::settle(&mut kind, 0);
        spots.extend(kind);
    }
}

fn event(name: &str) -> Option<EventRef> {
    Some(match name {
        "end_of_term" => EventRef::EndOfTerm,
        "end_of_month" => EventRef::EndOfMonth,
        "end_of_quarter" => EventRef::EndOfQuarter,
        "end_of_half_year" => EventRef::EndOfHalfYear,
        "end_of_year" => EventRef::EndOfYear,
        "end_of_own_year" => EventRef::EndOfOwnYear,
        "signing" => EventRef::Signing,
        "last_signature" => EventRef::LastSignature,
        "date_first_written" => EventRef::DateFirstWritten,
        "effective_date" => EventRef::EffectiveDate,
        "delivery" => EventRef::Delivery,
        "any_time" => EventRef::AnyTime,
        _ => return None,
    })
}

/// `einde van de dan lopende termijn`, `laatste dag van enige kalendermaand`, `eind van een schooljaar`. Who ends a
/// contract by the first day of a month ends it with the month before.
fn end_of(scan: &Scan<'_>, at: usize) -> Option<(usize, EventRef)> {
    let first_day = scan.folded(at) == "eerste" && scan.folded(at + 1) == "dag";
    let mut next = match scan.folded(at) {
        "einde" | "eind" | "afloop" | "verstrijken" | "ommekomst" | "expiratie" => scan.next(at)?,
        "laatste" | "eerste" if scan.folded(at + 1) == "dag" => scan.next(at + 1)?,
        _ => return None,
    };
    for _ in 0..8 {
        let event = match scan.folded(next) {
            "maand" | "kalendermaand" => EventRef::EndOfMonth,
            "kwartaal" | "kalenderkwartaal" => EventRef::EndOfQuarter,
            "halfjaar" | "kalenderhalfjaar" => EventRef::EndOfHalfYear,
            "jaar" | "kalenderjaar" => EventRef::EndOfYear,
            "contractjaar" | "overeenkomstjaar" | "schooljaar" | "pachtjaar" | "boekjaar" | "seizoen"
            | "stookseizoen" | "huurjaar" | "teeltjaar" | "verzekeringsjaar" | "studiejaar" => EventRef::EndOfOwnYear,
            "looptijd" | "contractperiode" | "contractsperiode" | "contractduur" | "contractsduur" | "overeenkomst"
            | "contract" | "kontrakt" | "periode" | "termijn" | "tijdvak" | "huurperiode" | "huurtermijn"
            | "huurtijdvak" | "pachttermijn" | "verlengingsperiode" | "verlengingstermijn" | "duur"
            | "abonnementsperiode" | "leveringsperiode" | "leaseperiode" | "bruikleenperiode" | "contracttermijn"
            | "licentieperiode" | "geldigheidsduur" => EventRef::EndOfTerm,
            "van" | "der" | "de" | "het" | "een" | "enig" | "enige" | "elk" | "elke" | "ieder" | "iedere" | "deze"
            | "dit" | "dezer" | "die" | "dat" | "lopende" | "dan" | "alsdan" | "initiele" | "of" | "volgende"
            | "eerste" | "betreffende" | "desbetreffende" | "oorspronkelijke" | "overeengekomen" | "genoemde"
            | "bedoelde" | "contractuele" | "verlengde" | "lopend" | "volgend" | "den" | "eener" | "onderhavige" => {
                next = scan.next(next)?;
                continue;
            }
            _ => return None,
        };
        let of_calendar = matches!(event, EventRef::EndOfMonth | EventRef::EndOfQuarter | EventRef::EndOfYear);
        return (of_calendar || !first_day).then_some((next, event));
    }
    None
}

/// `end of the then-current Subscription Term`, `last day of any such period`, `expiry of the lease`.
fn english_end_of(scan: &Scan<'_>, at: usize) -> Option<(usize, EventRef)> {
    let of = match scan.folded(at) {
        "end" | "expiry" | "expiration" | "conclusion" => scan.next(at)?,
        "last" | "first" if scan.folded(at + 1) == "day" => scan.next(at + 1)?,
        _ => return None,
    };
    let first_day = scan.folded(at) == "first";
    if scan.folded(of) != "of" {
        return None;
    }
    let mut next = scan.next(of)?;
    // `at the end of such period` speaks of one named before, most often that of the notice itself.
    if matches!(scan.folded(next), "such" | "said" | "that" | "this") && scan.folded(next + 1) == "period" {
        return None;
    }
    for _ in 0..10 {
        let event = match scan.folded(next) {
            "month" => EventRef::EndOfMonth,
            "quarter" => EventRef::EndOfQuarter,
            "half-year" => EventRef::EndOfHalfYear,
            "year" if scan.before(next).is_some_and(|left| scan.folded(left) == "calendar") => EventRef::EndOfYear,
            "year" => EventRef::EndOfOwnYear,
            "agreement" | "lease" | "licence" | "license" | "tenancy" | "framework" | "hire" => EventRef::EndOfTerm,
            "term" | "period" | "duration" | "contract" => {
                // `contract year`, `contract period`, `term of the lease`
                match scan.next(next).map(|after| scan.folded(after)) {
                    Some("year" | "period" | "term" | "duration") => {
                        next = scan.next(next)?;
                        continue;
                    }
                    _ => EventRef::EndOfTerm,
                }
            }
            "the" | "a" | "an" | "any" | "each" | "such" | "said" | "this" | "that" | "its" | "then" | "current"
            | "initial" | "original" | "first" | "renewal" | "renewed" | "extended" | "extension" | "applicable"
            | "relevant" | "respective" | "minimum" | "fixed" | "subscription" | "calendar" | "then-current"
            | "further" | "subsequent" | "successive" | "contractual" | "existing" | "or" | "-" => {
                next = scan.next(next)?;
                continue;
            }
            _ => return None,
        };
        let of_calendar = matches!(event, EventRef::EndOfMonth | EventRef::EndOfQuarter | EventRef::EndOfYear);
        return (of_calendar || !first_day).then_some((next, event));
    }
    None
}

const DUTCH_COURTS: [&str; 8] = [
    "rechtbank",
    "rechtbanken",
    "ondernemingsrechtbank",
    "arrondissementsrechtbank",
    "kantonrechter",
    "gerechtshof",
    "pachtkamer",
    "kantongerecht",
];

/// A court around its noun: `rechtbank Overijssel, locatie Zwolle`, `bevoegde rechter te Zwolle`, `courts of England`.
fn court(scan: &Scan<'_>, noun: usize) -> Option<(usize, usize)> {
    let word = scan.folded(noun);
    let dutch = word == "rechter" || DUTCH_COURTS.contains(&word);
    let english = matches!(word, "court" | "courts");
    if !dutch && !english {
        return None;
    }
    if let Some(last) = where_party_is(scan, noun).filter(|_| dutch) {
        return Some((noun, last));
    }
    // `the English courts`
    let (mut first, mut of_country) = (noun, false);
    while let Some(left) = scan.before(first) {
        let adjective = matches!(
            scan.folded(left),
            "bevoegde"
                | "burgerlijke"
                | "state"
                | "federal"
                | "district"
                | "and"
                | "or"
                | "superior"
                | "high"
                | "supreme"
                | "circuit"
                | "county"
                | "competent"
                | "states"
                | "united"
        );
        let named = |at: usize| {
            let place = lexicon().phrases("jurisdictions").at(scan, at).filter(|_| english && scan.is_capital(at));
            place.is_some_and(|(last, _)| last == left)
        };
        // `the New Zealand courts`
        let (left, of_place) = match scan.before(left).filter(|&two| named(two)) {
            Some(two) => (two, true),
            None => (left, named(left)),
        };
        if !(adjective || of_place) || noun - left > 6 {
            break;
        }
        (first, of_country) = (left, of_country || of_place);
    }
    if matches!(scan.folded(first), "and" | "or") {
        first += 1;
    }
    // `the Crewe County Court`, `the Amsterdam District Court`
    if scan.is_capital(first) && matches!(scan.folded(first), "county" | "district") {
        let named = |at: &usize| scan.is_word(*at) && scan.is_capital(*at);
        let place = scan.before(first).filter(named);
        let place = place.filter(|&left| scan.before(left).is_some_and(|the| scan.folded(the) == "the"));
        (first, of_country) = place.map_or((first, of_country), |place| (place, true));
    }
    let mut last = noun;
    let mut named = of_country;
    while let Some(next) = scan.next(last) {
        if next - noun > 24 || scan.gap(next) == Gap::Paragraph {
            break;
        }
        let word = scan.folded(next);
        // `de bevoegde rechter van de Rechtbank Overijssel`: the court has a name of its own.
        if scan.folded(noun) == "rechter" && DUTCH_COURTS.contains(&word) {
            return None;
        }
        let joins = match scan.kind(next) {
            Some(Kind::Word) if scan.is_capital(next) => {
                named = true;
                true
            }
            Some(Kind::Word) => {
                let linking = matches!(
                    word,
                    "te" | "in"
                        | "van"
                        | "de"
                        | "der"
                        | "het"
                        | "s"
                        | "locatie"
                        | "zittingsplaats"
                        | "zittingslocatie"
                        | "sector"
                        | "kanton"
                        | "of"
                        | "for"
                        | "the"
                        | "located"
                        | "sitting"
                        | "at"
                        | "location"
                        | "and"
                        | "county"
                        | "state"
                        | "arrondissement"
                );
                // `pachtkamer van de rechtbank Gelderland`: a chamber of a court.
                let chamber = scan.folded(noun) == "pachtkamer" && word == "rechtbank";
                (linking || chamber) && leads_to_name(scan, next) || names_section(scan, next)
            }
            Some(Kind::Mark('-' | '\'')) => scan.touches(next + 1),
            Some(Kind::Mark(',')) => scan.next(next).is_some_and(|after| {
                matches!(scan.folded(after), "locatie" | "zittingsplaats" | "zittingslocatie" | "sector" | "location")
                    || names_section(scan, after)
                    || (english
                        && scan.is_capital(after)
                        && lexicon().phrases("jurisdictions").at(scan, after).is_some())
            }),
            _ => false,
        };
        if !joins {
            break;
        }
        last = next;
    }
    named.then_some((first, last))
}

/// A body that arbitrates: `Raad van Arbitrage voor de Bouw`, `American Arbitration Association`, `International
/// Chamber of Commerce`.
fn arbiters(scan: &Scan<'_>, at: usize) -> Option<(usize, usize)> {
    let says = |from: usize, words: &[&str]| words.iter().enumerate().all(|(n, word)| scan.folded(from + n) == *word);
    let of_capital = scan.is_capital(at);
    if of_capital && says(at, &["raad", "van", "arbitrage"]) {
        return Some((at, name_goes_on(scan, at + 2)));
    }
    if of_capital && says(at, &["international", "chamber", "of", "commerce"]) {
        return Some((at, at + 3));
    }
    match scan.folded(at) {
        // `London Court of International Arbitration` is a court by its name.
        "arbitration" | "arbitrage" if of_capital => {
            let body = scan.next(at).filter(|&body| {
                scan.is_capital(body)
                    && matches!(
                        scan.folded(body),
                        "association" | "institute" | "instituut" | "centre" | "center" | "chamber" | "forum"
                    )
            })?;
            let mut first = at;
            while let Some(left) = scan.before(first).filter(|&left| scan.is_word(left) && scan.is_capital(left)) {
                if matches!(scan.folded(left), "the" | "het" | "rules" | "reglement") || at - left > 4 {
                    break;
                }
                first = left;
            }
            (first < at).then_some((first, body))
        }
        "geschillenoplossing" if of_capital && scan.next(at).is_some_and(|next| scan.is_capital(next)) => {
            let first = scan.before(at).filter(|&left| scan.folded(left) == "stichting").unwrap_or(at);
            Some((first, name_goes_on(scan, at)))
        }
        _ => None,
    }
}

/// The last piece of a name that goes on with capitals, a short form in brackets and a seat: `… voor Metaalnijverheid en
/// -Handel te 's-Gravenhage`, `… Automatisering (SGOA) te Den Haag`.
fn name_goes_on(scan: &Scan<'_>, from: usize) -> usize {
    let mut last = from;
    while let Some(next) = scan.next(last).filter(|next| next - from < 20) {
        let own = match scan.kind(next) {
            Some(Kind::Word) if scan.is_capital(next) => true,
            Some(Kind::Word) => {
                matches!(scan.folded(next), "voor" | "van" | "de" | "het" | "in" | "te" | "en" | "s" | "tot")
                    && leads_to_name(scan, next)
            }
            Some(Kind::Mark('-' | '\'')) => scan.touches(next + 1) && scan.is_word(next + 1),
            Some(Kind::Mark('(')) => scan.is_capital(next + 1) && scan.is_mark(next + 2, ')'),
            Some(Kind::Mark(')')) => next > 2 && scan.is_mark(next - 2, '('),
            _ => false,
        };
        if !own {
            break;
        }
        last = next;
    }
    last
}

/// `sector kanton`, `kamer voor kantonzaken`: the section of a court.
fn names_section(scan: &Scan<'_>, at: usize) -> bool {
    let section = |word: &str| matches!(word, "sector" | "sectie" | "team" | "afdeling" | "kamer" | "voor");
    let matter = |word: &str| matches!(word, "kanton" | "kantonzaken" | "civiel" | "handel" | "handelszaken");
    let next = |at: usize| scan.next(at).map_or("", |next| scan.folded(next));
    let word = scan.folded(at);
    section(word) && (matter(next(at)) || scan.next(at).is_some_and(|voor| next(at) == "voor" && matter(next(voor))))
        || matter(word) && scan.before(at).is_some_and(|before| section(scan.folded(before)))
}

/// `de rechter in het arrondissement waar opdrachtgever is gevestigd`: the court by the place of a party.
fn where_party_is(scan: &Scan<'_>, noun: usize) -> Option<usize> {
    const LONGEST: usize = 12;
    let mut said = Vec::new();
    let mut last = noun;
    while let Some(next) = scan.next(last).filter(|&next| scan.is_word(next) && scan.gap(next) != Gap::Paragraph) {
        said.push(scan.folded(next));
        last = next;
        if said.len() > LONGEST {
            return None;
        }
    }
    let place =
        said.iter().position(|word| matches!(*word, "arrondissement" | "ressort" | "rechtsgebied" | "plaats"))?;
    let party = matches!(said.get(place + 1), Some(&("waar" | "waarin" | "waarbinnen")));
    (place <= 4 && party).then_some(last)
}

/// `the state courts in Ohio or the United States District Court for …`: a choice of courts is named whole.
fn or_other_court(scan: &Scan<'_>, last: usize) -> Option<usize> {
    let mut next = scan.next(last).filter(|&or| scan.folded(or) == "or")?;
    for _ in 0..8 {
        next = scan.next(next).filter(|&next| scan.gap(next) != Gap::Paragraph)?;
        match scan.folded(next) {
            "court" | "courts" => return court(scan, next).map(|(_, last)| last),
            "the" | "in" | "any" => {}
            _ if scan.is_word(next) && scan.is_capital(next) => {}
            _ => return None,
        }
    }
    None
}

/// A linking word belongs to a name only where a capital follows soon.
fn leads_to_name(scan: &Scan<'_>, at: usize) -> bool {
    let mut at = at;
    for _ in 0..5 {
        let Some(next) = scan.next(at) else { return false };
        match scan.kind(next) {
            Some(Kind::Word) if scan.is_capital(next) => return true,
            Some(Kind::Word | Kind::Mark('\'' | '-')) => at = next,
            Some(Kind::Mark(',')) => at = next,
            _ => return false,
        }
    }
    false
}
