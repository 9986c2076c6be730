"""Claims from the sentences of a report: what is stated, with the sentence as quote and where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from screener.importers.filing.sentence_rules import SentenceTopic, StatedSentence, TopicMatcher
from screener.importers.filing.sentences import sentences
from screener.importers.filing.text_blocks import TextBlock
from screener.text import shorten

QUOTED = 600
"""Characters of a sentence that a quote repeats."""
AUDITOR = "auditor's report"


class PlacedSentence(NamedTuple):
    """A sentence that states a topic, and the block in which it stands."""

    stated: StatedSentence
    block: TextBlock

    @property
    def quote(self) -> str:
        """The sentence."""
        return shorten(self.stated.sentence, QUOTED)

    @property
    def place(self) -> str:
        """Where it stands: page 58, Item 8, Note 1."""
        page = f"page {self.block.page}" if self.block.page is not None else ""
        return ", ".join(filter(None, (page, self.block.section))) or "in the text"


@dataclass(slots=True)
class FoundTopics:
    """The sentences of each topic, in the order of the report."""

    by_topic: dict[str, list[PlacedSentence]] = field(default_factory=dict)

    def best(self, topic: str) -> PlacedSentence | None:
        """The sentence to quote: that of the auditor's report, of the statements and notes, else the first."""
        found = self.by_topic.get(topic, [])
        return min(found, key=_rank) if found else None


def _rank(placed: PlacedSentence) -> tuple[int, int]:
    section = placed.block.section.lower()
    order = (AUDITOR in section, "note" in section, "item 7" in section, "item 8" in section)
    return (order.index(True) if any(order) else len(order), int(placed.block.is_table))


def find_topics(blocks: Sequence[TextBlock], matchers: Sequence[TopicMatcher]) -> FoundTopics:
    """The sentences of a report that state a topic."""
    found = FoundTopics()
    for block in blocks:
        lower = block.text.lower()
        about = [matcher for matcher in matchers if matcher.is_about(lower)]
        for sentence in sentences(block.text) if about else ():
            for matcher in about:
                if stated := matcher.match(sentence):
                    found.by_topic.setdefault(matcher.topic.topic, []).append(PlacedSentence(stated, block))
    return found


def claimed_figures(
    topics: Sequence[SentenceTopic], found: FoundTopics, whole_annual_report: bool
) -> Iterator[tuple[str, bool, PlacedSentence | None, SentenceTopic]]:
    """Figure, what is stated of it, and the sentence (None: silence of a whole annual report), each figure once.

    A topic outweighs another, except where the auditor's report itself states the other.
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
        if placed is None or topic.topic in outweighed - by_auditor or (topic.over in by_auditor):
            continue
        for figure, value in topic.claim.items():
            if figure not in done:
                done.add(figure)
                yield figure, value, placed, topic
    for topic in topics:
        for figure, value in topic.silence.items() if whole_annual_report else ():
            if figure not in done:
                done.add(figure)
                yield figure, value, None, topic
