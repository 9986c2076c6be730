"""The shared dependencies of the companies of an index, as rows and as numbers."""

from collections.abc import Callable
from itertools import pairwise

from screener.profile.model import Profile
from screener.report.charts.exposure_chart import (
    MAX_DEPENDANTS,
    MAX_DEPENDENCIES,
    Dependant,
    ExposedParty,
    ExposureLink,
    link_kind,
)
from screener.report.charts.exposure_chart import exposure_chart as drawing
from screener.report.charts.shapes import Caption, Dot, Label, Path, Rect
from screener.report.views.shared_exposure import IndexedCompany, company_dependencies, shared_exposure
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.model import CompanyDependency
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.unit.report import sample

EN = load_wording("en")
LOOP = ("loop a b", "A → B → A", "loop")


def tied(name: str, *own: tuple[str, str, str], look: str = "clear") -> IndexedCompany:
    return IndexedCompany(name.lower(), name, f"{name.lower()}.html", look, own)


def test_ties_are_what_a_profile_names(book: Rulebook, read: Callable[..., Profile]) -> None:
    profile = read(
        id="main", customers=[{"party": "a"}, {"share_of_revenue": 0.1}], suppliers=[{"party": "b"}, {"party": "a"}],
        channels=[{"party": "main", "owned": True}], funding=[{"party": "c", "amount": 5}],
        flows=[{"from": "d", "to": "main"}, {"from": "a", "to": "main"}, {"from": "c", "to": "main"}, {"from": "main", "to": "e"}],
        parties={"b": {"name": "Bee", "suppliers": [{"party": "z"}]}},
    )
    found = Screener(book).assess(profile)
    assert found.ties == (CompanyDependency("a", "customer"), CompanyDependency("a", "supplier"), CompanyDependency("b", "supplier"), CompanyDependency("c", "funder"), CompanyDependency("d", "payer"))
    assert dict(found.companies)["b"].en == "Bee"
    assert ("b", "Bee", "supplier") in company_dependencies(ViewContext(found, EN))


def test_an_open_list_is_a_tie_to_nobody(book: Rulebook, read: Callable[..., Profile]) -> None:
    assert Screener(book).assess(read(incomplete=["customers"])).ties == ()


def test_a_loop_is_the_same_from_wherever_it_is_reported(book: Rulebook, read: Callable[..., Profile]) -> None:
    flows = [{"from": a, "to": b, "what": "buys"} for a, b in (("main", "b"), ("b", "a"), ("a", "main"))]
    found = [
        next(t for t in company_dependencies(ViewContext(Screener(book).assess(read(id="main", flows=own)), EN)) if t[2] == "loop")
        for own in (flows, flows[1:] + flows[:1])
    ]
    assert found[0] == found[1] == ("loop a main b", "a → Main → b → a", "loop")


def test_only_what_two_companies_share_is_shown_the_most_first() -> None:
    found = shared_exposure(
        [tied("A", LOOP, ("c", "C", "customer")), tied("B", LOOP, ("c", "C", "supplier"), ("x", "X", "payer")),
         tied("C", ("a", "A", "customer")), tied("D", ("c", "C", "customer"), ("c", "C", "supplier"))], EN,
    )
    assert found is not None
    assert [(r.name, r.companies) for r in found.rows] == [("C", "3 companies"), ("A → B → A", "2 companies")]
    assert found.rows[0].dependants == (
        ("customer", (("A", "a.html"), ("D", "d.html")), ""), ("supplier", (("B", "b.html"), ("D", "d.html")), ""),
    )
    assert found.omitted == ""


def test_nothing_shared_is_nothing_to_show() -> None:
    assert shared_exposure([tied("A", ("c", "C", "customer")), tied("B", ("d", "D", "customer"))], EN) is None
    assert shared_exposure([], EN) is None


def test_many_are_counted_not_lost() -> None:
    many = [tied(f"N{i}", *((f"k{n}", f"K{n}", "customer") for n in range(20))) for i in range(50)]
    found = shared_exposure(many, EN)
    assert found is not None
    assert len(found.rows) == 20
    assert found.rows[0].dependants[0].more == "and 38 more"
    assert found.omitted == "8 more are in the table only."


def test_a_sample_has_ties_on_its_row() -> None:
    found = company_dependencies(ViewContext(sample.oracle(), EN))
    assert all(len(t) == 3 for t in found)


def test_the_drawing_in_numbers() -> None:
    hubs = [ExposedParty("A → B → A", "2 companies", "", True), ExposedParty("C", "2 companies", "critical", False)]
    leaves = [Dependant("A", "critical"), Dependant("B", "clear"), Dependant("D", "unknown")]
    links = [ExposureLink(0, 0, "loop"), ExposureLink(0, 1, "loop"), ExposureLink(1, 1, "delivers"), ExposureLink(1, 2, "pays")]
    chart, drawn = drawing(hubs, leaves, links, Caption("t", "d"))
    assert drawn == 2
    assert (chart.width, chart.height) == (440, 102)
    assert chart.rects == (Rect(2, 5.5, 158, 40, 9, "looped"), Rect(2, 56.5, 158, 40, 9, "node"))
    assert chart.dots == (Dot(15, 76.5, 5, "critical"), Dot(258, 17, 5, "critical"), Dot(258, 51, 5, "clear"), Dot(258, 85, 5, "unknown"))
    assert chart.labels[:2] == (Label(12, 23.5, "A → B → A", "start", "strong"), Label(12, 38.5, "2 companies", "start", ""))
    assert chart.paths == (
        Path("M160 68.5C208 68.5 208 51 251 51", "line pays dashed", 1.5),
        Path("M160 84.5C208 84.5 208 85 251 85", "line pays", 1.5),
        Path("M160 17.5C208 17.5 208 17 251 17", "line loop", 3),
        Path("M160 33.5C208 33.5 208 51 251 51", "line loop", 3),
    )


def test_a_drawing_has_its_limits_and_no_box_on_another() -> None:
    hubs = [ExposedParty(f"hub {i}", "", "", False) for i in range(30)]
    leaves = [Dependant(f"leaf {i}", "clear") for i in range(90)]
    links = [ExposureLink(h, i, "pays") for h in range(30) for i in range(h, 90, 7)]
    chart, drawn = drawing(hubs, leaves, links, Caption("t", "d"))
    assert drawn == len(chart.rects) <= MAX_DEPENDENCIES
    assert drawn > 5
    assert len(chart.dots) == MAX_DEPENDANTS
    tops = sorted((r.y, r.y + r.height) for r in chart.rects)
    assert all(a[1] <= b[0] for a, b in pairwise(tops))
    assert tops[-1][1] <= chart.height


def test_lines_by_what_they_stand_for() -> None:
    assert [link_kind(h) for h in (["customer", "loop"], ["supplier", "payer"], ["supplier"], ["channel"])] == [
        "loop", "pays", "delivers", "delivers"]
