-- A person may say that a document belongs to another contract's dossier, or that another contract took a contract's
-- place.

CREATE TABLE decisions_3 (
    record  TEXT NOT NULL REFERENCES records,
    number  INTEGER NOT NULL, -- from 1, without gaps
    act     TEXT NOT NULL CHECK (act IN ('accept', 'correct', 'not_in_contract', 'terminated_on', 'ended_on',
                                         'belongs_to', 'superseded_by')),
    field   TEXT,
    value   TEXT, -- JSON
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    note    TEXT,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
INSERT INTO decisions_3 SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_3 RENAME TO decisions;
