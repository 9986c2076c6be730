"""The badges of verdicts and flags: their words and colour classes, the same on every page and in the terminal."""

from screener.report import number_format as numbers
from screener.report.views.view_models import Badge
from screener.report.wording import Wording
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.result.red_flags import has_critical_flag
from screener.text import slug
from screener.vocabulary import Verdict

SEVERITY_CLASSES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
VERDICT_CLASSES = {
    "avoid": "critical",
    "caution": "high",
    "watch": "clear eye",
    "clear": "clear",
    "open": "low",
    "insufficient-data": "unknown",
}


def severity_rank(finding: Finding) -> tuple[int, float]:
    """Returns a key that sorts the worst first."""
    return -finding.severity.rank, -abs(finding.points)


def flag_badge(flag: str, severity: str, verdict: str | None, wording: Wording) -> Badge:
    """Returns the badge of a flag."""
    if flag == "green":
        return Badge("clear", wording("mark.relief"))
    if flag == "pattern" and verdict == "watch":
        return Badge("clear eye", wording("mark.watch"))
    return Badge(SEVERITY_CLASSES.get(severity, "medium"), wording.label("severity", severity))


def flag_anchor(rule: str) -> str:
    """Returns the HTML id of a rule's flag on the page."""
    return f"f-{slug(rule)}"


def verdict_badge(word: str, wording: Wording, *, critical: bool = False) -> Badge:
    """Returns the badge of a verdict; a favourable one does not have the colour of clear results if a critical red flag
    fired."""
    css_class = VERDICT_CLASSES.get(word, "unknown")
    return Badge(css_class.replace("clear", "medium") if critical else css_class, wording.label("verdict", word))


def result_badge(result: ResultDocument, wording: Wording) -> Badge:
    """Returns the badge of the verdict of a result."""
    return verdict_badge(result.verdict.word, wording, critical=has_critical_flag(result.findings))


def verdict_with_score(verdict: Verdict, score: float, wording: Wording) -> str:
    """Returns the words of a verdict and the score, which is left out if too little is known for one number."""
    label = wording.label("verdict", verdict)
    return label if verdict.withholds_score else f"{label} {numbers.score(score)}"
