"""The number of rules by outcome, the same on the page and in the terminal."""

from screener.report.views.view_context import ViewContext
from screener.vocabulary import Flag, Outcome


def rule_tally(c: ViewContext) -> tuple[str, ...]:
    """The red and green rules that count, by outcome, which add up to the coverage; then all others that fired."""
    counted = [f for f in c.result.findings if f.scored and f.flag.scores]
    fired = [f for f in c.result.findings if f.outcome is Outcome.FIRED]
    counts = [
        ("red", sum(f.outcome is Outcome.FIRED and f.flag is Flag.RED for f in counted)),
        ("green", sum(f.outcome is Outcome.FIRED and f.flag is Flag.GREEN for f in counted)),
        ("clear", sum(f.outcome is Outcome.CLEAR for f in counted)),
        ("unknown", sum(f.outcome is Outcome.UNKNOWN for f in counted)),
        ("pattern", sum(f.scored and f.flag is Flag.PATTERN for f in fired)),
        ("data", sum(f.scored and f.flag is Flag.DATA for f in fired)),
        ("aside", sum(not f.scored for f in fired)),
    ]
    total = f"{c.result.coverage.total:,}"
    return tuple(
        c.wording.plural(f"tally.{kind}", n, total=total) for kind, n in counts if n or kind in ("red", "unknown")
    )
