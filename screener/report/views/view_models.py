"""What the templates see: named tuples of final strings, every text cleaned, formatted and in one language."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart


class Badge(NamedTuple):
    """A pill: colour class, shape and word."""

    css_class: str  # CSS classes: critical, high, medium, low, clear, unknown; `clear eye` for what is worth following
    label: str


class Link(NamedTuple):
    """A text, and where it leads; `href` is None unless it is safe."""

    text: str
    href: str | None = None


class NumberText(NamedTuple):
    """A short text with its number set off: what stands before, the number, what follows."""

    before: str
    number: str
    after: str

    @property
    def text(self) -> str:
        """All of it, in one."""
        return " ".join(part for part in self if part)


class SourceView(NamedTuple):
    """Where a value comes from."""

    kind: str  # the word of the kind mark
    link: Link  # empty text where no source is named
    note: str
    quote: str
    quote_language: str  # "" or "zh"
    formula: str


class EvidenceRow(NamedTuple):
    """A row of an evidence table."""

    title: str
    whose: str  # "" for the company itself
    value: str
    period: str
    source: SourceView


class ThresholdView(NamedTuple):
    """A comparison with its threshold."""

    title: str
    value: str
    limit: str
    distance: str
    holds: str  # whether the comparison holds now
    why: str
    chart: Chart


class FlagView(NamedTuple):
    """A flag that fired."""

    anchor: str
    badge: Badge
    title: str
    subtitle: str  # category, or what a pattern says
    figure: NumberText | None
    expanded: bool
    sentence: str
    evidence: tuple[EvidenceRow, ...]
    more_evidence: str  # how many facts are left out, or ""
    thresholds: tuple[ThresholdView, ...]
    why: str
    clears: str
    false_alarms: str
    based_on: tuple[Link, ...]
    mitigated_by: tuple[Link, ...]
    state: str  # in a word why it does not count, or that it may go: waived, preview, deprecated
    state_note: str
    references: tuple[Link, ...]


class Reason(NamedTuple):
    """One of the top three."""

    figure: NumberText | None
    title: str  # stands where there is no figure
    text: str
    href: str


class UnfiredRule(NamedTuple):
    """A rule that did not fire, in one line."""

    title: str
    reason: str


class Lookup(NamedTuple):
    """Something to find out."""

    title: str
    whose: str
    decides: tuple[str, ...]
    more: str  # "and 3 more", or what stands there when it settles none alone
    score_after: str  # range of the score


class Payment(NamedTuple):
    """A row of the table behind the money flow."""

    payer: str
    kind: str
    amount: str
    payee: str
    binding: str
    source: Link


class MoneyFlows(NamedTuple):
    """The money flow: drawing, table, the loops in words."""

    chart: Chart
    payments: tuple[Payment, ...]
    loops: tuple[str, ...]
    wide: bool


class WaterfallRow(NamedTuple):
    """A row of the table behind the waterfall."""

    title: str
    badge: Badge
    points: str
    score_after: str


class ClaimView(NamedTuple):
    """A claim beside the others of its figure, or an ignored one."""

    value: str
    period: str
    used: bool
    why_not: str
    source: SourceView


class DisputedFigure(NamedTuple):
    """A figure whose sources disagree."""

    title: str
    whose: str
    gap: str
    claims: tuple[ClaimView, ...]


class IgnoredClaim(NamedTuple):
    """A claim that does not count."""

    title: str
    claim: ClaimView


class SourceRow(NamedTuple):
    """A source of the profile."""

    link: Link
    kind: str
    details: str  # publisher, date, how many figures rest on it
