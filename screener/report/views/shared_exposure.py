"""What several companies of an index depend on: a customer, a supplier, a loop of money."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts import exposure_chart as drawing
from screener.report.charts.shapes import Chart
from screener.report.views.view_context import ViewContext
from screener.report.wording import Wording

MAX_DEPENDENCIES = 60  # of one company
MAX_SHARED_ROWS = 100  # rows of the table
MAX_COMPANIES_NAMED = 12  # of companies in one of its rows


class IndexedCompany(NamedTuple):
    """A company of the index, and what it depends on: key, name, as what."""

    id: str
    name: str
    href: str
    css_class: str  # class of its verdict
    dependencies: Sequence[tuple[str, str, str]]


class Dependants(NamedTuple):
    """Companies that depend on the same thing in the same way: name and address of each."""

    relation: str
    companies: tuple[tuple[str, str], ...]
    more: str


class SharedDependency(NamedTuple):
    """A row of the table: what is depended on, by whom."""

    name: str
    companies: str  # how many
    dependants: tuple[Dependants, ...]


class SharedExposure(NamedTuple):
    """The drawing, the table, and what is left out of them."""

    chart: Chart
    rows: tuple[SharedDependency, ...]
    omitted: str


def company_dependencies(context: ViewContext) -> tuple[tuple[str, str, str], ...]:
    """What a company depends on: key, name, as what. A loop is the same for all its members, wherever it is told from."""
    result = context.result
    loops = [(f"loop {' '.join(lp.members)}", _loop_name(context, lp.members), "loop") for lp in result.loops]
    return (*loops, *((t.party, context.company_name(t.party), t.how) for t in result.ties))[:MAX_DEPENDENCIES]


def _loop_name(context: ViewContext, members: Sequence[str]) -> str:
    return " → ".join(context.company_name(m) for m in (*members, *members[:1]))


def shared_exposure(companies: Sequence[IndexedCompany], wording: Wording) -> SharedExposure | None:
    """What at least two of the companies depend on, the most first; None where there is nothing."""
    names: dict[str, str] = {}
    hows: dict[str, dict[int, list[str]]] = {}  # key -> company -> as what
    for i, company in enumerate(companies):
        for key, name, how in company.dependencies:
            names.setdefault(key, name)
            hows.setdefault(key, {}).setdefault(i, []).append(how)
    keys = sorted((k for k in hows if len(hows[k]) > 1), key=lambda k: (-len(hows[k]), names[k], k))
    if not keys:
        return None
    looks = {c.id: c.css_class for c in companies}
    rows = tuple(_shared_row(names[k], hows[k], companies, wording) for k in keys[:MAX_SHARED_ROWS])
    hubs = [
        drawing.Dependency(names[k], wording.plural("index.by", len(hows[k])), looks.get(k, ""), k.startswith("loop "))
        for k in keys
    ]
    leaves = [drawing.Dependant(c.name, c.css_class) for c in companies]
    links = [
        drawing.ExposureLink(n, i, drawing.link_kind(how)) for n, k in enumerate(keys) for i, how in hows[k].items()
    ]
    text = "; ".join(f"{r.name}: {r.companies}" for r in rows[:8])
    chart, drawn = drawing.exposure_chart(
        hubs, leaves, links, wording("index.exposure"), wording("index.exposure_desc", text=text)
    )
    rest = len(keys) - drawn
    return SharedExposure(chart, rows, wording.plural("index.exposure_rest", rest) if rest else "")


def _shared_row(
    name: str, hows: dict[int, list[str]], companies: Sequence[IndexedCompany], wording: Wording
) -> SharedDependency:
    found = []
    for how in dict.fromkeys(h for own in hows.values() for h in own):
        those = [companies[i] for i, own in hows.items() if how in own]
        left = len(those) - MAX_COMPANIES_NAMED
        more = wording.plural("unknown.more", left) if left > 0 else ""
        found.append(
            Dependants(wording.label("how", how), tuple((c.name, c.href) for c in those[:MAX_COMPANIES_NAMED]), more)
        )
    return SharedDependency(name, wording.plural("index.by", len(hows)), tuple(found))
