"""How much a result contains beside verdict, score, outcomes, evidence and open inputs; higher levels take longer."""

from enum import IntEnum


class Detail(IntEnum):
    """A level of detail; each level includes those before it."""

    OUTCOMES = 0  # nothing more
    DISTANCES = 1  # how far comparisons are from their thresholds
    REPORT = 2  # the history of figures, measures, what the verdict rests on, and the conditions of decided rules part by part
    FULL = 3  # the conditions of unknown rules, too
