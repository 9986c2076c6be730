"""Every error of the rule loader: its place, the cause, and what to do next."""

from typing import Any

import pytest

from screener.rules.compiler import compile_rules
from tests.conftest import LoadRules, problems

RULE = """\
rule: mine
flag: red
severity: low
category: leverage
title: T
params:
  most: {value: 1.5, unit: multiple}
when:
  - company: 'debt_to_revenue > params.most'
says: S
why: W
clears: C
false_alarms: F
"""


def rule(when: str | None = None, **changes: str | None) -> str:
    """Returns the rule with another `when` (one pattern per line) and other keys; None removes one."""
    text = RULE
    if when is not None:
        text = text.replace(
            "  - company: 'debt_to_revenue > params.most'\n", "".join(f"  - {w}\n" for w in when.split("\n"))
        )
    for key, value in changes.items():
        lines = text.splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(f"{key}:")]
        if key == "params":
            kept = [line for line in kept if not line.startswith("  most:")]
        text = "".join(kept) + (f"{key}: {value}\n" if value is not None else "")
    return text


@pytest.mark.parametrize(
    ("text", "place", "what", "hint"),
    [
        # the rule as a whole
        (rule(flag="blue"), (13, 7), "expected 'pattern', 'red', 'green' or 'data'", ""),
        (rule(severity="strong"), None, "a red rule's severity is one of low, medium, high, critical", ""),
        (rule(verdict="avoid"), None, "a pattern says `verdict:", "other rules say none"),
        (rule(flag="pattern"), None, "a pattern says `verdict:", ""),
        (rule(softens="[other]"), None, "only a green rule or a pattern softens others", "make it green"),
        (rule(rule="My Rule"), (13, 7), "'My Rule' is not a slug", "write 'my-rule'"),
        (rule(category="leverge"), (13, 11), "unknown category 'leverge'", "did you mean 'leverage'?"),
        (rule(wen="[]"), (14, 1), "unknown key 'wen'", "did you mean 'when'?"),
        (rule(says=None), None, "is missing", "add it"),
        (rule(not_for="[bank]"), (14, 11), "unknown sector 'bank'", "did you mean 'banks'?"),
        (rule(params="{most: {value: 1, unit: multiple, by_sector: {bank: {value: 2}}}}"), (12, 55), "unknown sector 'bank'", "'banks'"),
        (rule(params="{most: {value: yes, unit: multiple}}"), (12, 24), "'yes' is not a multiple", "without quotes"),
        (rule(params="{most: {value: 1, unit: money, currency: usd}}"), (12, 50), "'usd' can't be read", "three capital letters, such as USD"),
        (rule(title="{en: A, fr: B}"), (13, 8), "'fr' is not one of the languages", "en and zh"),
        (rule(replaces="yours"), (14, 11), "there is no rule 'yours' to replace", ""),
        (RULE + "---\n" + RULE, (15, 7), "the rule 'mine' exists already", "replaces: mine"),
        (rule("flag: yours"), None, "there is no rule 'yours'", ""),
        (rule(flag="green", severity="weak", softens="[mine]"), (14, 11), "there is no red rule 'mine'", "name a red rule"),
        ("x: 1\n", (1, 1), "is neither a rule nor additions", "start with rule: ID"),
        (rule(examples="{odd: {figures: {}}}"), (14, 17), "does not say which outcome it expects", "`expect`, one of fired"),
        # patterns
        (rule("customers: true"), (9, 5), "there is no kind 'customers'", "write 'customer'"),
        (rule("custmer: true"), (9, 5), "there is no kind 'custmer'", "did you mean 'customer'?"),
        (rule("{customer: true, company: true}"), (9, 5), "two patterns in one item", "an item of its own"),
        (rule("true"), (9, 5), "expected a mapping", "a list of patterns"),
        (rule("Customer: true"), (9, 5), "'Customer' is not a pattern", "KIND as NAME"),
        (rule("customer as _x: true"), (9, 5), "is not a pattern", "KIND as NAME"),
        (rule("customer as params: true"), (9, 5), "the name 'params' is taken", "another after 'as'"),
        (rule("customer as flow: true"), (9, 5), "the name 'flow' is taken", "another after 'as'"),
        (rule("customer as c: true\nrival as c: true"), (10, 5), "the name 'c' is taken", "another after 'as'"),
        (rule("any: [{customer as c: true}]\nrival as c: true"), (10, 5), "the name 'c' is taken", "another after"),
        (rule("not customer as c: true\nrival as c: true"), (10, 5), "the name 'c' is taken", "another after 'as'"),
        (rule("company as c: true"), (9, 5), "company takes no name", "write company"),
        (rule("flag as f: mine"), (9, 5), "flag takes no name", "write flag"),
        (rule("flag: 3"), (9, 11), "flag: takes the id of one rule", "flag: other-rule"),
        (rule("customer as c: true\nflag of c.share_of_revenue: mine"), (10, 5), "does not name a company", "c.party"),
        (rule("flag of c.party: mine"), (9, 5), "'c.party' does not name a company", "c.party"),
        (rule("customer as c: true\ncompany of c.party: true"), (10, 5), "`company` is always the company that is screened", "flag"),
        (rule("any: {customer: true}"), (9, 10), "any: takes a list of patterns", "item of its own"),
        (rule("any: [[]]"), (9, 11), "an empty list of patterns", "leave it out"),
        # expressions, with their column inside the quotes
        (rule("company: 'debt_to_revenu > 1'"), (9, 15), "there is no figure or metric 'debt_to_revenu'", "'debt_to_revenue'"),
        (rule("company: 'cash > 1 and turnover > 1'"), (9, 28), "'turnover' is another name", "write 'revenue'"),
        (rule("company: 'revenue > params.least'"), (9, 25), "there is no parameter 'least'", "declare it under params"),
        (rule("customer: 'shares > 1'"), (9, 16), "'shares' is not a field of customer", ""),
        (rule("customer: 'commitment > revenue'"), (9, 29), "'revenue' is not a field of customer", "write company.revenue"),
        (rule("customer: 'commitment > c.amount'"), (9, 29), "the name 'c' is not bound here", "bind it in an earlier pattern"),
        (rule("any: [{customer as c: true}]\ncompany: 'c.dominant'"), (10, 15), "the name 'c' is not bound here", "not outside its `any`"),
        (rule("customer: 'share_of_revenue > 30%'"), (9, 37), "can't be read", "0.30 for 30 %"),
        (rule("customer: 'commitment > years'"), (9, 16), "'commitment' (money) can't be compared with 'years' (years)", "like with like"),
        (rule("customer: 'known(commitment)'"), (9, 16), "for data rules only", ""),
        (rule("company: 3"), (9, 14), "expected an expression, got 3", "single quotes"),
        (rule(applies="'revenue'"), (14, 11), "'revenue' is a money, not a truth value", "compare it"),
        # limits
        (rule("\n".join(["customer: true", "rival: true", "plan: true"] * 4 + ["flow: true"])), None,
         "13 patterns that must hold together, more than 12", "another"),
        (rule("\n".join(["customer: true"] * 6 + ["not customer: 'dominant'"])), None,
         "may be bound in 5040 ways, more than 1000", "count()"),
        (rule("\n".join(["any: [{company: true}, {customer: true}]"] * 7)), None, "128 alternatives, more than 64", "split"),
        # texts
        (rule(says="'{company.revenu}'"), (13, 8), "{company.revenu}: there is no figure", "did you mean 'revenue'?"),
        (rule(says="'{company.revenue:percents}'"), (13, 8), "'percents' is not a form of numbers", "'percent'"),
        (rule(says="'a } b'"), (13, 10), "a brace that is not a placeholder", "{company.revenue}"),
        (rule(says="'{c.party}'"), (13, 8), "the name 'c' is not bound here", ""),
        # conclusions
        (rule(concludes="{customer: {}}"), (14, 13), "'customer' is not a kind that rules conclude", "concluded: true"),
        (rule(concludes="{second_source: {who: 'x'}}"), (14, 29), "second_source has no field 'who'", "its fields are supplier"),
        (rule(concludes="{second_source: {supplier: company.revenue}}"), None, "a money does not fit the field supplier", ""),
        (rule(concludes="{second_source: {supplier: 1 + 2}}"), None, "only a name or a constant", "metric"),
        # additions
        ("disable: [yours]\n", (1, 11), "there is no rule 'yours'", ""),
        ("set: {yours.most: 1}\n", (1, 7), "there is no rule 'yours'", ""),
        ("metrics:\n  x: {formula: 'revenu', unit: money, title: X}\n", (2, 17), "there is no figure or metric 'revenu'", "'revenue'"),
        ("metrics:\n  x: {formula: 'revenue', unit: months, title: X}\n", (2, 17), "does not give months", "units must agree"),
        ("metrics:\n  x: {formula: 'revenue / cash', unit: money, title: X}\n", (2, 17), "a plain number, not money", "multiple"),
        ("metrics:\n  x: {formula: 'prior(planned_debt)', unit: money, title: X}\n", (2, 17), "'planned_debt' reads the list plans", "around figures"),
        ("metrics:\n  x: {formula: 'sum(customer.commitment)', unit: money, title: X}\n", (2, 17), "there is no list 'customer'", "'customers'"),
        ("metrics:\n  x: {formula: 'y', unit: money, title: X}\n  y: {formula: 'x', unit: money, title: Y}\n", (2, 3), "in a cycle: x → y → x", "break it"),
        ("metrics:\n  revenue: {formula: 'cash', unit: money, title: X}\n", (2, 3), "'revenue' exists already", "another name"),
        ("metrics:\n  a-b: {formula: 'cash', unit: money, title: X}\n", (2, 3), "'a-b' is not a name", "lower-case"),
        ("figures:\n  cash: {unit: money, title: X}\n", (2, 3), "'cash' exists already", "another name"),
        ("figures:\n  id: {unit: money, title: X}\n", (2, 3), "'id' exists already", "another name"),
        ("figures:\n  in: {unit: money, title: X}\n", (2, 3), "'in' exists already", "another name"),
        ("figures:\n  x: {unit: dollars, title: X}\n", (2, 13), "expected 'money'", ""),
        ("figures:\n  x: {unit: word, title: X}\n", (2, 6), "`words` lists what a word may be", ""),
        ("kinds:\n  company: {list: companies, title: X}\n", (2, 3), "'company' exists already", "another name"),
        ("kinds:\n  x: {list: customers, title: X}\n", (2, 13), "'customers' exists already", "another name"),
        ("kinds:\n  x: {title: X}\n", (2, 6), "`list: NAME`, `derived: true` or `concluded: true`", ""),
        ("kinds:\n  x: {list: xs, within: y, title: X}\n", (2, 25), "there is no kind 'y' with a list of its own", ""),
    ],
)
def test_errors(rules: LoadRules, text: str, place: tuple[int, int] | None, what: str, hint: str) -> None:
    found = problems(rules, text)
    (one,) = [p for p in found if what in p.what]
    assert hint in one.hint
    assert (one.file or "").endswith("mine.yaml")
    if place:
        assert (one.line, one.column) == place


def test_all_problems_come_at_once(rules: LoadRules) -> None:
    text = rule("company: 'revenu > 1'\ncustomer: 'shares > 1'", category="x", not_for="[y]")
    assert len(problems(rules, text)) == 4


def test_a_circle_through_a_negation_is_named(rules: LoadRules) -> None:
    text = rule("flag: second", rule="first") + "---\n" + rule("not flag: first", rule="second")
    (problem,) = problems(rules, text)
    assert "first → second → first" in problem.what or "second → first → second" in problem.what
    assert "break it" in problem.hint


def test_a_circle_through_a_conclusion_is_one_too(rules: LoadRules) -> None:
    (problem,) = problems(rules, rule("second_source: true", concludes="{second_source: {}}"))
    assert "mine → mine" in problem.what


def test_a_circle_of_flags_alone_is_fine(rules: LoadRules) -> None:
    text = rule("flag: second", rule="first") + "---\n" + rule("any: [{flag: first}, {company: true}]", rule="second")
    book = rules(text)
    assert compile_rules(book.rules, book.catalogue, book.metrics).strata == (("first", "second"),)


def test_no_rule_may_rest_on_a_data_rule(rules: LoadRules) -> None:
    text = rule("flag: gap", rule="other") + "---\n" + rule("company: 'not known(revenue)'", rule="gap", flag="data")
    (problem,) = problems(rules, text)
    assert problem.what == "'gap' is a data rule; no rule may depend on one"


def test_no_rule_may_rest_on_one_that_is_disabled(rules: LoadRules) -> None:
    text = rule("flag: second", rule="first") + "---\n" + rule(rule="second")
    (problem,) = problems(rules, text, disabled=["second"])
    assert "'second' is disabled" in problem.what
    assert problem.hint == "disable first, too"


@pytest.mark.parametrize(
    ("setting", "what", "hint"),
    [
        ("mine.most", "is not RULE.PARAM=VALUE", "for example"),
        ("min.most=2", "there is no rule 'min'", "did you mean 'mine'?"),
        ("mine.mots=2", "mine has no parameter 'mots'", "did you mean 'most'?"),
        ("mine.most=high", "'high' is not a number", "the rule's value of mine.most is 1.5"),
        ("mine.most=true", "True is not a number", "the rule's value of mine.most is 1.5"),
        ("mine.most=inf", "'inf' is not a number", "the rule's value of mine.most is 1.5"),
        ("mine.most=nan", "'nan' is not a number", "the rule's value of mine.most is 1.5"),
        ("mine.most.bank=2", "unknown sector 'bank'", "did you mean 'banks'?"),
    ],
)
def test_settings_that_do_not_fit(rules: LoadRules, setting: str, what: str, hint: str) -> None:
    (problem,) = problems(rules, RULE, settings=[setting])
    assert what in problem.what
    assert hint in problem.hint
    assert problem.file == f"--set {setting}"


def test_what_is_disabled_must_exist(rules: LoadRules) -> None:
    (problem,) = problems(rules, RULE, disabled=["min"])
    assert (problem.file, problem.hint) == ("--disable min", "did you mean 'mine'?")


def test_where_there_are_no_rules(rules: LoadRules, tmp_path: Any) -> None:
    from screener.rules.rulebook_loader import load_rulebook

    (tmp_path / "empty").mkdir()
    assert "holds no rule files" in problems(load_rulebook, [str(tmp_path / "empty")])[0].what
    assert "no such" in problems(load_rulebook, [str(tmp_path / "nowhere")])[0].what
    assert "there is no pack 'ai-ear'" in problems(load_rulebook, packs=["ai-ear"])[0].what
