"""Rules that use nothing known of a company are evaluated and explained once for all companies of a sector and currency."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from screener.engine.rules_without_data import MOST_SETTINGS, CompanySetting, KeptResults, RulesWithoutData
from screener.engine.search import SearchEngine
from screener.explain.assessor import Assessor
from screener.explain.finding_templates import outcome_of
from screener.facts.builder import build
from screener.facts.world import World
from screener.profile.loader import profile_from_data
from screener.profile.sector_scope import SectorScope
from screener.result.detail import Detail
from screener.result.model import to_dict
from screener.rules.compiler import Program, compile_rules
from screener.rules.rulebook import Rulebook
from tests.fuzz import world as small
from tests.fuzz.test_explanations import random_profile

SECTORS = (None, "software", "semiconductors", "banks")
CURRENCIES = (None, "USD", "EUR")


@pytest.fixture(scope="module")
def program(book: Rulebook) -> Program:
    return compile_rules(book.rules, book.catalogue, book.metrics, book.digest)


def world_of(data: dict[str, Any], program: Program, book: Rulebook) -> World:
    profile = profile_from_data(data, book.catalogue)
    return build(profile, book.catalogue, book.metrics, program.placeholders, ())


def sparse_profile(rnd: Random, book: Rulebook) -> dict[str, Any]:
    """Returns a random profile with few data, of a sector and currency that others share."""
    data = random_profile(rnd, book)
    figures = data["figures"]
    data["figures"] = {name: figures[name] for name in figures if rnd.random() < rnd.choice((0.02, 0.3))}
    for name in book.catalogue.lists:
        if rnd.random() < 0.7:
            data.pop(name, None)
    data["incomplete"] = [name for name in data.get("incomplete", ()) if name in data]
    if rnd.random() < 0.3:
        data["flows"] = [{"from": "self", "to": "beta", "what": "invests"}]
    data["name"] = rnd.choice(("Main", "An unnamed company", "Other"))
    data["sector"], data["currency"] = rnd.choice(SECTORS), rnd.choice(CURRENCIES)
    if data["currency"] == "EUR" and rnd.random() < 0.3:
        data["rates"] = {"EUR": {"USD": rnd.choice((1.1, 1.2))}}
    return {key: value for key, value in data.items() if value not in (None, [])}


def test_results_do_not_depend_on_the_companies_before(program: Program, book: Rulebook) -> None:
    rnd = Random("rules without data")
    engine, shared = SearchEngine(program), Assessor(program, book)
    without_data = 0
    for case in range(60):
        data = sparse_profile(rnd, book)
        world = world_of(data, program, book)
        conclusions = engine.run(world)
        again = engine.run_for_outcomes(world)
        for rule in program.rules:
            assert outcome_of(again.of(rule, world.main)) is outcome_of(conclusions.of(rule, world.main)), (case, data)
        detail = list(Detail)[case % len(Detail)]
        expected = to_dict(Assessor(program, book).assess(world, conclusions, detail=detail))
        found = to_dict(shared.assess(world, conclusions, detail=detail))
        for mine, other in zip(found["findings"], expected["findings"], strict=True):
            assert mine == other, (case, data)
        assert found == expected, (case, data)
        without_data += len(RulesWithoutData(program).of(world))
    assert without_data > 60 * len(program.rules) / 5


def test_rules_of_which_nothing_is_known(program: Program, book: Rulebook) -> None:
    finder = RulesWithoutData(program)
    nothing = finder.of(world_of({"name": "Main"}, program, book))
    with_debt = finder.of(world_of({"name": "Main", "figures": {"total_debt": 1}}, program, book))
    closed = finder.of(world_of({"name": "Main", "customers": []}, program, book))
    flows = finder.of(world_of({"name": "Main", "flows": []}, program, book))
    assert "leverage-versus-revenue" in nothing - with_debt
    assert "few-customers" in (nothing & with_debt) - closed
    assert "circular-financing" in nothing - flows
    rates = {"rates": {"EUR": {"USD": 1.1}}, "currency": "EUR"}
    assert not finder.of(world_of({"name": "Main", **rates}, program, book))


def test_the_first_company_of_several_is_not_kept_for_others(program: Program, book: Rulebook) -> None:
    finder, world = RulesWithoutData(program), world_of({"name": "Main"}, program, book)
    assert not finder.among_several(world)
    assert finder.among_several(world) == finder.of(world) != frozenset()


def test_results_are_kept_for_a_bounded_number_of_settings() -> None:
    kept = KeptResults[dict[str, int]](dict)
    first = kept.of(CompanySetting(SectorScope("software"), "USD"))
    assert kept.of(CompanySetting(SectorScope("software"), "USD")) is first
    for n in range(MOST_SETTINGS):
        kept.of(CompanySetting(SectorScope("software"), f"X{n}"))
    assert kept.of(CompanySetting(SectorScope("software"), "USD")) is not first


def changed_profile(data: dict[str, Any], rnd: Random, book: Rulebook) -> dict[str, Any]:
    """Returns the profile without some figures, members and claims of the company or its parties."""
    changed = deepcopy(data)
    for subject in (changed, *changed.get("parties", {}).values()):
        figures = subject.get("figures", {})
        for name in [name for name in figures if rnd.random() < 0.2]:
            del figures[name]
        for name in (n for n in book.catalogue.lists if n in subject and n != "flows"):
            if subject[name] and rnd.random() < 0.3:
                del subject[name][rnd.randrange(len(subject[name]))]
            elif rnd.random() < 0.2:
                del subject[name]
    if rnd.random() < 0.3:
        changed.pop("flows", None)
    changed["incomplete"] = [name for name in changed.get("incomplete", ()) if name in changed]
    return {key: value for key, value in changed.items() if value not in (None, [])}


def test_what_two_worlds_have_in_common_is_decided_once(program: Program, book: Rulebook) -> None:
    rnd = Random("alike")
    engine, shared, finder = SearchEngine(program), SearchEngine(program), RulesWithoutData(program)
    alike = different = 0
    for case in range(60):
        data = random_profile(rnd, book) if case % 2 else sparse_profile(rnd, book)
        world = world_of(data, program, book)
        other = world_of(changed_profile(data, rnd, book), program, book)
        before = engine.run(world)
        expected, found = engine.run(other), shared.run_for_outcomes(other, (world, before))
        for rule in program.rules:
            assert outcome_of(found.of(rule, other.main)) is outcome_of(expected.of(rule, other.main)), (case, data)
        same = finder.alike(other, world)
        alike += len(same)
        different += len(program.rules) - len(same)
        assert finder.alike(world, world) >= same
    assert min(alike, different) > 60 * len(program.rules) / 5
    for other in ({"currency": "USD"}, {"sector_evidence": [{"outside": ["banks"], "note": "current assets"}]}):
        assert not finder.alike(world_of({"name": "Main"}, program, book), world_of({"name": "Main", **other}, program, book))


def test_results_are_kept_for_several_settings_at_once() -> None:
    kept = KeptResults[dict[str, int]](dict)
    settings = [CompanySetting(sector, "USD") for sector in ("software", "banks", "retail")]
    first = [kept.of(setting) for setting in settings]
    assert all(kept.of(setting) is found for setting, found in zip(settings, first, strict=True))


def test_rules_that_are_never_without_data() -> None:
    """Rules that depend on the identity of the company or on themselves, or conclude facts, and their dependants."""
    debt = {"company": "debt > 5"}
    compiled = small.program(
        [
            {"rule": "plain", "when": [debt]},
            {"rule": "named", "when": [{"company": "debt > 5 and company.id == 'beta'"}]},
            {"rule": "spreads", "when": [{"any": [debt, [{"client as c": True}, {"flag of c.party": "spreads"}]]}]},
            {"rule": "concludes", "when": [{"client as c": True}], "concludes": {"mark": {"who": "c.party"}}},
            {"rule": "on-plain", "when": [{"flag": "plain"}]},
            {"rule": "on-named", "when": [{"flag": "named"}]},
            {"rule": "on-spreads", "when": [{"flag": "spreads"}]},
        ]
    )
    assert RulesWithoutData(compiled).of(small.world(compiled, {})) == {"plain", "on-plain"}
