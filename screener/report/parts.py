"""What the templates see: frozen dataclasses with final strings. Every text in them is cleaned, formatted and in one language."""

from dataclasses import dataclass

from screener.report.svg.shapes import Chart


@dataclass(frozen=True, slots=True)
class Mark:
    """A pill: colour class, shape and word."""

    look: str  # CSS classes: critical, high, medium, low, clear, unknown; `clear eye` for what is worth watching
    word: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text, and where it leads; `href` is None unless it is safe."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A short text with its number set off: what stands before, the number, what follows."""

    before: str
    number: str
    after: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from."""

    kind: str  # the word of the kind mark
    link: Link  # empty text where no source is named
    note: str
    quote: str
    quote_language: str  # "" or "zh"
    formula: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of an evidence table."""

    title: str
    whose: str  # "" for the company itself
    value: str
    period: str
    source: Source


@dataclass(frozen=True, slots=True)
class Measure:
    """A comparison with its threshold."""

    title: str
    value: str
    limit: str
    distance: str
    holds: str  # whether the comparison holds now
    why: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag that fired."""

    anchor: str
    mark: Mark
    title: str
    aside: str  # category, or what a pattern says
    figure: Figure | None
    open: bool
    says: str
    facts: tuple[Fact, ...]
    more: str  # how many facts are left out, or ""
    measures: tuple[Measure, ...]
    why: str
    clears: str
    alarms: str
    chain: tuple[Link, ...]
    softened: tuple[Link, ...]
    references: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the top three."""

    figure: Figure | None
    title: str  # stands where there is no figure
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that did not fire, in one line."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something to find out."""

    title: str
    whose: str
    settles: tuple[str, ...]
    more: str  # "and 3 more", or what stands there when it settles none alone
    then: str  # range of the score


@dataclass(frozen=True, slots=True)
class Flow:
    """A row of the table behind the money flow."""

    payer: str
    what: str
    amount: str
    payee: str
    binding: str
    source: Link


@dataclass(frozen=True, slots=True)
class Money:
    """The money flow: drawing, table, the loops in words."""

    chart: Chart
    flows: tuple[Flow, ...]
    loops: tuple[str, ...]
    wide: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table behind the waterfall."""

    title: str
    mark: Mark
    points: str
    end: str


@dataclass(frozen=True, slots=True)
class Saying:
    """A claim beside the others of its figure, or an ignored one."""

    value: str
    period: str
    used: bool
    why_not: str
    source: Source


@dataclass(frozen=True, slots=True)
class Dispute:
    """A figure whose sources disagree."""

    title: str
    whose: str
    gap: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A claim that does not count."""

    title: str
    saying: Saying


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the profile."""

    link: Link
    kind: str
    details: str  # publisher, date, how many figures rest on it
