-- A decision that came in with a bag was taken in another archive.
ALTER TABLE decisions ADD COLUMN elsewhere TEXT; -- JSON: that archive's log, and what it says of the decision
