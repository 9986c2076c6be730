"""Rules from documents, one after the other, and what holds between them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from screener.errors import ExpressionError, Problem, RulesError
from screener.expression.parser import parse
from screener.expression.syntax_tree import Bool as BoolExpr
from screener.expression.syntax_tree import Expression, Name, Word
from screener.expression.syntax_tree import Number as NumberExpr
from screener.facts.fact import COMPANY, FLAG
from screener.facts.metrics import Metric
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.strict_model import validate
from screener.rules.compiler import cycle_through_negation, expand_alternatives
from screener.rules.faulty_keys import replace_faulty_keys
from screener.rules.pattern_paths import pattern_paths
from screener.rules.placeholders import check_text
from screener.rules.resolver import Resolver, scoped
from screener.rules.rule import EXAMPLE_OUTCOMES, Example, Rule, RuleFile, RuleParam, SectorValue, patterns
from screener.text import Text, clean, did_you_mean, is_slug
from screener.units import NUMERIC, how_to_write
from screener.vocabulary import Outcome

Where = Callable[[str, str, str], Problem]
"""Makes a problem at a known place from what is wrong, what to do, and a code."""


class RuleReader:
    """Collects rules; `finish` checks what holds between them and gives them by id."""

    def __init__(self, catalogue: Catalogue, metrics: dict[str, Metric], problems: list[Problem]) -> None:
        self.catalogue, self.metrics, self.problems = catalogue, metrics, problems
        self.rules: dict[str, Rule] = {}
        self.documents: dict[str, Document] = {}
        self.disabled: set[str] = set()
        self.warnings: list[Problem] = []
        self.broken: set[str] = set()  # ids of rules with problems

    def read(self, document: Document) -> None:
        """Reads one rule; adds to `problems` what is wrong."""
        before = len(self.problems)
        file = validate(RuleFile, document.data, document, [], self.problems)
        if file is None:
            self.broken.add(str(document.data["rule"]))
            mended = replace_faulty_keys(document.data, [p.path for p in self.problems[before:]])
            if (file := validate(RuleFile, mended, document, [], [])) is None:
                return
        if file.category and file.category not in self.catalogue.categories:
            hint = did_you_mean(file.category, self.catalogue.categories, "see rules/catalog/categories.yaml")
            self.bad(document, ["category"], f"unknown category '{clean(file.category)}'", hint, "unknown-category")
        self._sectors(file, document)
        rule = self._resolve(file, document)
        if file.replaces and file.replaces not in {*self.rules, *self.broken}:
            hint = did_you_mean(file.replaces, self.rules, "drop `replaces`")
            self.bad(
                document, ["replaces"], f"there is no rule '{clean(file.replaces)}' to replace", hint, "unknown-rule"
            )
        if file.rule in self.rules and file.replaces != file.rule:
            other = self.rules[file.rule].file
            if other == document.name:
                other = f"line {self.documents[file.rule].place(['rule'])[0]}"
            hint = f"choose another id, or write replaces: {file.rule}"
            self.bad(document, ["rule"], f"the rule '{file.rule}' exists already in {other}", hint, "duplicate-rule")
        if len(self.problems) > before:
            self.broken.add(file.rule)
            return
        if file.replaces and file.replaces != file.rule:
            self.disabled.add(file.replaces)
        self.rules[file.rule] = rule
        self.documents[file.rule] = document

    def bad(self, document: Document, loc: list[str | int], what: str, hint: str, code: str, key: bool = False) -> None:
        """Adds a problem."""
        self.problems.append(document.problem(loc, what, hint, key=key, code=code))

    def _warn_of_cuts(self, file: RuleFile, document: Document) -> None:
        """` #` begins a comment: what follows it in an expression without quotes is lost."""
        texts: list[tuple[list[str | int], Any]] = [(["applies"], file.applies)]
        texts += [(["when", i, key], said) for i, item in enumerate(file.when) for key, said in item.items()]
        for loc, said in texts:
            whole = not isinstance(said, str) or is_slug(said)  # the id of a flag is never cut
            cut = None if whole else re.search(rf":[ \t]+{re.escape(said)}([ \t]+)#", document.text)
            if cut:
                hint = "put the expression in single quotes if that belongs to it, else on a line of its own"
                problem = document.problem(
                    loc, "what follows ' #' is a comment", hint, len(said) + len(cut[1]), code="cut-by-comment"
                )
                self.warnings.append(problem.located(level="warning"))

    def _sectors(self, file: RuleFile, document: Document) -> None:
        sectors: list[tuple[list[str | int], str]] = [
            ([key, i], sector) for key in ("only_for", "not_for") for i, sector in enumerate(getattr(file, key))
        ]
        sectors += [(["params", n, "by_sector", s], s) for n, p in file.params.items() for s in p.by_sector]
        for loc, sector in sectors:
            if sector not in self.catalogue.sectors:
                hint = did_you_mean(sector, self.catalogue.sectors, "see rules/catalog/sectors.yaml")
                self.bad(
                    document, loc, f"unknown sector '{clean(sector)}'", hint, "unknown-sector", key="by_sector" in loc
                )
        for name, param in file.params.items():
            if not name.isidentifier() or not name.islower():
                self.bad(document, ["params", name], f"'{clean(name)}' is not a name", "use lower-case letters, digits and _",
                         "bad-value", key=True)  # fmt: skip
            is_number = isinstance(param.value, float | int) and not isinstance(param.value, bool)
            if is_number != (param.unit in NUMERIC):
                hint = how_to_write(param.value, param.unit)
                what = f"{param.value!r} is not a {param.unit}"
                self.bad(document, ["params", name, "value"], what, hint, "type-mismatch")

    def _resolve(self, file: RuleFile, document: Document) -> Rule:
        def report(loc: tuple[str | int, ...], what: str, hint: str, offset: int, key: bool, code: str) -> None:
            self.problems.append(document.problem(loc, what, hint, offset, key, code))

        resolver = Resolver(self.catalogue, self.metrics, file.params, file.flag == "data", report)
        when, _ = resolver.when(file.when, ("when",), {})
        try:
            expand_alternatives(when)
        except RulesError as error:
            self.problems.extend(document.problem(["when"], p.what, p.hint, code="too-large") for p in error.problems)
        names = {p.name: p.kind for p in patterns(when) if not p.negated and p.kind != FLAG}
        applies = None
        if file.applies is not None:
            applies = resolver.condition(file.applies, ("applies",), COMPANY, {})
        concludes = {kind: self._conclusion(kind, fields, document, resolver, names)
                     for kind, fields in file.concludes.items()}  # fmt: skip
        for key in ("headline", "says", "why", "clears", "false_alarms"):
            if (text := getattr(file, key)) is not None:
                self.problems.extend(check_text(text, [key], document, resolver.type_of(names)))
        examples = tuple(self._examples(file, document))
        conditions = tuple(_written(item) for item in file.when)
        self._warn_of_cuts(file, document)
        return Rule(
            id=file.rule,
            flag=file.flag,
            severity=file.severity,
            category=file.category,
            cause=file.cause,
            title=file.title,
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
            examples=examples,
            file=document.name,
            conditions=conditions,
            index=document.index,
            weight=file.weight.value if file.weight else None,
            status=file.status,
            since=file.since,
            replaced_by=file.replaced_by,
        )

    def _conclusion(
        self, kind: str, fields: dict[str, Any], document: Document, resolver: Resolver, names: dict[str, str]
    ) -> dict[str, Expression]:
        entry = self.catalogue.kinds.get(kind)
        if entry is None or not entry.concluded:
            concluded = [k for k, e in self.catalogue.kinds.items() if e.concluded]
            hint = did_you_mean(kind, concluded, "declare it under kinds: with concluded: true")
            self.bad(
                document,
                ["concludes", kind],
                f"'{clean(kind)}' is not a kind that rules conclude",
                hint,
                "unknown-kind",
                key=True,
            )
            return {}
        found: dict[str, Expression] = {}
        for name, value in fields.items():
            loc: list[str | int] = ["concludes", kind, name]
            if name not in entry.fields:
                hint = did_you_mean(name, entry.fields, "known are " + ", ".join(entry.fields))
                self.bad(document, loc, f"{kind} has no field '{clean(name)}'", hint, "unknown-field", key=True)
                continue
            try:
                found[name] = _constant(value) if not isinstance(value, str) else scoped(parse(value), "")
                if isinstance(found[name], Name):
                    given = resolver.type_of(names)(found[name])  # type: ignore[arg-type]
                    if given.is_number != entry.fields[name].type.is_number:
                        self.bad(
                            document,
                            loc,
                            f"a {given.unit} does not fit {kind}.{name}",
                            "give another field",
                            "type-mismatch",
                        )
                elif not isinstance(found[name], Word | NumberExpr | BoolExpr):
                    self.bad(
                        document,
                        loc,
                        "only a name or a constant can be concluded",
                        "define a metric for a formula",
                        "type-mismatch",
                    )
            except ExpressionError as error:
                self.problems.extend(document.problem(loc, p.what, p.hint, (p.column or 1) - 1, code=p.code)
                                     for p in error.problems)  # fmt: skip
        return found

    def _examples(self, file: RuleFile, document: Document) -> Iterator[Example]:
        for name, given in file.examples.items():
            expect = given.get("expect", EXAMPLE_OUTCOMES.get(name))
            loc: list[str | int] = ["examples", name]
            if expect not in tuple(Outcome):
                hint = "write `expect`, one of " + ", ".join(Outcome)
                self.bad(document, loc, "does not say what it expects", hint, "bad-example")
                continue
            yield Example(name, Outcome(expect), {k: v for k, v in given.items() if k != "expect"}, tuple(loc))

    def set(self, key: str, value: float | bool | str, where: Where, why: Text | None = None) -> None:
        """Changes a parameter: `rule.param`, or `rule.param.sector`."""
        rule_id, _, rest = key.partition(".")
        name, _, sector = rest.partition(".")
        rule = self.rules.get(rule_id)
        if rule is None:
            hint = did_you_mean(rule_id, self.rules, "see screener rules list")
            self.problems.append(where(f"there is no rule '{clean(rule_id)}'", hint, "unknown-rule"))
            return
        if name not in rule.params:
            hint = did_you_mean(name, rule.params, "it has " + (", ".join(rule.params) or "none"))
            self.problems.append(where(f"{rule_id} has no parameter '{clean(name)}'", hint, "unknown-param"))
            return
        param = rule.params[name]
        wanted = bool if isinstance(param.value, bool) else str if isinstance(param.value, str) else float
        if type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            kinds = {bool: "true or false", str: "a text", float: "a number"}
            hint = f"{rule_id}.{name} is now {param.value!r}"
            self.problems.append(where(f"{value!r} is not {kinds[wanted]}", hint, "type-mismatch"))
            return
        changed: RuleParam
        if sector:
            if sector not in self.catalogue.sectors or not isinstance(value, float):
                hint = did_you_mean(sector, self.catalogue.sectors, "see rules/catalog/sectors.yaml")
                self.problems.append(where(f"unknown sector '{clean(sector)}'", hint, "unknown-sector"))
                return
            said = SectorValue(value=value, why=why or _by_hand(param.sectors.get(sector, param.value)))
            changed = param.model_copy(update={"by_sector": {**param.by_sector, sector: said}})
        else:
            changed = param.model_copy(update={"value": value, "why": why or _by_hand(param.value)})
        self.rules[rule_id] = replace(rule, params={**rule.params, name: changed})

    def disable(self, rule: str, where: Where) -> None:
        """Leaves a rule out."""
        if rule not in self.rules:
            hint = did_you_mean(rule, self.rules, "see screener rules list")
            self.problems.append(where(f"there is no rule '{clean(rule)}'", hint, "unknown-rule"))
        self.disabled.add(rule)

    def finish(self) -> dict[str, Rule]:
        """The rules that are in force, by id, after checking what they say of each other."""
        live = {k: r for k, r in sorted(self.rules.items()) if k not in self.disabled}
        for rule in live.values():
            document = self.documents[rule.id]
            for pattern, loc in pattern_paths(rule, document):
                if pattern.flag is not None:
                    self._check_flag(rule, pattern.flag, live, document, list(loc))
            for i, softened in enumerate(rule.softens):
                if softened not in self.rules or self.rules[softened].flag != "red":
                    hint = did_you_mean(softened, [r for r, x in live.items() if x.flag == "red"], "name a red rule")
                    what = f"there is no red rule '{clean(softened)}'"
                    self.bad(document, ["softens", i], what, hint, "unknown-rule")
            if rule.replaced_by and rule.replaced_by not in live:
                hint = did_you_mean(rule.replaced_by, live, "see screener rules list")
                self.bad(
                    document, ["replaced_by"], f"there is no rule '{clean(rule.replaced_by)}'", hint, "unknown-rule"
                )
        if circle := cycle_through_negation(live):
            rule = live[circle[0]]
            what = f"rules depend on each other in a circle through a negation: {' → '.join(circle)}"
            at = next(
                (loc for p, loc in pattern_paths(rule, self.documents[rule.id]) if p.flag == circle[1]), ("when",)
            )
            self.bad(
                self.documents[rule.id], list(at), what, "break it: a rule can't rest on its own absence", "circle"
            )
        return live

    def _check_flag(
        self, rule: Rule, flag: str, live: dict[str, Rule], document: Document, loc: list[str | int]
    ) -> None:
        if flag not in live:
            what = f"the rule '{flag}' is disabled" if flag in self.rules else f"there is no rule '{clean(flag)}'"
            hint = (
                f"disable {rule.id} too" if flag in self.rules else did_you_mean(flag, live, "see screener rules list")
            )
            self.bad(document, loc, what, hint, "unknown-rule")
        elif live[flag].flag == "data":
            self.bad(
                document, loc, f"'{flag}' is a data rule; no rule may rest on one", "use another flag", "data-rule"
            )
        elif live[flag].status == "deprecated" and rule.status != "deprecated":
            hint = f"rest on {live[flag].replaced_by} instead" if live[flag].replaced_by else "rest on another flag"
            self._warn(document, loc, f"'{flag}' is deprecated", hint)
        elif live[flag].status == "preview" and rule.status == "stable":
            what, hint = f"'{flag}' is a preview rule, which may still change", "make this a preview rule too"
            self._warn(document, loc, what, hint)

    def _warn(self, document: Document, loc: list[str | int], what: str, hint: str) -> None:
        self.warnings.append(document.problem(loc, what, hint, code="life-cycle").located(level="warning"))


def _by_hand(before: float | bool | str) -> Text:
    """The reason for a parameter that somebody changed: the one of the rule speaks of another value."""
    shown = str(before).lower() if isinstance(before, bool) else before if isinstance(before, str) else f"{before:g}"
    return Text(f"Set by hand; the rule says {shown}.", f"手工设定；规则原值为 {shown}。")


def _constant(value: float | bool) -> Expression:
    return BoolExpr(value) if isinstance(value, bool) else NumberExpr(float(value))


def _written(item: Any) -> str:
    ((key, value),) = item.items() if isinstance(item, dict) and len(item) == 1 else (("", item),)
    if isinstance(value, list):
        return (
            f"{key}: ["
            + "; ".join(" and ".join(map(_written, v)) if isinstance(v, list) else _written(v) for v in value)
            + "]"
        )
    return f"{key}: {str(value).lower() if isinstance(value, bool) else value}"
