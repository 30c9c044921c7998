//! The parties of openings, cover sheets and forms.

use super::*;
use crate::model::Language;

/// Names and roles of the parties of an opening.
#[track_caller]
fn check(opening: &str, want: &[(&str, Option<&str>)]) {
    let rules = RuleSet::embedded().unwrap();
    let text = Text::of_sentence(opening, Some(Language::Dutch));
    let found = find(&rules, &rules.scene(&text));
    let found: Vec<_> = found.iter().map(|f| (f.party.name.as_str(), f.party.role.as_deref())).collect();
    assert_eq!(found, want, "{opening}");
}

#[test]
fn who_represents_a_party_is_none() {
    check(
        "Overeenkomst tussen Liftbouw Veer B.V., vertegenwoordigd door Veer Holding B.V. (hierna: \"Leverancier\"), \
         en Woonzorg Noord B.V. (hierna: \"Afnemer\").",
        &[("Liftbouw Veer B.V.", Some("Leverancier")), ("Woonzorg Noord B.V.", Some("Afnemer"))],
    );
}

#[test]
fn roles_need_no_quotes_and_names_no_legal_form() {
    check(
        "Overeenkomst tussen 1. Waterschap Oost, zetelend te Best, ten deze vertegenwoordigd door mevrouw T. Bakker, \
         verpachter;\n2. Boerderij De Hoge Kamp, gevestigd te Best, nader aangeduid als pachter;",
        &[("Waterschap Oost", Some("verpachter")), ("Boerderij De Hoge Kamp", Some("pachter"))],
    );
    check(
        "Overeenkomst tussen\nKantoor Ten Velde & Zonen, gevestigd te Zwolle (Opdrachtnemer);\nen\nde vereniging v.v. Zuid, \
         gevestigd te Best, hierna: vereniging,",
        &[("Kantoor Ten Velde & Zonen", Some("Opdrachtnemer")), ("vereniging v.v. Zuid", Some("vereniging"))],
    );
}

#[test]
fn an_organ_speaks_for_its_body_and_an_item_may_have_a_letter() {
    check(
        "Overeenkomst tussen\n1. Het college van burgemeester en wethouders van de gemeente Oost, zetelend te Oost, \
         hierna: \"opdrachtgever\";\n2. a. de heer Jan Pieter Vos, geboren te Ede en b. mevrouw Anna Kok, geboren te Best, \
         hierna tezamen te noemen \"koper\";",
        &[("gemeente Oost", Some("opdrachtgever")), ("Jan Pieter Vos", Some("koper")), ("Anna Kok", Some("koper"))],
    );
    check(
        "Overeenkomst tussen\nde gemeente Kaag en Braassem, hierna: \"Klant\",\nen\nTaxi- en Koeriersbedrijf Vos & Zn. B.V., \
         hierna: \"vervoerder\";",
        &[
            ("gemeente Kaag en Braassem", Some("Klant")),
            ("Taxi- en Koeriersbedrijf Vos & Zn. B.V.", Some("vervoerder")),
        ],
    );
}

#[test]
fn several_organs_speak_for_the_bodies_that_join() {
    let two = [("gemeente Leiden", None), ("gemeente Leiderdorp", None)];
    check(
        "De raden, de colleges van burgemeester en wethouders en de burgemeesters van de gemeenten Leiden en Leiderdorp, ieder \
         voor zover zij bevoegd zijn;\n\noverwegende dat zij samenwerken;\n\nkomen overeen:",
        &two,
    );
    check(
        "De colleges van burgemeester en wethouders van de gemeenten Leiden en Leiderdorp,\n\noverwegende dat zij \
         samenwerken;\n\nkomen overeen:",
        &two,
    );
}

#[test]
fn who_makes_up_a_partnership_is_no_party() {
    check(
        "tussen\nde maatschap Huisartsen Centrum, gevestigd te Meppel, bestaande uit A. Smit B.V. en B. Mulder B.V., hierna: \
         \"opdrachtgever\";\nen\nde eenmanszaak Technisch Beheer Jansen, gevestigd te Ede, hierna: \"opdrachtnemer\"",
        &[("maatschap Huisartsen Centrum", Some("opdrachtgever")), ("Technisch Beheer Jansen", Some("opdrachtnemer"))],
    );
}

#[test]
fn a_party_may_be_told_by_its_side() {
    check(
        "Tussen Gebroeders Van der Meulen B.V. te Sneek enerzijds en Autobedrijf Hendriks te Joure anderzijds is overeengekomen:",
        &[("Gebroeders Van der Meulen B.V.", None), ("Autobedrijf Hendriks", None)],
    );
}

#[test]
fn who_signs_for_a_body_over_several_lines_is_no_party() {
    check(
        "Overeenkomst tussen\nde Staat der Nederlanden, te dezen vertegenwoordigd door de Minister van Zaken,\nnamens deze,\n\
         drs. W. Otter,\nhierna te noemen: Opdrachtgever,\nen\nDijk B.V., hierna te noemen: Opdrachtnemer,",
        &[("Staat der Nederlanden", Some("Opdrachtgever")), ("Dijk B.V.", Some("Opdrachtnemer"))],
    );
}

#[test]
fn states_need_no_word_that_says_between_whom() {
    let two = [("Kingdom of Norway", None), ("Republic of Ghana", None)];
    check(
        "The Kingdom of Norway and the Republic of Ghana,\n\nHaving regard to their friendship;\n\nHave agreed as follows:",
        &two,
    );
    check("The Kingdom of Norway\n\nand\n\nthe Republic of Ghana,\n\nDesiring to trade,\n\nHave agreed:", &two);
}

#[test]
fn one_more_is_joined_behind_who_represents_the_party_before() {
    check(
        "Memorandum between\n\nNorsk University (hereinafter \"NU\"), represented by its Rector, Dr. Anna Vik, and Universitas Nusa \
         Merdeka, Malang, Indonesia (hereinafter \"UNM\"), represented by its Dean,\n\nhave agreed:",
        &[("Norsk University", Some("NU")), ("Universitas Nusa Merdeka", Some("UNM"))],
    );
}

#[test]
fn who_belongs_to_a_party_is_none() {
    check(
        "Agreement between\n\nSandhopper Limited (\"Sandhopper\")\n\nHoogheemraadschap van Delfland (\"Delfland\")\n\nInvestigators: Dr \
         W. Kamer (\"Sandhopper\"); ing. P. Zonneveld (\"Delfland\")",
        &[("Sandhopper Ltd.", Some("Sandhopper")), ("Hoogheemraadschap van Delfland", Some("Delfland"))],
    );
}

#[test]
fn a_list_starts_at_its_first_item_whatever_the_cover_calls_it() {
    check(
        "Overeenkomst tussen het Rijk en de provincie Drenthe\n\nPartijen\n\n1. De Staat der Nederlanden, vertegenwoordigd door de \
         heer ir. H.J. Vlas, hierna te noemen: het Rijk;\n\n2. De provincie Drenthe, vertegenwoordigd door mevrouw A. Buys, hierna te \
         noemen: de Provincie;",
        &[("Staat der Nederlanden", Some("Rijk")), ("provincie Drenthe", Some("Provincie"))],
    );
}

#[test]
fn a_mayor_with_an_initial_stands_for_his_town() {
    check(
        "Overeenkomst tussen\n\n1. B. ten Have, burgemeester der gemeente Raalte, als zodanig die gemeente vertegenwoordigende, \
         en\n\n2. Jhr. mr. G.F. van Reede, burgemeester der gemeente Heino, als zodanig die gemeente vertegenwoordigende;\n\nkomen \
         overeen als volgt:",
        &[("gemeente Raalte", None), ("gemeente Heino", None)],
    );
}

#[test]
fn forms_name_parties_under_a_head() {
    check(
        "Leveringsovereenkomst gas\nGegevens leverancier\nNaam\tNoordkracht N.V.\nKvK\t00024680\nGegevens afnemer\n\
         Naam\tZorggroep Fivel\nKvK\t00013579",
        &[("Noordkracht N.V.", Some("leverancier")), ("Zorggroep Fivel", Some("afnemer"))],
    );
}

#[test]
fn names_stand_below_what_their_parties_are_called() {
    let want = [("Alfa Beheer B.V.", Some("Verhuurder")), ("Beta Diensten B.V.", Some("Huurder"))];
    let columns = "Huurovereenkomst\nVerhuurder\tHuurder\nAlfa Beheer B.V.\tBeta Diensten B.V.\nDorpsweg 1\tKade 2";
    check(columns, &want);
    check(
        "Huurovereenkomst\n\nVerhuurder\n\nAlfa Beheer B.V.\n\nDorpsweg 1\n\nHuurder\n\nBeta Diensten B.V.\n\nKade 2",
        &want,
    );
    let unlike = "Huurovereenkomst\nVerhuurder\tHuurder\nAlfa Beheer B.V.\tZwembad Noord\nDorpsweg 1\tKade 2";
    check(unlike, &[("Alfa Beheer B.V.", Some("Verhuurder")), ("Zwembad Noord", Some("Huurder"))]);
}

#[test]
fn a_role_may_stand_in_brackets_below_the_name() {
    check(
        "Onderhoudscontract\n\ntussen\n\nAlfa Beheer B.V.\n\n(opdrachtgever)\n\nen\n\nBeta Diensten B.V.\n\n(opdrachtnemer)",
        &[("Alfa Beheer B.V.", Some("opdrachtgever")), ("Beta Diensten B.V.", Some("opdrachtnemer"))],
    );
}

#[test]
fn of_two_words_for_a_party_the_usual_one_is_its_role() {
    check(
        "Overeenkomst tussen\nOpvang De Zon B.V., gevestigd te Ede (hierna: \"wij\" of \"werkgever\");\nen\nmevrouw Anna Kok, \
         wonende te Best (hierna: \"je\" of \"werknemer\");",
        &[("Opvang De Zon B.V.", Some("werkgever")), ("Anna Kok", Some("werknemer"))],
    );
}

#[test]
fn the_number_behind_a_firm_is_not_its_partners() {
    let rules = RuleSet::embedded().unwrap();
    let opening = "Overeenkomst tussen\n1. de heer Ruud Vos, geboren te Ede, handelend als vennoot van V.O.F. Vos Mode, \
                   ingeschreven in het handelsregister onder nummer 00844120, hierna: \"huurder\";\n2. Dijk B.V., hierna: \"verhuurder\";";
    let text = Text::of_sentence(opening, Some(Language::Dutch));
    let found = find(&rules, &rules.scene(&text));
    let person = found.iter().find(|found| found.party.name == "Ruud Vos");
    assert!(person.is_none_or(|person| person.party.registration_number.is_none()), "{found:?}");
}

#[test]
fn the_heads_of_a_form_may_be_numbered() {
    check(
        "ONDERHOUDSCONTRACT\n\n1. OPDRACHTGEVER\nNaam\tStichting Avondrust\nAdres\tLaan 60\n\n2. OPDRACHTNEMER\n\nSignaal \
         Beveiliging B.V., Edisonbaan 9, hierna te noemen: Signaal.\n\n3. INSTALLATIE",
        &[("Stichting Avondrust", Some("Opdrachtgever")), ("Signaal Beveiliging B.V.", Some("Opdrachtnemer"))],
    );
}

#[test]
fn a_form_may_ask_for_the_name_of_each_tenant() {
    check(
        "Huurovereenkomst\nNaam verhuurder\tStichting Wonen\nAdres\tKade 1\nNaam huurder 1\tJolien Verstraelen\nGeboren\t12 \
         september 1989\nNaam huurder 2\tThomas van Rooij\n1. Verhuurder verhuurt aan huurder een woning.",
        &[
            ("Stichting Wonen", Some("verhuurder")),
            ("Jolien Verstraelen", Some("huurder")),
            ("Thomas van Rooij", Some("huurder")),
        ],
    );
}

#[test]
fn two_who_sign_for_a_firm_are_no_parties() {
    check(
        "Huurovereenkomst tussen\nA. Stichting Wonen, gevestigd te Best, vertegenwoordigd door de heer T. Moer, hierna te noemen \
         \"verhuurder\",\nen\nB. de vennootschap onder firma Drogist Kok-Vos V.O.F., gevestigd te Best, ingeschreven in het \
         handelsregister onder nummer 24416207, te dezen vertegenwoordigd door haar beide vennoten, mevrouw H. Kok en de \
         heer R.D. Vos, hierna te noemen \"huurder\",\nzijn overeengekomen",
        &[("Stichting Wonen", Some("verhuurder")), ("Drogist Kok-Vos V.O.F.", Some("huurder"))],
    );
}

#[test]
fn a_name_at_the_head_of_its_item_holds_its_joint() {
    check(
        "Overeenkomst tussen\n1. de gemeente Best, zetelend te Best (\"Opdrachtgever\"); en\n2. Argus Wacht en Beveiliging B.V., \
         gevestigd te Tilburg (\"Opdrachtnemer\").",
        &[("gemeente Best", Some("Opdrachtgever")), ("Argus Wacht en Beveiliging B.V.", Some("Opdrachtnemer"))],
    );
}

#[test]
fn only_dutch_firms_have_a_dutch_number() {
    let check = |name: &str, number: &str, want: (Option<&str>, Option<&str>)| {
        let rules = RuleSet::embedded().unwrap();
        let opening = format!(
            "Agreement between\n{name}, registered with company number {number}, hereinafter: \"Seller\";\nand\nDijk \
             B.V., hereinafter: \"Buyer\";"
        );
        let text = Text::of_sentence(&opening, Some(Language::English));
        let found = find(&rules, &rules.scene(&text));
        let party = &found[0].party;
        assert_eq!((party.registration_number.as_deref(), party.other_registration.as_deref()), want, "{found:?}");
    };
    check("Vos Handel B.V.", "09417732", (Some("09417732"), None));
    check("Fox Trading Limited", "09417732", (None, Some("09417732")));
    check("Fox Trading B.V.", "588214", (None, Some("588214")));
}

#[test]
fn a_list_of_municipalities_names_each() {
    check(
        "Overeenkomst tussen de gemeenten Almelo, Borne en Wierden, gezamenlijk te noemen \"de Gemeente\", en Zorg Oost \
         B.V., verder \"Aanbieder\".",
        &[
            ("gemeente Almelo", Some("Gemeente")),
            ("gemeente Borne", Some("Gemeente")),
            ("gemeente Wierden", Some("Gemeente")),
            ("Zorg Oost B.V.", Some("Aanbieder")),
        ],
    );
}

#[test]
fn lists_go_on_behind_a_description_and_its_comma() {
    check(
        "This MSA is made by and among Orchard Analytics Pty Ltd, an Australian company, Orchard Analytics (UK) \
         Limited, a company incorporated in England (together \"Supplier\"), and Trent Valley Water plc (\"Client\").",
        &[
            ("Orchard Analytics Pty Ltd.", Some("Supplier")),
            ("Orchard Analytics (UK) Ltd.", Some("Supplier")),
            ("Trent Valley Water plc", Some("Client")),
        ],
    );
    check(
        "This Agreement is entered into between the undersigned Yu Zhou and Genexo Technologies Inc., a Nevada \
         corporation (the \"Company\").",
        &[("Yu Zhou", None), ("Genexo Technologies Inc.", Some("Company"))],
    );
}

#[test]
fn deeds_call_their_parties_in_bare_brackets() {
    check(
        "This Deed is made between (1) Oakshire County Council of County Hall, Oakham (the Council);\nand\n\
         (2) Helen Mary Ashworth of 44 Sycamore Avenue, Ilkley (Occupier);\nIt is agreed: The Council lets to the \
         Occupier. The Occupier pays the Council.",
        &[("Oakshire County Council", Some("Council")), ("Helen Mary Ashworth", Some("Occupier"))],
    );
}

#[test]
fn a_role_may_stand_before_its_name() {
    check(
        "This Agreement is made between\nThe Contractor HALLAM CONSTRUCTION LIMITED whose registered office is at \
         Sheffield;\nand\nThe Sub-Contractor PEAK ROOFING LIMITED whose registered office is at Leeds;",
        &[("HALLAM CONSTRUCTION Ltd.", Some("Contractor")), ("PEAK ROOFING Ltd.", Some("Sub-Contractor"))],
    );
}

#[test]
fn a_cover_that_names_the_parties_is_not_their_list() {
    check(
        "LEASE\nbetween\nPENNINE ESTATES LIMITED\nand\nBRIGHTSIDE BAKERY LIMITED\nTHIS LEASE is dated 14 March \
         2022\n(1) PENNINE ESTATES LIMITED of 3 Canal Street, Bingley (Landlord)\n(2) BRIGHTSIDE BAKERY LIMITED of \
         19 North Parade (Tenant)\nThe Landlord lets to the Tenant. The Tenant pays the Landlord.",
        &[("PENNINE ESTATES Ltd.", Some("Landlord")), ("BRIGHTSIDE BAKERY Ltd.", Some("Tenant"))],
    );
}

#[test]
fn recitals_add_nobody_to_the_list() {
    check(
        "This Agreement is made by and between Acme, Inc., a Delaware corporation (the \"Company\") and Kenneth Buechler \
         (\"Employee\").\nA. The Company, Employer, and Inca Acquisition, Inc., a subsidiary, are entering into a merger.\n\
         B. Employee and Company desire to enter into this Agreement.",
        &[("Acme, Inc.", Some("Company")), ("Kenneth Buechler", Some("Employee"))],
    );
}

#[test]
fn what_several_are_called_together_is_the_role_of_each() {
    check(
        "Overeenkomst tussen 1. gemeente Oost, kantoor houdend te Oost;\n2. gemeente West, kantoor houdend te West, \
         gezamenlijk aangeduid als \"Opdrachtgever\",\n3. Taxi Zuid B.V., aangeduid als \"Vervoerder\";",
        &[
            ("gemeente Oost", Some("Opdrachtgever")),
            ("gemeente West", Some("Opdrachtgever")),
            ("Taxi Zuid B.V.", Some("Vervoerder")),
        ],
    );
}

#[test]
fn a_name_has_come_to_its_end_or_may_go_on() {
    for ends in ["", ", gevestigd te Best", "\nAdres", " (hierna: huurder)", " en B B.V.", " gevestigd te Best", "; en"]
    {
        assert!(ends_name(ends), "{ends:?}");
    }
    for goes_on in [" voor primair onderwijs, gevestigd", " v/h Gebroeders", " Noord"] {
        assert!(!ends_name(goes_on), "{goes_on:?}");
    }
}

#[test]
fn a_name_ends_before_its_street_its_department_and_its_seat() {
    check(
        "Overeenkomst tussen Stichting Openbare Bibliotheek Noord Het Baken 8, 7607 XR Almelo (hierna: \"Huurder\") en \
         Gemeente Hellendoorn Afd. Facilitair (hierna: \"Verhuurder\").",
        &[("Stichting Openbare Bibliotheek Noord", Some("Huurder")), ("Gemeente Hellendoorn", Some("Verhuurder"))],
    );
    check(
        "AN AGREEMENT BETWEEN CUMBRIA COUNTY COUNCIL of The Courts, Carlisle (hereinafter called \"the Council\") of the \
         one part and STOBBART LIMITED (hereinafter called \"the Contractor\") of the other part.",
        &[("CUMBRIA COUNTY COUNCIL", Some("Council")), ("STOBBART Ltd.", Some("Contractor"))],
    );
}

#[test]
fn a_contract_is_no_party_to_itself() {
    check(
        "ONDERHOUDSCONTRACT PERSONENLIFTEN (\"Volledig Onderhoud\") tussen Woonzorg Noord B.V. (\"Opdrachtgever\") en \
         Noorderlift B.V. (\"Leverancier\").",
        &[("Woonzorg Noord B.V.", Some("Opdrachtgever")), ("Noorderlift B.V.", Some("Leverancier"))],
    );
}

#[test]
fn what_the_contract_calls_somebody_tells_where_a_name_stands() {
    check(
        "Overeenkomst tussen de ondergetekenden:\n1. Omgevingsdienst Noordrand, gevestigd te Best, KvK-nummer 57180443, vertegenwoordigd door \
         de heer W. te Riele, directeur, hierna: de opdrachtgever;\n2. Glazenwasserij Gebroeders Kok, vennootschap onder \
         firma, gevestigd te Ede, hierna te noemen: \"het Bedrijf\",",
        &[("Omgevingsdienst Noordrand", Some("opdrachtgever")), ("Glazenwasserij Gebroeders Kok", Some("Bedrijf"))],
    );
    check(
        "AGREEMENT between HALDANE DATA (SCOTLAND) LIMITED, having its Registered Office at 4 High Street (hereinafter called \
         \"the Company\") and TAYSIDE AND ANGUS WATER DEVELOPMENT BOARD, Whitefriars House, Perth (hereinafter called \"the Customer\").",
        &[
            ("HALDANE DATA (SCOTLAND) Ltd.", Some("Company")),
            ("TAYSIDE AND ANGUS WATER DEVELOPMENT BOARD", Some("Customer")),
        ],
    );
    check(
        "Contract dated 20 July 2018 between (1) Slieve Bawn Institute of Further Education, a body corporate established \
         under an Act, of Castle Road (\"the Client\"); and (2) Thornfield Kitchens DAC, registered in Ireland with number \
         488213 (\"the Caterer\").",
        &[("Slieve Bawn Institute of Further Education", Some("Client")), ("Thornfield Kitchens DAC", Some("Caterer"))],
    );
    check(
        "NDA BETWEEN\n(1) Corrib Analytics DAC, a company incorporated in Ireland (\"Corrib\"); and\n(2) Solvang Havteknologi AS, \
         a company incorporated in Norway with organisation number 918 204 557 (\"Solvang\"),",
        &[("Corrib Analytics DAC", Some("Corrib")), ("Solvang Havteknologi AS", Some("Solvang"))],
    );
    check(
        "Agency agreement between:\nVAN DER WEIJDEN BLOEMBOLLEN B.V., a private company, hereinafter referred to as \"the Exporter\",\nand\n\
         Mr. Leonard F. PARTRIDGE, residing at 14 Bourne Road, Spalding, hereinafter referred to as \"the Agent\",",
        &[("VAN DER WEIJDEN BLOEMBOLLEN B.V.", Some("Exporter")), ("Leonard F. PARTRIDGE", Some("Agent"))],
    );
}

#[test]
fn two_persons_may_be_called_one() {
    check(
        "THIS LEASE made the 14th day of June 1998 BETWEEN DESMOND P. HARTY and MARY ROSE HARTY both of North Road, in the City \
         of Limerick (hereinafter called \"the Lessor\") of the One Part and SHANNON PHARMACIES LIMITED having its registered \
         office at Main Street (hereinafter called \"the Lessee\") of the Other Part",
        &[
            ("DESMOND P. HARTY", Some("Lessor")),
            ("MARY ROSE HARTY", Some("Lessor")),
            ("SHANNON PHARMACIES Ltd.", Some("Lessee")),
        ],
    );
    check(
        "Huurovereenkomst tussen ondergetekenden\nde heer Cornelis Jacobus Roden, geboren te Alkmaar op 3 augustus 1951, en mevrouw Wilhelmina Roden-Stet, \
         geboren te Bergen op 19 mei 1954, echtelieden, wonende te Alkmaar, Kade 8, hierna gezamenlijk te noemen 'verhuurder',\n\
         EN\nKaashuis De Waag B.V., gevestigd te Best, hierna te noemen 'huurder',",
        &[
            ("Cornelis Jacobus Roden", Some("verhuurder")),
            ("Wilhelmina Roden-Stet", Some("verhuurder")),
            ("Kaashuis De Waag B.V.", Some("huurder")),
        ],
    );
    check(
        "THIS LEASE, made this 12th day of June, 1978, by and between the PORT OF YOUNGS BAY, a municipal corporation of the \
         State of Oregon, hereinafter called \"Lessor\", and HARLAN R. OSTERBERG and LUCILLE M. OSTERBERG, husband and wife, \
         hereinafter called \"Lessees\",",
        &[
            ("PORT OF YOUNGS BAY", Some("Lessor")),
            ("HARLAN R. OSTERBERG", Some("Lessees")),
            ("LUCILLE M. OSTERBERG", Some("Lessees")),
        ],
    );
}

#[test]
fn items_may_be_called_by_their_number_or_all_together() {
    check(
        "Overeenkomst tussen de ondergetekenden:\na. Gemeente Valken, vertegenwoordigd door burgemeester E. Kok;\nb. Gemeente Heeze, \
         vertegenwoordigd door wethouder P. Vos;\nde gemeente onder a hierna ook: gastgemeente; de gemeente onder b hierna ook: \
         gebruiker;",
        &[("Gemeente Valken", Some("gastgemeente")), ("Gemeente Heeze", Some("gebruiker"))],
    );
    check(
        "Overeenkomst tussen de ondergetekenden:\n1. Waterschap Delta, gevestigd te Best, hierna: \"Opdrachtgever\";\n2. Bagger \
         Vos B.V., gevestigd te Ede;\n3. Kok Waterbouw B.V., gevestigd te Epe;\n4. Veld & Ruim B.V., gevestigd te Goor;\n\
         de onder 2 tot en met 4 genoemde partijen ieder afzonderlijk hierna te noemen \"Raamcontractant\" en gezamenlijk \
         \"Raamcontractanten\";",
        &[
            ("Waterschap Delta", Some("Opdrachtgever")),
            ("Bagger Vos B.V.", Some("Raamcontractant")),
            ("Kok Waterbouw B.V.", Some("Raamcontractant")),
            ("Veld & Ruim B.V.", Some("Raamcontractant")),
        ],
    );
    check(
        "Overeenkomst tussen de ondergetekenden,\n1. de gemeente Oldam, vertegenwoordigd door haar burgemeester, de heer R. Kok;\n2. de gemeente \
         Pekel, vertegenwoordigd door haar burgemeester, de heer L.E. Vos;\nhierna gezamenlijk te noemen: de deelnemers;",
        &[("gemeente Oldam", Some("deelnemers")), ("gemeente Pekel", Some("deelnemers"))],
    );
}

#[test]
fn two_who_are_called_something_need_no_word_that_says_between_whom() {
    check(
        "Arbeidsovereenkomst.\nBakkerij Van Vliet B.V., te Gouda, hierna werkgever, en de heer S. Aydin, te Gouda, hierna \
         werknemer.\n1. De werknemer treedt op 15 mei 2023 in dienst als bakker.",
        &[("Bakkerij Van Vliet B.V.", Some("werkgever")), ("S. Aydin", Some("werknemer"))],
    );
    check(
        "Huurovereenkomst.\nStichting Woonvorm Delta, verhuurder, en de heer J. Prins, huurder.\n1. De huur is ingegaan.",
        &[("Stichting Woonvorm Delta", Some("verhuurder")), ("J. Prins", Some("huurder"))],
    );
    check(
        "Serviceovereenkomst.\nOndergetekenden: Woonzorgcentrum De Lindenhof (hierna \"gebruiker\") en Vuurwacht Techniek \
         B.V. (hierna \"Vuurwacht\").\n1. De overeenkomst heeft een duur van 5 jaar.",
        &[("Woonzorgcentrum De Lindenhof", Some("gebruiker")), ("Vuurwacht Techniek B.V.", Some("Vuurwacht"))],
    );
    check(
        "Hosting agreement.\nDatafjord AS (\"Provider\") and Streekarchief Langstraat (\"Customer\") agree as follows:\n1. This \
         agreement takes effect on 1 November 2021.",
        &[("Datafjord AS", Some("Provider")), ("Streekarchief Langstraat", Some("Customer"))],
    );
}

#[test]
fn an_office_acts_for_its_body() {
    check(
        "Overeenkomst tussen de ondergetekenden:\na. de burgemeester van Raalte, handelende als zodanig en als vertegenwoordiger van \
         de gemeente Raalte, hierna te noemen: \"verhuurster\";\nb. Hendrikus Johannes Nijland, landbouwer, geboren te Heino, \
         hierna te noemen: \"huurder\";",
        &[("gemeente Raalte", Some("verhuurster")), ("Hendrikus Johannes Nijland", Some("huurder"))],
    );
}

#[test]
fn beside_a_sure_name_what_a_role_asks_for_is_one() {
    check(
        "Lease of a storage unit\nLandlord\tBoxrijk Opslag B.V., Ede\nTenant\tKapsalon Lokken\nUnit\tC-118",
        &[("Boxrijk Opslag B.V.", Some("Landlord")), ("Kapsalon Lokken", Some("Tenant"))],
    );
}

#[test]
fn a_name_ends_where_its_address_begins() {
    check(
        "This contract is made between\n(1) THE COUNCIL OF THE CITY OF BARCHESTER of Guildhall, High Street, Barchester \
         (\"the Council\"); and\n(2) Mayfield Residents Association of Mayfield Court, Whitby (\"the Client\").",
        &[("COUNCIL OF THE CITY OF BARCHESTER", Some("Council")), ("Mayfield Residents Association", Some("Client"))],
    );
}

#[test]
fn two_of_one_family_are_two_parties() {
    check(
        "Loan agreement between\nWestmarch Union Limited, 5 Bridge Street, Omagh (\"the Lender\")\nand\nPaul Henry Adair and Louise \
         Adair, both of 22 Lisanelly Park, Omagh (together \"the Borrower\").",
        &[
            ("Westmarch Union Ltd.", Some("Lender")),
            ("Paul Henry Adair", Some("Borrower")),
            ("Louise Adair", Some("Borrower")),
        ],
    );
}

#[test]
fn a_field_names_all_who_are_joined_in_it() {
    check(
        "Tenancy agreement\nLandlord(s)\tMrs Sunita Patel\nTenant(s)\tMr Kieran Walsh and Miss Amy Tranter\nRent\t£925.00",
        &[("Sunita Patel", Some("Landlord")), ("Kieran Walsh", Some("Tenant")), ("Amy Tranter", Some("Tenant"))],
    );
}

#[test]
fn beside_two_roles_stand_two_names_whatever_they_look_like() {
    check(
        "Sponsorovereenkomst\nSponsor\tBouwmarkt Kuipers, Emmeloord\nVereniging\ts.v. Eendracht, Emmeloord\nIngang\t1 juli 2021",
        &[("Bouwmarkt Kuipers", Some("Sponsor")), ("s.v. Eendracht", Some("Vereniging"))],
    );
    check("Sponsorovereenkomst\nSponsor\tBouwmarkt Kuipers, Emmeloord\nIngang\t1 juli 2021", &[]);
}

#[test]
fn a_name_ends_before_the_street_that_goes_on_in_its_cell() {
    check(
        "Polis\nVerzekeringnemer\tTimmerbedrijf Oosting Dorpsstraat 5, 7738 PG Witharen\nVerzekeraar\tOnderlinge Vechtdal U.A.",
        &[("Timmerbedrijf Oosting", Some("Verzekeringnemer")), ("Onderlinge Vechtdal U.A.", Some("Verzekeraar"))],
    );
}

#[test]
fn a_notary_is_no_party_and_spouses_are_called_something_together() {
    check(
        "Overeenkomst tussen\nde ondergetekenden, verschenen voor mij, mr. Hendrica van Embrechts, notaris te Almelo:\n1. a. de \
         heer Gerrit Jan Nijkamp, geboren te Tubbergen, en zijn echtgenote,\nb. mevrouw Johanna Maria Oude Vrielink, geboren te \
         Vriezenveen, hierna samen te noemen: \"grondeigenaar\";\n2. Zonnedak Twickel B.V., gevestigd te Hengelo, hierna te \
         noemen: \"opstaller\".",
        &[
            ("Gerrit Jan Nijkamp", Some("grondeigenaar")),
            ("Johanna Maria Oude Vrielink", Some("grondeigenaar")),
            ("Zonnedak Twickel B.V.", Some("opstaller")),
        ],
    );
}

#[test]
fn a_letter_calls_its_parties_something_in_brackets() {
    check(
        "Dear Ms Rudd,\n\nNorthern Heaths Foundation Ltd (the \"Funder\") is pleased to offer Wetherby Society Ltd (the \
         \"Grantee\") a grant.",
        &[("Northern Heaths Foundation Ltd.", Some("Funder")), ("Wetherby Society Ltd.", Some("Grantee"))],
    );
}

#[test]
fn what_is_found_by_its_place_alone_has_a_rule_of_its_own() {
    let rules = RuleSet::embedded().unwrap();
    let form = "Sponsorovereenkomst\nSponsor\tBouwmarkt Kuipers, Emmeloord\nVereniging\tEendracht Noord, Emmeloord";
    let text = Text::of_sentence(form, Some(Language::Dutch));
    let found = find(&rules, &rules.scene(&text));
    assert!(found.len() == 2 && found.iter().all(|party| party.how.rule() == "parties.placed"));
}

#[test]
fn a_list_of_parties_may_stand_beside_a_head_in_the_margin() {
    check(
        "Overeenkomst tot huur van grond\nPartijen\tde gemeente Oirschot, gevestigd te Oirschot, hierna: de Gemeente; en Horizon \
         Media B.V., gevestigd te Breda, hierna: de Exploitant.\nAanleiding\tDe Exploitant heeft verzocht een mast op te richten.",
        &[("gemeente Oirschot", Some("Gemeente")), ("Horizon Media B.V.", Some("Exploitant"))],
    );
}

#[test]
fn who_stands_right_before_they_agree_are_the_parties() {
    check(
        "HUUROVEREENKOMST\nDe Gemeente Wijchen, vertegenwoordigd door haar burgemeester, verhuurster, en\nde Stichting \
         Jeugdcentrum \"De Toren\" te Wijchen, huurster, komen overeen als volgt:\nArt. 1. Verhuurster verhuurt het pand.",
        &[("Gemeente Wijchen", Some("verhuurster")), ("Stichting Jeugdcentrum \"De Toren\"", Some("huurster"))],
    );
    check("De Stichting De Toren te Wijchen vergadert.\nHierbij komen overeen de leden.", &[]);
}

#[test]
fn a_list_of_fields_goes_on_with_a_word_of_its_own() {
    let form = |word: &str| {
        format!(
            "Raamovereenkomst\nOpdrachtgever\tStichting Zorggroep De Meierij, KvK 17229036\n{word}\tBrabant Flexpunt B.V., KvK \
             63940112\nIngangsdatum\t1 april 2022\n1. De uitzendonderneming levert. 2. De uitzendonderneming betaalt."
        )
    };
    let client = ("Stichting Zorggroep De Meierij", Some("Opdrachtgever"));
    check(&form("Uitzendonderneming"), &[client, ("Brabant Flexpunt B.V.", Some("Uitzendonderneming"))]);
    check(&form("Accountant"), &[client]);
}

#[test]
fn a_prescribed_clause_names_all_parties_in_one_field() {
    check(
        "LEASE\nLR1. Date of lease\t14 March 2018\nLR3. Parties to this lease\tLandlord HOLLINS ESTATES LIMITED (company number \
         02914663) of Skipton Tenant THE WHARFEDALE HOSPICE SHOPS TRUST (registered charity) of Otley Other parties \
         None\nLR4. Property\tThe shop at Keighley",
        &[("HOLLINS ESTATES Ltd.", Some("Landlord")), ("THE WHARFEDALE HOSPICE SHOPS TRUST", Some("Tenant"))],
    );
}

#[test]
fn a_numbered_head_of_a_form_says_whose_name_it_asks() {
    check(
        "Huurcontract\n\n1. Verhuurder\n\nNaam PrintPunt Services B.V. te Emmen\n\n2. Huurder\n\nBedrijfsnaam Stichting De \
         Veenwijk",
        &[("PrintPunt Services B.V.", Some("Verhuurder")), ("Stichting De Veenwijk", Some("Huurder"))],
    );
}

#[test]
fn before_whom_a_deed_is_passed_is_no_party() {
    check(
        "MAATSCHAPSCONTRACT\nHeden verschenen voor mij, mr. Johannes Kolff, notaris te Goes:\n1. de heer Cornelis Jan Boogaard, \
         geboren te Goes;\n2. mevrouw Anna Maria Traas, geboren te Kapelle; hierna tezamen te noemen: \"de maten\".",
        &[("Cornelis Jan Boogaard", Some("maten")), ("Anna Maria Traas", Some("maten"))],
    );
}

#[test]
fn an_article_with_a_capital_belongs_to_a_name_that_holds_it() {
    check(
        "Overeenkomst tussen Stichting Zorggroep De Vechtoever, gevestigd te Hardenberg, hierna: \"De Vechtoever\", en Linnen \
         Noord B.V., gevestigd te Almelo, hierna: \"De Wasserij\".",
        &[("Stichting Zorggroep De Vechtoever", Some("De Vechtoever")), ("Linnen Noord B.V.", Some("Wasserij"))],
    );
}
