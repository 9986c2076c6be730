"""Within one test process, parses and reads each text of a rule file once, and assembles each rulebook once.

Test modules load rulebooks when they are imported, and commands that tests run in this process load them each time.
"""

from collections import OrderedDict, deque

from screener.errors import Problem
from screener.facts.metrics import Metric
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.rules import assembler, rulebook_cache, rulebook_loader
from screener.rules.pattern_reader import Report
from screener.rules.rule import Rule
from screener.rules.rule_file import RuleFile
from screener.rules.rule_reader import RuleReader
from screener.rules.rulebook import FileText, Rulebook

MOST_RULEBOOKS = 40
MOST_CATALOGUES = 4


class _RememberedRulebooks:
    """Replaces the cache on disk, which is still used for rulebooks that are new in this process."""

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


class _RememberedRules:
    """Replaces `RuleReader._rule`: returns the rule of a document that was read before with an equal catalogue and equal metrics.

    So rules that are only needed to check others, such as those of packs, are not read again.
    """

    def __init__(self) -> None:
        self.parsed: set[int] = set()  # ids of documents that are kept alive
        self._read = RuleReader._rule
        self._known: deque[tuple[Catalogue, dict[str, Metric], dict[int, Rule]]] = deque(maxlen=MOST_CATALOGUES)
        self._last: tuple[RuleReader, dict[int, Rule]] | None = None

    def rule(self, reader: RuleReader, file: RuleFile, document: Document, report: Report) -> Rule:
        if id(document) not in self.parsed:
            return self._read(reader, file, document, report)
        rules = self._of(reader)
        if (found := rules.get(id(document))) is not None:
            return found
        before = len(reader.problems)
        made = self._read(reader, file, document, report)
        if len(reader.problems) == before:
            rules[id(document)] = made
        return made

    def _of(self, reader: RuleReader) -> dict[int, Rule]:
        """Returns the rules known for the catalogue and the metrics of a reader."""
        if self._last is None or self._last[0] is not reader:
            same = (r for known, metrics, r in self._known if known == reader.catalogue and metrics == reader.metrics)
            if (rules := next(same, None)) is None:
                rules = {}
                self._known.append((reader.catalogue, dict(reader.metrics), rules))
            self._last = reader, rules
        return self._last[1]


def load_rulebooks_once() -> None:
    """Patches the loader of rulebooks for the rest of this process."""
    parse, known = assembler.parse_file, dict[tuple[str, str], tuple[list[Document], list[Problem]]]()
    rules = _RememberedRules()

    def parse_once(file: FileText) -> tuple[list[Document], list[Problem]]:
        found = known.get((file.name, file.text)) or parse(file)
        if not found[1]:
            known[file.name, file.text] = found
            rules.parsed.update(map(id, found[0]))
        return list(found[0]), list(found[1])

    def read_once(reader: RuleReader, file: RuleFile, document: Document, report: Report) -> Rule:
        return rules.rule(reader, file, document, report)

    assembler.parse_file = parse_once
    RuleReader._rule = read_once  # type: ignore[method-assign]
    rulebook_loader.cache = _RememberedRulebooks()  # type: ignore[assignment]
