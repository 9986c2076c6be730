"""Measures how long an author waits from saving a rule file to the end of the output of `screener try --watch`.

python bench/try_loop.py [SAVES] [RULE_FILE] [PROFILE|DIR ...]
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAUSE = 0.3  # seconds between two saves
PATIENCE = 60
LAST_LINE = re.compile(r" compan(y|ies): .* s$")


def main() -> None:
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    example = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "examples/my-rules/capital-intensity.yaml"
    profiles = sys.argv[3:] or [str(p) for p in sorted((ROOT / "fixtures").glob("*.json"))]
    with tempfile.TemporaryDirectory() as folder:
        rule = Path(folder) / "rule.yaml"
        shutil.copy(example, rule)
        text = rule.read_text("utf-8")
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "screener", "try", "--watch", "--config", "none", str(rule), *profiles],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            _finished(process)
            print(f"first print {time.perf_counter() - begun:.2f} s after the start")
            assert process.stderr
            process.stderr.readline()  # from here on it watches the files
            waits = []
            for number in range(saves):
                time.sleep(PAUSE)
                saved = time.perf_counter()
                rule.write_text(f"{text}# save {number}\n", "utf-8")
                _finished(process)
                waits.append(time.perf_counter() - saved)
            process.send_signal(signal.SIGINT)
            print(f"Ctrl-C: exit code {process.wait(5)}")
    median, most = statistics.median(waits), max(waits)
    print(
        f"{len(profiles)} profiles, {saves} saves: median {median:.3f} s, least {min(waits):.3f} s, most {most:.3f} s"
    )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _finished(process: "subprocess.Popen[str]") -> None:
    """Reads to the last line of one run; if none comes because the rule has an error, the alarm ends the script."""
    assert process.stdout
    signal.alarm(PATIENCE)
    for line in process.stdout:
        if LAST_LINE.search(line):
            signal.alarm(0)
            return
    raise SystemExit(f"it ended: {process.stderr.read() if process.stderr else ''}")


if __name__ == "__main__":
    main()
