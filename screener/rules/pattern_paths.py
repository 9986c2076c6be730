"""Where the patterns of a rule stand in its file."""

from collections.abc import Iterator
from typing import Any

from screener.io.document import Document
from screener.rules.rule import Item, Pattern, Rule

KeyPath = tuple[str | int, ...]


def pattern_paths(rule: Rule, document: Document) -> Iterator[tuple[Pattern, KeyPath]]:
    """Each pattern of a rule that was read without problems, with its path in the document."""
    for i, (item, said) in enumerate(zip(rule.when, document.data["when"], strict=False)):
        yield from _walk(item, said, ("when", i))


def _walk(item: Item, said: Any, at: KeyPath) -> Iterator[tuple[Pattern, KeyPath]]:
    ((key, value),) = said.items()
    if isinstance(item, Pattern):
        yield item, (*at, key)
        return
    for i, (branch, inside) in enumerate(zip(item.branches, value, strict=True)):
        if isinstance(inside, list):
            for j, (part, of_part) in enumerate(zip(branch, inside, strict=True)):
                yield from _walk(part, of_part, (*at, key, i, j))
        else:
            yield from _walk(branch[0], inside, (*at, key, i))
