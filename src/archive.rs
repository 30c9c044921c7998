//! Hashes and stores originals and renditions, writes manifests, checks fixity.
