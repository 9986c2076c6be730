"""Text in two languages, made safe to show; slugs; nearest known names."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from screener.limits import KNOWN

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


@dataclass(frozen=True, slots=True)
class Text:
    """A text in English and Chinese; where one is missing the other stands for it."""

    en: str
    zh: str

    @classmethod
    def of(cls, value: "str | dict[str, str] | Text") -> "Text":
        """A text from a plain string (both languages) or a mapping with `en` and/or `zh`."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(value, value)
        en, zh = value.get("en"), value.get("zh")
        return cls(en if en is not None else zh or "", zh if zh is not None else en or "")

    def get(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en

    def map(self, change: Any) -> "Text":
        """The same function applied to both languages."""
        return Text(change(self.en), change(self.zh))


def clean(text: str) -> str:
    """`text` without control, bidi and surrogate characters; white space runs become one space."""
    if text.isprintable():  # no control, format, surrogate or unassigned character
        return " ".join(text.split())
    kept = (c for c in text.translate(_BIDI) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return " ".join("".join(kept).split())


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut with an ellipsis."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def is_slug(text: str) -> bool:
    """Whether `text` is lower-case letters and digits in groups joined by single hyphens (at most 80 characters)."""
    return len(text) <= 80 and _SLUG.match(text) is not None


def is_device(name: str) -> bool:
    """Whether Windows takes a file of this name, whatever its suffix, for a device."""
    return _DEVICE.match(name) is not None


def slug(text: str) -> str:
    """A slug made from any text; empty when nothing of it can be kept."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, if one is close enough."""
    names = set(known)
    if len(names) > KNOWN:
        names = set(sorted(k for k in names if k[:3] == name[:3])[:KNOWN])
    found = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the nearest known name, or `otherwise`."""
    near = nearest_name(name, known)
    return f"did you mean '{near}'?" if near else otherwise
