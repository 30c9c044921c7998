-- What came in, what it became, and what was read in it. Nothing here is overwritten: an item gets its state once, a
-- new reading of the fields is a new generation, a decision is a new row.

CREATE TABLE batches (
    batch    TEXT PRIMARY KEY,
    started  TEXT NOT NULL,
    finished TEXT,
    paths    TEXT NOT NULL -- JSON list: what was handed over
) STRICT;

CREATE TABLE items (
    item           TEXT PRIMARY KEY,
    batch          TEXT NOT NULL REFERENCES batches,
    ordinal        INTEGER NOT NULL,
    source         TEXT NOT NULL,
    member         TEXT, -- path inside a container
    parent         TEXT REFERENCES items,
    accessioned    TEXT NOT NULL,
    document       TEXT NOT NULL UNIQUE, -- ids set aside, so that a second try makes the same objects
    record         TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'archived', 'duplicate', 'quarantined', 'container')),
    reason_kind    TEXT,
    reason_message TEXT,
    blake3         TEXT,
    sha256         TEXT,
    size_bytes     INTEGER,
    UNIQUE (batch, ordinal),
    CHECK ((state = 'quarantined') = (reason_kind IS NOT NULL)),
    CHECK ((reason_kind IS NULL) = (reason_message IS NULL)),
    CHECK ((blake3 IS NULL) = (sha256 IS NULL) AND (blake3 IS NULL) = (size_bytes IS NULL)),
    CHECK (state NOT IN ('archived', 'duplicate') OR blake3 IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX one_item_a_place ON items (batch, source, ifnull(member, ''));
-- Of two pending items with the same bytes one reads them, and the other waits.
CREATE UNIQUE INDEX one_claim_an_original ON items (blake3) WHERE state = 'pending';
CREATE INDEX items_by_original ON items (blake3);
CREATE INDEX items_by_state ON items (batch, state);

CREATE TABLE originals (
    blake3      TEXT PRIMARY KEY,
    sha256      TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    accessioned TEXT NOT NULL
) STRICT;

CREATE TABLE records (
    record        TEXT PRIMARY KEY,
    created       TEXT NOT NULL,
    superseded_by TEXT REFERENCES records
) STRICT;

CREATE TABLE documents (
    document            TEXT PRIMARY KEY,
    record              TEXT NOT NULL REFERENCES records,
    role                TEXT NOT NULL CHECK (role IN ('main', 'amendment', 'annex', 'letter')),
    original            TEXT NOT NULL REFERENCES originals,
    first_page          INTEGER NOT NULL,
    last_page           INTEGER NOT NULL,
    pages_read          INTEGER NOT NULL,
    pages_blank         INTEGER NOT NULL,
    pages_separator     INTEGER NOT NULL,
    pages_unreadable    INTEGER NOT NULL,
    language            TEXT,
    text_source         TEXT NOT NULL,
    mean_ocr_confidence REAL,
    engine              TEXT NOT NULL,
    reading_key         TEXT NOT NULL,
    problems            TEXT NOT NULL, -- JSON list
    archival_state      TEXT NOT NULL CHECK (archival_state IN ('accepted', 'refused', 'none')),
    archival_blake3     TEXT,
    CHECK (first_page >= 1 AND last_page >= first_page),
    CHECK (pages_read + pages_blank + pages_separator + pages_unreadable = last_page - first_page + 1),
    CHECK ((archival_state = 'accepted') = (archival_blake3 IS NOT NULL))
) STRICT;
CREATE INDEX documents_by_original ON documents (original);
CREATE INDEX documents_by_record ON documents (record);

CREATE TABLE findings (
    document     TEXT NOT NULL REFERENCES documents,
    generation   INTEGER NOT NULL, -- from 1; the highest holds
    findings_key TEXT NOT NULL,
    rule_set     TEXT NOT NULL,
    found        TEXT NOT NULL,
    PRIMARY KEY (document, generation),
    UNIQUE (document, findings_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE field_values (
    document     TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    field        TEXT NOT NULL,
    ordinal      INTEGER NOT NULL,
    value        TEXT, -- JSON, as are the four lists below
    status       TEXT NOT NULL CHECK (status IN ('auto', 'proposed', 'conflict', 'blank', 'absent')),
    confidence   REAL NOT NULL,
    rule         TEXT,
    explanation  TEXT,
    derived_from TEXT NOT NULL,
    alternatives TEXT NOT NULL,
    evidence     TEXT NOT NULL,
    PRIMARY KEY (document, generation, field, ordinal),
    FOREIGN KEY (document, generation) REFERENCES findings
) STRICT, WITHOUT ROWID;

-- Events that the provenance log has still to take in, written together with what they tell of.
CREATE TABLE outbox (
    position  INTEGER PRIMARY KEY,
    event     TEXT NOT NULL UNIQUE,
    json      TEXT NOT NULL,
    log_index INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (position) WHERE log_index IS NULL;
