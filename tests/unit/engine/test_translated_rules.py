"""Compares translated rules with a stored listing: each pattern with its tests and joins, and the part left to Python.

SCREENER_UPDATE=1 writes `translated_rules.txt` again; check that each line of the difference is intended.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.engine.durable.ruleset import TranslatedRuleset
from screener.engine.durable.translator import Translator, flag_copies
from screener.expression.printer import format_expression
from screener.rules.compiler import Program
from tests.fuzz.world import program

WRITTEN = Path(__file__).with_name("translated_rules.txt")
SECTOR_PARAMETER = {"p": {"value": 1, "unit": "money", "by_sector": {"tech": {"value": 9}}}}
PARAMETERS = {"p": {"value": 2, "unit": "money"}, "w": {"value": "b", "unit": "text"}, "t": {"value": True, "unit": "truth"}}

RULES: list[dict[str, Any]] = [
    # figures of the company: comparisons in each direction, constants on either side, words and truth values
    {"rule": "above", "when": [{"company": "debt > 5 and 7 >= share"}]},
    {"rule": "above-beside", "when": [{"company": "debt > 5 and 7 >= share"}, {"client": "sure"}]},
    {"rule": "equal", "when": [{"company": "debt == 5 or income != 3 or 2 < income"}, {"client": "sure"}]},
    {"rule": "words", "when": [{"company": "stage == 'a' or stage != 'b' or not listed or listed"}, {"client": "sure"}]},
    {"rule": "beyond", "when": [{"company": "debt < 1e200"}, {"client": "amount <= 1e17"}]},
    {"rule": "in-python", "when": [{"company": "debt / income > 2"}]},
    {"rule": "flags", "when": [{"flag": "above"}, {"flag": "above"}, {"company": "listed"}]},
    {"rule": "by-sector", "params": SECTOR_PARAMETER, "when": [{"company": "debt > params.p"}, {"client": "sure"}]},
    {"rule": "parameters", "params": PARAMETERS,
     "when": [{"client": "amount > params.p and note == params.w and sure == params.t"}]},
    {"rule": "parameters-first", "params": PARAMETERS,
     "when": [{"client as x": "params.p < amount and params.w != note and what == 'a'"}, {"source as z": "amount > params.p and note == params.w"}]},
    # constant parts
    {"rule": "constant", "when": [{"client": "true and (sure or false)"}, {"source": "amount > 1 or true"}]},
    {"rule": "never", "when": [{"client": "sure and false"}]},
    # members: joins, parents, negations with and without a join, alternatives
    {"rule": "joined", "when": [{"client as c": "sure"}, {"source as s": "party == c.party and c.what == what and gain < 0"}]},
    {"rule": "joined-thrice", "when": [{"client as c": "sure"}, {"source": "party == c.party and of == c.of and what == c.what"}]},
    {"rule": "itself", "when": [{"client": "party == company.id and amount > company.debt"}]},
    {"rule": "nested", "when": [{"source as s": "sure"}, {"spare": "source == s.party and not sure"}]},
    {"rule": "none", "when": [{"not client": "sure"}]},
    {"rule": "none-else", "when": [{"client as c": "sure"}, {"not client": "what == 'a'"}]},
    {"rule": "none-joined", "when": [{"client as c": "true"}, {"not source": "party == c.party and what != 'b'"}]},
    {"rule": "none-larger", "when": [{"client as c": "true"}, {"not source": "amount > c.amount"}]},
    {"rule": "one-of", "when": [{"any": [{"company": "debt > 1"}, [{"client": "sure"}, {"flow": "binding"}]]}]},
    # counterparties, flags of their rules, twice the same flag, concluded facts
    {"rule": "theirs", "when": [{"client as c": "true"}, {"source of c.party": "gain > 0"}]},
    {"rule": "asked", "when": [{"client as c": "sure"}, {"flag of c.party": "above"}]},
    {"rule": "twice", "when": [{"flag": "above"}, {"client as c": "true"}, {"flag of c.party": "above"}, {"not flag": "none"}]},
    {"rule": "concluding", "when": [{"client as c": "sure"}],
     "concludes": {"link": {"who": "c.party", "size": "c.amount", "what": "c.what", "sure": "true"}}},
    {"rule": "reading", "when": [{"link as l": "what == 'a' and size > 1"}, {"client": "party == l.who"}]},
]
"""Rules with every kind of pattern and condition."""


def written_ruleset(name: str, ruleset: TranslatedRuleset) -> Iterator[str]:
    """Yields a ruleset as lines."""
    yield f"{name}: {ruleset.groups} groups, for all companies {ruleset.shared_groups}, negated {sorted(ruleset.negated)}"
    texts = json.loads(f"{{{ruleset.text}}}")
    for key, rule in ruleset.compiled_rules.items():
        helper = f" helper {rule.helper_kind}" if rule.helper_kind else ""
        yield f"  {rule.key[0]}/{rule.key[1]} {rule.form} binds {' '.join(rule.names) or 'nothing'}{helper}"
        for pattern in texts[key]["all"]:
            ((bound, condition),) = pattern.items()
            yield f"    {bound}: {json.dumps(condition['$and'], ensure_ascii=False)}"
        for condition, form, reads in rule.residual:
            yield f"    in Python, {form}, of {' '.join(reads) or 'the company'}: {format_expression(condition)}"
    for (kind, group), read in ruleset.reads.items():
        yield f"  group {group} reads {kind}: {' '.join(read)}"
    for group, keys in ruleset.possible_groups.items():
        yield f"  group {group} is possible: {' '.join(f'{rule}/{number}' for rule, number in sorted(keys))}"


def written(made: Program, excluding: bool) -> Iterator[str]:
    """Yields all strata of a program, and the inputs of each alternative in the C library, as text."""
    translator = Translator(made, excluding)
    for number, rules in enumerate(made.strata):
        stratum = translator.translate(rules, made.counterparty_rules)
        for form in ("strict", "possible"):
            helpers, main = getattr(stratum, form)
            yield from written_ruleset(f"stratum {number}, {form} helpers", helpers)
            yield from written_ruleset(f"stratum {number}, {form} rules", main)
        for (rule, alternative), conditions, flags in stratum.own:
            looked_for = "".join(f"; flag {flag} as {name}" for name, flag in flags)
            yield f"  {rule}/{alternative} in Python: {'; '.join(map(format_expression, conditions))}{looked_for}"
    for (rule, alternative), read in sorted(translator.inputs.items()):
        fields = " ".join(f"{kind}.{name}" for kind, name in sorted(read.fields))
        yield f"{rule}/{alternative} reads {fields}; flags {sorted(read.flags)}; {read.in_python} {read.negates_in_python}"


def all_written() -> Iterator[str]:
    """Yields the translated rules, then the additions for missing words with excluded values."""
    made = program(RULES)
    first = list(written(made, excluding=False))
    yield from first
    yield "where words are excluded:"
    yield from (line for line in written(made, excluding=True) if line not in first)
    yield f"copies of flags: {dict(sorted(flag_copies(made).items()))}"


def test_rules_become_these_patterns() -> None:
    found = list(all_written())
    if os.environ.get("SCREENER_UPDATE") == "1":
        WRITTEN.write_text("\n".join(found) + "\n", "utf-8")
    assert found == WRITTEN.read_text("utf-8").splitlines()


def test_what_is_written_has_each_kind_of_test_and_join() -> None:
    text = WRITTEN.read_text("utf-8")
    for kind in ("$gt", "$gte", "$lt", "$lte", "$neq", "$or", "$not", "in Python", "helper", '"copy"', "id:party", "k:c"):
        assert kind in text, kind
