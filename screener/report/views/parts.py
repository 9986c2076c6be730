"""What the templates see: named tuples of final strings, every text cleaned, formatted and in one language."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart


class Mark(NamedTuple):
    """A pill: colour class, shape and word."""

    look: str  # CSS classes: critical, high, medium, low, clear, unknown; `clear eye` for what is worth watching
    word: str


class Link(NamedTuple):
    """A text, and where it leads; `href` is None unless it is safe."""

    text: str
    href: str | None = None


class NumberText(NamedTuple):
    """A short text with its number set off: what stands before, the number, what follows."""

    before: str
    number: str
    after: str


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


class Measure(NamedTuple):
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
    mark: Mark
    title: str
    aside: str  # category, or what a pattern says
    figure: NumberText | None
    open: bool
    says: str
    facts: tuple[EvidenceRow, ...]
    more: str  # how many facts are left out, or ""
    measures: tuple[Measure, ...]
    why: str
    clears: str
    alarms: str
    chain: tuple[Link, ...]
    softened: tuple[Link, ...]
    state: str  # in a word why it does not count, or that it may go: waived, preview, deprecated
    state_note: str
    references: tuple[Link, ...]


class Reason(NamedTuple):
    """One of the top three."""

    figure: NumberText | None
    title: str  # stands where there is no figure
    text: str
    href: str


class Check(NamedTuple):
    """A rule that did not fire, in one line."""

    title: str
    text: str


class Lookup(NamedTuple):
    """Something to find out."""

    title: str
    whose: str
    settles: tuple[str, ...]
    more: str  # "and 3 more", or what stands there when it settles none alone
    then: str  # range of the score


class Flow(NamedTuple):
    """A row of the table behind the money flow."""

    payer: str
    what: str
    amount: str
    payee: str
    binding: str
    source: Link


class Money(NamedTuple):
    """The money flow: drawing, table, the loops in words."""

    chart: Chart
    flows: tuple[Flow, ...]
    loops: tuple[str, ...]
    wide: bool


class WaterfallRow(NamedTuple):
    """A row of the table behind the waterfall."""

    title: str
    mark: Mark
    points: str
    end: str


class Saying(NamedTuple):
    """A claim beside the others of its figure, or an ignored one."""

    value: str
    period: str
    used: bool
    why_not: str
    source: SourceView


class Dispute(NamedTuple):
    """A figure whose sources disagree."""

    title: str
    whose: str
    gap: str
    sayings: tuple[Saying, ...]


class Ignored(NamedTuple):
    """A claim that does not count."""

    title: str
    saying: Saying


class SourceRow(NamedTuple):
    """A source of the profile."""

    link: Link
    kind: str
    details: str  # publisher, date, how many figures rest on it
