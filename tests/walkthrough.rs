//! The story in the README, told by the built program: every `$ griffie` command there gives the output that stands
//! under it. Ids and sizes differ in every archive and are not compared.
//!
//! `GRIFFIE_WRITE_README=1` writes what the program says into the README instead.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, path::Path};

use regex::Regex;

/// Ids and sizes in bytes, which differ from archive to archive.
fn masked(text: &str) -> String {
    let ids = Regex::new(r"\b([bcd])-[0-9a-z]{12}\b").unwrap();
    let sizes = Regex::new(r"\(\d+ bytes\)").unwrap();
    sizes.replace_all(&ids.replace_all(text, "$1-ID"), "(BYTES)").into_owned()
}

/// The arguments of a command line: words, and words between single quotes.
fn arguments(line: &str) -> Vec<String> {
    let words = Regex::new(r"'([^']*)'|(\S+)").unwrap();
    words.captures_iter(line).map(|word| word.get(1).or(word.get(2)).unwrap().as_str().to_owned()).collect()
}

#[test]
fn the_readme_tells_what_the_program_says() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(home.join("README.md")).unwrap();
    let (before, story) = readme.split_once("```console\n").unwrap();
    let (story, after) = story.split_once("```").unwrap();
    let data = tempfile::tempdir().unwrap();
    let mut told = String::new();
    for line in story.lines().filter(|line| line.starts_with("$ ")) {
        let command = line.strip_prefix("$ griffie ").unwrap();
        let output = common::griffie(data.path()).current_dir(home).args(arguments(command)).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        told += &format!("{line}\n{}", String::from_utf8(output.stdout).unwrap());
    }
    assert!(told.matches("$ ").count() >= 4, "{told}");
    if std::env::vars().any(|(name, _)| name == "GRIFFIE_WRITE_README") {
        fs::write(home.join("README.md"), format!("{before}```console\n{told}```{after}")).unwrap();
    } else {
        assert_eq!(masked(&told), masked(story), "GRIFFIE_WRITE_README=1 writes what the program says");
    }
}
