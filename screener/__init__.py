"""Rule-based investment risk screener: it applies rules to company profiles and returns findings and a scored report.

The names in `__all__` are the interface for Python programs (docs/python.md). Each is imported when it is first used, so
that the command line starts without the modules that it does not need.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screener.errors import Problem, ScreenerError
    from screener.one_call import screen, screen_many
    from screener.profile.model import Profile
    from screener.result.finding_records import Finding
    from screener.rules.rulebook import Rulebook
    from screener.screened_result import Result, load_result
    from screener.screening import Screener
    from screener.vocabulary import Verdict

__version__ = "0.1.0"

__all__ = [
    "Finding",
    "Problem",
    "Profile",
    "Result",
    "Rulebook",
    "Screener",
    "ScreenerError",
    "Verdict",
    "__version__",
    "load_result",
    "screen",
    "screen_many",
]

_MODULES = {
    "Finding": "screener.result.finding_records",
    "Problem": "screener.errors",
    "Profile": "screener.profile.model",
    "Result": "screener.screened_result",
    "Rulebook": "screener.rules.rulebook",
    "Screener": "screener.screening",
    "ScreenerError": "screener.errors",
    "Verdict": "screener.vocabulary",
    "load_result": "screener.screened_result",
    "screen": "screener.one_call",
    "screen_many": "screener.one_call",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
