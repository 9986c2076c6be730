"""Finds the sentence or table row around a tagged number, and its place in the report."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.importers.filing.markup import Element, beginning_of_text, local_name
from screener.importers.filing.sentences import sentences
from screener.importers.filing.stated_claims import QUOTED, place_of
from screener.importers.filing.text_blocks import BLOCKS, LONG_CELL, TextBlock
from screener.text import shorten

LONGEST_BLOCK = 20_000
LEVELS = 40


class Quote(NamedTuple):
    """The text around a number; `place` is its page and section."""

    text: str
    place: str
    is_table: bool


class QuoteFinder:
    """Finds the text around tagged numbers of one report."""

    def __init__(self, blocks: Sequence[TextBlock]) -> None:
        self.blocks = blocks
        self._by_text = {block.text: block for block in reversed(blocks)}

    def quote(self, element: Element) -> Quote | None:
        """Returns the sentence or row that contains an element; None if it is outside of any text, as hidden facts are."""
        printed = _text(element)
        block, row = _ancestors(element)
        if block is not None:
            for sentence in sentences(_text(block)):
                if printed in sentence and len(sentence) > len(printed) + 10:
                    return self._placed(sentence, is_table=False)
        if row is not None:
            cells = [text for cell in row if (text := _text(cell))]
            return self._placed(" | ".join(cells), is_table=True) if len(cells) > 1 else None
        return None

    def _placed(self, text: str, is_table: bool) -> Quote | None:
        block = self._by_text.get(text) or next((b for b in self.blocks if text in b.text), None)
        return Quote(shorten(text, QUOTED), place_of(block), is_table) if block is not None else None


def _ancestors(element: Element) -> tuple[Element, Element]:
    """Returns the paragraph of an element and its table row; None for one that does not exist."""
    block = row = None
    for _ in range(LEVELS):
        element = element.getparent()
        if element is None:
            break
        name = local_name(element)
        if name == "tr":
            row = element
            break
        if block is None and name in BLOCKS:
            words = len(beginning_of_text(element, LONGEST_BLOCK).split())
            block = element if words > LONG_CELL // 2 or name not in ("td", "th", "span", "div") else None
    return block, row


def _text(element: Element) -> str:
    return " ".join(beginning_of_text(element, LONGEST_BLOCK).split())
