"""Valid profiles, and errors that name the place, the expected value and the nearest known name."""

import json
from typing import Any

import pytest

from screener.errors import ProfileError
from screener.expression.interval import INF, Interval
from screener.io.document import Document, parse_documents
from screener.profile.catalogue import Catalogue
from screener.profile.loader import read_profile
from screener.text import Text
from tests.conftest import ReadProfile, problems, profile_of


@pytest.mark.parametrize(
    ("data", "path", "what", "hint"),
    [
        ({"nme": "X"}, "nme", "unknown key 'nme'", "did you mean 'name'?"),
        ({"revenue": 5}, "revenue", "unknown key 'revenue'", "put it under figures"),
        ({"figures": {"revenu": 5}}, "figures.revenu", "unknown figure 'revenu'", "did you mean 'revenue'?"),
        ({"figures": {"debt": 5, "total_debt": 5}}, "figures.total_debt", "another name of 'total_debt'", "merge"),
        ({"figures": {"revenue": "40 %"}}, "figures.revenue", "expected a number (money), got '40 %'", "0.4"),
        ({"figures": {"revenue": -5}}, "figures.revenue", "-5.0 is outside its domain (at least 0)", ""),
        ({"figures": {"revenue": {"value": 5, "low": 3}}}, "figures.revenue", "both `value` and a bound", "low"),
        ({"figures": {"revenue": {"low": 5, "high": 3}}}, "figures.revenue", "low 5 is above high 3", "swap"),
        ({"figures": {"revenue": 1e25}}, "figures.revenue", "larger than 1e+24", "plain units"),
        ({"figures": {"revenue": {"value": 5, "sorce": "x"}}}, "figures.revenue.sorce", "unknown key 'sorce'", "did you mean 'source'?"),
        ({"figures": {"revenue": [{"value": 5, "source": "x"}]}}, "figures.revenue[0].source", "no source 'x'", "add it under sources"),
        ({"figures": {"revenue": {"value": 5, "period": "2025Q9"}}}, "figures.revenue.period", "is not a period", ""),
        ({"figures": [1]}, "figures", "expected a mapping of figures, got a list", "write revenue"),
        ({"customers": {"party": "x"}}, "customers", "expected a list, got a mapping", "put its members in [ ]"),
        ({"customers": [{"partty": "x"}]}, "customers[0].partty", "unknown field 'partty' of customer", "did you mean 'party'?"),
        ({"customers": [{"party": "Acme Inc"}]}, "customers[0].party", "'Acme Inc' is not a company's id", "write 'acme-inc'"),
        ({"customers": [{"share_of_revenue": 40}]}, "customers[0].share_of_revenue", "(between 0 and 1)", ""),
        ({"customers": [{"dominant": "yes"}]}, "customers[0].dominant", "expected true or false", "true or false"),
        ({"plans": [{"what": "borow"}]}, "plans[0].what", "'borow' is not one of", "did you mean 'borrow'?"),
        ({"flows": [{"from": "x", "amount": 1}]}, "flows[0]", "'to' is missing", "must say it"),
        ({"flows": [{"from": {"quote": "a"}, "to": "x"}]}, "flows[0]", "'from' is missing", "must say it"),
        ({"suppliers": [{"party": "x"}, {"party": "x"}]}, "suppliers[1].party", "'x' is listed twice", "merge"),
        ({"suppliers": [{"alternatives": [{"supplier": "x"}]}]}, "suppliers[0].alternatives[0].supplier", "unknown field 'supplier'", ""),
        ({"incomplete": ["customer"]}, "incomplete[0]", "there is no list 'customer'", "did you mean 'customers'?"),
        ({"suppliers": [{"incomplete": ["alternative"]}]}, "suppliers[0].incomplete", "expected a list of the lists", "alternatives"),
        ({"sector": "bank"}, "sector", "unknown sector 'bank'", "did you mean 'banks'?"),
        ({"currency": "usd"}, "currency", "usd", ""),
        ({"as_of": "2026-2-6"}, "as_of", "is not a day", "YYYY-MM-DD"),
        ({"id": "Main Corp"}, "id", "'Main Corp' is not a slug", "write 'main-corp'"),
        ({"name": "  "}, "name", "the name is empty", "give the company's name"),
        ({"name": {"fr": "X"}}, "name", "'fr' is not one of the languages", "write en and zh"),
        ({"sources": {"a": {"title": "A", "kind": "rumour"}}}, "sources.a.kind", "expected 'filed'", ""),
        ({"sources": {"a": {"kind": "filed"}}}, "sources.a.title", "is missing", "add it"),
        ({"parties": {"Acme": {}}}, "parties.Acme", "'Acme' is not a slug", "write 'acme'"),
        ({"parties": {"main": {}}}, "parties.main", "the profile's own id", "top level"),
        ({"parties": {"acme": {"flows": []}}}, "parties.acme.flows", "flows belong at the top level", "move them"),
        ({"parties": {"acme": {"tickr": "A"}}}, "parties.acme.tickr", "unknown key 'tickr'", ""),
        ({"parties": {"acme": {"figures": {"x": 1}}}}, "parties.acme.figures.x", "unknown figure 'x'", ""),
    ],
)
def test_errors_say_where_what_and_what_next(
    catalogue: Catalogue, data: dict[str, Any], path: str, what: str, hint: str
) -> None:
    whole = {"name": "Main", **data}
    found = problems(read_profile, Document("main.json", json.dumps(whole), whole), catalogue)
    (one,) = [p for p in found if p.path == path]
    assert what in one.what
    assert hint in one.hint
    assert one.file == "main.json"
    assert one.line == 1
    assert one.column is not None


def test_all_problems_come_at_once_with_their_places(catalogue: Catalogue) -> None:
    text = "name: X\nsector: bank\nfigures:\n  revenu: 1\n  total_debt: -1\ncustomers:\n  - {prty: x}\n"
    found = problems(read_profile, parse_documents(text, "x.yaml")[0], catalogue)
    assert sorted((p.line, p.column) for p in found) == [(2, 9), (4, 3), (5, 15), (7, 6)]


def test_a_wrong_head_does_not_hide_wrong_figures(catalogue: Catalogue) -> None:
    whole = {"name": "X", "as_of": "soon", "figures": {"revenu": 1}}
    found = problems(read_profile, Document("x.json", json.dumps(whole), whole), catalogue)
    assert {p.path for p in found} == {"as_of", "figures.revenu"}


def test_a_profile_is_a_mapping(catalogue: Catalogue) -> None:
    with pytest.raises(ProfileError, match="a profile is a mapping, not a list"):
        read_profile(Document("x.json", "[]", []), catalogue)


def test_the_id_is_the_slug_of_the_name(read: ReadProfile) -> None:
    assert read(name="Ångström & Co.").id == "angstrom-co"
    assert read(name={"zh": "甲骨文"}, id="oracle").subject.name.en == "甲骨文"


def test_what_is_null_or_left_out_is_unknown(read: ReadProfile) -> None:
    profile = read(figures={"revenue": None}, customers=None, suppliers=[], plans=[{}], incomplete=["plans"])
    subject = profile.subject
    assert not subject.figures["revenue"]
    assert [subject.is_complete(name) for name in ("customers", "suppliers", "plans")] == [False, True, False]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (5, Interval(5, 5)),
        ({"low": 5}, Interval(5, INF)),
        ({"high": -5e9}, Interval(-INF, -5e9)),
        ({"low": 1, "high": 2}, Interval(1, 2)),
    ],
)
def test_numbers_are_intervals(read: ReadProfile, written: Any, expected: Interval) -> None:
    (claim,) = read(figures={"net_income": written}).subject.figures["net_income"]
    assert claim.value_in("money") == expected


def test_a_quote_and_a_note_may_carry_a_translation(read: ReadProfile) -> None:
    both = {"zh": "甲骨文买英伟达的卡", "en": "Oracle buys Nvidia's cards"}
    found = read(figures={"revenue": {"value": 5, "quote": both, "note": both}, "cash": {"value": 1, "quote": "q"}})
    (claim,) = found.subject.figures["revenue"]
    assert claim.quote == claim.note == Text(both["en"], both["zh"])
    assert found.subject.figures["cash"][0].quote == "q"


def test_a_translation_is_in_a_language_that_reports_have(catalogue: Catalogue) -> None:
    with pytest.raises(ProfileError, match="'fr' is not one of the languages"):
        profile_of(catalogue, figures={"revenue": {"value": 5, "quote": {"fr": "x"}}})


def test_source_and_quote_of_a_member_hold_for_its_fields(read: ReadProfile) -> None:
    sources = {"a": {"title": "A", "kind": "filed"}, "b": {"title": "B", "kind": "filed"}}
    member = {"party": "x", "commitment": {"value": 5, "source": "b"}, "source": "a", "quote": "q"}
    (found,) = read(sources=sources, customers=[member]).subject.relations["customers"]
    assert (found.fields["party"].source, found.fields["party"].quote) == ("a", "q")
    assert (found.fields["commitment"].source, found.fields["commitment"].quote) == ("b", "q")


def test_parties_inherit_the_currency(read: ReadProfile) -> None:
    parties = read(currency="USD", parties={"a": {}, "b": {"currency": "EUR"}}).parties
    assert (parties["a"].currency, parties["b"].currency) == ("USD", "EUR")
