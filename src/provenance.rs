//! The append-only log: what was done to which object, by whom, with what result.
