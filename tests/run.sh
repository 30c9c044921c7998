#!/usr/bin/env bash
# Sets the machine up and runs every test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash tests/setup.sh
cargo test --locked
