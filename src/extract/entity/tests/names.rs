//! Organizations, persons, numbers by label, places of law, moments.

use Language::{Dutch, English};

use super::*;

fn short(entity: Entity) -> Option<String> {
    Some(match entity {
        Entity::Organization(found) => found.name,
        Entity::Person(found) => format!("person {}", found.name),
        Entity::Registration(found) => format!("registered {}", found.number),
        Entity::Reference(number) => format!("reference {number}"),
        Entity::Court(court) => format!("court {court}"),
        Entity::Arbiters(arbiters) => format!("arbiters {arbiters}"),
        Entity::Jurisdiction(code) => format!("law {code}"),
        Entity::Event(event) => format!("{event:?}"),
        _ => return None,
    })
}

#[track_caller]
fn check(text: &str, language: Language, want: &[&str]) {
    assert_eq!(values(text, language, short), want, "{text}");
}

#[test]
fn dutch_organizations() {
    check("1. Zouthandel Van der Wetering B.V., gevestigd te Kampen", Dutch, &["Zouthandel Van der Wetering B.V."]);
    check("de gemeente Hollands Kroon, gevestigd te", Dutch, &["gemeente Hollands Kroon"]);
    check(
        "Gemeente Land van Cuijk en Stichting Kern & Kade",
        Dutch,
        &["Gemeente Land van Cuijk", "Stichting Kern & Kade"],
    );
    check(
        "Stichting Jeugd- en Gezinszorg De Oeverlanden, hierna",
        Dutch,
        &["Stichting Jeugd- en Gezinszorg De Oeverlanden"],
    );
    check(
        "N.V. Oliehandelmaatschappij Gebroeders Terwindt te Arnhem",
        Dutch,
        &["N.V. Oliehandelmaatschappij Gebroeders Terwindt"],
    );
    check("Coöperatie Vechtstroom Zon U.A. te Ommen", Dutch, &["Coöperatie Vechtstroom Zon U.A."]);
    check(
        "Exploitatiemaatschappij \"De Groote Brink\" B.V.",
        Dutch,
        &["Exploitatiemaatschappij \"De Groote Brink\" B.V."],
    );
    let want = ["gemeente Bladel", "gemeente Bergeijk", "gemeente Eersel"];
    check("de gemeenten Bladel, Bergeijk en Eersel, vertegenwoordigd", Dutch, &want);
    check("De Staat der Nederlanden, gevestigd", Dutch, &["Staat der Nederlanden"]);
    check(
        "de Regeringen van het Koninkrijk der Nederlanden, de Republiek Ghana en Letland, enerzijds",
        Dutch,
        &["regering van het Koninkrijk der Nederlanden", "regering van de Republiek Ghana", "regering van Letland"],
    );
    check("de regeringen van de Benelux-Staten en de Macedoonse Regering", Dutch, &["Macedoonse Regering"]);
    check("DE PROVINCIE UTRECHT en DE GEMEENTE BREDA", Dutch, &["PROVINCIE UTRECHT", "GEMEENTE BREDA"]);
}

#[test]
fn ministries_states_and_institutes() {
    let check = |text: &str, language: Language, want: &[&str]| {
        let names = values(text, language, |entity| match entity {
            Entity::Organization(found) => Some(found.name),
            _ => None,
        });
        assert_eq!(names, want, "{text}");
    };
    let ministries = [
        "Ministry of Transport, Public Works and Water Management of the Kingdom of the Netherlands",
        "Ministry of Regional Development of the Republic of Bulgaria",
    ];
    let both = format!("between the {} and the {},", ministries[0], ministries[1]);
    check(&both, English, &ministries);
    check(&both.to_uppercase(), English, &ministries.map(str::to_uppercase).each_ref().map(String::as_str));
    check(
        "het Ministerie van Volksgezondheid, Welzijn en Sport, te dezen",
        Dutch,
        &["Ministerie van Volksgezondheid, Welzijn en Sport"],
    );
    check(
        "Ministerie van Defensie, Stichting Zee en Lucht",
        Dutch,
        &["Ministerie van Defensie", "Stichting Zee en Lucht"],
    );
    check("de Minister van Defensie, hierna", Dutch, &["Minister van Defensie"]);
    check(
        "tussen het Ministerie van Defensie en Radarbouw Nederland B.V. over",
        Dutch,
        &["Ministerie van Defensie", "Radarbouw Nederland B.V."],
    );
    check(
        "opdracht die de gemeente Ede aan Kompas Accountants B.V. gaf",
        Dutch,
        &["gemeente Ede", "Kompas Accountants B.V."],
    );
    check("de gemeente Krimpen aan den IJssel, hierna", Dutch, &["gemeente Krimpen aan den IJssel"]);
    check("het waterschap Hunze en Aa's, hierna", Dutch, &["waterschap Hunze en Aa's"]);
    check("between Ocean Lines S.A. of Panama (\"Owner\")", English, &["Ocean Lines S.A.", "Panama"]);
    check(
        "The Kingdom of Norway and the International Institute for Tidal and Estuarine Studies,",
        English,
        &["Kingdom of Norway", "International Institute for Tidal and Estuarine Studies"],
    );
    check("de Provincie Limburg (België), vertegenwoordigd", Dutch, &["Provincie Limburg (België)"]);
    check("de politieregio Midden en West Brabant, vertegenwoordigd", Dutch, &["politieregio Midden en West Brabant"]);
    check("het openbaar lichaam Waterschap Oost, gevestigd", Dutch, &["Waterschap Oost"]);
    check(
        "De gemeente Assen in het Koninkrijk der Nederlanden",
        Dutch,
        &["gemeente Assen", "Koninkrijk der Nederlanden"],
    );
}

#[test]
fn english_organizations() {
    check("between Halvorsen Data Systems, Inc., a corporation", English, &["Halvorsen Data Systems, Inc."]);
    check("by and between Kernighan and Ritchie Inc. and Foo LLC", English, &["Kernighan and Ritchie Inc.", "Foo LLC"]);
    check("Foo Inc. and Bar Widgets Limited", English, &["Foo Inc.", "Bar Widgets Limited"]);
    check(
        "vennootschap Stedelijke Liftenfabriek v/h Gebr. Korteweg B.V., gevestigd te Best",
        Dutch,
        &["Stedelijke Liftenfabriek v/h Gebr. Korteweg B.V."],
    );
    check("1. N.V. Zeepfabriek v/h Wed. Stuyling, te Tiel", Dutch, &["N.V. Zeepfabriek v/h Wed. Stuyling"]);
    check("I. Alfa Software B.V.; and\n\nII. Beta Wonen B.V.", English, &["Alfa Software B.V.", "Beta Wonen B.V."]);
    check("ACME SOFTWARE LIMITED", English, &["ACME SOFTWARE LIMITED"]);
    check("Tonglu Tongze Logistics Co., Ltd. (\"Party B\")", English, &["Tonglu Tongze Logistics Co., Ltd."]);
    check("the Licensor and the Company", English, &[]);
    check("2. Argus Wacht en Beveiliging B.V., gevestigd te Tilburg", Dutch, &["Argus Wacht en Beveiliging B.V."]);
    check("2. Argus Beheer en Beveiliging B.V., gevestigd te Tilburg", Dutch, &["Argus Beheer en Beveiliging B.V."]);
}

#[test]
fn persons() {
    check("de heer J. van der Berg, directeur", Dutch, &["person J. van der Berg"]);
    check("haar burgemeester R.A.L. Jansen", Dutch, &["person R.A.L. Jansen"]);
    check("Ms J. Smith, Managing Director", English, &["person J. Smith"]);
    check("(2) MARTIN ASHWORTH LUMB of 12 Heather Bank, Leeds", English, &["person MARTIN ASHWORTH LUMB"]);
}

#[test]
fn numbers_by_label() {
    check("KvK-nummer 87654321", Dutch, &["registered 87654321"]);
    check("KvK nr. l2345678", Dutch, &["registered 12345678"]);
    check("ingeschreven in het handelsregister te Tiel onder nummer 2207", Dutch, &["registered 2207"]);
    check("Handelsregister Utrecht nr. 58.114, telefoon 030-619044", Dutch, &["registered 58114"]);
    check("ingeschreven in het handelsregister, kantoor houdende te 3511 AB Utrecht", Dutch, &[]);
    check(
        "registered office at Via Roma 1, 31015 Conegliano, registered under number 588214",
        English,
        &["registered 588214"],
    );
    check("Contractnummer: 2019-INK-0042", Dutch, &["reference 2019-INK-0042"]);
    check("Ons kenmerk: Z/19/004711", Dutch, &["reference Z/19/004711"]);
    check("Kenmerk waterschap: WS-DOC 2016.20391", Dutch, &["reference WS-DOC 2016.20391"]);
    check("contractcode SH/OP/2.14.6", Dutch, &["reference SH/OP/2.14.6"]);
    check("dossier OG 2008-15", Dutch, &["reference OG 2008-15"]);
    check("het dossier van 2008", Dutch, &[]);
    check("kenmerk VRMP/I&C/20.0417", Dutch, &["reference VRMP/I&C/20.0417"]);
    check("No. 1187 / G.W.", Dutch, &["reference 1187/G.W"]);
    check("No. 68/114", Dutch, &["reference 68/114"]);
    check("de verzekering onder No. 68/114 wordt niet opgezegd en blijft doorlopen", Dutch, &[]);
    check("Trade Register 34198822, IJmuiden", English, &["registered 34198822"]);
    check("Contract No. 4600012345", English, &["reference 4600012345"]);
}

#[test]
fn places_of_law_and_moments() {
    check("de bevoegde rechter te Zwolle", Dutch, &["court bevoegde rechter te Zwolle"]);
    check("rechtbank Overijssel, locatie Zwolle", Dutch, &["court rechtbank Overijssel, locatie Zwolle"]);
    check("de rechtbank te Dordrecht, sector kanton.", Dutch, &["court rechtbank te Dordrecht, sector kanton"]);
    check(
        "de rechtbank Gelderland, kamer voor kantonzaken",
        Dutch,
        &["court rechtbank Gelderland, kamer voor kantonzaken"],
    );
    check(
        "de rechter in het arrondissement waar opdrachtgever is gevestigd.",
        Dutch,
        &["court rechter in het arrondissement waar opdrachtgever is gevestigd"],
    );
    check("de rechter in het arrondissement", Dutch, &[]);
    check("naar Nederlands recht", Dutch, &["law NL"]);
    check("laws of the State of New York", English, &["law US-NY"]);
    check("the laws of England and Wales.", English, &["law GB"]);
    check("tegen het einde van een kalenderkwartaal", Dutch, &["EndOfQuarter"]);
    check(
        "the state or federal courts located in Clark County, or the High Court of Wexford",
        English,
        &["court state or federal courts located in Clark County", "court High Court of Wexford"],
    );
    check(
        "the state courts in Clark County or the High Court of Wexford",
        English,
        &["court state courts in Clark County or the High Court of Wexford"],
    );
    check("in the Crewe County Court or the District Court", English, &["court Crewe County Court"]);
    check("to the Amsterdam District Court.", English, &["court Amsterdam District Court"]);
    check(
        "under the rules of the American Arbitration Association.",
        English,
        &["American Arbitration Association", "arbiters American Arbitration Association"],
    );
    check("rules of the International Chamber of Commerce", English, &["arbiters International Chamber of Commerce"]);
    check("the Arbitration Rules and an arbitration centre", English, &[]);
    check(
        "de Raad van Arbitrage voor de Metaalnijverheid en -Handel te 's-Gravenhage, onverminderd",
        Dutch,
        &["arbiters Raad van Arbitrage voor de Metaalnijverheid en -Handel te 's-Gravenhage"],
    );
    check(
        "van de Stichting Geschillenoplossing Automatisering (SGOA) te Den Haag, tenzij",
        Dutch,
        &[
            "arbiters Stichting Geschillenoplossing Automatisering (SGOA) te Den Haag",
            "Stichting Geschillenoplossing Automatisering",
        ],
    );
    check("door het Nederlands Arbitrage Instituut", Dutch, &["arbiters Nederlands Arbitrage Instituut", "law NL"]);
    check("het reglement van arbitrage", Dutch, &[]);
    check("the exclusive jurisdiction of the English courts", English, &["court English courts", "law GB"]);
    check("the law of Scotland, in the Scottish Courts.", English, &["law GB", "court Scottish Courts", "law GB"]);
    check("the date first above written", English, &["DateFirstWritten"]);
    check("at the end of the then-current Subscription Term", English, &["EndOfTerm"]);
    check("on the last day of any such further period", English, &["EndOfTerm"]);
    check("before the expiry of the initial contract period", English, &["EndOfTerm"]);
    check("30 days' notice, and at the end of such period", English, &[]);
}

#[test]
fn amounts() {
    let amount = |entity| match entity {
        Entity::Amount(found) => Some((found.currency, found.cents, found.disputed)),
        _ => None,
    };
    for (text, currency, cents) in [
        ("€ 1.250.000,-", "EUR", 125_000_000),
        ("EUR 12.500,00", "EUR", 1_250_000),
        ("EUR 1,250,000.00", "EUR", 125_000_000),
        ("12.500 euro", "EUR", 1_250_000),
        ("f 25.000,--", "NLG", 2_500_000),
        ("ƒ 1.250,50", "NLG", 125_050),
        ("Hfl. 1.250", "NLG", 125_000),
        ("US$ 2.5m", "USD", 250_000_000),
        ("$5,000", "USD", 500_000),
        ("vijftienduizend euro (€ 15.000)", "EUR", 1_500_000),
        ("€ 15.000,- (zegge: vijftienduizend euro)", "EUR", 1_500_000),
        ("2,5 miljoen euro", "EUR", 250_000_000),
        ("C 15.000,-", "EUR", 1_500_000),
        ("€ 1.25O.OOO,-", "EUR", 125_000_000),
    ] {
        assert_eq!(values(text, Dutch, amount), [(currency.to_owned(), cents, false)], "{text}");
    }
    // What gave way to another amount is no longer said.
    let prices = values("van € 3.310,00 naar € 2.075,00 per maand", Dutch, amount);
    assert_eq!(prices, [("EUR".to_owned(), 207_500, false)]);
    assert_eq!(values("tienduizend euro (€ 15.000)", Dutch, amount), [("EUR".to_owned(), 1_000_000, true)]);
}

#[test]
fn parties_without_a_legal_form() {
    check("PARTIES: Jeanne Jackson (“EMPLOYEE”) and", English, &["person Jeanne Jackson"]);
    check("by Benny Ward (Employee) in favor", English, &["person Benny Ward"]);
    check("(2) Helen Margaret Ashworth of 44 Sycamore Avenue, Ilkley", English, &["person Helen Margaret Ashworth"]);
    check("(1) WESTMOOR BOROUGH COUNCIL of Town Hall", English, &["WESTMOOR BOROUGH COUNCIL"]);
    check("a copy of 44 pages", English, &[]);
    check("Bright Hands Contract Cleaning Limited", English, &["Bright Hands Contract Cleaning Limited"]);
    check("The Sub-Contractor PEAK ROOFING LIMITED", English, &["PEAK ROOFING LIMITED"]);
    check("the Trustees of the Wexcombe Village Hall", English, &["Trustees of the Wexcombe Village Hall"]);
    check(
        "Mosside Youth Music CIC and Marlow Finch Architects LLP",
        English,
        &["Mosside Youth Music CIC", "Marlow Finch Architects LLP"],
    );
    check("/s/ Mary Minnick Mary Minnick", English, &["person Mary Minnick"]);
    check("I, Andrew Prozes, have executed", English, &["person Andrew Prozes"]);
    check("tussen Affinity Gaming (hierna \"Affinity\")", Dutch, &["Affinity Gaming"]);
    check("drkoop.com, inc.", English, &["drkoop.com, inc."]);
    check("Managing Director LINDEN PARTNERS L.P.", English, &["LINDEN PARTNERS L.P."]);
    check("Regionale ICT-dienst Waardzijde, gevestigd", Dutch, &["Regionale ICT-dienst Waardzijde"]);
    check("de stichting Stichting Borgfonds", Dutch, &["Stichting Borgfonds"]);
}

#[test]
fn names_end_before_addresses_and_begin_behind_forms_of_address() {
    check("Morwen Valley NHS Trust, Trust Headquarters, Castle Road", English, &["Morwen Valley NHS Trust"]);
    check("M/s. Sahyadri Centres Private Limited, a company", English, &["Sahyadri Centres Private Limited"]);
    check("Maatschap Te Veldhuis-Roerink, gevestigd te Bentelo", Dutch, &["Maatschap Te Veldhuis-Roerink"]);
    check(
        "Vereniging van Eigenaars Lindelaan 2 t/m 48 te Zeist, hierna",
        Dutch,
        &["Vereniging van Eigenaars Lindelaan 2 t/m 48 te Zeist"],
    );
}

#[test]
fn a_price_is_for_the_time_that_stands_beside_it() {
    use crate::model::record::Per;
    let per = |entity| match entity {
        Entity::Amount(found) => Some(found.per),
        _ => None,
    };
    for (text, want) in [
        ("Rent: £825 pcm", Some(Per::Month)),
        ("£825.00 p.c.m. in advance", Some(Per::Month)),
        ("£18,500 p.a. exclusive of VAT", Some(Per::Year)),
        ("€ 95,- p/m excl. btw", Some(Per::Month)),
        ("€60,000 with interest at 4% per annum", None),
        ("€60,000 (\"the Loan\").\n2. Interest accrues yearly per annum", None),
    ] {
        assert_eq!(values(text, English, per), [want], "{text}");
    }
}
