"""Splits blocks of text into sentences."""

import re
from collections.abc import Iterator

_ABBREVIATIONS_TEXT = (
    "inc corp co ltd llc lp plc no nos mr mrs ms dr jr sr st vs v e.g i.e etc approx u.s u.k u.s.c dept "
    "fig sec art vol pp al jan feb mar apr jun jul aug sep sept oct nov dec s.a n.v a.g p.a d.c l.p l.l.c "
    "n.a b.v cos bros"
)
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9•])")
LONGEST = 2000  # greatest length in characters: a longer text is a list without full stops


def sentences(text: str) -> Iterator[str]:
    """Yields the sentences of a paragraph; a full stop after an abbreviation or an initial does not end a sentence."""
    start = 0
    for end in _END.finditer(text):
        word = text[start : end.start()].rpartition(" ")[2].lower().lstrip("(\"“‘'[")
        if text[end.start()] == "." and (
            word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or ("." in word and len(word) <= 6)
        ):
            following = text[end.end() : end.end() + 1]
            if word not in ("etc",) or not following.isupper():
                continue
        yield text[start : end.end()].strip()[:LONGEST]
        start = end.end()
    if rest := text[start:].strip():
        yield rest[:LONGEST]
