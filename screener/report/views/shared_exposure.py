"""What several companies of an index depend on: a customer, a supplier, a loop of money."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts import exposure_chart as drawing
from screener.report.charts.shapes import Chart
from screener.report.views.view_context import Context
from screener.report.wording import Words

MOST_TIES = 60  # of one company
MOST_SHARED = 100  # rows of the table
MOST_NAMES = 12  # of companies in one of its rows


class Tied(NamedTuple):
    """A company of the index, and what it depends on: key, name, as what."""

    id: str
    name: str
    href: str
    look: str  # class of its verdict
    ties: Sequence[tuple[str, str, str]]


class Dependants(NamedTuple):
    """Companies that depend on the same thing in the same way: name and address of each."""

    how: str
    companies: tuple[tuple[str, str], ...]
    more: str


class Shared(NamedTuple):
    """A row of the table: what is depended on, by whom."""

    name: str
    companies: str  # how many
    by: tuple[Dependants, ...]


class Exposure(NamedTuple):
    """The drawing, the table, and what is left out of them."""

    chart: Chart
    rows: tuple[Shared, ...]
    rest: str


def ties(context: Context) -> tuple[tuple[str, str, str], ...]:
    """What a company depends on: key, name, as what. A loop is the same for all its members, wherever it is told from."""
    result = context.result
    loops = [(f"loop {' '.join(lp.members)}", _round(context, lp.members), "loop") for lp in result.loops]
    return (*loops, *((t.party, context.name(t.party), t.how) for t in result.ties))[:MOST_TIES]


def _round(context: Context, members: Sequence[str]) -> str:
    return " → ".join(context.name(m) for m in (*members, *members[:1]))


def exposure(companies: Sequence[Tied], said: Words) -> Exposure | None:
    """What at least two of the companies depend on, the most first; None where there is nothing."""
    names: dict[str, str] = {}
    hows: dict[str, dict[int, list[str]]] = {}  # key -> company -> as what
    for i, company in enumerate(companies):
        for key, name, how in company.ties:
            names.setdefault(key, name)
            hows.setdefault(key, {}).setdefault(i, []).append(how)
    keys = sorted((k for k in hows if len(hows[k]) > 1), key=lambda k: (-len(hows[k]), names[k], k))
    if not keys:
        return None
    looks = {c.id: c.look for c in companies}
    rows = tuple(_row(names[k], hows[k], companies, said) for k in keys[:MOST_SHARED])
    hubs = [
        drawing.Hub(names[k], said.count("index.by", len(hows[k])), looks.get(k, ""), k.startswith("loop "))
        for k in keys
    ]
    leaves = [drawing.Leaf(c.name, c.look) for c in companies]
    links = [drawing.ExposureLink(n, i, drawing.kind(how)) for n, k in enumerate(keys) for i, how in hows[k].items()]
    text = "; ".join(f"{r.name}: {r.companies}" for r in rows[:8])
    chart, drawn = drawing.exposure(hubs, leaves, links, said("index.exposure"), said("index.exposure_desc", text=text))
    rest = len(keys) - drawn
    return Exposure(chart, rows, said.count("index.exposure_rest", rest) if rest else "")


def _row(name: str, hows: dict[int, list[str]], companies: Sequence[Tied], said: Words) -> Shared:
    found = []
    for how in dict.fromkeys(h for own in hows.values() for h in own):
        those = [companies[i] for i, own in hows.items() if how in own]
        left = len(those) - MOST_NAMES
        more = said.count("unknown.more", left) if left > 0 else ""
        found.append(Dependants(said.of("how", how), tuple((c.name, c.href) for c in those[:MOST_NAMES]), more))
    return Shared(name, said.count("index.by", len(hows)), tuple(found))
