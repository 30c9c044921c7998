//! The register as the people of the desk use it: what waits for them, what they decide and take back, and the days by
//! which they must.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, process::Command};

use common::{Desk, check, json_of, write_pdf};
use serde_json::Value;

/// Two contracts: a lease whose notice is in doubt and that ends later, and an agreement that ends sooner.
fn desk() -> (Desk, String, String) {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    write_pdf(
        &desk.path("in/huur.pdf"),
        "Huurovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
         Bakkerij De Korenaar B.V., hierna te noemen: Huurder;\nkomen overeen als volgt.\nArtikel 1 Duur\n\
         Deze overeenkomst gaat in op 1 maart 2021 en eindigt op 28 februari 2031.\nArtikel 2 Opzegging\n\
         Opzegging geschiedt met inachtneming van een opzegtermijn van drie (2) maanden.",
    );
    write_pdf(
        &desk.path("in/schoonmaak.pdf"),
        "Schoonmaakovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\n\
         Poets & Co B.V., hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\n\
         Deze overeenkomst gaat in op 1 januari 2022 en eindigt op 31 december 2027.",
    );
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[0]);
    let record = |ending: &str| {
        let files = receipt["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["path"].as_str().unwrap().ends_with(ending)).unwrap();
        file["documents"][0]["record"].as_str().unwrap().to_owned()
    };
    let (lease, cleaning) = (record("huur.pdf"), record("schoonmaak.pdf"));
    (desk, lease, cleaning)
}

#[test]
fn what_waits_for_a_person_is_listed_and_can_be_worked_down() {
    let (desk, lease, cleaning) = desk();
    let list = |more: &[&str]| {
        let arguments = [&["register", "--waiting", "--json", "--as-of", "2026-01-01"][..], more].concat();
        json_of(&mut desk.griffie(&arguments), &[0])
    };
    // A deadline that was not confirmed for the sake of the test: end dates that people corrected are certain.
    let waiting = list(&[]);
    let days: Vec<_> = waiting.as_array().unwrap().iter().map(|one| one["next_deadline"].as_str()).collect();
    assert!(days.is_sorted_by_key(|day| (day.is_none(), *day)), "{days:?}");
    let of = |list: &Value, id: &str| list.as_array().unwrap().iter().find(|one| one["id"] == id).cloned();
    let notice = |list: &Value| {
        let fields = of(list, &lease)?["waiting"].as_array().unwrap().clone();
        fields.into_iter().find(|one| one["field"] == "notice")
    };
    let asked = notice(&waiting).unwrap();
    let words = asked["readings"][0]["evidence"][0]["quote"].as_str().unwrap();
    assert!(words.contains("maanden"), "{asked}");
    let (text, _) = check(&mut desk.griffie(&["register", "--waiting", "--as-of", "2026-01-01"]), 0);
    assert!(text.contains(&format!("{lease}  Huurovereenkomst  (")) && text.contains("huur.pdf)"), "{text}");
    assert!(text.contains("      1  P") && text.contains("(p. 1, "), "{text}");
    let (csv, _) = check(&mut desk.griffie(&["register", "--waiting", "--csv"]), 0);
    assert!(csv.starts_with("id,title,files,next_deadline,field,status,choose,reading,page,words\n"), "{csv}");
    assert!(csv.lines().any(|line| line.starts_with(&lease) && line.contains(",notice,")), "{csv}");

    check(&mut desk.griffie(&["decide", &lease, "--by", "Jansen", "accept", "notice", "--choose", "1"]), 0);
    assert_eq!(notice(&list(&[])), None, "what was decided waits no more");
    assert_eq!(of(&list(&["--party", "korenaar"]), &cleaning), None);
    let (_, stderr) =
        check(&mut desk.griffie(&["decide", &lease, "--by", "Jansen", "accept", "notice", "--choose", "9"]), 2);
    assert!(stderr.contains("undo notice"), "{stderr}");
    check(&mut desk.griffie(&["decide", &lease, "--by", "Jansen", "undo", "notice"]), 0);
    assert_eq!(notice(&list(&[])), Some(asked), "as it was read");
    // Said twice by the same person it stands once; anybody else finds nothing to take back.
    check(&mut desk.griffie(&["decide", &lease, "--by", "Jansen", "undo", "notice"]), 0);
    let (_, stderr) = check(&mut desk.griffie(&["decide", &lease, "--by", "Peters", "undo", "notice"]), 2);
    assert!(stderr.contains("nobody decided"), "{stderr}");

    // The history tells of both, the store holds both, and a rebuild says the same.
    let shown = || check(&mut desk.griffie(&["show", &lease, "--as-of", "2026-01-01"]), 0).0;
    let before = shown();
    assert!(before.contains("Jansen: accepted notice P"), "{before}");
    assert!(before.contains("Jansen: decision withdrawn notice"), "{before}");
    assert!(before.contains("huur.pdf (b-"), "{before}");
    assert_eq!(fs::read_dir(desk.path("data/store/decisions").join(&lease)).unwrap().count(), 2);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(shown(), before);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn what_a_person_said_of_its_end_and_its_dossier_is_told_as_said() {
    let (desk, lease, cleaning) = desk();
    let decide = |arguments: &[&str]| check(desk.griffie(&["decide", &lease, "--by", "J."]).args(arguments), 0);
    for act in [&["terminated-on", "2022-12-31"][..], &["still-holds"], &["belongs-to", &cleaning], &["stands-alone"]] {
        decide(act);
    }
    let told = |language: &str| check(&mut desk.griffie(&["show", &lease, "--language", language]), 0).0;
    let acts = |text: &str| {
        text.lines().filter_map(|line| line.split_once(" J.: ")).map(|(_, act)| act.to_owned()).collect::<Vec<_>>()
    };
    let belongs = format!("belongs to {cleaning}");
    assert_eq!(acts(&told("en")), ["terminated on 2022-12-31", "still holds", &belongs, "stands alone"]);
    assert_eq!(acts(&told("nl"))[1], "geldt nog");
    let json = json_of(&mut desk.griffie(&["show", &lease, "--json"]), &[0]);
    assert_eq!((&json["decisions"][1]["act"], &json["decisions"][1]["value"]), (&"still_holds".into(), &Value::Null));
    let object = fs::read_to_string(desk.path("data/store/decisions").join(&lease).join("000002.json")).unwrap();
    assert!(object.contains("\"still_holds\"") && !object.contains("superseded"), "{object}");
    let before = told("en");
    check(&mut desk.griffie(&["verify"]), 0);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(told("en"), before);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn each_party_with_a_notice_of_its_own_has_a_deadline_of_its_own() {
    let (desk, lease, _) = desk();
    let decide = |arguments: &[&str]| check(desk.griffie(&["decide", &lease, "--by", "J."]).args(arguments), 0);
    let of =
        |party: &str, months: u8| format!(r#"{{"period": "P{months}M", "by": "{party}", "against": "end_of_term"}}"#);
    decide(&["correct", "notice", &format!("[{}, {}]", of("Huurder", 1), of("Verhuurder", 3))]);
    let told = |arguments: &[&str]| check(&mut desk.griffie(&[arguments, &["--as-of", "2030-06-01"]].concat()), 0).0;
    let (list, csv) = (told(&["register", "--party", "korenaar"]), told(&["register", "--csv"]));
    for (day, party) in [("2030-11-28", "Verhuurder"), ("2031-01-28", "Huurder")] {
        assert!(list.contains(&format!("> {day} notice {party}")), "{list}");
        assert!(csv.contains(&format!("{day} notice {party}")), "{csv}");
    }
    assert!(csv.lines().any(|line| line.contains(",2030-11-28,notice,Verhuurder,")), "{csv}");
    let ics = told(&["register", "--ics", "--party", "korenaar"]).replace("\r\n ", "");
    assert!(ics.contains("notice (Verhuurder)") && ics.contains("notice (Huurder)"), "{ics}");
    let json: Value = serde_json::from_str(&told(&["register", "--json", "--party", "korenaar"])).unwrap();
    let parties: Vec<_> = json[0]["deadlines"].as_array().unwrap().iter().map(|one| one["party"].clone()).collect();
    assert_eq!(parties, [Value::from("Verhuurder"), "Huurder".into(), Value::Null], "{json}");
}

#[test]
fn deadlines_are_listed_by_their_day_and_make_a_calendar() {
    let (desk, lease, cleaning) = desk();
    for (id, day) in [(&lease, "2031-02-28"), (&cleaning, "2027-12-31")] {
        check(&mut desk.griffie(&["decide", id, "--by", "Jansen", "correct", "end_date", day]), 0);
        check(&mut desk.griffie(&["decide", id, "--by", "Jansen", "not-in-contract", "notice"]), 0);
        check(&mut desk.griffie(&["decide", id, "--by", "Jansen", "not-in-contract", "renewal"]), 0);
    }
    let until = |day: &str| {
        let listed = json_of(&mut desk.griffie(&["register", "--json", "--deadline-until", day]), &[0]);
        listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(until("2027-12-30"), [""; 0]);
    assert_eq!(until("2027-12-31"), [cleaning.as_str()]);
    assert_eq!(until("2099-12-31"), [cleaning.as_str(), lease.as_str()]);
    let (_, stderr) = check(&mut desk.griffie(&["register", "--deadline-until", "31-12-2027"]), 2);
    assert!(stderr.contains("2025-06-01 is the first of June 2025"), "{stderr}");

    let calendar = || check(&mut desk.griffie(&["register", "--ics", "--as-of", "2026-01-01"]), 0).0;
    let ics = calendar();
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert!(ics.lines().all(|line| line.len() <= 75), "{ics}");
    assert_eq!(ics.matches("BEGIN:VEVENT\r\n").count(), 2, "{ics}");
    assert!(ics.contains(&format!("UID:{lease}.end@griffie\r\n")), "{ics}");
    assert_eq!(ics.matches("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P30D\r\n").count(), 2, "{ics}");
    for (days, alarms) in [("90", 2), ("0", 0)] {
        let (ics, _) =
            check(&mut desk.griffie(&["register", "--ics", "--as-of", "2026-01-01", "--alarm-days", days]), 0);
        assert_eq!(
            (ics.matches("TRIGGER:-P90D").count(), ics.matches("VALARM").count()),
            (alarms, 2 * alarms),
            "{ics}"
        );
    }
    assert!(ics.contains("DTSTART;VALUE=DATE:20310228\r\nDTEND;VALUE=DATE:20310301\r\n"), "{ics}");
    assert_eq!(calendar(), ics, "the same register gives the same bytes");

    // A table says which values nobody confirmed, and of which file they are.
    let (csv, _) = check(&mut desk.griffie(&["register", "--csv"]), 0);
    let header = csv.lines().next().unwrap();
    let columns = ",next_deadline_party,next_deadline_certain,next_deadline_why,deadlines,not_certain,files,documents";
    assert!(header.ends_with(columns), "{header}");
    assert!(csv.lines().any(|line| line.starts_with(&lease) && line.contains("huur.pdf")), "{csv}");
    let (text, _) = check(&mut desk.griffie(&["show", &lease]), 0);
    assert!(text.contains("notice              –") || !text.contains("  notice  "), "{text}");
    assert!(text.contains("[not in the contract]"), "{text}");
}

#[test]
fn a_joined_document_is_still_had_by_the_id_it_came_in_as() {
    let (desk, lease, cleaning) = desk();
    let decide = |arguments: &[&str], code| check(desk.griffie(&["decide", "--by", "Jansen"]).args(arguments), code).1;
    decide(&[&cleaning, "belongs-to", &lease], 0);
    let stderr = decide(&[&cleaning, "belongs-to", &cleaning], 2);
    assert!(stderr.contains("stands-alone"), "{stderr}");
    check(desk.griffie(&["get", &cleaning, "-o"]).arg(desk.path("out.pdf")), 0);
    assert_eq!(fs::read(desk.path("out.pdf")).unwrap(), fs::read(desk.path("in/schoonmaak.pdf")).unwrap());
    let (_, stderr) = check(desk.griffie(&["get", &lease, "-o"]).arg(desk.path("two.pdf")), 2);
    assert!(stderr.contains("huur.pdf)") && stderr.contains("schoonmaak.pdf)"), "{stderr}");
    let (shown, _) = check(&mut desk.griffie(&["show", &lease]), 0);
    assert!(shown.contains(&format!("Jansen [{cleaning}]: belongs to {lease}")), "{shown}");
    let stderr = decide(&[&lease, "terminated-on", "2021-02-28"], 2);
    assert!(stderr.contains("correct effective_date"), "{stderr}");
    let stderr = decide(&[&lease, "correct", "governing_law", "Atlantis"], 2);
    assert!(stderr.contains(" NL,") && stderr.contains("US-NY"), "{stderr}");
}

#[test]
fn a_value_is_corrected_in_the_words_of_a_contract() {
    let (desk, lease, _) = desk();
    let decide = |arguments: &[&str], code| check(desk.griffie(&["decide", &lease, "--by", "J"]).args(arguments), code);
    decide(&["correct", "value", "€ 2.661,36 per maand excl. btw"], 0);
    let (shown, _) = decide(&["correct", "value", "2.700,00"], 0);
    assert!(shown.contains("EUR 2700.00 month"), "{shown}");
    let (shown, _) = decide(&["correct", "parties", "Bakkerij Jansen B.V. (huurder); Gemeente Diemen (verhuurder)"], 0);
    assert!(shown.contains("Bakkerij Jansen B.V. (huurder)") && shown.contains("Gemeente Diemen"), "{shown}");
    let (_, stderr) = decide(&["correct", "value", "2.700 per maand plus servicekosten"], 2);
    assert!(stderr.contains("`plus servicekosten` is not understood") && stderr.contains("€ 2.661,36 per"), "{stderr}");
    // What was chosen can be chosen again once it is taken back, which is said.
    decide(&["accept", "title", "--choose", "1"], 0);
    let (_, stderr) = decide(&["accept", "title", "--choose", "2"], 2);
    assert!(stderr.contains(&format!("griffie decide {lease} undo title")), "{stderr}");
}

#[test]
fn a_receipt_is_had_again_by_the_id_of_its_batch() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst");
    fs::write(desk.path("notes.txt"), "no contract").unwrap();
    let mut ingest = desk.griffie(&["ingest", "--json"]);
    let receipt = json_of(ingest.arg(desk.path("a.pdf")).arg(desk.path("notes.txt")), &[11]);
    let batch = receipt["batch"].as_str().unwrap();
    assert_eq!(json_of(&mut desk.griffie(&["show", batch, "--json"]), &[0]), receipt);
    let (text, _) = check(&mut desk.griffie(&["show", &batch[..6]]), 0);
    assert!(text.starts_with(&format!("Receipt {batch}\n")) && text.contains("quarantined"), "{text}");
    let (_, stderr) = check(&mut desk.griffie(&["show", "b-zzzz"]), 6);
    assert!(stderr.contains(batch), "{stderr}");
}

#[test]
fn all_batches_are_listed_with_what_is_in_quarantine_still() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst");
    fs::write(desk.path("notes.txt"), "no contract").unwrap();
    fs::write(desk.path("empty.pdf"), "").unwrap();
    let ingest = |name: &str| json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path(name)), &[0, 11]);
    let (first, second, third) = (ingest("a.pdf"), ingest("notes.txt"), ingest("empty.pdf"));
    let id = |receipt: &serde_json::Value| receipt["batch"].as_str().unwrap().to_owned();
    let (text, _) = check(&mut desk.griffie(&["show"]), 0);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    // Batches of one second stand in any order.
    let below = |receipt| lines.iter().skip_while(move |line| !line.starts_with(&id(receipt))).collect::<Vec<_>>();
    assert!(below(&first)[0].ends_with("1 file = 1 archived + 0 duplicate + 0 quarantined + 0 containers"), "{text}");
    let told = "notes.txt: the file is plain text, which cannot be read: hand it in as PDF";
    assert!(below(&second)[1].starts_with("    ") && below(&second)[1].ends_with(told), "{text}");
    assert!(below(&third)[1].ends_with("empty.pdf: the file is empty"), "{text}");
    assert!(lines[5].starts_with("3 batches, 2 files in quarantine"), "{text}");
    let json = json_of(&mut desk.griffie(&["show", "--json"]), &[0]);
    let of = |receipt: &serde_json::Value| {
        let batches = json.as_array().unwrap();
        batches.iter().find(|batch| batch["batch"] == receipt["batch"]).unwrap()["quarantined"].clone()
    };
    assert_eq!((&of(&third)[0]["reason"]["kind"], of(&first)), (&"empty".into(), serde_json::json!([])));
    check(&mut desk.griffie(&["show", "--paper"]), 2);
}

#[test]
fn a_list_has_one_line_a_contract_and_the_nearest_deadline_first() {
    let (desk, lease, cleaning) = desk();
    fs::write(desk.path("data/griffie.toml"), "own_organizations = [\"Gemeente Voorbeeldstad\"]").unwrap();
    let (list, _) = check(&mut desk.griffie(&["register", "--list", "--as-of", "2026-01-01"]), 0);
    let lines: Vec<_> = list.lines().collect();
    assert!(lines.iter().take(4).all(|line| line.chars().count() <= 100), "{list}");
    assert!(lines[0].starts_with("id") && lines[1].starts_with(&cleaning) && lines[2].starts_with(&lease), "{list}");
    assert!(lines[1].contains("Poets & Co B.V.") && lines[1].contains("2027-12-31  2027-12-31"), "{list}");
    assert!(lines[2].contains("Bakkerij De Korenaar B.…") && !list.contains("Gemeente"), "{list}");
    // Of drie (2) maanden a person must choose.
    assert!(lines[2].contains("2031-02-28  2030-11-28?"), "{list}");
    assert!(!lines[2].ends_with(" 0") && lines[3] == "2 records on 2026-01-01", "{list}");
    check(&mut desk.griffie(&["register", "--list", "--csv"]), 2);
}

/// A mail with this subject and text, and these files attached.
fn mail(subject: &str, text: &str, attached: &[(&str, &[u8])]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut mail = format!(
        "From: Inkoop <inkoop@example.org>\r\nTo: archief@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    );
    for (name, bytes) in attached {
        mail += &format!(
            "--edge\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename={name}\r\n\r\n{}\r\n",
            STANDARD.encode(bytes)
        );
    }
    mail + "--edge--\r\n"
}

#[test]
fn a_mail_that_brings_a_contract_is_none_itself_and_names_what_it_brought() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    write_pdf(
        &desk.path("a.pdf"),
        "Allonge bij de huurovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
         Bakkerij De Korenaar B.V., hierna te noemen: Huurder;\nkomen overeen dat de huur eindigt op 29 februari 2028.",
    );
    let pdf = fs::read(desk.path("a.pdf")).unwrap();
    let put = |name: &str, text: String| fs::write(desk.path("in").join(name), text).unwrap();
    put("1.eml", mail("Allonge getekend", "Hierbij de getekende allonge.", &[("a.pdf", &pdf)]));
    put("2.eml", mail("Stukken", "Nogmaals de allonge, voor het dossier.", &[("b.pdf", &pdf)]));
    put("3.eml", mail("Uw bericht", "Wij gaan akkoord met een looptijd tot 31 december 2027.", &[]));
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[0]);
    let record = |at: usize| receipt["files"][at]["documents"][0]["record"].as_str().unwrap().to_owned();
    let (first, allonge, second, other) = (record(1), record(2), record(4), record(6));
    assert_eq!(record(5), allonge, "the same bytes: {receipt:#}");
    let (list, _) = check(&mut desk.griffie(&["register"]), 0);
    let of = |id: &str| list.lines().find(|line| line.starts_with(id));
    assert!(of(&allonge).is_some() && of(&other).is_some() && of(&first).is_none() && of(&second).is_none(), "{list}");
    assert!(list.contains("\n2 records on ") && list.ends_with(", and 2 covering e-mails (see --letters)\n"), "{list}");
    assert!(list.contains("Uw bericht  [proposed"), "one of no kind is known by its subject: {list}");
    let all = json_of(&mut desk.griffie(&["register", "--letters", "--json"]), &[0]);
    let entry = |id: &str| all.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    let covering = entry(&first);
    assert_eq!(covering["fields"]["contract_type"]["status"], "absent", "{covering:#}");
    let title = &covering["fields"]["title"];
    assert_eq!((&title["value"], &title["status"]), (&"Allonge getekend".into(), &"proposed".into()));
    assert_eq!(
        (&covering["related"][0]["relation"], &covering["related"][0]["record"]),
        (&"brought".into(), &allonge.as_str().into())
    );
    let brought_by: Vec<_> = entry(&allonge)["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["relation"].clone(), one["record"].clone()))
        .collect();
    let mut want = [&first, &second].map(|id| (Value::from("brought_by"), Value::from(id.as_str())));
    want.sort_by_key(|(_, id)| id.to_string());
    let mut brought_by = brought_by;
    brought_by.sort_by_key(|(_, id)| id.to_string());
    assert_eq!(brought_by, want);
    let (shown, _) = check(&mut desk.griffie(&["show", &second]), 0);
    assert!(shown.contains(&format!("= with this e-mail came {allonge} (b.pdf)")), "{shown}");
    assert!(shown.contains("  letter d-"), "{shown}");
    let (shown, _) = check(&mut desk.griffie(&["show", &allonge]), 0);
    assert!(shown.contains(&format!("= came with the e-mail {first} (")), "{shown}");
    // What a person decided about a covering letter is not left out of sight.
    check(&mut desk.griffie(&["decide", &first, "--by", "J.", "correct", "title", "Allonge"]), 0);
    assert!(check(&mut desk.griffie(&["register"]), 0).0.contains(&first));
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn an_archive_whose_store_is_gone_is_not_said_to_be_none() {
    let (desk, lease, _) = desk();
    fs::rename(desk.path("data/store"), desk.path("elsewhere")).unwrap();
    for command in [&["register"][..], &["search", "huur"], &["get", &lease, "-o", "out.pdf"]] {
        let (_, stderr) = check(&mut desk.griffie(command), 6);
        assert!(stderr.contains("is gone") && stderr.contains("backup") && !stderr.contains("makes one"), "{stderr}");
    }
}

#[test]
fn a_slip_of_the_pen_is_answered_before_anything_is_done() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst");
    let mut ingest = desk.griffie(&["ingest", "--move-to"]);
    let (_, stderr) = check(ingest.arg(desk.path("a.pdf/done")).arg(desk.path("a.pdf")), 2);
    assert!(stderr.contains("hint: name a folder"), "{stderr}");
    assert!(!desk.path("data").try_exists().unwrap());
    let (_, stderr) = check(desk.griffie(&["extract"]).arg(desk.path("")), 11);
    assert!(stderr.contains("it is a folder") && stderr.contains("`griffie ingest` takes folders"), "{stderr}");
    // What is asked on the command line holds before the configuration.
    fs::create_dir(desk.path("data")).unwrap();
    fs::write(desk.path("data/griffie.toml"), "workers = 9999\n").unwrap();
    let (_, stderr) = check(desk.griffie(&["ingest", "--workers", "0"]).arg(desk.path("a.pdf")), 0);
    assert!(!stderr.contains("9999"), "{stderr}");
    let (list, _) = check(&mut desk.griffie(&["register"]), 0);
    assert!(list.contains("  unknown: when it ends was not read\n"), "{list}");
    let shown = json_of(&mut desk.griffie(&["show", list.split(' ').next().unwrap(), "--json"]), &[0]);
    let told = shown["record"]["document"]["problems"].as_array().unwrap().last().unwrap();
    assert_eq!((&told["kind"], &told["message"]), (&"lifecycle_unknown".into(), &"when it ends was not read".into()));
    // A file that is named twice comes in once.
    fs::create_dir(desk.path("in")).unwrap();
    write_pdf(&desk.path("in/b.pdf"), "Koopovereenkomst");
    let mut twice = desk.griffie(&["ingest", "--json"]);
    let paths = ["in/b.pdf", "in", "in/b.pdf"].map(|path| desk.path(path));
    let receipt = json_of(twice.args(&paths), &[0]);
    assert_eq!((&receipt["totals"]["files"], &receipt["totals"]["archived"]), (&1.into(), &1.into()), "{receipt:#}");
}

#[test]
fn only_ingest_makes_an_archive() {
    let desk = Desk::new();
    let nothing = desk.path("data");
    for arguments in [
        &["store", "probe"][..],
        &["store", "extend"],
        &["copies"],
        &["rebuild"],
        &["register"],
        &["search", "huur"],
        &["verify"],
        &["log", "checkpoint"],
        &["show", "c-1"],
        &["export", "--all", "--bagit", "bag"],
    ] {
        let (_, stderr) = check(&mut desk.griffie(arguments), 6);
        assert!(stderr.contains("hint: "), "{arguments:?}: {stderr}");
        assert!(!nothing.try_exists().unwrap(), "{arguments:?}");
    }
    let (_, stderr) = check(&mut desk.griffie(&["ingest", "nowhere.pdf"]), 6);
    assert!(stderr.contains("there is no `nowhere.pdf`"), "{stderr}");
    assert!(!nothing.try_exists().unwrap());
}

#[test]
fn thousands_of_workers_are_not_started_for_one_page() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst");
    let (_, stderr) = check(desk.griffie(&["ingest", "--workers", "9999"]).arg(desk.path("a.pdf")), 0);
    assert!(stderr.contains("9999 workers are more than this machine gains by"), "{stderr}");
    let (_, stderr) = check(desk.griffie(&["ingest", "--workers", "1"]).arg(desk.path("a.pdf")), 0);
    assert!(!stderr.contains("gains by"), "{stderr}");
}

/// The program as somebody who may read the data folder and write nothing in it; nothing where that cannot be tried.
fn onlooker(desk: &Desk) -> Option<impl Fn(&[&str]) -> Command> {
    let data = desk.path("data");
    let chmod = |mode: &str| Command::new("chmod").args(["-R", mode]).arg(desk.path("")).status().unwrap().success();
    assert!(chmod("a+rX,a-w"));
    let is_root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
    let own = common::griffie(&data).get_program().to_owned();
    let command = move |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "setpriv".into() } else { own.clone() });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&own);
        }
        command.env("GRIFFIE_DATA", &data).env("GRIFFIE_LANGUAGE", "en").env_remove("GRIFFIE_USER").args(arguments);
        command
    };
    let can = command(&["--version"]).output().is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("SKIPPED: the program cannot be run as another user here");
    }
    can.then_some(command)
}

#[test]
fn whoever_may_only_read_a_data_folder_sees_all_and_changes_nothing() {
    let (desk, lease, _) = desk();
    let day = ["--as-of", "2026-01-01"];
    check(&mut desk.griffie(&["search", "huur"]), 0);
    let own = |arguments: &[&str]| check(&mut desk.griffie(arguments), 0).0;
    let asked = [
        [&["register", "--json"][..], &day].concat(),
        [&["show", &lease][..], &day].concat(),
        vec!["search", "voorbeeldstad"],
    ];
    check(&mut desk.griffie(&["verify"]), 0);
    let told: Vec<_> = asked.iter().map(|arguments| own(arguments)).collect();
    let Some(onlooker) = onlooker(&desk) else { return };
    for (arguments, told) in asked.iter().zip(&told) {
        assert_eq!(check(&mut onlooker(arguments), 0).0, *told, "{arguments:?}");
    }
    let (stdout, stderr) = check(&mut onlooker(&["verify"]), 0);
    assert!(stdout.contains("; 0 findings") && stderr.is_empty(), "{stdout}{stderr}");
    let out = tempfile::tempdir().unwrap();
    assert!(Command::new("chmod").arg("a+rwx").arg(out.path()).status().unwrap().success());
    check(onlooker(&["get", &lease, "-o"]).arg(out.path().join("lease.pdf")), 0);
    assert_eq!(fs::read(out.path().join("lease.pdf")).unwrap(), fs::read(desk.path("in/huur.pdf")).unwrap());
    check(onlooker(&["export", "--all", "--bagit"]).arg(out.path().join("bag")), 0);
    assert!(out.path().join("bag/bagit.txt").is_file());
    let (_, stderr) = check(&mut onlooker(&["decide", &lease, "--by", "J.", "not-in-contract", "court"]), 7);
    assert!(stderr.contains("may only be read") && stderr.contains("hint: "), "{stderr}");

    for command in [&["ingest", "/dev/null"][..], &["rebuild"], &["copies"], &["reread"]] {
        let (_, stderr) = check(&mut onlooker(command), 7);
        assert!(stderr.contains("may only be read") && stderr.contains("hint: "), "{command:?}: {stderr}");
    }

    // The store is its owner's: whoever was given the rest alone is told what is missing.
    assert!(Command::new("chmod").arg("go-rwx").arg(desk.path("data/store")).status().unwrap().success());
    for command in ["register", "verify"] {
        let (_, stderr) = check(&mut onlooker(&[command]), 7);
        assert!(stderr.contains("may not read") && stderr.contains("/store`"), "{stderr}");
    }

    // Nothing was written, and one who may not even look is told so.
    assert!(Command::new("chmod").args(["-R", "u+w,go-rwx"]).arg(desk.path("data")).status().unwrap().success());
    assert_eq!(own(&asked[1]), told[1]);
    let (_, stderr) = check(&mut onlooker(&["register"]), 7);
    assert!(stderr.contains("may not read") || stderr.contains("may only be read"), "{stderr}");
}

#[test]
fn a_language_that_cannot_be_read_is_refused_before_anything_is_archived() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst");
    fs::create_dir(desk.path("tessdata")).unwrap();
    fs::write(desk.path("tessdata/eng.traineddata"), "").unwrap();
    for verb in ["ingest", "extract", "text"] {
        let mut command = desk.griffie(&[verb]);
        let (stdout, stderr) = check(command.arg(desk.path("a.pdf")).env("TESSDATA_PREFIX", desk.path("tessdata")), 4);
        assert!(stderr.contains("no data for nld") && stderr.contains("tesseract-ocr-nld"), "{stdout}{stderr}");
    }
    assert!(!desk.path("data").try_exists().unwrap(), "no empty archive stays behind");
}

#[test]
fn a_search_names_contracts_and_refuses_a_filter_that_there_is_none_of() {
    let (desk, lease, _) = desk();
    let (hits, _) = check(&mut desk.griffie(&["search", "opzegtermijn"]), 0);
    assert!(hits.starts_with(&lease) && hits.contains("  Huurovereenkomst\n"), "{hits}");
    assert!(hits.ends_with("\n1 hit\n"), "{hits}");
    let (records, _) = check(&mut desk.griffie(&["search", "party:voorbeeldstad", "--records"]), 0);
    assert_eq!(records.lines().count(), 3, "{records}");
    assert!(records.ends_with("2 records\n") && records.contains("Bakkerij De Korenaar B.V."), "{records}");
    let (_, stderr) = check(&mut desk.griffie(&["search", "foo:bar"]), 2);
    assert!(stderr.contains("there is no filter `foo`") && stderr.contains("ends-until"), "{stderr}");
}
