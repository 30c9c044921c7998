#!/usr/bin/env bash
# Ingests a sample into the bucket `locked` of a server that tests/radosgw.sh started, verifies, probes, lengthens.
set -euo pipefail
griffie=$(realpath "${1:?the program}")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
printf '[s3]\nretention = "compliance"\nretention_days = 1\n' >"$work/griffie.toml"
export GRIFFIE_DATA=$work GRIFFIE_STORE=s3://locked/griffie
# Two of the samples are damaged on purpose: 11 says so.
"$griffie" ingest sample-docs/*.pdf || [ $? = 11 ]
"$griffie" verify
"$griffie" store probe
printf '[s3]\nretention = "compliance"\nretention_days = 2\n' >"$work/griffie.toml"
"$griffie" store extend
"$griffie" verify
