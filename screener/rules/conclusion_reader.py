"""Reads the conclusions of rules: facts that further rules can use."""

from collections.abc import Mapping
from dataclasses import dataclass

from screener.errors import ExpressionError
from screener.expression.checker import TypeOf
from screener.expression.parser import parse
from screener.expression.syntax_tree import Bool, Expression, Name, Number, Word
from screener.profile.catalogue import Catalogue, RelationField
from screener.rules.pattern_reader import Report
from screener.rules.rule import KeyPath
from screener.text import clean, did_you_mean

Written = str | float | bool


@dataclass(frozen=True)
class ConclusionReader:
    """Reads the `concludes` of one rule, in whose patterns names have the types that `type_of` gives."""

    catalogue: Catalogue
    type_of: TypeOf
    report: Report

    def read(self, kind: str, fields: Mapping[str, Written]) -> dict[str, Expression]:
        """The value of each field of a concluded fact: a name or a constant; reports what does not fit."""
        entry, path = self.catalogue.kinds.get(kind), ("concludes", kind)
        if entry is None or not entry.concluded:
            concluded = [name for name, other in self.catalogue.kinds.items() if other.concluded]
            hint = did_you_mean(kind, concluded, "declare it under kinds: with concluded: true")
            self.report(path, f"'{clean(kind)}' is not a kind that rules conclude", hint, "unknown-kind", key=True)
            return {}
        found = {}
        for name, written in fields.items():
            if name not in entry.fields:
                hint = did_you_mean(name, entry.fields, "its fields are " + ", ".join(entry.fields))
                self.report((*path, name), f"{kind} has no field '{clean(name)}'", hint, "unknown-field", key=True)
            elif (value := self._value(written, entry.fields[name], (*path, name))) is not None:
                found[name] = value
        return found

    def _value(self, written: Written, field: RelationField, path: KeyPath) -> Expression | None:
        if isinstance(written, bool):
            return Bool(written)
        if not isinstance(written, str):
            return Number(float(written))
        try:
            value = parse(written)
            if isinstance(value, Name):
                given = self.type_of(value)
                if given.is_number != field.type.is_number:
                    what = f"a {given.unit} does not fit the field {path[-1]} of {path[-2]}, a {field.unit}"
                    self.report(path, what, "name another field", "type-mismatch")
            elif not isinstance(value, Word | Number | Bool):
                what = "only a name or a constant can be concluded"
                self.report(path, what, "define a metric for the formula", "type-mismatch")
        except ExpressionError as error:
            for problem in error.problems:
                self.report(path, problem.what, problem.hint, problem.code, offset=(problem.column or 1) - 1)
            return None
        return value
