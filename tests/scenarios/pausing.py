"""The `screener` command, which waits before screening one company until a file exists.

    python pausing.py COMPANY FILE run market --out out

So a test can interrupt or kill a run that is certainly unfinished, on a machine of any speed.
"""

import sys
import time
from pathlib import Path
from typing import Any

from screener.__main__ import main
from screener.screening import Screener

assess = Screener.assess


def pausing(company: str, file: Path) -> None:
    """From now on, assessing `company` waits until `file` exists."""

    def instead(self: Screener, profile: Any, *context: Any, **options: Any) -> Any:
        while profile.id == company and not file.exists():
            time.sleep(0.01)
        return assess(self, profile, *context, **options)

    Screener.assess = instead  # type: ignore[method-assign]


if __name__ == "__main__":
    pausing(sys.argv.pop(1), Path(sys.argv.pop(1)))
    main()
