//! Builds the archival copy from original and words read, and has it accepted.
