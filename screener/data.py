"""Where the built-in rules and templates are: in the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

RULES = _ROOT / "rules"
TEMPLATES = _ROOT / "templates"
