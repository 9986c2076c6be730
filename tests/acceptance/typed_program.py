"""A program of a user, type-checked by test_install.py against the installed wheel, never run.

Each public name belongs here twice: used as its documentation says, and misused in a way that a type checker must report. A misuse
carries `# type: ignore[code]`, which is itself an error where nothing is reported, as happens to a name without a type.
"""

import screener

version: str = screener.__version__
wrong_version: int = screener.__version__  # type: ignore[assignment]
