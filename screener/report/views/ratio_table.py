"""The ratios of a company beside their limits and those of its peers."""

from screener.expression.interval import Interval
from screener.expression.syntax_tree import NEGATED_OP
from screener.report import number_format as numbers
from screener.report.views.badges import SEVERITY_CLASSES, flag_anchor
from screener.report.views.display_text import TITLE_LENGTH, keep_units_together
from screener.report.views.flag_views import is_favourable
from screener.report.views.peer_views import PeerTable
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import RatioRow
from screener.result.finding_records import Distance, Finding
from screener.result.model import FigureSeries, PeriodValue
from screener.vocabulary import ClaimKind, Flag, Outcome

MAX_RATIOS = 6
MAX_PEERS = 2

FIRST_RATIOS = (
    "debt_to_ebitda",
    "net_debt_to_ebitda",
    "interest_cover",
    "debt_to_revenue",
    "capex_to_operating_cash_flow",
    "free_cash_flow_to_debt",
    "operating_margin",
    "net_margin",
    "operating_cash_flow_margin",
    "current_ratio",
    "debt_to_equity",
)


def ratio_rows(context: ViewContext, peers: PeerTable | None) -> tuple[RatioRow, ...]:
    """Returns the ratios that are exactly known: those beyond a limit first, then those that credit analysts read
    first."""
    limits = _limits(context)
    shown = []
    for series in context.result.history:
        if (
            series.unit not in ("fraction", "multiple", "months", "years")
            or series.periods[0].kind != ClaimKind.COMPUTED
        ):
            continue
        finding, distance = limits.get(series.title.en, (None, None))
        first = FIRST_RATIOS.index(series.figure) if series.figure in FIRST_RATIOS else len(FIRST_RATIOS)
        if finding is None and first == len(FIRST_RATIOS):
            continue
        raises = finding is not None and finding.outcome is Outcome.FIRED and not is_favourable(finding)
        beside = peers.row(series.figure) if peers else None
        others = beside.named[:MAX_PEERS] if beside else ("?",) * len(peer_heads(peers))
        row = _ratio_row(context, series, finding, distance)._replace(peers=others)
        shown.append(((not raises, first, finding is None), row))
    return tuple(row for _, row in sorted(shown, key=lambda pair: pair[0])[:MAX_RATIOS])


def peer_heads(peers: PeerTable | None) -> tuple[str, ...]:
    """Returns the names of the peers beside the ratios."""
    return tuple(short for short, _ in peers.named[:MAX_PEERS]) if peers else ()


def _limits(context: ViewContext) -> dict[str, tuple[Finding, Distance]]:
    """Returns for each ratio, by its title, the limit of the flag that it raises; else that of a rule whose limit it
    does not reach."""
    found: dict[str, tuple[Finding, Distance]] = {}
    for f in context.result.findings:
        if f.outcome in (Outcome.FIRED, Outcome.CLEAR) and f.flag in (Flag.RED, Flag.GREEN):
            for d in f.distances[:1] if f.outcome is Outcome.CLEAR else f.distances:
                if d.op in NEGATED_OP and d.threshold.is_point:
                    found.setdefault(d.title.en, (f, d))
    return found


def _ratio_row(
    context: ViewContext, series: FigureSeries, finding: Finding | None, distance: Distance | None
) -> RatioRow:
    latest, before = series.periods[0], series.periods[1] if len(series.periods) > 1 else None
    raises = finding is not None and finding.outcome is Outcome.FIRED and finding.flag is Flag.RED
    fired = finding is not None and finding.outcome is Outcome.FIRED
    limit = ""
    if finding is not None and distance is not None:
        wanted = NEGATED_OP[distance.op] if finding.flag is Flag.RED else distance.op
        limit = (
            f"{numbers.OPERATOR_SIGNS[wanted]} {numbers.interval(distance.threshold, distance.unit, context.language)}"
        )
    return RatioRow(
        title=context.text(series.title, TITLE_LENGTH),
        value=_ratio(context, latest, series.unit),
        before=_ratio(context, before, series.unit) if before else "",
        limit=keep_units_together(limit),
        css_class=SEVERITY_CLASSES.get(finding.severity, "medium") if raises and finding else "",
        href=f"#{flag_anchor(finding.rule)}" if fired and finding else None,
        peers=(),
    )


def _ratio(context: ViewContext, value: PeriodValue, unit: str) -> str:
    if isinstance(value.value, Interval) and value.value.is_point:
        return keep_units_together(numbers.in_column(value.value.lo, unit, context.language))
    return context.value_text(value.value, unit, "", None)
