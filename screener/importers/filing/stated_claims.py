"""Derives claims from the sentences of a report, with the sentence as quote and its place."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from screener.importers.filing.sentence_rules import SentenceTopic, StatedSentence, TopicMatcher
from screener.importers.filing.sentences import sentences
from screener.importers.filing.text_blocks import TextBlock
from screener.text import shorten

MOST_SENTENCES = 10_000
"""Number of sentences with a keyword that are searched for each topic; long reports have some hundreds."""
QUOTED = 600
"""Greatest length of a quote in characters."""
EARLY = 6
"""Last month in which a fiscal year named by the year before may end."""
AUDITOR = "auditor's report"


class PlacedSentence(NamedTuple):
    """A sentence that states a topic, and its block."""

    stated: StatedSentence
    block: TextBlock

    @property
    def quote(self) -> str:
        """The sentence, shortened."""
        return shorten(self.stated.sentence, QUOTED)

    @property
    def place(self) -> str:
        """Its place in the report: page 58, Item 8, Note 1."""
        return place_of(self.block)


def place_of(block: TextBlock) -> str:
    """Returns the place of a block in the report: page 58, Item 8, Note 1."""
    page = f"page {block.page}" if block.page is not None else ""
    return ", ".join(filter(None, (page, block.section))) or "in the text"


@dataclass(slots=True)
class FoundTopics:
    """The sentences of each topic, in the order of the report."""

    by_topic: dict[str, list[PlacedSentence]] = field(default_factory=dict)
    of_any_year: set[str] = field(default_factory=set)  # topics with sentences about any year, including earlier ones
    cut_short: bool = False  # whether sentences were left out, so that the absence of a statement means nothing

    def speaks_of(self, topic: SentenceTopic) -> bool:
        """Whether a sentence states a topic; for topics on events, sentences about earlier years count, too."""
        return topic.topic in (self.of_any_year if topic.silence_rules_out else self.by_topic)

    def best(self, topic: str) -> PlacedSentence | None:
        """Returns the sentence to quote: of the auditor's report, else of statements and notes, else the first; or None."""
        found = self.by_topic.get(topic, [])
        return min(found, key=_rank) if found else None


def _rank(placed: PlacedSentence) -> tuple[int, int]:
    section = placed.block.section.lower()
    order = (AUDITOR in section, "note" in section, "item 7" in section, "item 8" in section)
    return (order.index(True) if any(order) else len(order), int(placed.block.is_table))


def find_topics(blocks: Sequence[TextBlock], matchers: Sequence[TopicMatcher], end: date | None = None) -> FoundTopics:
    """Finds the sentences of a report that state a topic; `end` is the end of its period: earlier years do not count.

    At most `MOST_SENTENCES` sentences with a keyword are searched for each topic.
    """
    found = FoundTopics()
    looked_at = dict.fromkeys(matchers, 0)
    for block in blocks:
        place = f"{block.section}\n{block.text}".lower()
        about = [matcher for matcher in looked_at if matcher.fits(place)]
        for sentence in sentences(block.text) if about else ():
            lowered = sentence.lower()
            for matcher in [m for m in about if m.is_about(lowered)]:
                if looked_at.get(matcher, MOST_SENTENCES) >= MOST_SENTENCES:
                    found.cut_short = True
                    looked_at.pop(matcher, None)
                    continue
                looked_at[matcher] += 1
                for stated in matcher.stated(sentence):
                    found.of_any_year.add(matcher.topic.topic)
                    if not (end and is_of_earlier_years(sentence, end)):
                        found.by_topic.setdefault(matcher.topic.topic, []).append(PlacedSentence(stated, block))
    return found


_DATED = re.compile(
    r"\b(?i:as of|at|ended|ending|during|for|in)\s+(?:the )?(?:fiscal |calendar )?(?:years? |quarters? )?(?:ended |ending |of )?"
    r"(?:[A-Z][a-z]+ \d{1,2}, |\d{1,2} [A-Z][a-z]+ |[A-Z][a-z]+ (?:of )?)?"
    r"(?P<year>(?:19|20)\d\d)\b(?P<more>(?:(?:,|,? and|,? or) (?:19|20)\d\d\b)*)"
    r"|\b(?i:on|of|to|our|its|their|the) (?:(?i:our|its|their|the|audited|consolidated|fiscal) )*(?P<own>(?:19|20)\d\d) "
    r"(?i:(?:audited |consolidated |annual )*(?:financial statements|report|audit|form 10-k))\b"
)
_BEGUN = re.compile(
    r"\b(?:since|inception|incorporated|organi[sz]ed|formed|founded|established|began|commenced|issued|adopted)\b[^,;.]{0,40}\Z"
)
_YEARS = re.compile(r"(?:19|20)\d\d")


def is_of_earlier_years(sentence: str, end: date) -> bool:
    """Whether all dates of a sentence are before the year that ends on a day (the founding of a company is ignored)."""
    years = [
        int(year)
        for found in _DATED.finditer(sentence)
        if not _BEGUN.search(sentence[: found.start()])
        for year in _YEARS.findall(found["own"] or found["year"] + found["more"])
    ]
    return bool(years) and max(years) < end.year - (1 if end.month <= EARLY else 0)


class StatedFigure(NamedTuple):
    """A report's statement on a figure: a truth value or bounds; None for a hint. Without a sentence the report is silent."""

    figure: str
    value: bool | dict[str, float] | None
    placed: PlacedSentence | None
    topic: SentenceTopic

    def claim(self) -> dict[str, Any]:
        """Returns the claim for a profile, without period and source; a hint has a quote and no value."""
        value = self.value if isinstance(self.value, dict) else {} if self.value is None else {"value": self.value}
        if self.placed is None:
            return {**value, "note": self.topic.silence_note["en"]}
        return {**value, "quote": self.placed.quote, "note": self.placed.place}


def silent_topics(
    topics: Sequence[SentenceTopic], found: FoundTopics, whole_annual_report: bool, tags: Collection[str]
) -> list[SentenceTopic]:
    """Returns the topics that a whole annual report does not mention, if their absence counts with these tags."""
    if not whole_annual_report:
        return []
    return [topic for topic in topics if not found.speaks_of(topic) and topic.is_silent(tags)]


class EventsRuledOut(NamedTuple):
    """Kinds of events that did not occur, the reasons by topic, and a sentence to quote."""

    words: tuple[str, ...]
    reasons: tuple[str, ...]
    placed: PlacedSentence | None


def events_ruled_out(
    topics: Sequence[SentenceTopic], found: FoundTopics, whole_annual_report: bool, tags: Collection[str], end: date
) -> EventsRuledOut:
    """Returns the kinds of events that an annual report to a day rules out, by its sentences or by their absence."""
    words: dict[str, None] = {}
    reasons: list[str] = []
    first: PlacedSentence | None = None
    for topic in silent_topics(topics, found, whole_annual_report, tags):
        if topic.silence_rules_out:
            words.update(dict.fromkeys(topic.silence_rules_out))
            reasons.append(topic.silence_note["en"])
    for topic in topics if whole_annual_report else ():
        placed = found.best(topic.topic) if topic.rules_out else None
        if placed is not None and _long_enough(placed, end):
            words.update(dict.fromkeys(topic.rules_out))
            first = first or placed
    return EventsRuledOut(tuple(words), tuple(reasons), first)


def _long_enough(placed: PlacedSentence, end: date) -> bool:
    """Whether the statement of a sentence has held since a year (`since`) at least two before the end of the report."""
    since = placed.stated.found.groupdict().get("since")
    return since is None or int(since) <= end.year - 2


def stated_figures(
    topics: Sequence[SentenceTopic], found: FoundTopics, whole_annual_report: bool, tags: Collection[str] = ()
) -> Iterator[StatedFigure]:
    """Yields what the sentences of a report state on figures, each figure once, then hints on figures without a statement.

    A topic takes precedence over the one in `over`, unless the auditor's report states the latter. `tags` are those of the
    report.
    """
    done: set[str] = set()
    outweighed = {topic.over for topic in topics if topic.over and topic.topic in found.by_topic}
    by_auditor = {
        name
        for name, listed in found.by_topic.items()
        if any(placed.block.section.startswith(AUDITOR) and not placed.block.is_table for placed in listed)
    }
    for topic in topics:
        placed = found.best(topic.topic)
        if placed is None or topic.topic in outweighed - by_auditor or topic.over in by_auditor:
            continue
        for figure, value in topic.claim.items():
            if figure not in done:
                done.add(figure)
                yield StatedFigure(figure, value, placed, topic)
    for topic in silent_topics(topics, found, whole_annual_report, tags):
        for figure, silent in topic.silence.items():
            if figure not in done:
                done.add(figure)
                yield StatedFigure(figure, silent, None, topic)
    for topic in topics:
        if topic.hint and topic.hint not in done and (placed := found.best(topic.topic)) is not None:
            yield StatedFigure(topic.hint, None, placed, topic)
