"""Rule files with a few characters or lines damaged: checking never fails, and each problem has a code and a place."""

import json
import random
from pathlib import Path

import pytest

from screener.report.problem_formats import problem_text, problems_sarif
from screener.rules.lint.checks import check_rule_files

FILES = sorted((Path(__file__).parents[1] / "rules/broken").glob("*.yaml"))
SIGNS = "'\"：:{}[]- \t#\n1x&*"
VALUES = ("", "null", "[]", "{}", "5", "true", "[1, 2]", "{a: b}", "'x'", "{en: 1}")


def damaged(text: str, draw: random.Random) -> str:
    for _ in range(draw.randint(1, 4)):
        lines = text.split("\n")
        i, at, kind = draw.randrange(len(lines)), draw.randrange(len(text) or 1), draw.randrange(4)
        if kind == 0:
            del lines[i]
        elif kind == 1 and ":" in lines[i]:
            lines[i] = f"{lines[i].split(':')[0]}: {draw.choice(VALUES)}"
        if kind < 2:
            text = "\n".join(lines)
        else:
            text = text[:at] + (draw.choice(SIGNS) if kind == 2 else "") + text[at + (kind == 3) :]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files(seed: int, tmp_path: Path) -> None:
    """Twenty files, four at a time together with the packs, which take most of the time."""
    draw = random.Random(seed)
    wrong = 0
    for _ in range(5):
        files = [str(tmp_path / f"damaged-{i}.yaml") for i in range(4)]
        for file in files:
            Path(file).write_text(damaged(draw.choice(FILES).read_text("utf-8"), draw), "utf-8")
        found = check_rule_files(files, files)
        for problem in found.problems:
            assert problem.code
            assert problem_text(problem, found.texts)
        assert len(json.loads(problems_sarif(found.problems))["runs"][0]["results"]) == len(found.problems)
        wrong += len({problem.file for problem in found.problems if problem.level == "error"})
    assert wrong > 5
