"""`make chaos`: a run over many companies, killed at random moments and gone on with (--resume) until it is done; again and again.

After each kill whatever stands in the folder of reports must be whole: the very bytes of a run that nobody disturbed. What ends by
itself must have written all of it, each company once. Killed is the whole group of processes, its first one, or one that works.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORMATS = "json,csv,html"


def companies(folder: Path, many: int) -> None:
    """Writes copies of the fixtures under other names."""
    found = [json.loads(p.read_text("utf-8")) for p in sorted((ROOT / "fixtures").glob("*.json"))]
    for i in range(many):
        data = {**found[i % len(found)], "name": f"Company {i}", "id": f"company-{i}"}
        text = json.dumps(data).replace(f'"{found[i % len(found)]["id"]}"', f'"company-{i}"') if "id" in found[i % len(found)] else None
        (folder / f"company-{i}.json").write_text(text or json.dumps(data), "utf-8")


def start(profiles: Path, out: Path, peers: str) -> "subprocess.Popen[bytes]":
    words = ["run", str(profiles), "--out", str(out), "--format", FORMATS, "--resume", "-q", "-j", "2", "--config", "none", "--peers", peers]
    return subprocess.Popen(
        [sys.executable, "-m", "screener", *words], cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def written(out: Path) -> dict[str, bytes]:
    """Returns what a reader of the folder sees."""
    return {p.name: p.read_bytes() for p in out.glob("*") if not p.name.startswith(".")}


def group(leader: int) -> list[int]:
    """Returns the processes of a run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == leader and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def kill(rnd: random.Random, leader: int) -> str:
    """Kills a part of a run; returns the name of the part."""
    part = rnd.choice(("group", "group", "first", "worker"))
    if part == "group":
        os.killpg(leader, signal.SIGKILL)
    elif part == "first":
        os.kill(leader, signal.SIGKILL)
    else:
        workers = [p for p in group(leader) if p != leader]
        if not workers:
            return "none"
        os.kill(rnd.choice(workers), signal.SIGKILL)
    return part


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--companies", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rnd, seen = random.Random(given.seed), Counter[str]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        profiles, whole, out = (Path(folder) / name for name in ("profiles", "whole", "out"))
        profiles.mkdir()
        companies(profiles, given.companies)
        undisturbed: dict[str, dict[str, bytes]] = {}
        for peers in PEERS:
            before = time.monotonic()
            done = start(profiles, whole / peers, peers)
            _, err = done.communicate()
            if done.returncode:
                raise SystemExit(err.decode())
            takes, undisturbed[peers] = time.monotonic() - before, written(whole / peers)
            print(f"undisturbed: {given.companies} companies, peers {peers}, {len(undisturbed[peers])} files, {takes:.1f} s", flush=True)
        peers = PEERS[0]
        while sum(seen[k] for k in ("group", "first", "worker")) < given.kills:
            process, right = start(profiles, out, peers), undisturbed[peers]
            assert process.stderr is not None
            try:
                process.wait(rnd.uniform(0.05, takes * 0.6))
            except subprocess.TimeoutExpired:
                seen[part := kill(rnd, process.pid)] += 1
                if part in ("group", "first"):
                    process.wait()
            if process.returncode is None:
                process.wait()  # the death of a worker must not end the run
            left = time.monotonic() + 20
            while (orphans := group(process.pid)) and time.monotonic() < left:
                time.sleep(0.1)
            if orphans:
                print(f"FAULT {len(orphans)} processes outlive their run")
                return 1
            now = written(out)
            if wrong := [name for name, content in now.items() if not is_whole(name, content, right, peers)]:
                print(f"FAULT not as in a run that nobody disturbed: {wrong[:5]} after {dict(seen)}")
                return 1
            if process.returncode in (0, 3):  # 3: the company at which a worker was killed twice
                errors = process.stderr.read().decode()
                if process.returncode == 3 and "ended" not in errors and "killed" not in errors and "crash" not in errors:
                    print(f"FAULT {errors}")
                    return 1
                if process.returncode == 0 and now != right:
                    print(f"FAULT ended well, but {sorted(set(right) ^ set(now))[:5]} are not there or differ")
                    return 1
                seen["ended with all"] += process.returncode == 0
                seen["ended without one"] += process.returncode == 3
                if process.returncode == 0:
                    subprocess.run(["rm", "-rf", str(out)], check=True)
                    peers = rnd.choice(PEERS)
            process.stderr.close()
            kills = sum(seen[k] for k in ("group", "first", "worker"))
            if kills and kills % 20 == 0:
                print(f"{kills} kills, {time.monotonic() - began:.0f} s: {dict(seen)}", flush=True)
    print(f"{kills} kills (all processes {seen['group']}, the first {seen['first']}, a worker {seen['worker']}), "
          f"{seen['ended with all']} runs ended with all files as undisturbed, {seen['ended without one']} said which "
          f"company was lost: nothing torn, doubled or left running; {time.monotonic() - began:.0f} s, seed {given.seed}")
    return 0


_OF_ALL = ("index", "findings.csv", "companies.csv")
"""Files about all companies; if a run loses one, they cover the others."""
PEERS = ("none", "run")
"""With peers, a company page depends on all companies: if one is lost the page differs, but is complete."""


def is_whole(name: str, content: bytes, right: Mapping[str, bytes], peers: str) -> bool:
    """Returns whether a file is as an undisturbed run writes it or, if it covers all companies, complete."""
    if content == right.get(name):
        return True
    if peers == "none" and not name.startswith(_OF_ALL):
        return False
    if name.endswith(".json"):
        return bool(json.loads(content))
    return content.rstrip().endswith(b"</html>") if name.endswith(".html") else content.endswith(b"\n")


if __name__ == "__main__":
    sys.exit(main())
