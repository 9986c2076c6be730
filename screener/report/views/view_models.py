"""The parts of views: named tuples of final texts, which are cleaned, formatted and in one language."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart, Rect

INDEX_PAGE = "index.html"
"""The file name of the first page of an index, in the same folder as the pages of companies."""


class MiniChart(NamedTuple):
    """A drawing in a row of a table that also has its numbers."""

    width: int  # width of the view box
    height: int
    rects: tuple[Rect, ...]


class Badge(NamedTuple):
    """A badge: colour class, shape and word."""

    css_class: str  # CSS classes: critical, high, medium, low, clear, unknown; `clear eye` for what is worth following
    label: str


class Link(NamedTuple):
    """A text and its link; `href` is None if there is no safe address."""

    text: str
    href: str | None = None


class NumberText(NamedTuple):
    """A short text in three parts: the text before its number, the number, and the text after it."""

    before: str
    number: str
    after: str

    @property
    def text(self) -> str:
        """Returns the whole text."""
        return " ".join(part for part in self if part)


class SourceView(NamedTuple):
    """The source of a value."""

    kind: str  # the word of the kind mark
    link: Link  # empty text if no source is named
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


class ConditionView(NamedTuple):
    """A part of the condition of a rule, evaluated for the company."""

    answer: str  # yes, no, unknown
    label: str  # the same in words
    text: str
    href: str | None  # link to a flag that it requires
    parts: "tuple[ConditionView, ...]"  # its own parts


class FlagView(NamedTuple):
    """A flag that fired."""

    anchor: str
    badge: Badge
    title: str
    subtitle: str  # category; for a pattern its verdict
    figure: NumberText | None
    sentence: str
    evidence: tuple[EvidenceRow, ...]
    more_evidence: str  # how many facts are left out, or ""
    thresholds: tuple[ThresholdView, ...]
    why: str
    clears: str
    alone: str  # the verdict if this flag alone did not fire
    false_alarms: str
    conditions: tuple[ConditionView, ...]  # all must hold; empty if the comparisons are the whole condition
    mitigated_by: tuple[Link, ...]
    state: str  # waived, preview, deprecated; "" for a stable rule
    state_note: str
    references: tuple[Link, ...]


class UnfiredRule(NamedTuple):
    """A rule that did not fire."""

    title: str
    reason: str


class Lookup(NamedTuple):
    """An input to look up."""

    title: str
    whose: str
    decides: tuple[str, ...]
    more: str  # "and 3 more", or how many rules wait for it if it decides none alone
    score_after: str  # range of the score
    look_at: str = ""  # a quote about it that states no value, with its place


class LookupGroup(NamedTuple):
    """Inputs of one kind to look up: the same field of one or several relations."""

    title: str
    whose: str
    rules: str  # how many rules they decide or are needed for
    score_after: str
    chart: MiniChart
    look_at: str = ""  # where to look for it: a sentence of a source, with its place


class WhyRow(NamedTuple):
    """A flag that fired, on one line."""

    href: str
    badge: Badge
    title: str
    figure: str  # its number; "" if there is none
    limit: str  # its limit
    details: str  # the company or relation concerned, and further matches
    kind: str  # kind of the weakest source that it depends on; "" for none
    kind_class: str  # filed, reported, … as in results
    points: str
    moves: MiniChart | None  # the scores before and after it; None if it does not change the score
    is_brief: bool  # whether it neither changes the score nor decides the verdict


class StandsLine(NamedTuple):
    """A statement on what the verdict depends on."""

    strong: str
    text: tuple[Link, ...]  # to be joined without spaces


class WhatIfRow(NamedTuple):
    """The verdict under other circumstances."""

    what: Link
    verdict: Badge
    score: str
    decided: str


class FigureRow(NamedTuple):
    """A figure over the periods of its table."""

    title: str
    values: tuple[str, ...]  # one per period, the latest last; "" if it is not known
    change: str
    chart: MiniChart | None
    kind: str  # kind of the source of the latest value


class FigureTable(NamedTuple):
    """Figures of the company over its latest periods."""

    unit: str  # currency and scale of amounts
    periods: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    more_rows: tuple[FigureRow, ...]
    more: str  # how many those are
    note: str  # the source of all of them, if it is the same


class RatioRow(NamedTuple):
    """A ratio beside its limit."""

    title: str
    value: str
    before: str  # in the period before
    limit: str
    css_class: str  # CSS class of the severity of the flag that its limit raises; "" if it raises none
    href: str | None  # the address of that flag
    peers: tuple[str, ...]  # one for each column of peers


class LackingFigure(NamedTuple):
    """A figure that a credit analyst expects and the profile does not state."""

    title: str
    purpose: str


class Neighbour(NamedTuple):
    """A company that this one depends on and that has a page."""

    role: str
    link: Link
    verdict: Badge


class Payment(NamedTuple):
    """A row of the table behind the money flow."""

    payer: str
    kind: str
    amount: str
    payee: str
    binding: str
    source: Link
    against: str  # the amount relative to the payer's revenue, if it exceeds that


class MoneyFlows(NamedTuple):
    """The payments between companies: drawing, table and loops."""

    chart: Chart
    payments: tuple[Payment, ...]
    loops: tuple[str, ...]
    wide: bool


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
    """A claim that is not used."""

    title: str
    claim: ClaimView


class SourceRow(NamedTuple):
    """A source of the profile."""

    link: Link
    kind: str
    details: str  # publisher, date, and the number of figures from it
