//! The stories in the README, told by the built program: every `$` command there gives the output that stands under
//! it. Ids and sizes differ in every archive, and the number of rules grows; they are not compared.
//!
//! `GRIFFIE_WRITE_README=1` writes what the program says into the README instead.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, path::Path, process::Command};

use regex::Regex;

/// Without what differs from archive to archive and from day to day.
fn masked(text: &str) -> String {
    let ids = Regex::new(r"\b([bcd])-[0-9a-z]{12}\b").unwrap();
    let counts = Regex::new(r"\(\d+ bytes\)|^\d+ rules, \d+ examples|received \d{4}-\d\d-\d\d").unwrap();
    let lines = text.lines().map(|line| counts.replace_all(&ids.replace_all(line, "$1-ID"), "(COUNT)").into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// The arguments of a command line: words, and words between single quotes.
fn arguments(line: &str) -> Vec<String> {
    let words = Regex::new(r"'([^']*)'|(\S+)").unwrap();
    words.captures_iter(line).map(|word| word.get(1).or(word.get(2)).unwrap().as_str().to_owned()).collect()
}

/// What the commands of a story say when they are run in a folder. A record that one names is the last that was told of.
fn told(story: &str, folder: &Path, data: &Path) -> String {
    let record = Regex::new(r"\bc-[0-9a-z]{12}\b").unwrap();
    let mut told = String::new();
    for line in story.lines().filter(|line| line.starts_with("$ ")) {
        let last = record.find_iter(&told).last().map(|id| id.as_str().to_owned());
        let line = last.map_or(line.into(), |last| record.replace_all(line, last));
        let command = line.strip_prefix("$ ").unwrap();
        let mut run = match command.strip_prefix("griffie ") {
            Some(command) => {
                let mut run = common::griffie(data);
                run.args(arguments(command));
                run
            }
            None => {
                let words = arguments(command);
                let mut run = Command::new(&words[0]);
                run.args(&words[1..]);
                run
            }
        };
        let output = run.current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        told += &format!("{line}\n{}", String::from_utf8(output.stdout).unwrap());
    }
    told
}

/// The pieces of the README between fences of a kind, from the chapter on that starts so; the chapter is replaced by
/// what `tell` makes of each where the environment asks for it.
fn compare(chapter: &str, kind: &str, mut tell: impl FnMut(&str) -> String) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&place).unwrap();
    let start = readme.find(chapter).unwrap();
    let end = readme[start + 3..].find("\n## ").map_or(readme.len(), |end| start + 3 + end);
    let open = format!("```{kind}\n");
    let (mut written, mut rest) = (String::new(), &readme[start..end]);
    while let Some((before, inside)) = rest.split_once(&open) {
        let (story, after) = inside.split_once("```").unwrap();
        let told = tell(story);
        if std::env::vars().all(|(name, _)| name != "GRIFFIE_WRITE_README") {
            assert_eq!(masked(&told), masked(story), "GRIFFIE_WRITE_README=1 writes what the program says");
        }
        written += &format!("{before}{open}{told}```");
        rest = after;
    }
    assert!(!written.is_empty(), "{chapter} tells nothing");
    if std::env::vars().any(|(name, _)| name == "GRIFFIE_WRITE_README") {
        fs::write(&place, format!("{}{written}{rest}{}", &readme[..start], &readme[end..])).unwrap();
    }
}

/// Both chapters in turn: they may both be written anew.
#[test]
fn the_readme_tells_what_the_program_says() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = tempfile::tempdir().unwrap();
    compare("## One contract", "console", |story| {
        let told = told(story, home, data.path());
        assert!(told.matches("$ ").count() >= 2, "{told}");
        told
    });

    let work = tempfile::tempdir().unwrap();
    // Of the rules a true copy: `cp` would copy a link as a link, and the new rule would end up in the source.
    told(&format!("$ cp -r {} .", home.join("pipelines").display()), work.path(), data.path());
    std::os::unix::fs::symlink(home.join("sample-docs"), work.path().join("sample-docs")).unwrap();
    let readme = fs::read_to_string(home.join("README.md")).unwrap();
    let (_, rule) = readme.split_once("```toml\n").unwrap();
    let (rule, _) = rule.split_once("```").unwrap();
    let (_, mail) = readme.split_once("```eml\n").unwrap();
    fs::write(work.path().join("les.eml"), mail.split_once("```").unwrap().0).unwrap();
    compare("## Teach it a rule", "console", |story| {
        let told = told(story, work.path(), data.path());
        // The rule is written between the first step and the next, and used from then on.
        let rules = work.path().join("our-rules");
        fs::write(rules.join("contract/rules/own.nl.toml"), rule).unwrap();
        fs::write(data.path().join("griffie.toml"), format!("rules = \"{}\"\n", rules.display())).unwrap();
        told
    });
}
