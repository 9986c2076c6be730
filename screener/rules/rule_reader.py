"""Reads rules from documents, and then checks the references between them."""

from collections.abc import Iterable, Iterator
from typing import Any

from screener.errors import Problem, RulesError
from screener.expression.syntax_tree import And, Compare, Expression, Or, names_in
from screener.facts.fact import COMPANY, FLAG
from screener.facts.metrics import Metric, with_domain
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.strict_model import validate
from screener.rules.compiler import expand_alternatives
from screener.rules.conclusion_reader import ConclusionReader
from screener.rules.faulty_keys import replace_faulty_keys
from screener.rules.name_resolver import NameResolver
from screener.rules.pattern_reader import PatternReader, Report
from screener.rules.placeholders import check_text
from screener.rules.rule import EXAMPLE_OUTCOMES, AnyOf, Example, Item, KeyPath, Rule, patterns
from screener.rules.rule_file import RuleFile
from screener.rules.rule_references import check_references
from screener.text import clean, did_you_mean
from screener.units import NUMERIC, how_to_write
from screener.vocabulary import Outcome


class RuleReader:
    """Collects rules; `finish` checks the references between them.

    Errors are added to `problems`, warnings to `warnings`.
    """

    def __init__(self, catalogue: Catalogue, metrics: dict[str, Metric], problems: list[Problem]) -> None:
        self.catalogue, self.metrics, self.problems = catalogue, metrics, problems
        self.rules: dict[str, Rule] = {}
        self.documents: dict[str, Document] = {}
        self.disabled: set[str] = set()
        self.warnings: list[Problem] = []
        self.broken: set[str] = set()  # ids of rules with errors

    def read(self, document: Document) -> None:
        """Reads one rule; an error in one key does not hide problems in others."""
        before = len(self.problems)
        file = validate(RuleFile, document.data, document, [], self.problems)
        if file is None:
            self.broken.add(str(document.data["rule"]))
            readable = replace_faulty_keys(document.data, [p.path for p in self.problems[before:]])
            if (file := validate(RuleFile, readable, document, [], [])) is None:
                return
        report = self._report_in(document)
        known = self.catalogue.categories
        is_stated = file.category == document.data.get("category")  # else it is faulty, and reported
        if is_stated and file.category not in known:
            hint = did_you_mean(file.category, known, "choose one of " + ", ".join(known))
            report(("category",), f"unknown category '{clean(file.category)}'", hint, "unknown-category")
        self._check_sectors(file, report)
        self._check_params(file, report)
        rule = self._rule(file, document, report)
        self._check_id(file, document, report)
        if len(self.problems) > before:
            self.broken.add(file.rule)
            return
        if file.replaces and file.replaces != file.rule:
            self.disabled.add(file.replaces)
        self.rules[file.rule] = rule
        self.documents[file.rule] = document

    def finish(self) -> dict[str, Rule]:
        """The rules in force, by id, after checking the references between them."""
        in_force = {k: r for k, r in sorted(self.rules.items()) if k not in self.disabled}
        for problem in check_references(in_force, self.rules, self.documents):
            (self.warnings if problem.level == "warning" else self.problems).append(problem)
        return in_force

    def _report_in(self, document: Document) -> Report:
        def report(path: KeyPath, what: str, hint: str, code: str, *, offset: int = 0, key: bool = False) -> None:
            self.problems.append(document.problem(path, what, hint, offset, key, code))

        return report

    def _check_id(self, file: RuleFile, document: Document, report: Report) -> None:
        if file.replaces and file.replaces not in {*self.rules, *self.broken}:
            hint = did_you_mean(file.replaces, self.rules, "leave out `replaces`")
            what = f"there is no rule '{clean(file.replaces)}' to replace"
            report(("replaces",), what, hint, "unknown-rule")
        if file.rule in self.rules and file.replaces != file.rule:
            other = self.rules[file.rule].file
            if other == document.name:
                other = f"line {self.documents[file.rule].place(['rule'])[0]}"
            hint = f"choose another id, or write replaces: {file.rule}"
            report(("rule",), f"the rule '{file.rule}' exists already in {other}", hint, "duplicate-rule")

    def _check_sectors(self, file: RuleFile, report: Report) -> None:
        named: list[tuple[KeyPath, str]] = [
            ((key, i), sector) for key in ("only_for", "not_for") for i, sector in enumerate(getattr(file, key))
        ]
        named += [(("params", name, "by_sector", s), s) for name, param in file.params.items() for s in param.by_sector]
        for path, sector in named:
            if sector not in self.catalogue.sectors:
                hint = did_you_mean(sector, self.catalogue.sectors, "see rules/catalog/sectors.yaml")
                what = f"unknown sector '{clean(sector)}'"
                report(path, what, hint, "unknown-sector", key="by_sector" in path)

    @staticmethod
    def _check_params(file: RuleFile, report: Report) -> None:
        for name, param in file.params.items():
            if not name.isidentifier() or not name.islower():
                hint = "use lower-case letters, digits and _"
                report(("params", name), f"'{clean(name)}' is not a name", hint, "bad-value", key=True)
            is_number = isinstance(param.value, float | int) and not isinstance(param.value, bool)
            if is_number != (param.unit in NUMERIC):
                hint = how_to_write(param.value, param.unit)
                report(("params", name, "value"), f"{param.value!r} is not a {param.unit}", hint, "type-mismatch")

    def _rule(self, file: RuleFile, document: Document, report: Report) -> Rule:
        """The rule that a file describes; faulty where problems were reported."""
        names = NameResolver(self.catalogue, self.metrics, file.params)
        reader = PatternReader(names, report, data_rule=file.flag == "data")
        when, _ = reader.when(file.when)
        try:
            expand_alternatives(when)
        except RulesError as error:
            for problem in error.problems:
                report(("when",), problem.what, problem.hint, "too-large")
        applies = None if file.applies is None else reader.condition(file.applies, ("applies",), COMPANY, {})
        type_of = names.type_of({p.name: p.kind for p in patterns(when) if not p.negated and p.kind != FLAG})
        conclusions = ConclusionReader(self.catalogue, type_of, report)
        concludes = {kind: conclusions.read(kind, fields) for kind, fields in file.concludes.items()}
        for key in ("clear_title", "headline", "says", "why", "clears", "false_alarms"):
            if (text := getattr(file, key)) is not None:
                self.problems.extend(check_text(text, [key], document, type_of))
        return Rule(
            id=file.rule,
            flag=file.flag,
            severity=file.severity,
            category=file.category,
            cause=file.cause,
            title=file.title,
            clear_title=file.clear_title,
            params=dict(file.params),
            when=when,
            headline=file.headline,
            says=file.says,
            why=file.why,
            clears=file.clears,
            false_alarms=file.false_alarms,
            only_for=frozenset(file.only_for),
            not_for=frozenset(file.not_for),
            applies=applies,
            softens=file.softens,
            relieves=file.relieves,
            at_least=file.at_least,
            verdict=file.verdict,
            concludes=concludes,
            references=file.references,
            claims=file.claims,
            examples=tuple(_examples(file, report)),
            file=document.name,
            conditions=tuple(_as_written(item) for item in file.when),
            index=document.index,
            weight=file.weight.value if file.weight else None,
            status=file.status,
            since=file.since,
            replaced_by=file.replaced_by,
            rests_on=with_domain(sorted(metrics_needed(when)), self.metrics),
        )


def metrics_needed(items: tuple[Item, ...]) -> frozenset[str]:
    """The figures and metrics of the company that each way in which the patterns may hold compares."""
    found: frozenset[str] = frozenset()
    for item in items:
        if isinstance(item, AnyOf):
            found |= _in_all(map(metrics_needed, item.branches))
        elif not item.negated and item.owner is None and item.flag is None:
            found |= _compared(item.condition)
    return found


def _compared(condition: Expression) -> frozenset[str]:
    """The figures and metrics of the company in each way in which a condition may hold."""
    match condition:
        case And(items):
            return frozenset().union(*map(_compared, items))
        case Or(items):
            return _in_all(map(_compared, items))
        case Compare():
            return frozenset(n.field for n in names_in(condition) if n.scope == COMPANY)
    return frozenset()


def _in_all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    first, *others = [*sets] or [frozenset[str]()]
    return first.intersection(*others)


def _examples(file: RuleFile, report: Report) -> Iterator[Example]:
    for name, given in file.examples.items():
        expect = given.get("expect", EXAMPLE_OUTCOMES.get(name))
        path: KeyPath = ("examples", name)
        if expect not in tuple(Outcome):
            hint = "write `expect`, one of " + ", ".join(Outcome)
            report(path, "does not say which outcome it expects", hint, "bad-example")
            continue
        profile = {key: value for key, value in given.items() if key != "expect"}
        yield Example(name, Outcome(expect), profile, path)


def _as_written(item: Any) -> str:
    """A pattern as one line of text."""
    ((key, value),) = item.items() if isinstance(item, dict) and len(item) == 1 else (("", item),)
    if isinstance(value, list):
        branches = (" and ".join(map(_as_written, v)) if isinstance(v, list) else _as_written(v) for v in value)
        return f"{key}: [{'; '.join(branches)}]"
    return f"{key}: {str(value).lower() if isinstance(value, bool) else value}"
