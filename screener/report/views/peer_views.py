"""The rank of a company among its peers, and of its ratios among its own earlier years, as texts."""

from typing import NamedTuple

from screener.explain.peer_population import measure_key
from screener.profile.catalogue import Worse
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH, keep_units_together
from screener.report.views.view_context import ViewContext
from screener.result.peer_records import SCORE, Measure, PeerStanding


class GroupStanding(NamedTuple):
    """A value within one group of peers."""

    text: str  # worse than 80 % of 12
    median: str
    group: str  # title of the sector; "" for all peers


class PeerRow(NamedTuple):
    """A ratio or key figure beside those of others."""

    measure: str  # name in the catalogue; `score` for the risk score
    title: str
    value: str
    own_years: str  # its rank among the company's own years; "" if there are too few
    standings: tuple[GroupStanding, ...]
    named: tuple[str, ...]  # the values of the named peers; ? where they are unknown


class PeerTable(NamedTuple):
    """Ratios and key figures of a company beside those of others and of its own earlier years."""

    note: str  # a description of the peers
    named: tuple[tuple[str, str], ...]  # the peers that are shown by name: ticker or name, whole name
    rows: tuple[PeerRow, ...]

    def row(self, measure: str) -> PeerRow | None:
        """Returns the row of a measure by its name in the catalogue."""
        return next((row for row in self.rows if row.measure == measure), None)


def peer_table(context: ViewContext) -> PeerTable | None:
    """Returns the comparison of a company; None if there is nothing to compare it with."""
    rows = tuple(row for row in _rows(context) if row.own_years or row.standings or any(v != "?" for v in row.named))
    if not rows:
        return None
    peers = context.result.peers
    named = peers.named if peers else ()
    shown = tuple((tidy(p.ticker, 12) or context.text(p.name, 14), context.text(p.name, NAME_LENGTH)) for p in named)
    return PeerTable(note=population_text(context), named=shown, rows=rows)


def population_text(context: ViewContext) -> str:
    """Returns a description of the peers; "" if there are none."""
    peers = context.result.peers
    if peers is None:
        return ""
    return context.wording.plural(f"peers.{peers.of}", peers.companies, table=tidy(peers.table, NAME_LENGTH))


def score_standing(context: ViewContext) -> str:
    """Returns the rank of the risk score among all peers, as a sentence; "" if it has none."""
    peers = context.result.peers
    found = next((s for s in (peers.standings if peers else ()) if s.measure == SCORE and s.sector is None), None)
    if found is None:
        return ""
    standing = _standing_text(context, found, "high")
    return context.wording("peers.line", standing=standing, peers=population_text(context))


def _rows(context: ViewContext) -> list[PeerRow]:
    result, wording = context.result, context.wording
    peers = result.peers
    standings: dict[str, list[PeerStanding]] = {}
    for standing in peers.standings if peers else ():
        standings.setdefault(standing.measure, []).append(standing)
    named = [dict(peer.values) for peer in (peers.named if peers else ())]

    def others(measure: Measure) -> tuple[str, ...]:
        key = measure_key(measure.name, measure.currency)
        return tuple(_value(context, measure, values[key]) if key in values else "?" for values in named)

    rows = [
        PeerRow(
            measure=m.name,
            title=context.text(m.title, TITLE_LENGTH),
            value=_value(context, m, m.value),
            own_years=_own_years(context, m),
            standings=tuple(_group(context, s, m) for s in standings.get(m.name, ())),
            named=others(m),
        )
        for m in result.measures
    ]
    score = standings.get(SCORE, ())
    if score or any(SCORE in values for values in named):
        rows.insert(
            0,
            PeerRow(
                measure=SCORE,
                title=wording("score.label"),
                value=numbers.score(result.score.value),
                own_years="",
                standings=tuple(_group(context, s, None) for s in score),
                named=tuple(numbers.score(values[SCORE]) if SCORE in values else "?" for values in named),
            ),
        )
    return rows


def _value(context: ViewContext, measure: Measure, value: float) -> str:
    return keep_units_together(numbers.in_column(value, measure.unit, context.language))


def _own_years(context: ViewContext, measure: Measure) -> str:
    """Returns the rank of the latest value among the company's own years."""
    rank, years, sized = measure.own_rank, measure.years, measure.worse == "neither"
    if rank is None:
        return ""
    first, last, middle = ("highest", "lowest", "middle_size") if sized else ("worst", "best", "middle_year")
    if rank in (1, years):
        return context.wording(f"peers.{first if rank == 1 else last}_year", n=years)
    return context.wording(f"peers.{middle}", rank=rank, n=years)


def _group(context: ViewContext, standing: PeerStanding, measure: Measure | None) -> GroupStanding:
    median = numbers.score(standing.median) if measure is None else _value(context, measure, standing.median)
    return GroupStanding(
        text=_standing_text(context, standing, measure.worse if measure else "high"),
        median=context.wording("peers.median", value=median),
        group=context.text(standing.sector_title, NAME_LENGTH),
    )


def _standing_text(context: ViewContext, standing: PeerStanding, worse: Worse) -> str:
    """Returns whether the value is worse or better than that of most peers, with their share."""
    sized, percentile = worse == "neither", standing.percentile
    if percentile in (0, 100):
        end = ("highest" if sized else "worst") if percentile else ("lowest" if sized else "best")
        return context.wording(f"peers.{end}_of", n=f"{standing.peers + 1:,}")
    above = percentile >= 50
    side = ("higher" if above else "lower") if sized else ("worse" if above else "better")
    share = round(percentile if above else 100 - percentile) / 100
    shown = numbers.amount(share, "fraction", context.language)
    return context.wording(f"peers.{side}", share=shown, n=f"{standing.peers:,}")
