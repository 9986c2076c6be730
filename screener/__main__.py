"""`python -m screener`, and the `screener` command."""

import gc
import sys


def main() -> None:
    """Runs the command line. Ctrl-C during its import ends the program with a line, not with a traceback."""
    gc.disable()  # nothing made at start is garbage: looking for it takes a sixth of the time of one report
    try:
        from screener.cli import main as run
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    try:
        run()
    finally:
        gc.freeze()  # Python looks for garbage once more before it ends: a tenth of the time of one report


if __name__ == "__main__":
    main()
