"""`make fuzz`: runs many hostile inputs through every reader in separate processes, so that crashes in C are noticed.

`python -m tests.fuzz.hammer --inputs 100000` prints the outcomes, and the slowest and largest inputs. An input is a fault if it
raises anything but a ScreenerError, takes more than two seconds of CPU time, or makes its process larger than 1 GiB: it is written
to build/fuzz/, and `--replay FILE` runs it again. A case that was fixed belongs in tests/fuzz/cases/.
"""

import argparse
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

SECONDS = 2.0  # seconds of CPU time
PATIENCE = 40  # elapsed seconds after which a process that does not respond is killed
STARVED = 0.25  # share of that time; a process with less CPU time was not given the processor
MEMORY = 2**30
LARGEST = 2**20  # maximum bytes of an input
BATCH = 1000  # inputs per process
FAULTS = Path("build/fuzz")


class Slow(BaseException):
    """Raised if an input takes too long."""


def _alarm(*_: Any) -> None:
    raise Slow


def warm() -> None:
    """Does everything that takes time once: compiling rules, reading templates, importing packages for tables."""
    from tests.fuzz import makers, targets

    for name, (make, _) in makers.MAKERS.items():
        for seed in ("a", "b", "c"):
            try:
                targets.run(name, make(Random(seed)))
            except Exception:
                continue


def work(seed: int, many: int, report: Path) -> int:
    """Runs inputs one by one; prints a line of JSON before each and its outcome after it."""
    from tests.fuzz import makers, targets

    warm()
    names = list(makers.MAKERS)
    parts = [part for _, part in makers.MAKERS.values()]
    for i in range(many):
        rnd = Random(f"{seed}/{i}")
        name = rnd.choices(names, parts)[0]
        data = makers.MAKERS[name][0](rnd)
        while len(data) > LARGEST:  # larger inputs would only show that more takes longer
            data = makers.MAKERS[name][0](rnd)
        case = name.encode() + b"\n" + data
        report.write_bytes(case)
        before, trace = time.process_time(), ""
        try:
            signal.signal(signal.SIGPROF, _alarm)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            became = targets.run(name, data)
        except Slow:
            became, trace = "FAULT", f"takes longer than {SECONDS:g} s\n{traceback.format_exc(limit=-6)}"
        except BaseException:
            became, trace = "FAULT", traceback.format_exc(limit=-6)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if size > MEMORY:
            became, trace = "FAULT", f"makes the process {size >> 20} MiB large"
        took = round(time.process_time() - before, 4)
        print(json.dumps([name, became, took, size >> 20, trace, case.hex() if trace else ""]), flush=True)
        if size > MEMORY:  # a new process for the rest, since this one would not shrink
            break
    return 0


class Tally:
    """The outcomes of all inputs."""

    def __init__(self) -> None:
        self.became: Counter[tuple[str, str]] = Counter()
        self.slowest: dict[str, float] = {}
        self.largest = 0
        self.faults = 0

    @property
    def done(self) -> int:
        """Inputs that were tried."""
        return sum(self.became.values())

    def add(self, name: str, became: str, seconds: float, size: int, trace: str, case: bytes) -> None:
        """Counts one input, and stores it if it is a fault."""
        self.became[name, became] += 1
        self.slowest[name] = max(self.slowest.get(name, 0), seconds)
        self.largest = max(self.largest, size)
        if trace:
            self.faults += 1
            FAULTS.mkdir(parents=True, exist_ok=True)
            path = FAULTS / f"{name}-{self.faults}"
            path.write_bytes(case)
            print(f"FAULT {path}: {trace.strip()}", flush=True)

    def table(self) -> str:
        """Returns the figures as a table."""
        lines = [f"{'reader':12} {'inputs':>8} {'refused':>8} {'read':>8} {'faults':>7} {'slowest':>9}"]
        for name in self.slowest:
            one = {became: n for (of, became), n in self.became.items() if of == name}
            all_, refused, faults = sum(one.values()), one.get("refused", 0), one.get("FAULT", 0)
            lines.append(f"{name:12} {all_:8,} {refused:8,} {all_ - refused - faults:8,} {faults:7,} {self.slowest[name]:7.2f} s")
        lines.append(f"{'all':12} {self.done:8,} inputs, {self.faults} faults, largest process {self.largest} MiB")
        return "\n".join(lines)


def batch(seed: int, many: int, tally: Tally) -> int:
    """Runs one process of inputs; returns how many it tried before it ended. If it dies, the current input is a fault."""
    FAULTS.mkdir(parents=True, exist_ok=True)
    report = FAULTS / f"at-{os.getpid()}"
    words = [sys.executable, "-m", "tests.fuzz.hammer", "--work", str(seed), "--inputs", str(many), "--report", str(report)]
    tried = 0
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        rest = b""
        patience = 120.0
        while True:
            before = _computed(process.pid)
            if not select.select([process.stdout], [], [], patience)[0]:
                if _computed(process.pid) - before < STARVED * patience:  # the machine was too busy to run it
                    continue
                process.kill()
                break
            more = os.read(process.stdout.fileno(), 1 << 16)
            if not more:
                break
            *lines, rest = (rest + more).split(b"\n")
            for line in lines:
                name, became, seconds, size, trace, case = json.loads(line)
                tally.add(name, became, seconds, size, trace, bytes.fromhex(case))
                tried, patience = tried + 1, PATIENCE
        code = process.wait()
        err = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    if code and not tried and not report.is_file():
        raise SystemExit(err)
    if code and tried < many:
        name, case = report.read_bytes().split(b"\n", 1)
        if not err or code < 0:
            tally.add(name.decode(), "FAULT", 0, 0, f"the process ended with {code} {err[-600:]}", name + b"\n" + case)
            tried += 1
        elif tried == 0:
            raise SystemExit(err)
    report.unlink(missing_ok=True)
    return tried


def _computed(process: int) -> float:
    """Returns the CPU seconds of a process, or a large number if they cannot be determined."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def replay(path: Path) -> int:
    """Runs a case again in this process, without protection."""
    from tests.fuzz import targets

    name, _, data = path.read_bytes().partition(b"\n")
    warm()
    before = time.process_time()
    print(name.decode(), targets.run(name.decode(), data), f"{time.process_time() - before:.2f} s")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.replay:
        return replay(given.replay)
    if given.work is not None:
        return work(given.work, given.inputs, given.report)
    tally, began, seed = Tally(), time.monotonic(), given.seed * 1_000_000
    while tally.done < given.inputs:
        batch(seed, min(BATCH, given.inputs - tally.done), tally)
        seed += 1
        if seed % 10 == 0:
            print(f"{tally.done:,} inputs, {tally.faults} faults, {time.monotonic() - began:.0f} s", flush=True)
    print(tally.table() + f", {time.monotonic() - began:.0f} s, seed {given.seed}")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
