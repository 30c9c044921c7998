//! Full-text index of clauses and pages; thrown away and rebuilt at will.
