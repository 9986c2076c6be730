"""The closed vocabularies of rules and results, each in one order: verdicts, outcomes, flags, severities, kinds of claims.

Every member is also its word (`Verdict.AVOID == "avoid"`), so that it is written to JSON, CSV and templates as it stands.
"""

from enum import Enum
from typing import Any, Literal


class OrderedWord(str, Enum):
    """A word of a vocabulary. Members are compared by their position, `rank`, never alphabetically."""

    rank: int

    def __new__(cls, word: str) -> "OrderedWord":
        """The member for a word, numbered in the order of definition from 0."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.rank = len(cls.__members__)
        return member

    __hash__ = str.__hash__  # that of the word, which it is equal to

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return str.__repr__(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < self._rank_of(other)

    def __le__(self, other: str) -> bool:
        return self.rank <= self._rank_of(other)

    def __gt__(self, other: str) -> bool:
        return self.rank > self._rank_of(other)

    def __ge__(self, other: str) -> bool:
        return self.rank >= self._rank_of(other)

    def _rank_of(self, other: str) -> int:
        own = type(self)
        return other.rank if type(other) is own else own(other).rank

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Models read a member from its word, strict ones too; without a reference, JSON Schemas list the words in place."""
        return {**{key: value for key, value in handler(source).items() if key != "ref"}, "strict": False}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        """The words, in JSON Schema."""
        return {"enum": [word.value for word in cls], "type": "string"}


class Verdict(OrderedWord):
    """The verdict of a screening, from the worst to the best; insufficient data ranks before all favourable ones."""

    AVOID = "avoid"
    CAUTION = "caution"
    INSUFFICIENT_DATA = "insufficient-data"
    OPEN = "open"  # nothing of weight fired, but what is unknown could still reach caution
    CLEAR = "clear"
    WATCH = "watch"

    @property
    def is_favourable(self) -> bool:
        """Whether nothing speaks against the company: `clear` or better."""
        return self >= Verdict.CLEAR

    @property
    def is_warning(self) -> bool:
        """Whether it warns of the company: `caution` or worse."""
        return self <= Verdict.CAUTION

    @property
    def withholds_score(self) -> bool:
        """Whether too little is known for one number: only the range of the score is given, so that nothing is sorted by it."""
        return self is Verdict.INSUFFICIENT_DATA


PatternVerdict = Literal[Verdict.AVOID, Verdict.WATCH]
"""The verdicts that a pattern may give."""

LeastVerdict = Literal[Verdict.OPEN, Verdict.CAUTION, Verdict.AVOID]
"""The verdicts that a red flag may demand: while it fires, the verdict is this one or worse."""


class Outcome(OrderedWord):
    """The outcome of a rule for one company, in the order in which findings are listed."""

    FIRED = "fired"
    UNKNOWN = "unknown"
    CLEAR = "clear"
    NOT_APPLICABLE = "not-applicable"


class Flag(OrderedWord):
    """The kind of a rule, in the order in which findings are listed."""

    PATTERN = "pattern"  # decides the verdict by itself
    RED = "red"  # raises the score
    GREEN = "green"  # lowers the score
    DATA = "data"  # concerns the data of the profile, not the company

    scores: bool  # whether such a rule counts in the score and in the coverage

    def __init__(self, word: str) -> None:
        self.scores = word in ("red", "green")

    @property
    def severities(self) -> "tuple[Severity, ...]":
        """The severities that such a rule may have, from the lightest to the heaviest."""
        return tuple(s for s in Severity if (s <= Severity.STRONG) == (self is Flag.GREEN))


class Severity(OrderedWord):
    """How much a flag weighs, from the lightest to the heaviest: the strengths of green flags, then the severities of others."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RuleStatus(OrderedWord):
    """The life cycle of a rule; a preview rule counts in the score only if the settings include preview rules."""

    PREVIEW = "preview"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class ClaimKind(OrderedWord):
    """The kind of evidence for a value, from the most to the least trusted kind of source, then values without a source."""

    FILED = "filed"
    REPORTED = "reported"
    ESTIMATE = "estimate"
    ILLUSTRATIVE = "illustrative"
    ASSUMED = "assumed"  # by the user, in place of a claim (`--fact`)
    UNSOURCED = "unsourced"
    COMPUTED = "computed"  # from other values
