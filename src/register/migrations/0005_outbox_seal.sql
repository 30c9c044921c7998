-- Who can write to the database cannot write for the log: an event that waits bears a seal by the key of the log.
ALTER TABLE outbox ADD COLUMN seal TEXT;
-- How many events the log had when this database began to write to it: every later one passed through the outbox.
CREATE TABLE log_begin (place INTEGER NOT NULL) STRICT;
