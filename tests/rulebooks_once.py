"""Within one process of tests, the same text of a rule file is parsed once, and the same rulebook assembled once.

Test modules load rulebooks when they are imported, and commands that tests run in this process load them each time.
"""

from collections import OrderedDict

from screener.errors import Problem
from screener.io.document import Document
from screener.rules import assembler, rulebook_cache, rulebook_loader
from screener.rules.rulebook import FileText, Rulebook

MOST_RULEBOOKS = 40


class _RememberedRulebooks:
    """In the place of the cache on disk, which is still asked for a rulebook that is new in this process."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Rulebook] = OrderedDict()

    def read_cached(self, digest: str) -> Rulebook | None:
        found = self._known.get(digest) or rulebook_cache.read_cached(digest)
        if found is not None:
            self._remember(digest, found)
        return found

    def write_cached(self, digest: str, book: Rulebook) -> None:
        self._remember(digest, book)
        rulebook_cache.write_cached(digest, book)

    def _remember(self, digest: str, book: Rulebook) -> None:
        self._known[digest] = book
        self._known.move_to_end(digest)
        if len(self._known) > MOST_RULEBOOKS:
            self._known.popitem(last=False)


def load_rulebooks_once() -> None:
    """Patches the loader of rulebooks, until this process ends."""
    parse, known = assembler.parse_file, dict[tuple[str, str], tuple[list[Document], list[Problem]]]()

    def parse_once(file: FileText) -> tuple[list[Document], list[Problem]]:
        found = known.get((file.name, file.text)) or parse(file)
        if not found[1]:
            known[file.name, file.text] = found
        return list(found[0]), list(found[1])

    assembler.parse_file = parse_once
    rulebook_loader.cache = _RememberedRulebooks()  # type: ignore[assignment]
