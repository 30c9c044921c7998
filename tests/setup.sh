#!/usr/bin/env bash
# Installs what griffie needs on a Debian 12 with a Rust toolchain, and builds a fast tesseract beside the system's; then
# what the tests need beside it.
#   usage: bash tests/setup.sh [run]      run: only what is needed to build griffie and use it
# Quick and without effect when all is there. Needs root or sudo for packages that are missing. It changes nothing
# else: the engine goes to the user's cache folder, and the system's own package sources stay as they are.
set -euo pipefail
case "${1-}" in
  '') for_tests=yes ;;
  run) for_tests= ;;
  *) echo "usage: bash tests/setup.sh [run]" >&2; exit 2 ;;
esac

packages=(
  tesseract-ocr tesseract-ocr-nld tesseract-ocr-eng  # the engine and its languages
  g++ cmake make pkg-config libleptonica-dev dpkg-dev ca-certificates  # to build the engine for this machine
)
[ -z "$for_tests" ] || packages+=(
  poppler-utils qpdf  # what the tests check PDF files with
  python3-venv openssl  # a server that speaks S3, a program for bags, and an authority that signs
)
# DOCX, ODT and RTF are read through LibreOffice where it is: apt-get install libreoffice-writer-nogui

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    say "packages are missing, and there is no sudo: run this as root: apt-get install ${missing[*]}"
    exit 4
  fi
}

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

# The instruction set to build for. x86-64-v3 (about every PC since 2015) does not start on older processors.
level=$(uname -m)
if [ "$level" = x86_64 ]; then
  level=x86-64-v3
  for flag in avx2 fma bmi1 bmi2 f16c abm movbe; do
    grep -qm1 -w "$flag" /proc/cpuinfo || level=x86-64
  done
fi
version=$(dpkg-query -W -f '${source:Version}' libtesseract5)
# Raised with the patch or the flags below, so that an older build is not taken for this one.
recipe=2
home="${XDG_CACHE_HOME:-$HOME/.cache}/griffie/tesseract-$version.$recipe-$level"
patch=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/engine/vector-loops.patch

# Debian's own source of the installed version. `apt-get source` wants deb-src entries: they are derived from the
# machine's configured sources into a folder that only these calls see, so signatures are checked as always.
fetch_source() {
  local work=$1 etc=$1/etc list
  mkdir -p "$etc/parts" "$work/lists" "$work/archives" "$work/source"
  : >"$etc/sources.list"
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if [ -f "$list" ]; then sed -n 's/^deb[[:space:]]/deb-src /p' "$list" >>"$etc/sources.list"; fi
  done
  for list in /etc/apt/sources.list.d/*.sources; do
    if [ -f "$list" ]; then sed 's/^Types:.*/Types: deb-src/' "$list" >"$etc/parts/${list##*/}"; fi
  done
  chmod -R go+rX "$work" # apt fetches as a user of its own
  local options=(-qq -o "Dir::Etc::SourceList=$etc/sources.list" -o "Dir::Etc::SourceParts=$etc/parts"
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache::Archives=$work/archives"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o "APT::Get::List-Cleanup=0")
  # A third party's entry without sources fails by itself; what counts is whether ours is found.
  apt-get "${options[@]}" update || true
  (cd "$work/source" && apt-get "${options[@]}" source --only-source "tesseract=$version")
}

build_engine() {
  # Without traps and errno, which tesseract does not ask for, the compiler may make vector code of the network's loops.
  local work source flags="-O3 -DTESSERACT_IMAGEDATA_AS_PIX -fno-trapping-math -fno-math-errno"
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' RETURN
  chmod 755 "$work"
  [ "$level" != x86-64-v3 ] || flags+=" -march=x86-64-v3 -mtune=haswell"
  fetch_source "$work" || return 1
  source=$(find "$work/source" -mindepth 1 -maxdepth 1 -type d -name 'tesseract-*')
  patch -d "$source" -p1 <"$patch" || return 1
  cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DOPENMP_BUILD=OFF \
    -DDISABLED_LEGACY_ENGINE=ON -DENABLE_LTO=ON -DGRAPHICS_DISABLED=ON -DDISABLE_CURL=ON -DDISABLE_ARCHIVE=ON \
    -DDISABLE_TIFF=ON -DBUILD_TRAINING_TOOLS=OFF -DCMAKE_CXX_FLAGS="$flags" || return 1
  cmake --build "$work/build" --target libtesseract --parallel "$(nproc)" || return 1
  local built
  built=$(find "$work/build" -name 'libtesseract.so.*' -type f | head -n 1)
  [ -n "$built" ] || return 1
  # Whole or not at all: a half-written library would be opened by the next run.
  mkdir -p "$home/lib"
  install -m 644 "$built" "$home/lib/libtesseract.so.5.new"
  mv -f "$home/lib/libtesseract.so.5.new" "$home/lib/libtesseract.so.5"
}

if [ -f "$home/lib/libtesseract.so.5" ]; then
  say "all there; fast engine in $home"
else
  say "building tesseract $version for $level (about three minutes, once)"
  log=$(mktemp)
  if (build_engine) >"$log" 2>&1; then
    say "fast engine in $home"
    rm -f -- "$log"
  else
    tail -n 15 "$log" >&2
    say "the fast engine could not be built (all of it in $log): griffie uses the system's, at half the speed"
  fi
fi

[ -n "$for_tests" ] || exit 0

# A Python program for the tests in a folder of its own, whole or not at all. What pip writes names the folder in which it
# was written, so that is put right once the folder has its place.
python_program() {
  local folder="${XDG_CACHE_HOME:-$HOME/.cache}/griffie/$1" what=$2
  shift 2
  if [ ! -d "$folder" ]; then
    say "installing $what"
    rm -rf -- "$folder.new"
    python3 -m venv "$folder.new"
    "$folder.new/bin/pip" install -q --no-input --disable-pip-version-check "$@" >&2
    mv -- "$folder.new" "$folder"
  fi
  { grep -lrIF -- "$folder.new" "$folder/bin" "$folder/pyvenv.cfg" || true; } | xargs -r sed -i "s|$folder\.new|$folder|g"
}

python_program moto-5.2.5 "moto's S3 server" 'moto[s3]==5.2.5' 'flask==3.1.2' 'flask-cors==6.0.1'
python_program bagit-1.9.0 "the Library of Congress's bagit" 'bagit==1.9.0' 'setuptools<81'
