#!/usr/bin/env bash
# Sets the machine up for using griffie (not for its tests), builds it, takes in the sample documents and prints the register that they fill.
#   usage: bash sample-docs/run.sh [DATA]      DATA: the archive's folder (default: a new temporary one)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=${1:-$(mktemp -d -t griffie-data-XXXXXX)}

bash tests/setup.sh run
echo "building griffie: once, and it takes a while (24 minutes on two busy cores)" >&2
cargo build --release --locked

griffie=${CARGO_TARGET_DIR:-target}/release/griffie
# 11: done, but something was quarantined. Two of the samples must be: one asks for a password, one is cut off.
"$griffie" ingest sample-docs/*.{pdf,tif,jpg,eml,zip} --data "$data" || [ $? = 11 ]
echo
"$griffie" register --data "$data"
echo
echo "The archive is in $data; search it with: $griffie search opzegtermijn --data $data"
echo "The program is $griffie; to have it as \`griffie\`: sudo install $griffie /usr/local/bin"
