-- A person may withdraw what was decided about a field.

CREATE TABLE decisions_4 (
    record  TEXT NOT NULL REFERENCES records,
    number  INTEGER NOT NULL, -- from 1, without gaps
    act     TEXT NOT NULL CHECK (act IN ('accept', 'correct', 'not_in_contract', 'withdraw', 'terminated_on',
                                         'ended_on', 'belongs_to', 'superseded_by')),
    field   TEXT,
    value   TEXT, -- JSON
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    note    TEXT,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
INSERT INTO decisions_4 SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_4 RENAME TO decisions;
