"""The shared dependencies of the companies of an index: customers, suppliers, loops of payments."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts.exposure_chart import Dependant, ExposedParty, ExposureLink, exposure_chart, link_kind
from screener.report.charts.shapes import Caption, Chart
from screener.report.views.view_context import ViewContext
from screener.report.wording import Wording

MAX_DEPENDENCIES = 60  # greatest number for one company
MAX_SHARED_ROWS = 100  # greatest number of rows of the table
MAX_COMPANIES_NAMED = 12  # greatest number of companies named in one row


class IndexedCompany(NamedTuple):
    """A company of the index and its dependencies: key, name, relation."""

    id: str
    name: str
    href: str
    css_class: str  # CSS class of its verdict
    dependencies: Sequence[tuple[str, str, str]]


class Dependants(NamedTuple):
    """Companies that depend on the same thing in the same way: name and address of each."""

    relation: str
    companies: tuple[tuple[str, str], ...]
    more: str


class SharedDependency(NamedTuple):
    """A row of the table: a dependency and its dependants."""

    name: str
    companies: str  # how many
    dependants: tuple[Dependants, ...]


class SharedExposure(NamedTuple):
    """The drawing, the table, and the numbers of entries left out."""

    chart: Chart
    rows: tuple[SharedDependency, ...]
    omitted: str


def company_dependencies(context: ViewContext) -> tuple[tuple[str, str, str], ...]:
    """Returns the dependencies of a company: key, name, relation. A loop has the same key for all its members."""
    result = context.result
    loops = [(f"loop {' '.join(lp.members)}", _loop_name(context, lp.members), "loop") for lp in result.loops]
    return (*loops, *((t.party, context.company_name(t.party), t.how) for t in result.ties))[:MAX_DEPENDENCIES]


def _loop_name(context: ViewContext, members: Sequence[str]) -> str:
    return " → ".join(context.company_name(m) for m in (*members, *members[:1]))


def shared_exposure(companies: Sequence[IndexedCompany], wording: Wording) -> SharedExposure | None:
    """Returns the dependencies that at least two of the companies share, the most frequent first; None if there are
    none."""
    names: dict[str, str] = {}
    relations: dict[str, dict[int, list[str]]] = {}  # key -> company -> relations
    for i, company in enumerate(companies):
        for key, name, relation in company.dependencies:
            names.setdefault(key, name)
            relations.setdefault(key, {}).setdefault(i, []).append(relation)
    keys = sorted((k for k in relations if len(relations[k]) > 1), key=lambda k: (-len(relations[k]), names[k], k))
    if not keys:
        return None
    rows = tuple(_shared_row(names[k], relations[k], companies, wording) for k in keys[:MAX_SHARED_ROWS])
    verdicts = {c.id: c.css_class for c in companies}
    dependencies = [
        ExposedParty(
            name=names[k],
            caption=wording.plural("index.by", len(relations[k])),
            css_class=verdicts.get(k, ""),
            loop=k.startswith("loop "),
        )
        for k in keys
    ]
    dependants = [Dependant(c.name, c.css_class) for c in companies]
    links = [ExposureLink(n, i, link_kind(own)) for n, k in enumerate(keys) for i, own in relations[k].items()]
    summary = wording.series(f"{row.name}{wording('colon')}{row.companies}" for row in rows[:8])
    caption = Caption(wording("index.exposure"), wording("index.exposure_desc", text=summary))
    chart, drawn = exposure_chart(dependencies, dependants, links, caption)
    omitted = len(keys) - drawn
    return SharedExposure(chart, rows, wording.plural("index.exposure_rest", omitted) if omitted else "")


def _shared_row(
    name: str, relations: dict[int, list[str]], companies: Sequence[IndexedCompany], wording: Wording
) -> SharedDependency:
    dependants = []
    for relation in dict.fromkeys(r for own in relations.values() for r in own):
        related = [companies[i] for i, own in relations.items() if relation in own]
        more = len(related) - MAX_COMPANIES_NAMED
        dependants.append(
            Dependants(
                relation=wording.label("how", relation),
                companies=tuple((c.name, c.href) for c in related[:MAX_COMPANIES_NAMED]),
                more=wording.plural("unknown.more", more) if more > 0 else "",
            )
        )
    return SharedDependency(name, wording.plural("index.by", len(relations)), tuple(dependants))
