//! Bytes at rest: create-only put, get, list.
