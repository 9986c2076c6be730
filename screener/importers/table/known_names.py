"""Collects known headers and items of tables: the names of figures and metrics, and of properties of a company."""

import re
from dataclasses import dataclass
from functools import cached_property

from screener.importers.table.header import plain, read_header, unit_of
from screener.importers.table.unit_words import CURRENCY_OF, RATIO_SCALES, SCALE_OF
from screener.io import package_data as data
from screener.io.document import read_documents
from screener.profile.catalogue import Catalogue

_UNIT_WORDS = re.compile(r"[a-z]{2,}|'?000s?|[千百万亿]+元?|[$€£]", re.IGNORECASE)


@dataclass(frozen=True)
class KnownNames:
    """Known names by their words in lower case, from the catalogue and `rules/maps/aliases.yaml`."""

    catalogue: Catalogue

    @cached_property
    def _aliases(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = read_documents(data.RULES_FOLDER / "maps" / "aliases.yaml")[0].data
        return found

    @cached_property
    def heads(self) -> dict[str, str]:
        """Words of a header -> property of a row: name, id, period and so on."""
        return {plain(word): key for key, words in self._aliases["head"].items() for word in words}

    @cached_property
    def labels(self) -> frozenset[str]:
        """Words of headers of columns on what became of companies."""
        return frozenset(map(plain, self._aliases["label"]))

    @cached_property
    def items(self) -> frozenset[str]:
        """Words of headers over the names of items."""
        return frozenset(map(plain, self._aliases["item"]))

    @cached_property
    def values(self) -> frozenset[str]:
        """Words of headers over the values of items."""
        return frozenset(map(plain, self._aliases["value"]))

    @cached_property
    def figures(self) -> dict[str, str]:
        """Words -> name of the figure or metric."""
        found = {
            plain(word): name
            for home in ("metrics", "figures")
            for name, words in self._aliases[home].items()
            for word in words
            if name in self.catalogue.claimable
        }
        for alias, name in self.catalogue.aliases.items():
            found.setdefault(plain(alias), name)
        for name, entry in self.catalogue.claimable.items():
            for word in (name, entry.title.en, entry.title.zh):
                found.setdefault(plain(word), name)
        return found

    def figure(self, text: str) -> str | None:
        """Returns the figure or metric that a header or item names; None if there is none."""
        return self.figures.get(read_header(text).words)


def unit_in_title(texts: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Returns scale and currency from the titles above a table: "USD in millions". Each is None if it is not stated."""
    scale = currency = None
    for text in texts:
        unit_scale, unit_currency = unit_of(text)
        if unit_scale not in RATIO_SCALES:
            scale, currency = scale or unit_scale, currency or unit_currency
        for word in _UNIT_WORDS.findall(text):
            name = word.lower().lstrip("'")
            currency = currency or CURRENCY_OF.get(name)
            found = SCALE_OF.get(name)
            scale = scale or (found if found not in RATIO_SCALES else None)
    return scale, currency
