"""The parts of views: named tuples of final texts, cleaned, formatted and in one language."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart


class Badge(NamedTuple):
    """A badge: colour class, shape and word."""

    css_class: str  # CSS classes: critical, high, medium, low, clear, unknown; `clear eye` for what is worth following
    label: str


class Link(NamedTuple):
    """A text, and where it leads; `href` is None unless it is safe."""

    text: str
    href: str | None = None


class NumberText(NamedTuple):
    """A short text in three parts: what precedes its number, the number, what follows."""

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


class ConditionView(NamedTuple):
    """A part of the condition of a rule, as it stands for the company."""

    answer: str  # yes, no, unknown
    label: str  # the same in words
    text: str
    href: str | None  # of a flag that it asks for
    parts: "tuple[ConditionView, ...]"  # of which it consists


class FlagView(NamedTuple):
    """A flag that fired."""

    anchor: str
    badge: Badge
    title: str
    subtitle: str  # category; of a pattern its verdict
    figure: NumberText | None
    expanded: bool
    sentence: str
    evidence: tuple[EvidenceRow, ...]
    more_evidence: str  # how many facts are left out, or ""
    thresholds: tuple[ThresholdView, ...]
    why: str
    clears: str
    false_alarms: str
    conditions: tuple[ConditionView, ...]  # all must hold; empty where the comparisons say it all
    mitigated_by: tuple[Link, ...]
    state: str  # waived, preview, deprecated; "" for a stable rule
    state_note: str
    references: tuple[Link, ...]


class Reason(NamedTuple):
    """One of the three main reasons of a verdict."""

    figure: NumberText | None
    title: str  # shown where there is no figure
    text: str
    href: str


class UnfiredRule(NamedTuple):
    """A rule that did not fire."""

    title: str
    reason: str


class Lookup(NamedTuple):
    """An input to find out."""

    title: str
    whose: str
    decides: tuple[str, ...]
    more: str  # "and 3 more", or how many rules wait for it where it decides none alone
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
    """Who pays whom: drawing, table and loops."""

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
    """One of several claims of a figure, or an ignored one."""

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
