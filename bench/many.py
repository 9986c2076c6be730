"""Time and memory of a run over many companies, in one process, several, or with Dask, and whether all write the same bytes.

    python bench/many.py [COMPANIES] [--pack PACK] [--dask]
    python bench/many.py [COMPANIES] [--pack PACK] --against CHECKOUT

The companies are copies of the fixtures with different ids. Each run starts a new process; its peak memory is that of its largest
process. JSON is also written for a tenth of the companies, to show whether memory grows with their number.

With --against, this checkout and another one are measured in turn, each on copies of its own fixtures and in CPU time, so that
the ratio is reliable on a busy machine.
"""

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TURNS = 5  # turns of a comparison


def make(folder: Path, count: int, root: Path = ROOT) -> None:
    folder.mkdir(parents=True)
    known = [json.loads(path.read_text("utf-8")) for path in sorted((root / "fixtures").glob("*.json"))]
    for n in range(count):
        profile = {k: v for k, v in known[n % len(known)].items() if k != "$schema"}
        (folder / f"{n:07}.json").write_text(json.dumps({**profile, "id": f"c{n}"}, ensure_ascii=False), "utf-8")


def run(profiles: Path, out: Path, *words: str, root: Path = ROOT) -> tuple[float, float, float]:
    """Returns elapsed seconds, seconds of CPU time, and the peak memory in MB of the largest process."""
    command = [sys.executable, "-m", "screener", "run", str(profiles), "--out", str(out), "-q", *words]
    code = (f"import resource, subprocess, sys; subprocess.run({command!r}, check=True);"
            "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)")
    start = time.perf_counter()
    env = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=env, cwd=root)
    computed, memory = map(float, done.stdout.split())
    return time.perf_counter() - start, computed, memory


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]


def measure(count: int, pack: str, dask: bool) -> Iterator[tuple[str, float, float, float, str]]:
    """Yields for each way: its name, companies/s of elapsed time, CPU ms per company, peak MB of a process, digest of the files."""
    cores = len(os.sched_getaffinity(0))
    ways = {"-j 1": ["-j", "1"], f"-j {cores}": ["-j", str(cores)]}
    if dask:
        ways["--scheduler local"] = ["--scheduler", "local", "-j", str(cores)]
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        make(top / "tenth", count // 10)
        make(top / "all", count)
        words = ["--format", "html,csv", "--pack", pack]
        for way, more in (*ways.items(), ("the last, --resume", [*list(ways.values())[-1], "--resume"])):
            out = top / (list(ways)[-1] if "--resume" in more else way)
            took, computed, memory = run(top / "all", out, *words, *more)
            yield way, count / took, computed / count * 1e3, memory, digest(out)
        for folder in ("tenth", "all"):
            many = len(list((top / folder).iterdir()))
            took, computed, memory = run(top / folder, top / f"json-{folder}", "--format", "json", "--pack", pack)
            yield f"{many:,} companies, json", many / took, computed / many * 1e3, memory, ""


def compare(count: int, pack: str, other: Path) -> None:
    """Prints the CPU time for each company here and in another checkout, measured in turn, and the median ratio."""
    words = ["--format", "html,csv", "--pack", pack, "-j", "1"]
    print(f"{count:,} companies, pack {pack}, html and csv: ms of computing a company")
    print(f"{'':8}{'here':>8}{'there':>8}{'there / here':>14}")
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        top, roots = Path(name), (ROOT, other)
        for i, root in enumerate(roots):
            make(top / str(i), count, root)
        for turn in range(TURNS):
            own_ms, other_ms = (
                run(top / str(i), top / f"out-{i}-{turn}", *words, root=root)[1] / count * 1e3
                for i, root in enumerate(roots)
            )
            ratios.append(other_ms / own_ms)
            print(f"turn {turn + 1:<3}{own_ms:8.1f}{other_ms:8.1f}{ratios[-1]:14.2f}", flush=True)
    print(f"{'median':24}{statistics.median(ratios):14.2f}")


def main(count: int, pack: str, dask: bool) -> None:
    print(f"{count:,} companies, pack {pack}, html and csv")
    print(f"{'':24}{'companies/s':>12}{'ms computing':>14}{'peak MB':>9}  bytes")
    for way, rate, computed, memory, files_digest in measure(count, pack, dask):
        print(f"{way:24}{rate:12,.0f}{computed:14.1f}{memory:9.0f}  {files_digest}", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given = sys.argv[1:]
    chosen = given[given.index("--pack") + 1] if "--pack" in given else "ai-era"
    number = int(given[0]) if given and given[0].isdigit() else 1000
    if "--against" in given:
        compare(number, chosen, Path(given[given.index("--against") + 1]).resolve())
    else:
        main(number, chosen, "--dask" in given)
