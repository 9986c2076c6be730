"""The pack `distress`: a worse ratio never improves the score, and the rules are those that its tool derives."""

import sys
from pathlib import Path

import pytest

from screener.expression.syntax_tree import Compare
from screener.importers.table.company_table import read_table
from screener.result.detail import Detail
from screener.rules.rule import Pattern
from screener.screening import Screener

ROOT = Path(__file__).parents[2]
SAMPLE, MAP = str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml")
SCREENER = Screener.load(packs=["distress"])
RULES = SCREENER.rulebook.rules


def test_at_most_sixty_rules_each_with_its_own_weight_and_reasons() -> None:
    assert 20 <= len(RULES) <= 60
    for rule in RULES.values():
        assert rule.flag == "red"
        assert rule.weight
        assert "financials" in rule.not_for
        assert len(rule.references) >= 2


def test_steps_of_one_ratio_point_one_way_and_grow() -> None:
    steps: dict[str, list[tuple[str, float, float]]] = {}
    for rule in RULES.values():
        (pattern,) = rule.when
        assert isinstance(pattern, Pattern)
        if isinstance(pattern.condition, Compare) and rule.params:
            (param,) = rule.params.values()
            steps.setdefault(str(pattern.condition.left), []).append((pattern.condition.op, float(param.value), rule.weight or 0))
    assert len(steps) > 15
    for of_one in steps.values():
        assert len({way for way, _, _ in of_one}) == 1
        worst_first = sorted(of_one, key=lambda s: s[1], reverse=of_one[0][0] == ">")
        weights = [weight for _, _, weight in worst_first]
        assert weights == sorted(weights, reverse=True)
        assert len(set(weights)) == len(weights)


def test_a_real_sample_is_distinguished() -> None:
    table = read_table(SAMPLE, MAP, SCREENER.rulebook.catalogue)
    failed = [line.rstrip().endswith(",1") for line in Path(SAMPLE).read_text("utf-8").split("@data\n")[1].splitlines()]
    scores = [SCREENER.assess(profile, detail=Detail.OUTCOMES).score.value for profile in table.profiles()]
    assert len(scores) == len(failed) == 200
    bad, good = ([s for s, f in zip(scores, failed, strict=True) if f is which] for which in (True, False))
    wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
    assert wins / len(bad) / len(good) > 0.85


def test_the_tool_scores_as_the_product_does() -> None:
    pytest.importorskip("sklearn")
    sys.path.insert(0, str(ROOT / "tools"))
    from tools.distress.data import ON_RECORD, not_stated, read_arff, read_ratios, worked_out
    from tools.distress.fit import How, Step, derive, score
    from tools.distress.write import CONDITIONS

    frame, failed = read_arff(SAMPLE)
    ratios = read_ratios()
    values, omitted = worked_out(frame, ratios), not_stated(frame)
    rules = derive(values, omitted, failed, ratios, How(most=12))
    assert 3 <= len(rules) <= 12
    assert all(0 < rule.weight < 1 for rule in rules)
    assert rules == derive(values, omitted, failed, ratios, How(most=12))

    signs = {r.name: r.sign for r in ratios}
    written = []
    for rule in RULES.values():
        value = next((float(p.value) for p in rule.params.values()), None)
        condition = rule.conditions[0].partition(": ")[2]
        name = ON_RECORD if condition == CONDITIONS[ON_RECORD] else condition.removeprefix("not ").split()[0]
        assert name in signs if value is not None else name in omitted
        written.append(Step(name, value, rule.weight or 0))
    table = read_table(SAMPLE, MAP, SCREENER.rulebook.catalogue)
    theirs = [SCREENER.assess(profile, detail=Detail.OUTCOMES).score.value for profile in list(table.profiles())[::5]]
    ours = score(written, values, omitted, ratios)[::5]
    assert theirs == pytest.approx(ours.tolist(), abs=0.1001)
