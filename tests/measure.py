#!/usr/bin/env python3
"""Measures griffie and prints a table. Ratios come from one run of both sides on the same files.

usage: measure.py [--list] [MEASUREMENT…]      see tests/measure.sh
"""
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("GRIFFIE_BIN", os.path.join(ROOT, "target/release/griffie"))
SHARED = os.environ.get("GRIFFIE_SHARED", os.path.join(ROOT, "..", "shared"))
DATA, EVAL = os.path.join(SHARED, "data"), os.path.join(SHARED, "eval")
TABLE = []


def row(name, figure, wanted=""):
    TABLE.append((name, figure, wanted))
    print(f"  {name}: {figure}{f'  (wanted: {wanted})' if wanted else ''}", flush=True)


def files(*pattern):
    return sorted(glob.glob(os.path.join(DATA, *pattern)))


def tree_memory(pid):
    """Resident memory in MB of a process and all below it, shared pages counted once where the kernel says so."""
    total, waiting = 0, [pid]
    while waiting:
        process = waiting.pop()
        try:
            with open(f"/proc/{process}/smaps_rollup") as rollup:
                total += int(re.search(r"Pss:\s+(\d+)", rollup.read())[1])
            for task in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{task}/children") as children:
                    waiting += map(int, children.read().split())
        except (OSError, TypeError):
            pass
    return total / 1024


def timed(*command, watch_memory=False):
    """Runs a command; returns wall seconds, CPU seconds of it and its children, peak MB, stdout, exit status."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak, out = time.time(), 0.0, tempfile.TemporaryFile()
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    if watch_memory:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.05)
    process.wait()
    wall = time.time() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    out.seek(0)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, peak, out.read().decode("utf-8", "replace"), process.returncode


def speed_scans():
    """pages a minute on the gold scans, against OCRmyPDF on the same files"""
    scans = files("gold", "*", "contract.scan.pdf")
    wall, cpu, _, out, _ = timed(BIN, "extract", "--json", *scans)
    pages = sum(json.loads(line)["document"]["pages"] for line in out.splitlines())
    ours = pages / wall * 60
    row("scans, griffie extract", f"{ours:.0f} pages/min, {cpu / pages:.2f} CPU s/page, {pages} pages")
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu, _, _, _ = timed(BIN, "ingest", "--data", f"{folder}/data", "--store", f"{folder}/store", *scans)
        archived = pages / wall * 60
        row("scans, griffie ingest with copies", f"{archived:.0f} pages/min, {cpu / pages:.2f} CPU s/page")
        venv = os.path.join(folder, "venv")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        if subprocess.run([f"{venv}/bin/pip", "install", "-q", "ocrmypdf==17.*"]).returncode:
            return row("scans, OCRmyPDF", "skipped: it cannot be installed")
        start, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        for n, scan in enumerate(scans):
            subprocess.run([f"{venv}/bin/ocrmypdf", "-q", "-l", "nld+eng", "--jobs", "2", scan, f"{folder}/{n}.pdf"],
                           stderr=subprocess.DEVNULL)
        wall = time.time() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row("scans, OCRmyPDF", f"{pages / wall * 60:.0f} pages/min, {cpu / pages:.2f} CPU s/page")
    theirs = pages / wall * 60
    row("scans, ratio of reading", f"{ours / theirs:.1f}×", "5×")
    row("scans, ratio of the whole ingest with copies", f"{archived / theirs:.1f}×", "4×")


def reading_errors():
    """character errors and missed words on the gold scans"""
    out = subprocess.run([sys.executable, f"{EVAL}/cer.py", "griffie", "--bin", BIN], capture_output=True, text=True)
    last = out.stdout.strip().splitlines()[-1:] or [out.stderr.strip().splitlines()[-1]]
    row("reading errors", re.sub(r"\s+", " ", last[0]), "CER 7.4 %, words missed 5.2 %")


def scores():
    """the labelled sets"""
    for name, extra in [("gold", []), ("gold", ["--variant", "scan"]), ("agreements", []), ("kleister", []), ("cuad", [])]:
        out = subprocess.run([sys.executable, f"{EVAL}/score.py", name, "--bin", BIN, "--data", DATA, *extra],
                             capture_output=True, text=True).stdout
        print(out, flush=True)
        pick = lambda pattern: (re.search(pattern, out) or ["", "?"])[1]
        f1 = (re.search(r"ALL \(micro\)\s+\S+\s+\S+?\s*(\d\.\d{3})\s", out) or ["", "?"])[1]
        precision, coverage = pick(r"auto: precision (\S+),"), pick(r"coverage (\S+) ")
        late, silent = pick(r"later than they are: (\S+);"), pick(r"before a person: (\S+)")
        row(" ".join(["score", name, *extra[1:]]),
            f"F1 {f1}; auto precision {precision}, coverage {coverage}; late {late}, silent {silent}")


def speed_digital():
    """documents a second through the whole ingest, born digital: the register's part, then with archival copies"""
    pdfs = files("cuad", "pdf", "*.pdf")
    for name, wanted, extra in [("", "20 documents/s", ["--no-copies"]), (" with copies", "", [])]:
        with tempfile.TemporaryDirectory() as folder:
            wall, cpu, _, _, status = timed(BIN, "ingest", os.path.join(DATA, "cuad", "pdf"), "--data", f"{folder}/d",
                                            "--json", *extra)
        figure = f"{len(pdfs) / wall:.1f} documents/s, {cpu / len(pdfs):.3f} CPU s each, exit {status}"
        row(f"digital, griffie ingest{name}", figure, wanted)


def memory():
    """peak of all processes on one long scan, 1,000 and 2,000 pages"""
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "pikepdf"], check=True)
    import pikepdf
    sources = [pikepdf.open(scan) for scan in files("gold", "D*", "contract.scan.pdf")]
    for wanted in (1000, 2000):
        with tempfile.TemporaryDirectory() as folder:
            long = pikepdf.new()
            while len(long.pages) < wanted:
                for source in sources:
                    long.pages.extend(source.pages)
            del long.pages[wanted:]
            long.save(f"{folder}/long.pdf")
            wall, _, peak, out, _ = timed(BIN, "ingest", f"{folder}/long.pdf", "--data", f"{folder}/d", "--workers", "2",
                                          "--json", watch_memory=True)
            row(f"memory, {wanted} pages", f"{peak:.0f} MB at the peak, {wanted / wall * 60:.0f} pages/min", "500 MB")


def hostile():
    """every hostile file in one run"""
    with tempfile.TemporaryDirectory() as folder:
        wall, _, peak, out, status = timed(BIN, "ingest", os.path.join(DATA, "hostile"), "--data", f"{folder}/d", "--json",
                                           watch_memory=True)
        check = subprocess.run([BIN, "verify", "--data", f"{folder}/d"], capture_output=True).returncode
    totals = json.loads(out)["totals"]
    row("hostile files", f"{totals} in {wall:.0f} s, peak {peak:.0f} MB, exit {status}, verify exit {check}", "1,536 MB")


def fixity():
    """verify against b3sum on the same stored files (the disk's cache is warm for both): small files, and files of a scan's size"""
    with tempfile.TemporaryDirectory() as folder:
        b3sum = shutil.which("b3sum")
        if not b3sum:
            subprocess.run(["cargo", "install", "-q", "b3sum", "--root", folder], check=True)
            b3sum = f"{folder}/bin/b3sum"
        # What no program can read is kept all the same, so bytes of no format make a store of any size at once.
        os.mkdir(f"{folder}/large")
        for number in range(300):
            with open(f"{folder}/large/{number}.bin", "wb") as out:
                out.write(os.urandom(2_000_000 + number * 13_000))
        for name, source in [("small files", os.path.join(DATA, "cuad", "pdf")), ("files of 2 to 6 MB", f"{folder}/large")]:
            data = f"{folder}/{len(name)}"
            subprocess.run([BIN, "ingest", source, "--no-copies", "--data", data],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            store = f"{data}/store"
            stored = [os.path.join(base, file) for base, _, files in os.walk(store) for file in files]
            size = sum(map(os.path.getsize, stored))
            pairs = [(timed(b3sum, *stored)[0], timed(BIN, "verify", "--store", store, "--data", f"{folder}/none")[0])
                     for _ in range(5)]
            theirs, ours = (min(times) for times in zip(*pairs))
            speed = f"{size / 1e6 / ours:.0f} MB/s, b3sum {size / 1e6 / theirs:.0f} MB/s ({size / 1e6:.0f} MB in {len(stored)} files)"
            row(f"fixity, {name}", f"{theirs / ours:.2f} × b3sum: {speed}", "0.80")


def copies():
    """CPU a page of building and of examining the archival copies of the gold scans, and how much larger they are"""
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run(["cargo", "test", "--release", "-q", "--test", "renditions", "--", "--ignored", "--nocapture",
                              "copies_of_a_folder"], cwd=ROOT, capture_output=True, text=True,
                             env={**os.environ, "GRIFFIE_COPIES_FROM": os.path.join(DATA, "gold"),
                                  "GRIFFIE_COPIES_ONLY": "contract.scan.pdf", "GRIFFIE_COPIES_TO": folder}).stdout
    found = re.findall(r"(\d+) pages, (\d+) to (\d+) bytes, CPU ms a page ([\d.]+) to build and ([\d.]+) to examine, "
                       r"(accepted)?", out)
    pages = sum(int(one[0]) for one in found)
    building, examining = (sum(int(one[0]) * float(one[n]) for one in found) / pages for n in (3, 4))
    larger = sum(int(one[2]) > max(int(one[1]) * 1.05, int(one[1]) + 8192 * int(one[0])) for one in found)
    row("copies of scans, building", f"{building:.1f} CPU ms a page", "60 ms")
    row("copies of scans, examination", f"{examining:.0f} CPU ms a page", "150 ms")
    row("copies of scans, accepted", f"{sum(one[5] == 'accepted' for one in found)} of {len(found)}; {larger} too large", "all")


def loss():
    """killed at 200 random moments"""
    out = subprocess.run(["cargo", "test", "--release", "-q", "--test", "crash", "--", "--nocapture"], cwd=ROOT,
                         env={**os.environ, "GRIFFIE_RANDOM_KILLS": "200"}, capture_output=True, text=True)
    found = re.findall(r"(?m)^random kills: .*$", out.stdout + out.stderr)
    row("loss", found[-1] if found else f"exit {out.returncode}", "nothing lost, nothing double")


def bench(name):
    out = subprocess.run(["cargo", "bench", "-q", "--bench", name], cwd=ROOT, capture_output=True, text=True).stdout
    for line in out.strip().splitlines():
        row(name, line.strip())


def search():
    """queries on 200,000 clauses"""
    bench("search")


def overhead():
    """griffie against the bare engine on the same page images"""
    bench("reading")


def rules():
    """text model and all rules, a page"""
    bench("rules")


ALL = [speed_scans, reading_errors, scores, speed_digital, memory, hostile, fixity, copies, loss, search, overhead, rules]

if __name__ == "__main__":
    asked = sys.argv[1:]
    if "--list" in asked:
        sys.exit("\n".join(f"{one.__name__:<16}{one.__doc__}" for one in ALL))
    unknown = set(asked) - {one.__name__ for one in ALL}
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))}: no such measurement; --list names them all")
    for one in ALL:
        if asked and one.__name__ not in asked:
            continue
        print(f"{one.__name__}: {one.__doc__}", flush=True)
        needs_data = one not in (loss, search)
        if needs_data and not os.path.isdir(DATA):
            row(one.__name__, f"skipped: there is no {DATA}")
            continue
        try:
            one()
        except Exception as error:  # one measurement that fails does not cost the others
            row(one.__name__, f"failed: {error!r}")
    width = max(len(name) for name, _, _ in TABLE)
    print("\n" + "\n".join(f"{name:<{width}}  {figure}  {wanted and f'[wanted: {wanted}]'}" for name, figure, wanted in TABLE))
