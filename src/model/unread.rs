//! Why a page could not be read: the kinds of it, and what is said of each.

/// A kind of refusal.
#[derive(Debug)]
pub struct Refusal {
    /// The fault, as its finder names it.
    pub fault: &'static str,
    /// The kind of the page's problem.
    pub(super) kind: &'static str,
    /// What is said instead of the finder's own words: what a decoder says of its input helps nobody who has the page
    /// before them.
    pub english: Option<&'static str>,
    /// The same in Dutch.
    pub dutch: &'static str,
}

/// What the page shows is not all in the file.
pub const CONTENT_DAMAGED: Refusal = Refusal {
    fault: "content_damaged",
    kind: "page_content_damaged",
    english: Some("what it shows is cut off or damaged in the file: ask for another copy"),
    dutch: "wat zij toont is in het bestand afgekapt of beschadigd: vraag om een andere kopie",
};

/// The fonts of its text cannot be read.
pub const FONT_DAMAGED: Refusal = Refusal {
    fault: "font_damaged",
    kind: "page_font_damaged",
    english: Some("the font of its text is damaged: ask for another copy"),
    dutch: "het lettertype van de tekst is beschadigd: vraag om een andere kopie",
};

/// Nobody has the font that says what its text is.
pub const FONT_MISSING: Refusal = Refusal {
    fault: "font_missing",
    kind: "page_font_missing",
    english: Some(
        "its text is in a font that is not in the file, so that what it says is not known and viewers show something \
         else or nothing: ask for a copy with its fonts in it, or for a scan",
    ),
    dutch: "de tekst is gezet in een lettertype dat niet in het bestand zit, zodat niet bekend is wat er staat en \
            programma's iets anders tonen of niets: vraag om een kopie met de lettertypen erin, of om een scan",
};

const ALL: [Refusal; 7] = [
    Refusal {
        fault: "too_slow",
        kind: "page_too_slow",
        english: None,
        dutch: "het kost meer rekentijd dan een pagina mag kosten",
    },
    Refusal {
        fault: "too_large",
        kind: "page_too_large",
        english: None,
        dutch: "een beeld erop is te groot of kost meer geheugen dan een pagina mag kosten: scan opnieuw met 300 dpi",
    },
    Refusal {
        fault: "crashes_reader",
        kind: "page_crashes_reader",
        english: None,
        dutch: "het leesproces viel er twee keer op om",
    },
    Refusal {
        fault: "damaged",
        kind: "page_damaged",
        english: Some("its image is damaged: ask for another copy"),
        dutch: "het beeld is beschadigd: vraag om een andere kopie",
    },
    CONTENT_DAMAGED,
    FONT_DAMAGED,
    FONT_MISSING,
];

impl Refusal {
    pub(super) fn of_fault(fault: &str) -> Option<&'static Self> {
        ALL.iter().find(|refusal| refusal.fault == fault)
    }

    pub(super) fn of_kind(kind: &str) -> Option<&'static Self> {
        ALL.iter().find(|refusal| refusal.kind == kind)
    }
}
