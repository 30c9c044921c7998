-- What people decided, and the values that hold now (computed from findings and decisions, so that filters and lists
-- need not parse JSON).

CREATE TABLE decisions (
    record  TEXT NOT NULL REFERENCES records,
    number  INTEGER NOT NULL, -- from 1, without gaps
    act     TEXT NOT NULL CHECK (act IN ('accept', 'correct', 'not_in_contract', 'terminated_on', 'ended_on')),
    field   TEXT,
    value   TEXT, -- JSON
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    note    TEXT,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE holding_values (
    record  TEXT NOT NULL REFERENCES records,
    field   TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    value   TEXT NOT NULL, -- as filters compare it: a code, an ISO date, or lower case without accents
    PRIMARY KEY (record, field, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX holding_by_value ON holding_values (field, value, record);
