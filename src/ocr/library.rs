//! Finds tesseract on this machine: the fast build in the user's cache folder before the system's library, and the
//! languages' data. The library is opened at run time, so that one program serves both.

use std::{env, path::PathBuf};

use super::{
    EngineFacts, EngineSettings, Languages,
    api::{Api, Tesseract},
};
use crate::{Error, ErrorKind, Result};

/// The library's file name; its number is that of the C API.
const FILE: &str = "libtesseract.so.5";
/// Where distributions keep the languages' data.
const DATA: [&str; 4] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];
const INSTALL: &str = "run tests/setup.sh, or: apt-get install tesseract-ocr tesseract-ocr-nld tesseract-ocr-eng";

/// An engine that was found.
pub struct Installed {
    api: Api,
    pub facts: EngineFacts,
}

impl Installed {
    pub fn find(settings: &EngineSettings) -> Result<Self> {
        let missing = |what: String| Error::new(ErrorKind::MissingTool, what).hint(INSTALL);
        let candidates: Vec<(PathBuf, bool)> = match &settings.library {
            Some(file) => vec![(file.clone(), false)],
            None => fast_builds().into_iter().map(|file| (file, true)).chain([(FILE.into(), false)]).collect(),
        };
        // A fast build that does not open (its leptonica is gone, say) must not stop the system's from serving.
        let opened = candidates.into_iter().find_map(|(file, fast)| Some((Api::open(&file).ok()?, file, fast)));
        let (api, library, fast) = opened.ok_or_else(|| missing("the OCR engine tesseract is not installed".into()))?;
        let folders = settings.data.iter().cloned().chain(data_prefix()).chain(DATA.map(PathBuf::from));
        let installed = |folder: &PathBuf| -> Vec<String> {
            let is_there = |code: &&str| folder.join(format!("{code}.traineddata")).is_file();
            ["nld", "eng"].into_iter().filter(is_there).map(str::to_owned).collect()
        };
        let found = folders.map(|folder| (installed(&folder), folder)).find(|(languages, _)| !languages.is_empty());
        let (languages, data) =
            found.ok_or_else(|| missing("the OCR engine tesseract has no data for Dutch or English".into()))?;
        let facts = EngineFacts { version: api.version(), fast, library, data, languages };
        Ok(Self { api, facts })
    }

    /// The nearest to these languages that is installed.
    pub fn available(&self, languages: Languages) -> Languages {
        let has = |code: &str| self.facts.languages.iter().any(|language| language == code);
        match (has("nld"), has("eng")) {
            (true, true) => languages,
            (true, false) => Languages::Dutch,
            _ => Languages::English,
        }
    }

    pub fn load(&self, languages: Languages) -> Result<Tesseract> {
        Tesseract::load(&self.api, &self.facts.data, languages.code())
    }
}

/// The builds that `tests/setup.sh` made for a processor like this one, the newest version first.
fn fast_builds() -> Vec<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let Some(folder) = cache.map(|cache| cache.join("griffie")) else { return Vec::new() };
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut builds: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with("tesseract-") && name.ends_with(&format!("-{}", level())))
        .collect();
    builds.sort();
    builds.iter().rev().map(|name| folder.join(name).join("lib").join(FILE)).filter(|file| file.is_file()).collect()
}

/// The instruction set that `tests/setup.sh` builds for on this processor.
fn level() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let v3 = has!("avx2")
            && has!("fma")
            && has!("bmi1")
            && has!("bmi2")
            && has!("f16c")
            && has!("lzcnt")
            && has!("movbe");
        if v3 { "x86-64-v3" } else { "x86-64" }
    }
    #[cfg(not(target_arch = "x86_64"))]
    std::env::consts::ARCH
}

fn data_prefix() -> Option<PathBuf> {
    env::var_os("TESSDATA_PREFIX").map(PathBuf::from)
}
