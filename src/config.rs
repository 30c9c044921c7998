//! Reads the configuration file and the environment into a checked [`Config`]. The only room that reads the
//! environment, besides the flags' own variables, which the command line names in its help.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::{
    Result,
    error::{Context as _, Error, ErrorKind, Fold as _},
    model::Language,
};

/// Name of the configuration file in the data folder.
pub const FILE_NAME: &str = "griffie.toml";

/// Every key: what it takes in English and in Dutch, and an example.
const KEYS: [(&str, &str, &str, &str); 16] = [
    ("language", "nl or en, in quotation marks", "nl of en, tussen aanhalingstekens", "\"nl\""),
    (
        "own_organizations",
        "a list of names, each in quotation marks",
        "een lijst van namen, elk tussen aanhalingstekens",
        "[\"Gemeente Westerveen\"]",
    ),
    (
        "trusted_logs",
        "a list of keys of logs as `griffie log checkpoint --print` tells them, each in quotation marks",
        "een lijst van sleutels van logboeken zoals `griffie log checkpoint --print` ze noemt, elk tussen aanhalingstekens",
        "[\"griffie-log-ad8129d9a64c+d1d476ec+AeqYbXoCyi2f7oZsVLALtN+yXKvyjpTTmllxZPATfusr\"]",
    ),
    ("workers", WHOLE.0, WHOLE.1, "2"),
    ("worker_memory_mib", WHOLE.0, WHOLE.1, "512"),
    ("page_cpu_seconds", WHOLE.0, WHOLE.1, "30"),
    ("original_mib", WHOLE.0, WHOLE.1, "2048"),
    ("unpacked_mib", WHOLE.0, WHOLE.1, "2000"),
    ("rules", "a folder, in quotation marks", "een map, tussen aanhalingstekens", "\"our-rules\""),
    (
        "store",
        "a folder or s3://bucket/prefix, in quotation marks",
        "een map of s3://bucket/prefix, tussen aanhalingstekens",
        "\"s3://bucket/prefix\"",
    ),
    ("endpoint", "an address, in quotation marks", "een adres, tussen aanhalingstekens", "\"https://s3.example.nl\""),
    ("region", "a name, in quotation marks", "een naam, tussen aanhalingstekens", "\"eu-west-1\""),
    ("profile", "a name, in quotation marks", "een naam, tussen aanhalingstekens", "\"archive\""),
    ("credentials_file", "a file, in quotation marks", "een bestand, tussen aanhalingstekens", "\"/etc/griffie/s3\""),
    (
        "retention",
        "compliance or governance, in quotation marks",
        "compliance of governance, tussen aanhalingstekens",
        "\"compliance\"",
    ),
    ("retention_days", WHOLE.0, WHOLE.1, "30"),
];

const WHOLE: (&str, &str) = ("a whole number, 0 or more", "een heel getal, 0 of meer");

/// A value of each kind as TOML writes it.
const FORMS: &str = "language = \"nl\", workers = 2, own_organizations = [\"Gemeente Westerveen\"]";

/// More processes that read pages than this gain nothing and cost their memory.
const WORKERS_A_CORE: usize = 4;

/// What may be configured. Every key has a default; unknown keys are refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Language of explanations, tables and receipts: `nl` or `en`.
    pub language: Language,
    /// Names by which our own organization stands in contracts: deadlines are then those of our side.
    pub own_organizations: Vec<String>,
    /// Keys of the logs of other archives whose people decide here too: anybody can make an archive, and a bag of it. Whole
    /// keys (C2SP signed-note, "verifier key"): a log's name is a few bytes of a digest.
    pub trusted_logs: Vec<String>,
    /// Worker processes that read pages; 0 for one a core.
    pub workers: usize,
    /// Memory that a worker process may use, in MiB. One of them at a time may use twice as much, for a large page.
    pub worker_memory_mib: u64,
    /// Processor time that a page may cost, in seconds.
    pub page_cpu_seconds: u64,
    /// Size of the largest file that is taken, in MiB.
    pub original_mib: u64,
    /// What one container may unpack to, with all that is inside its members, in MiB; without it 500 MB.
    pub unpacked_mib: Option<u64>,
    /// Folder with another rule set than the one built in (`…/rules/*.toml` and word lists below it).
    pub rules: Option<PathBuf>,
    /// Where the objects lie: a folder or `s3://bucket/prefix`. Without it, `store` in the data folder.
    pub store: Option<String>,
    /// How to reach a store on S3, and how long it must keep what it is given.
    pub s3: S3,
    /// Somebody vouches for the machine's clock, though the log tells of a later time. Said on the command line, for once.
    #[serde(skip)]
    pub clock_is_right: bool,
    /// How long to wait for another griffie that is at work for long, where that was said on the command line.
    #[serde(skip)]
    pub wait: Option<Duration>,
}

/// How to reach a store on S3. Credentials come from the environment or a profile of the AWS tools, never from here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// Address of the server, `https://…`; without it, that of AWS in the region.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: Option<String>,
    /// A profile in the credentials file.
    pub profile: Option<String>,
    /// The credentials file of the AWS tools, where it is not `~/.aws/credentials`.
    pub credentials_file: Option<PathBuf>,
    /// The Object Lock mode in which everything is stored; without it nothing is locked.
    pub retention: Option<RetentionMode>,
    /// For how many days from now; `griffie store extend` lengthens it, and nothing ever shortens it.
    pub retention_days: u16,
}

/// Modes of S3 Object Lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RetentionMode {
    /// Who has the right to bypass it may shorten it or delete.
    Governance,
    /// Nobody may, the bucket's owner included.
    Compliance,
}

impl Default for S3 {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            profile: None,
            credentials_file: None,
            retention: None,
            retention_days: 30,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            language: Language::English,
            own_organizations: Vec::new(),
            trusted_logs: Vec::new(),
            workers: 0,
            worker_memory_mib: 512,
            page_cpu_seconds: 30,
            original_mib: 2048,
            unpacked_mib: None,
            rules: None,
            store: None,
            s3: S3::default(),
            clock_is_right: false,
            wait: None,
        }
    }
}

impl Config {
    /// Reads `griffie.toml` in the data folder, or the file named; without one, the defaults hold.
    pub fn load(data: &Path, file: Option<&Path>) -> Result<Self> {
        let (path, must_exist) = match file {
            Some(file) => (file.to_path_buf(), true),
            None => (data.join(FILE_NAME), false),
        };
        let doing = || format!("failed to read the configuration `{}`", path.display());
        let mut config =
            match if must_exist { std::fs::read_to_string(&path) } else { crate::plain::read_to_string(&path) } {
                Ok(text) => Self::parse(&text).doing(doing)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => Self::of_locale(),
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied && !must_exist => {
                    return Err(may_not_read(data).source(error));
                }
                Err(error) => return Err(error).fold(ErrorKind::Config, doing),
            };
        // From the folder of the file: a command in a crontab stands in another one.
        config.rules = config.rules.map(|rules| path.parent().map_or(rules.clone(), |folder| folder.join(rules)));
        Ok(config)
    }

    /// Worker processes in the number that this machine has something to gain by; 0 is one a core. Tells how many were
    /// asked for where that were more.
    pub fn bound_workers(&mut self) -> Option<usize> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let asked = self.workers;
        self.workers = if asked == 0 { cores } else { asked.min(cores.saturating_mul(WORKERS_A_CORE)) };
        (asked > self.workers).then_some(asked)
    }

    fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| does_not_fit(text, error))?;
        if config.worker_memory_mib < 256 {
            return Err(Error::new(ErrorKind::Config, "worker_memory_mib is below 256")
                .hint("a page of 300 dpi and the OCR engine need some 200 MiB"));
        }
        let zeros = [
            ("original_mib", config.original_mib == 0),
            ("page_cpu_seconds", config.page_cpu_seconds == 0),
            ("unpacked_mib", config.unpacked_mib == Some(0)),
        ];
        if let Some((key, _)) = zeros.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(Error::new(ErrorKind::Config, format!("{key} is 0: nothing could be taken in"))
                .hint("leave it out where the default will do")
                .dutch(format!(
                    "{key} is 0: zo kan er niets worden opgenomen; laat het weg als de standaardwaarde voldoet"
                )));
        }
        // What is a key, the note's own room tells where a bag comes in.
        if let Some(name) = config.trusted_logs.iter().find(|key| key.split('+').count() < 3) {
            return Err(Error::new(ErrorKind::Config, format!("`{name}` in trusted_logs is no key of a log"))
                .hint("put the whole line `NAME+ID+KEY` there that `griffie log checkpoint --print` tells in that archive")
                .dutch(format!(
                    "`{name}` in trusted_logs is geen sleutel van een logboek: zet er de hele regel `NAAM+ID+SLEUTEL` in \
                     die `griffie log checkpoint --print` in dat archief noemt"
                )));
        }
        if config.s3.retention_days == 0 {
            return Err(Error::new(ErrorKind::Config, "s3.retention_days is 0")
                .hint("leave `retention` out where nothing is to be locked"));
        }
        Ok(config)
    }

    /// The most bytes that an original may have.
    pub fn original_bytes(&self) -> u64 {
        self.original_mib.saturating_mul(1 << 20)
    }

    /// The most bytes that may come out of a container, where that is set.
    pub fn unpacked_bytes(&self) -> Option<u64> {
        self.unpacked_mib.map(|mib| mib.saturating_mul(1 << 20))
    }

    /// The defaults, in the language of the machine's locale.
    fn of_locale() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).unwrap_or_default();
        let language = if locale.starts_with("nl") { Language::Dutch } else { Language::English };
        Self { language, ..Self::default() }
    }
}

/// What does not fit, by its line. Of an unknown key the parser names those that there are; of a value that is written
/// wrongly it speaks of its own types.
fn does_not_fit(text: &str, error: toml::de::Error) -> Error {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let number = text.bytes().take(start).filter(|&byte| byte == b'\n').count();
    let line = text.lines().nth(number).unwrap_or_default().trim();
    let named = line.split_once('=').map(|(key, _)| key.trim());
    let known = KEYS.into_iter().find(|(key, ..)| named == Some(key));
    let (said, dutch, example) = match (known, error.message().starts_with("unknown ")) {
        (_, true) => (error.message().to_owned(), "deze sleutel is er niet".to_owned(), FORMS.to_owned()),
        (Some((key, takes, neemt, example)), false) => {
            (format!("`{key}` takes {takes}"), format!("`{key}` is {neemt}"), format!("{key} = {example}"))
        }
        (None, false) => {
            let said = ("that is no value of this key", "dat is geen waarde van deze sleutel");
            (said.0.to_owned(), said.1.to_owned(), FORMS.to_owned())
        }
    };
    Error::new(ErrorKind::Config, format!("line {}, `{line}`: {said}", number + 1))
        .hint(format!("for example: {example}"))
        .dutch(format!("regel {}, `{line}`: {dutch}; bijvoorbeeld: {example}", number + 1))
}

/// The data folder is somebody else's.
pub fn may_not_read(data: &Path) -> Error {
    Error::new(ErrorKind::Refused, format!("this user may not read `{}`", data.display()))
        .hint("run it as the user who keeps the archive, or let that user give you read access to the folder")
        .dutch(format!(
            "deze gebruiker mag `{}` niet lezen: werk als de gebruiker die het archief beheert, of laat die leesrechten \
             op de map geven",
            data.display()
        ))
}

/// A variable of the environment that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one permitted site")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_and_named() {
        let error = Config::parse("wrokers = 3").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("wrokers"), "{error}");
    }

    #[test]
    fn keys_are_read() {
        let text = "language = \"nl\"\nown_organizations = [\"Gemeente Zuidermeer\"]\noriginal_mib = 10";
        let config = Config::parse(text).unwrap();
        assert_eq!((config.language, config.original_mib), (Language::Dutch, 10));
        assert_eq!(config.own_organizations, ["Gemeente Zuidermeer"]);
        assert!(Config::parse("worker_memory_mib = 10").is_err());
    }

    #[test]
    fn a_store_on_s3_is_configured_without_secrets() {
        let text = "store = \"s3://archief\"\n[s3]\nendpoint = \"https://s3.example.nl\"\nretention = \"compliance\"";
        let config = Config::parse(text).unwrap();
        assert_eq!((config.s3.retention, config.s3.retention_days), (Some(RetentionMode::Compliance), 30));
        assert!(Config::parse("[s3]\nsecret_access_key = \"x\"").is_err());
        assert!(Config::parse("[s3]\nretention_days = 0").is_err());
    }

    #[test]
    fn a_value_in_another_form_is_answered_with_the_right_one() {
        for text in ["language = nl", "workers = -1", "own_organizations = \"Gemeente\""] {
            let error = Config::parse(text).unwrap_err();
            let key = text.split(' ').next().unwrap();
            assert!(error.advice().unwrap().starts_with(&format!("for example: {key} = ")), "{error:?}");
            let told = format!("{error:?}{error}");
            assert!(told.contains(&format!("line 1, `{text}`: `{key}` takes ")) && !told.contains("usize"), "{told}");
        }
        for (key, _, _, example) in KEYS {
            let section = if ["language", "rules", "store"].contains(&key) { "" } else { "[s3]\n" };
            let texts = [format!("{key} = {example}"), format!("{section}{key} = {example}")];
            assert!(texts.iter().any(|text| Config::parse(text).is_ok()), "{key} is none, or its example does not fit");
        }
        for text in [
            "original_mib = 0",
            "page_cpu_seconds = 0",
            "unpacked_mib = 0",
            "trusted_logs = [\"griffie-log-0123456789ab\"]",
        ] {
            assert_eq!(Config::parse(text).unwrap_err().kind(), ErrorKind::Config, "{text}");
        }
    }

    #[test]
    fn workers_are_bounded_by_the_cores() {
        let bounded = |workers: usize| {
            let mut config = Config { workers, ..Config::default() };
            (config.bound_workers(), config.workers)
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        assert_eq!(bounded(0), (None, cores));
        assert_eq!(bounded(1), (None, 1));
        assert_eq!(bounded(usize::MAX), (Some(usize::MAX), cores * WORKERS_A_CORE));
    }

    #[test]
    fn rules_lie_beside_the_configuration_that_names_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        for (named, want) in [("our-rules", folder.path().join("our-rules")), ("/srv/rules", "/srv/rules".into())] {
            std::fs::write(&file, format!("rules = \"{named}\"")).unwrap();
            assert_eq!(Config::load(folder.path(), None).unwrap().rules, Some(want.clone()));
            assert_eq!(Config::load(Path::new("/"), Some(&file)).unwrap().rules, Some(want));
        }
    }

    #[test]
    fn a_named_file_must_be_there() {
        let nowhere = Path::new("/nonexistent/griffie.toml");
        assert_eq!(Config::load(Path::new("."), Some(nowhere)).unwrap_err().kind(), ErrorKind::Config);
    }
}
