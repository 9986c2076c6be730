"""A user's program, which test_install.py type-checks against the installed wheel; it is never run.

Each public name occurs twice: used as documented, and misused in a way that a type checker must report. A misuse is marked with
`# type: ignore[code]`, which is itself an error if nothing is reported, as for a name without a type.
"""

from datetime import date
from pathlib import Path
from typing import Any

import screener
from screener import (
    Finding,
    Problem,
    Profile,
    Result,
    Rulebook,
    Screener,
    ScreenerError,
    Verdict,
    load_result,
    screen,
    screen_many,
)

version: str = screener.__version__
wrong_version: int = screener.__version__  # type: ignore[assignment]

result: Result = screen(
    Path("oracle.json"),
    packs=["classic"],
    rules=["my-rules", Path("one.yaml")],
    settings=["leverage-versus-revenue.most=2"],
    disabled=["market-reaction"],
    engine="search",
    config="screener.yaml",
    preview=True,
    facts=["total_debt=60e9"],
    as_of=date(2026, 2, 6),
    context=["nvidia.json", {"name": "Other"}],
)
screen({"name": "Example", "figures": {"revenue": 1e9}})
screen(5)  # type: ignore[arg-type]
screen("oracle.json", engine="fastest")  # type: ignore[arg-type]
screen("oracle.json", pack="classic")  # type: ignore[call-arg]
screen("oracle.json", as_of="2026-02-06")  # type: ignore[arg-type]

verdict: str = result.verdict
favourable: bool = result.verdict.is_favourable or result.verdict > Verdict.CAUTION
wrong_verdict: int = result.verdict  # type: ignore[assignment]
score: float | None = result.score
low, high = result.score_range
wrong_score: str = result.score  # type: ignore[assignment]
data: dict[str, Any] = result.to_dict()
page: str = result.to_html("zh")
result.to_html("fr")  # type: ignore[arg-type]
result.to_pdf()  # type: ignore[attr-defined]
decided: int = result.coverage.decided
name: str = result.company.name.en

finding: Finding
for finding in result.findings:
    rule: str = finding.rule
    wrong_rule: int = finding.rule  # type: ignore[assignment]
    sentence: str = finding.says.en if finding.says else ""
    wrong_sentence: str = finding.says.en  # type: ignore[union-attr]

rows: int = len(screen_many(["profiles", Path("oracle.json")], packs=["classic"]).index)
screen_many(5)  # type: ignore[arg-type]

ready: Screener = Screener.load(packs=["classic"], rules=["my-rules"])
book: Rulebook = ready.rulebook
rules: list[str] = sorted(book.rules)
wrong_name: int = book.name  # type: ignore[assignment]
profile: Profile = ready.profile("oracle.json")
wrong_id: int = profile.id  # type: ignore[assignment]
again: Result = ready.screen(profile, context=[profile])
ready.screen(profile, [profile])  # type: ignore[call-arg]

stored: Result = load_result("oracle-result.json")
load_result(b"oracle")  # type: ignore[arg-type]

try:
    screen("none.json")
except ScreenerError as error:
    problems: tuple[Problem, ...] = error.problems
    what: str = problems[0].what
    wrong_line: str = problems[0].line  # type: ignore[assignment]
