"""How much a result says beside verdict, score, outcomes, evidence and open inputs: each level takes longer to find."""

from enum import IntEnum


class Detail(IntEnum):
    """A level of detail; each has all of those before it."""

    OUTCOMES = 0  # nothing more
    DISTANCES = 1  # how far comparisons are from their thresholds
    REPORT = 2  # the history of figures, measures, what the verdict rests on, and the conditions of decided rules part by part
    FULL = 3  # the conditions of unknown rules, too
