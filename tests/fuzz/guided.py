"""`make fuzz-guided`: atheris (libFuzzer) searches for inputs that reach new lines of a reader, starting from valid ones.

    python -m tests.fuzz.guided profile -runs=20000 -max_total_time=300

The first argument is the reader, the others are options of libFuzzer. Failing inputs are written to build/fuzz/, and
`hammer --replay` runs them again. Only hammer covers the reader of templates, which runs in a separate process with its own limits.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["screener"], enable_loader_override=False):
    from tests.fuzz import makers, targets

FAULTS = Path("build/fuzz")
SEEDS = 200  # inputs to begin with
READERS = [name for name in targets.TARGETS if name != "template"]


def main(name: str, words: list[str]) -> None:
    """Fuzzes one reader; ends the process with exit code 77 at a fault."""
    if name not in READERS:
        raise SystemExit(f"no reader {name!r}: {', '.join(READERS)}")
    FAULTS.mkdir(parents=True, exist_ok=True)

    def once(data: bytes) -> None:
        try:
            targets.run(name, data)
        except BaseException:
            (FAULTS / f"guided-{name}").write_bytes(name.encode() + b"\n" + data)
            raise

    with tempfile.TemporaryDirectory() as corpus:
        make = makers.MAKERS[name][0]
        for i in range(SEEDS):
            (Path(corpus) / str(i)).write_bytes(make(Random(f"guided/{i}")))
        given = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1", f"-artifact_prefix={FAULTS}/", *words]
        atheris.Setup([name, *given, corpus], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:])
