//! Worker processes that crash, hang, eat memory or try what they may not: each costs its page, never the run.
//! A program of its own, since it starts itself as the worker; it reads "documents" that say what goes wrong.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use std::{
    cell::Cell,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use griffie::{
    Error, ErrorKind, Result,
    model::{MediaType, PageNo, PageReading, PageState, Reading},
    ocr::{EngineFacts, EngineSettings, Languages},
    pipeline::read::{DocumentReader, PageDone, ReadSettings, Reader, WORKER_ARGUMENT, serve},
    tools::{CancelFlag, Sandbox},
};

type Test = (&'static str, fn(&Reader, &Path));

const TESTS: [Test; 9] = [
    ("pages_come_back_in_order_whatever_the_scheduling", pages_come_back_in_order_whatever_the_scheduling),
    ("a_page_that_ends_its_worker_costs_that_page", a_page_that_ends_its_worker_costs_that_page),
    ("a_page_that_fails_once_is_read", a_page_that_fails_once_is_read),
    ("a_page_error_is_told_with_the_page", a_page_error_is_told_with_the_page),
    ("a_refused_document_keeps_its_reason", a_refused_document_keeps_its_reason),
    ("a_document_that_ends_workers_at_its_opening_is_refused", a_document_that_ends_workers_at_its_opening_is_refused),
    (
        "a_worker_has_no_network_no_programs_and_no_files_to_write",
        a_worker_has_no_network_no_programs_and_no_files_to_write,
    ),
    ("a_document_without_pages_is_read", a_document_without_pages_is_read),
    ("reading_stops_when_asked", reading_stops_when_asked),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let filter = arguments.next().unwrap_or_default();
    if filter == WORKER_ARGUMENT {
        return serve::<Faulty>();
    }
    let reader = Reader::start(ReadSettings {
        workers: 2,
        limits: Sandbox { memory_bytes: 512 << 20, cpu_seconds: 1 },
        patience: Duration::from_secs(5),
        ..ReadSettings::default()
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, test) in TESTS.iter().filter(|(name, _)| name.contains(&filter)) {
        test(&reader, folder.path());
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

/// Reads documents whose lines say how each page behaves; the first line is the opening's.
struct Faulty;

impl DocumentReader for Faulty {
    type Document = Vec<String>;

    fn start(_: &EngineSettings) -> Result<Self> {
        Ok(Self)
    }

    fn facts(&self) -> EngineFacts {
        EngineFacts { version: "of faults".to_owned(), ..EngineFacts::default() }
    }

    fn open(&mut self, path: &Path, _: MediaType, _: Option<&str>) -> Result<Vec<String>> {
        let lines: Vec<String> = std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
        behave(&lines[0])?;
        Ok(lines)
    }

    fn page_count(&self, document: &Vec<String>) -> usize {
        document.len() - 1
    }

    fn page(&mut self, document: &Vec<String>, page: PageNo, _: Option<Languages>) -> Result<PageReading> {
        behave(&document[page.index() + 1])?;
        let mut reading = PageReading::wordless(page, PageState::Read, 595.0, 842.0);
        reading.text = format!("page {page}");
        Ok(reading)
    }
}

fn behave(how: &str) -> Result<()> {
    match how {
        "abort" => std::process::abort(),
        "panic" => panic!("as asked"),
        "loop" => loop {
            std::hint::black_box(());
        },
        "allocate" => {
            let mut hoard = Vec::new();
            loop {
                // Zeros are not touched: what counts is what is asked for, and no CPU time on a busy machine.
                hoard.push(vec![0_u8; 16 << 20]);
            }
        }
        // The parent says nothing more until the page is done.
        "hang" => {
            let _ = std::io::stdin().read(&mut [0]);
        }
        "fail" => return Err(Error::new(ErrorKind::UnsupportedDocument, "the image is broken").hint("scan it again")),
        "escape" => {
            let denied = |error: std::io::Error| assert_eq!(error.raw_os_error(), Some(1), "{error}");
            denied(std::net::TcpStream::connect("127.0.0.1:9").unwrap_err());
            denied(std::fs::write("/tmp/griffie-escaped", "x").unwrap_err());
            denied(std::fs::create_dir("/tmp/griffie-escaped").unwrap_err());
            #[expect(clippy::disallowed_methods, reason = "must not work")]
            denied(std::process::Command::new("/bin/true").status().unwrap_err());
        }
        how if how.starts_with("once ") => {
            // The only thing that a worker cannot do is remember: whether it was tried before is in the file's age.
            let marker = Path::new(&how[5..]);
            if marker.metadata().unwrap().permissions().readonly() {
                return Ok(());
            }
            std::process::abort();
        }
        _ => {}
    }
    Ok(())
}

fn document(folder: &Path, name: &str, lines: &[&str]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn read(reader: &Reader, path: &Path) -> Result<Reading> {
    reader.read(path, MediaType::Pdf, None, &|_| (), &CancelFlag::default())
}

fn states(reading: &Reading) -> Vec<PageState> {
    let numbers: Vec<u32> = reading.pages.iter().map(|page| page.page.get()).collect();
    assert_eq!(numbers, (1..=reading.pages.len() as u32).collect::<Vec<_>>());
    reading.pages.iter().map(|page| page.state).collect()
}

fn pages_come_back_in_order_whatever_the_scheduling(reader: &Reader, folder: &Path) {
    let long = document(folder, "long", &["open"; 101]);
    let short = document(folder, "short", &["open"; 3]);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(states(&read(reader, &short).unwrap()), [PageState::Read; 2]));
            scope.spawn(|| {
                let told = Cell::new(0);
                let on_page = |done: PageDone| {
                    assert_eq!(done.of, 100);
                    told.set(told.get() + 1);
                };
                let reading = reader.read(&long, MediaType::Pdf, None, &on_page, &CancelFlag::default()).unwrap();
                assert_eq!(states(&reading), [PageState::Read; 100]);
                assert!(reading.pages.iter().all(|page| page.text == format!("page {}", page.page)));
                assert_eq!(told.get(), 100);
            });
        }
    });
}

fn a_page_that_ends_its_worker_costs_that_page(reader: &Reader, folder: &Path) {
    let check = |fault: &str, kind: &str, want: &str| {
        let path = document(folder, fault, &["open", "read", fault, "read", "read", "read", fault]);
        let reading = read(reader, &path).unwrap();
        let (read, lost) = (PageState::Read, PageState::Unreadable);
        assert_eq!(states(&reading), [read, lost, read, read, read, lost], "{fault}");
        let problem = &reading.pages[1].problems[0];
        assert_eq!((problem.kind.as_str(), problem.page), (kind, Some(PageNo::from_index(1))));
        assert_eq!(problem.message, format!("page 2 could not be read: {want}"));
    };
    check("abort", "page_crashes_reader", "the reader crashed (signal 6)");
    check("panic", "page_crashes_reader", "the reader crashed (a fault in its program)");
    check("loop", "page_too_slow", "it takes more CPU time than a page may have");
    check("allocate", "page_too_large", "it takes more memory than a page may have");
    check("hang", "page_too_slow", "the reader was stuck");
}

fn a_page_that_fails_once_is_read(reader: &Reader, folder: &Path) {
    let marker = document(folder, "marker", &["x"]);
    let path = document(folder, "once", &["open", "read", &format!("once {}", marker.display()), "read"]);
    // The first page is told before the second is tried a second time; from then on the second one is harmless.
    let on_page = |_: PageDone| {
        let mut permissions = marker.metadata().unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&marker, permissions).unwrap();
    };
    let reading = reader.read(&path, MediaType::Pdf, None, &on_page, &CancelFlag::default()).unwrap();
    assert_eq!(states(&reading), [PageState::Read; 3]);
}

fn a_page_error_is_told_with_the_page(reader: &Reader, folder: &Path) {
    let reading = read(reader, &document(folder, "fail", &["open", "fail", "read"])).unwrap();
    assert_eq!(states(&reading), [PageState::Unreadable, PageState::Read]);
    assert_eq!(reading.pages[0].problems[0].message, "page 1 could not be read: the image is broken");
}

fn a_refused_document_keeps_its_reason(reader: &Reader, folder: &Path) {
    let error = read(reader, &document(folder, "refused", &["fail", "read"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedDocument);
    assert_eq!((error.to_string().as_str(), error.advice()), ("the image is broken", Some("scan it again")));
}

fn a_document_that_ends_workers_at_its_opening_is_refused(reader: &Reader, folder: &Path) {
    let error = read(reader, &document(folder, "bomb", &["abort", "read"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Engine);
    assert_eq!(error.to_string(), "the document cannot be opened: the reader crashed (signal 6)");
}

fn a_worker_has_no_network_no_programs_and_no_files_to_write(reader: &Reader, folder: &Path) {
    assert_eq!(states(&read(reader, &document(folder, "escape", &["open", "escape"])).unwrap()), [PageState::Read]);
}

fn a_document_without_pages_is_read(reader: &Reader, folder: &Path) {
    assert_eq!(read(reader, &document(folder, "empty", &["open"])).unwrap().pages, []);
}

fn reading_stops_when_asked(reader: &Reader, folder: &Path) {
    let path = document(folder, "endless", &["open", "read", "hang", "hang"]);
    let cancel = CancelFlag::default();
    let error = reader.read(&path, MediaType::Pdf, None, &|_| cancel.set(), &cancel).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
}
