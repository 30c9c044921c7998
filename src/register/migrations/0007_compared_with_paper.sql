-- A person may state that a scan was compared with the paper.

CREATE TABLE decisions_7 (
    record    TEXT NOT NULL REFERENCES records,
    number    INTEGER NOT NULL, -- from 1, without gaps
    act       TEXT NOT NULL CHECK (act IN ('accept', 'correct', 'not_in_contract', 'withdraw', 'terminated_on',
                                           'ended_on', 'belongs_to', 'superseded_by', 'compared_with_paper')),
    field     TEXT,
    value     TEXT, -- JSON
    by        TEXT NOT NULL,
    at        TEXT NOT NULL,
    note      TEXT,
    elsewhere TEXT, -- JSON: the log of the archive where it was taken, and what that says of it
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
INSERT INTO decisions_7 SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_7 RENAME TO decisions;
