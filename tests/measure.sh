#!/usr/bin/env bash
# The full measurements: builds the release program, runs every benchmark and prints the figures as a table.
# Takes an hour or more. Labelled data lie in ../shared unless GRIFFIE_SHARED names another folder; what needs them is
# skipped by name where they are absent.  usage: tests/measure.sh [MEASUREMENT…]   (none: all; --list: their names)
set -euo pipefail
cd "$(dirname "$0")/.."
bash tests/setup.sh
cargo build --release --quiet
exec python3 tests/measure.py "$@"
