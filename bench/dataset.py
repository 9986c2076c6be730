"""Time and memory of `screener import sec --dataset` and `market --dataset` on samples of growing size.

    python bench/dataset.py [FILERS ...]        # default: 500 2000 6000
    python bench/dataset.py --market 500 2000

Memory is the peak of the process; it must not grow with the sample.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.dataset_sample import write_dataset


def main() -> None:
    """Makes a sample of each size, runs the command on it, and prints a line with its time and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filers", type=int, nargs="*", default=[500, 2000, 6000])
    parser.add_argument("--market", action="store_true")
    given = parser.parse_args()
    screener = str(Path(sys.executable).with_name("screener"))
    print(f"{'filers':>8} {'num.txt, MB':>12} {'seconds':>8} {'peak, MB':>9}")
    for filers in given.filers:
        with tempfile.TemporaryDirectory() as folder:
            sample = Path(folder) / "sample"
            sample.mkdir()
            write_dataset(sample, filers)
            words = [screener, "import", "sec", "-o", f"{folder}/out.jsonl"]
            if given.market:
                words = [screener, "market", "--pack", "core", "--pack", "classic", "-o", f"{folder}/out.csv"]
            start = time.monotonic()
            process = subprocess.Popen([*words, "-q", "--dataset", str(sample)])
            _, status, used = os.wait4(process.pid, 0)
            elapsed = time.monotonic() - start
            size = (sample / "num.txt").stat().st_size / 1e6
        print(f"{filers:>8,} {size:>12.1f} {elapsed:>8.1f} {used.ru_maxrss / 1024:>9.0f}" + (" failed" if status else ""))


if __name__ == "__main__":
    main()
