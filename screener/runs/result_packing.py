"""Packs results into few bytes between two passes of a run: the texts of rules and catalogue are left out."""

import io
import pickle
from collections.abc import Iterator
from typing import Any

from screener.explain.finding_templates import finding_of_rule
from screener.expression.interval import Interval, Missing
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.rules.compiler import Program
from screener.text import Text

_Reduced = tuple[Any, tuple[Any, ...]]


class ResultPacker:
    """Packs results of one program, and unpacks them in any process that has the same program.

    A finding is stored as its rule and the fields that differ from the rule's own; a text of rules or catalogue as its
    place among them.
    """

    def __init__(self, program: Program) -> None:
        self._findings = {rule.id: finding_of_rule(rule, program) for rule in program.rules.values()}
        self._texts = list(dict.fromkeys(_texts(program)))
        self._places = {text: place for place, text in enumerate(self._texts)}

    def pack(self, result: ResultDocument, digest: str) -> bytes:
        """Packs a result with the digest of its profile."""
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = {
            Finding: self._reduce_finding,
            Text: self._reduce_text,
            Interval: _reduce_number,
            Missing: _reduce_number,
        }
        pickler.dump((result, digest))
        return buffer.getvalue()

    def unpack(self, packed: bytes) -> tuple[ResultDocument, str]:
        """Returns the result and the digest that were packed."""
        found: tuple[ResultDocument, str] = _Unpickler(self, packed).load()
        return found

    def _reduce_finding(self, finding: Finding) -> _Reduced:
        of_rule = self._findings[finding.rule]
        changed = [
            place
            for place, (own, other) in enumerate(zip(finding, of_rule, strict=True))
            if own is not other and (own != other or type(own) is float)  # equal numbers may be 0 and -0
        ]
        return _finding, (finding.rule, bytes(changed), *(finding[i] for i in changed))

    def finding(self, rule: str, changed: bytes, *values: Any) -> Finding:
        """Returns the finding of a rule, with the fields at the given places replaced."""
        fields = list(self._findings[rule])
        for place, value in zip(changed, values, strict=True):
            fields[place] = value
        return Finding._make(fields)

    def _reduce_text(self, text: Text) -> _Reduced:
        place = self._places.get(text)
        return (Text, (text.en, text.zh)) if place is None else (_text, (place,))

    def text(self, place: int) -> Text:
        """Returns the text of rules or catalogue at a place."""
        return self._texts[place]


def _reduce_number(number: Interval) -> _Reduced:
    return type(number), (number.lo, number.hi)


def _finding() -> None:
    """Represents `ResultPacker.finding` in packed data; never called."""


def _text() -> None:
    """Represents `ResultPacker.text` in packed data; never called."""


class _Unpickler(pickle.Unpickler):
    """Reads data that a packer of the same program wrote."""

    def __init__(self, packer: ResultPacker, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        self._own = {_finding.__name__: packer.finding, _text.__name__: packer.text}

    def find_class(self, module: str, name: str) -> Any:
        """Returns a class by its name, or the method of the packer that a name represents."""
        return self._own[name] if module == __name__ else super().find_class(module, name)


def _texts(program: Program) -> Iterator[Text]:
    """Returns the texts of rules and catalogue that results repeat, in a fixed order."""
    catalogue = program.catalogue
    for entries in (catalogue.figures, program.metrics, catalogue.kinds):
        yield from (entry.title for entry in entries.values())
    for kind in catalogue.kinds.values():
        yield from (field.title for field in kind.fields.values())
    yield from catalogue.categories.values()
    yield from (sector.title for sector in catalogue.sectors.values())
    for rule in program.rules.values():
        texts = (rule.title, rule.clear_title, rule.why, rule.clears, rule.false_alarms)
        yield from (text for text in texts if text is not None)
        yield from (param.why for param in rule.params.values() if param.why is not None)
