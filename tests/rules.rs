//! The rules that are built in hold what their examples say, and rule files that are wrong are refused with the place.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use griffie::{extract::RuleSet, model::Language, text::Text};

fn pack(rules: &str) -> Vec<(String, String)> {
    vec![
        ("contract/words.nl.toml".into(), "[words]\nrole = [\"koper\"]\n".into()),
        ("contract/rules/a.nl.toml".into(), format!("schema = 1\n{rules}")),
    ]
}

const RULE: &str = r#"
[[rule]]
id = "nl.term.lasts"
title = { nl = "Duurt", en = "Lasts" }
lang = "nl"
field = "term"
say = ["overeenkomst duurt <period>"]
take = { value = "period" }
examples = [{ text = "De overeenkomst duurt vier jaar.", want = ["P4Y"] }]
counter_examples = [{ text = "De garantie duurt vier jaar." }]
"#;

#[test]
fn every_example_of_the_embedded_rules_holds() {
    let rules = RuleSet::embedded().unwrap();
    let (count, failures) = rules.test_examples();
    assert!(count > 150, "{count}");
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_sentence_and_guard_of_the_embedded_rules_is_proven() {
    let remarks = RuleSet::embedded().unwrap().lint();
    assert!(remarks.is_empty(), "{remarks:#?}");
}

#[test]
fn a_wrong_rule_file_is_refused_with_place_and_hint() {
    let check = |from: &str, to: &str, says: &[&str]| {
        let error = RuleSet::compile(pack(&RULE.replace(from, to))).err().unwrap();
        let all = format!("{error:?}");
        assert!(says.iter().all(|part| all.contains(part)), "{all}");
    };
    check("<period>", "<perriod>", &["a.nl.toml:8:28", "did you mean `period`?"]);
    check("\"term\"", "\"tern\"", &["a.nl.toml:7:9", "did you mean `term`?"]);
    check("say =", "sya =", &["a.nl.toml:8:1"]);
    check(
        "counter_examples = [{ text = \"De garantie duurt vier jaar.\" }]",
        "counter_examples = []",
        &["counter-example"],
    );
    check("want = [\"P4Y\"]", "want = []", &["no example"]);
}

#[test]
fn one_counter_example_with_a_place_proves_a_list_of_guards() {
    let guarded = RULE.replace(
        "counter_examples = [{ text = \"De garantie duurt vier jaar.\" }]",
        "unless = { before = [\"eerste\", \"vorige\"], sentence = [\"verzekering*\"] }\n\
         counter_examples = [{ text = \"De {before} overeenkomst duurt vier jaar.\" }]",
    );
    let rules = RuleSet::compile(pack(&guarded)).unwrap();
    assert_eq!(rules.test_examples(), (3, Vec::new()), "the example, and the counter-example with either word");
    let remarks: Vec<_> = rules.lint().into_iter().map(|remark| remark.message).collect();
    assert_eq!(remarks, ["no example fails without the guard `verzekering*` (sentence)"]);
    let error = RuleSet::compile(pack(&guarded.replace("{before}", "{after}"))).err().unwrap();
    assert!(format!("{error:?}").contains("no guard for the place"), "{error:?}");
}

#[test]
fn a_heading_proves_the_guard_on_headings_only() {
    let guarded = RULE.replace(
        "counter_examples = [{ text = \"De garantie duurt vier jaar.\" }]",
        "unless = { before = [\"garantie\"], heading = [\"garantie\"] }\n\
         counter_examples = [{ text = \"De overeenkomst duurt vier jaar.\", heading = \"{heading}\" }]",
    );
    let remarks: Vec<_> = RuleSet::compile(pack(&guarded)).unwrap().lint();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(remarks[0].message, "no example fails without the guard `garantie` (before)");
}

#[test]
fn one_sentence_in_two_rules_is_remarked_where_both_look() {
    let check = |place: &str, want: &[&str]| {
        let other = RULE.replace("nl.term.lasts", "nl.term.other").replace("say =", &format!("{place}\nsay ="));
        let rule = RULE.replace("say =", "zone = [\"clauses\"]\nsay =");
        let remarks = RuleSet::compile(pack(&format!("{rule}{other}"))).unwrap().lint();
        assert_eq!(remarks.iter().map(|remark| remark.message.as_str()).collect::<Vec<_>>(), want);
    };
    check("", &["`overeenkomst duurt <period>` stands in `nl.term.lasts` too"]);
    check("zone = [\"preamble\", \"clauses\"]", &["`overeenkomst duurt <period>` stands in `nl.term.lasts` too"]);
    check("zone = [\"preamble\"]", &[]);
}

#[test]
fn a_rule_set_may_lie_in_a_folder_of_any_name() {
    let files = pack(RULE).into_iter().map(|(name, text)| (format!("our-rules/{name}"), text));
    let calibration =
        ("our-rules/contract/calibration.toml".to_owned(), "schema = 2\nmade_on = \"\"\nmade_from = []\n".to_owned());
    assert_eq!(RuleSet::compile(files.chain([calibration]).collect()).unwrap().rules().len(), 1);
}

#[test]
fn the_order_of_rules_never_matters() {
    let other = RULE.replace("nl.term.lasts", "nl.term.also").replace("duurt <", "...3 <");
    let text = Text::of_sentence("De overeenkomst duurt vier jaar.", Some(Language::Dutch));
    let read = |rules: &str| {
        let rules = RuleSet::compile(pack(rules)).unwrap();
        serde_json::to_string(&rules.extract(&text, Language::Dutch)).unwrap()
    };
    assert_eq!(read(&format!("{RULE}{other}")), read(&format!("{other}{RULE}")));
}

#[test]
fn explain_tells_where_a_rule_stopped() {
    let rules = RuleSet::compile(pack(RULE)).unwrap();
    let text = Text::of_sentence("De overeenkomst duurt lang.", Some(Language::Dutch));
    let told = rules.explain(&text, Some("nl.term"), Language::English);
    assert!(told.contains("stopped at “lang”, expected <period>"), "{told}");
}
