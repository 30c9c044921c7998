//! Reads file and environment into a checked configuration.
