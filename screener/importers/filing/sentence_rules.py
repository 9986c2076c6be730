"""Defines the table of sentences (`rules/filings/sentences.yaml`): patterns, and what matching sentences state."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from pydantic import Field

from screener.importers.sec.filing_rule_files import read_filing_table
from screener.profile.strict_model import ListOf, Strict

_NOBODY = r"(?!)"
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_JOINED = re.compile(r"\A(?:and|but|while|whereas|however,?) ", re.IGNORECASE)
"""Matches a word that joins a clause to the one before it."""
_COMMON_TEXT = (
    "inc incorporated corp corporation co company ltd limited llc lp plc group holdings holding the and "
    "of sa nv ag se international american united national global new first general"
)
_COMMON = frozenset(_COMMON_TEXT.split())


class SentenceTopic(Strict):
    """A topic that sentences state, and how to recognise them."""

    topic: str
    claim: dict[str, bool | dict[str, float]] = Field(
        {}, description="What the sentence states of each figure: whether it is true, or bounds."
    )
    customers: bool = False
    hint: str | None = Field(None, description="The figure or list that the sentence is about.")
    over: str | None = Field(None, description="The topic that it takes precedence over.")
    annual: bool = Field(False, description="Whether only annual reports can state it.")
    silence: dict[str, bool] = {}
    silence_note: dict[str, str] = {}
    rules_out: ListOf[str] = Field((), description="Kinds of events that did not occur, if the sentence is found.")
    silence_rules_out: ListOf[str] = Field(
        (), description="Kinds of events that did not occur, if the sentence is not found."
    )
    needs_tag: str | None = Field(None, description="A missing sentence counts only if a tag matches this pattern.")
    unless_tag: str | None = Field(None, description="A missing sentence does not count if a tag matches this pattern.")
    paragraph: ListOf[str] = Field((), description="Words of which the paragraph must contain one.")
    keywords: ListOf[str]
    patterns: ListOf[str]
    unless: ListOf[str] = ()
    measured: dict[str, str | int] = {}
    must_match: ListOf[str]
    must_not_match: ListOf[str]

    def is_silent(self, tags: Collection[str]) -> bool:
        """Whether the absence of such sentences counts in a report with these tags."""
        needed = self.needs_tag is None or any(re.search(self.needs_tag, tag) for tag in tags)
        return needed and not (self.unless_tag and any(re.search(self.unless_tag, tag) for tag in tags))


class SentenceTable(Strict):
    """All topics, and the fragments that their patterns share."""

    fragments: dict[str, str]
    topics: ListOf[SentenceTopic]

    def matchers(self, company: str) -> "tuple[TopicMatcher, ...]":
        """Returns a matcher for each topic, for a company with this name."""
        return tuple(TopicMatcher(topic, self.fragments, company) for topic in self.topics)


class StatedSentence(NamedTuple):
    """A sentence that states a topic; `found` is the match of its pattern.

    If the sentence was searched clause by clause, `found` is within the clause that begins at `start`.
    """

    sentence: str
    found: re.Match[str]
    start: int = 0


class TopicMatcher:
    """Recognises the sentences of one topic, for one company."""

    def __init__(self, topic: SentenceTopic, fragments: Mapping[str, str], company: str) -> None:
        self.topic, self.fragments, self.company = topic, fragments, company

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The patterns that state the topic."""
        return tuple(self._pattern(text) for text in self.topic.patterns)

    @cached_property
    def unless(self) -> tuple[re.Pattern[str], ...]:
        """The patterns that exclude a sentence."""
        return tuple(self._pattern(text) for text in self.topic.unless)

    def is_about(self, text: str) -> bool:
        """Whether a text in lower case contains a keyword of the topic."""
        return any(map(text.__contains__, self.topic.keywords))  # per paragraph: a generator is half as fast

    def fits(self, place: str) -> bool:
        """Whether sentences may be searched in a place, which is their paragraph and its section in lower case."""
        return self.is_about(place) and (not self.topic.paragraph or any(w in place for w in self.topic.paragraph))

    def stated(self, sentence: str) -> Iterator[StatedSentence]:
        """Yields matches of the topic: one for a sentence, or one for each clause on customers, as each has its own year."""
        start = 0
        for clause in sentence.split(";") if self.topic.customers else (sentence,):
            lead = len(clause) - len(clause.lstrip())
            found = self.match(_JOINED.sub("", clause.strip()))
            if found is not None:
                yield StatedSentence(sentence, found.found, start + lead)
            start += len(clause) + 1

    def match(self, sentence: str) -> StatedSentence | None:
        """Returns the match of a sentence; None if it does not state the topic."""
        if not self.is_about(sentence.lower()):
            return None
        found = next(self._found(sentence), None)
        if found is None or any(pattern.search(sentence) for pattern in self.unless):
            return None
        return StatedSentence(sentence, found)

    def _found(self, sentence: str) -> Iterator[re.Match[str]]:
        return (found for pattern in self.patterns if (found := pattern.search(sentence)))

    def _pattern(self, text: str) -> re.Pattern[str]:
        for _ in range(4):  # fragments may contain other fragments
            text = _FRAGMENT.sub(lambda found: self._fragment(found[1]), text)
        return re.compile(text, re.IGNORECASE)

    def _fragment(self, name: str) -> str:
        return name_pattern(self.company) if name == "name" else self.fragments.get(name, "{" + name + "}")


def name_pattern(company: str) -> str:
    """Returns a pattern for a company's name in its report: in full, or by its first distinctive words."""
    words = [word for word in re.split(r"[\s,]+", company.strip()) if word]
    distinct = [word for word in words if word.strip(".").lower() not in _COMMON]
    names = {" ".join(words), " ".join(words[:2]) if len(words) > 2 else "", distinct[0] if distinct else ""}
    usable = sorted((re.escape(name.rstrip(".")) for name in names if len(name) > 2), key=len, reverse=True)
    return rf"\b(?:{'|'.join(usable)})\b\.?" if usable else _NOBODY


def read_sentence_table() -> SentenceTable:
    """Reads the table. Raises DocumentError with all problems."""
    return read_filing_table(SentenceTable, "sentences.yaml")
