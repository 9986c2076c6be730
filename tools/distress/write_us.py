"""Writes the packs distress-us and distress-us-private as readable files: one per ratio, the mildest step first."""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from screener.validation.measures import RuleCounts, rule_counts
from screener.validation.resampling import Resampler
from tools.distress.calibrate import risk_bands, spread_between
from tools.distress.data import Floats
from tools.distress.panel_fit import CLEAR_TIMES, STANDING_SHARE, WARNED_TIMES, PointStep, Scorecard, fired
from tools.distress.us_data import FirmYears
from tools.distress.write import EDITOR, both, plain, quoted, severity

DATA = "Lombardo, Pellegrini, Adosoglou, Cagnoni, Pardalos, Poggi (2022), Machine learning for bankruptcy prediction in the American stock market, Future Internet 14(8)"  # noqa: E501
CLASSICS = {
    "profitability": "Altman (1968), Financial ratios, discriminant analysis and the prediction of corporate bankruptcy, Journal of Finance 23",  # noqa: E501
    "leverage": "Beaver (1966), Financial ratios as predictors of failure, Journal of Accounting Research 4",
    "liquidity": "Ohlson (1980), Financial ratios and the probabilistic prediction of bankruptcy, Journal of Accounting Research 18",  # noqa: E501
    "growth": "Altman (1983), Corporate financial distress",
    "market": "Shumway (2001), Forecasting bankruptcy more accurately: a simple hazard model, Journal of Business 74",
}
FALSE_ALARMS = {
    "profitability": ("Young companies funded for years of losses, one-off charges, losses after a large dividend or buy-back.", "已为多年亏损备足资金的年轻公司、一次性费用，以及大额分红或回购之后的账面亏损。"),  # noqa: E501
    "leverage": ("Regulated networks, property and leasing, whose debt is carried by contracts; buy-backs financed by debt.", "以合同现金流支撑债务的受监管公用网络、房地产与租赁；举债回购。"),  # noqa: E501
    "liquidity": ("Retail and other businesses that are paid before they pay; undrawn credit lines.", "先收款后付款的零售等行业；未动用的授信额度。"),  # noqa: E501
    "growth": ("A business sold at a good price, a spin-off, a change of the fiscal year.", "以好价格出售业务、分拆、变更财年。"),
    "market": ("A fall of the whole market, a large dividend, shares bought back.", "整个市场下跌、大额分红、股份回购。"),
}
SCORE_AT_CAUTION = 0.15
"""The score at which the band caution begins; it is low because other packs measure the same problems."""
SAFE = "safe"  # few points of the year: a green rule
RELIEF = 0.5  # weight of the relief for such a company
SCORE_STARTS = (0, 3, 6, 15, 19)
"""The scores from which bands of the calibration begin."""

SECTORS = "technology, media-telecom, health, consumer, industrials, energy, materials, utilities, real-estate"

AGREEMENT = (
    "Many ratios point the same way; each by itself would be weak evidence.",
    "多项比率指向同一方向；单独一项只是弱证据。",
)
AGREEMENT_FALSE_ALARMS = (
    "Young companies funded for years of losses; a fall of the whole market.",
    "已为多年亏损备足资金的年轻公司；整个市场下跌。",
)
CLEARED = ("At most {params.most} points.", "不超过 {params.most} 分。")
CALM = (
    "Few ratios of the year point to failure: most companies that failed had more points in the year before. Changes over the year are left out, so that a company of which only one year is known gets the same relief.",  # noqa: E501
    "当年很少比率指向破产：大多数破产公司在前一年的分数更高。不计年度变动，使仅有一年数据的公司也得到同样的缓释。",
)
CALM_FALSE_ALARMS = (
    "Accounts that are wrong, and troubles that are not in accounts yet: litigation, fraud, debts falling due at once.",
    "账目失实，以及尚未反映在账目中的问题：诉讼、欺诈、集中到期的债务。",
)
POPULATIONS = (("US 1999–2011", "美国 1999–2011"), ("US 2012–2014", "美国 2012–2014"))


class Variant(NamedTuple):
    """The differences between the two packs: folder, prefix of ids and metrics, titles, and which companies the rules are for."""

    folder: str
    prefix: str
    title: tuple[str, str]
    label: tuple[str, str]
    about: tuple[str, str]
    suffix: tuple[str, str] = ("", "")  # of titles
    listed: bool = True


LISTED = Variant(
    "distress-us",
    "us",
    ("Distress, US listed companies: a scorecard measured on bankruptcies of 1999 to 2014", "财务困境（美国上市公司）：以 1999–2014 年破产案检验的评分卡"),  # noqa: E501
    ("Distress (US listed)", "财务困境（美国上市）"),
    ("Steps of single ratios of the accounts and the market value, with points that add up. Fitted on 13,239 firm-years of 2,913 listed companies (354 bankruptcies, 1999 to 2011), chosen on 615 companies of 2012 to 2014 (74 bankruptcies). Which way a ratio is worse was fixed before; worse never scores better. Amounts are US dollars. Written by tools/derive_distress_us.py; docs/validation.md states how well it ranks and what it cannot do. Not for financial companies; without a market value use distress-us-private.", "由账目与市值的单一比率阶梯组成，分数相加。由 2,913 家上市公司的 13,239 个公司年度（1999–2011 年，354 起破产）拟合，并以 2012–2014 年 615 家公司（74 起破产）筛选。各比率的不利方向事先固定，情况更差绝不会得分更好。金额为美元。由 tools/derive_distress_us.py 生成；docs/validation.md 说明其排序能力与局限。不适用于金融公司；没有市值时使用 distress-us-private。"),  # noqa: E501
)
PRIVATE = Variant(
    "distress-us-private",
    "us-private",
    ("Distress, US companies without a market value: a scorecard measured on bankruptcies of 1999 to 2014", "财务困境（无市值的美国公司）：以 1999–2014 年破产案检验的评分卡"),  # noqa: E501
    ("Distress (US private)", "财务困境（美国非上市）"),
    ("The scorecard distress-us without the market value: accounts only. It was fitted on listed companies, since accounts of private ones are not public in the US; how well it ranks private companies was not measured. Amounts are US dollars. Written by tools/derive_distress_us.py; see docs/validation.md. Not for financial companies. Its rules apply to companies that are stated not to be listed (`listed: false`), so that nothing counts twice beside distress-us.", "distress-us 评分卡去除市值的版本，仅用账目。美国非上市公司的账目不公开，故以上市公司拟合；对非上市公司的排序能力未经检验。金额为美元。由 tools/derive_distress_us.py 生成；见 docs/validation.md。不适用于金融公司。仅适用于注明未上市（listed: false）的公司，因此与 distress-us 并用不会重复计分。"),  # noqa: E501
    (" (not listed)", "（未上市）"),
    listed=False,
)


def write_pack(rules: Path, variant: Variant, card: Scorecard, train: FirmYears, later: FirmYears) -> None:
    """Writes the pack into its folder and removes older rule files."""
    folder = rules / variant.folder
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.yaml"):
        if old.name != "evidence.yaml":
            old.unlink()
    counts = [_counted(card, data) for data in (train, later)]
    scale = score_scale(card)
    by_ratio: dict[str, list[str]] = {}
    total: dict[str, int] = {}
    for i, step in enumerate(card.steps):
        name = step.ratio.name
        total[name] = total.get(name, 0) + step.points
        weight = max(round(1 - math.exp(-scale * total[name]), 4), 0.0005)
        record = _record([each[i] for each in counts])
        nested = sum(other.ratio.name == name for other in card.steps) > 1
        by_ratio.setdefault(name, []).append(_rule(variant, step, total[name], weight, record, nested))
    for name, texts in by_ratio.items():
        several = f"{variant.prefix}-{name.replace('_', '-')}"
        file = folder / f"{several if len(texts) > 1 else texts[0].splitlines()[0].removeprefix('rule: ')}.yaml"
        file.write_text(EDITOR + "\n" + "---\n".join(texts), "utf-8")
    (folder / "metrics.yaml").write_text(_metrics(variant, card), "utf-8")
    (folder / "pack.yaml").write_text(_pack(variant) + (calibration_text(card, train) if variant.listed else ""), "utf-8")
    bands = [_band_rule(variant, card, band, train, later) for band in (*reversed(card.bands), SAFE)]
    (folder / f"{variant.prefix}-points.yaml").write_text(EDITOR + "\n" + "---\n".join(bands), "utf-8")


def score_scale(card: Scorecard) -> float:
    """Returns the factor s of the score `1 - exp(-s * points)` that makes it SCORE_AT_CAUTION where caution begins."""
    return -math.log(1 - SCORE_AT_CAUTION) / card.bands["caution"]


def crossed_scores(card: Scorecard) -> Floats:
    """Returns the scores of the training rows by scorecards derived without the row's firm."""
    assert card.crossed is not None
    assert card.crossed_of_the_year is not None
    relief = np.where(card.crossed_of_the_year < card.relief_below, 1 - RELIEF, 1.0)
    scores: Floats = np.round(100 * (1 - np.exp(-score_scale(card) * card.crossed)) * relief, 1)
    return scores


def calibration_text(card: Scorecard, train: FirmYears) -> str:
    """Returns the `calibration` of pack.yaml from scores of cross-validation."""
    scores, years = crossed_scores(card), np.unique(train.years)
    spread = spread_between(scores, train.failed, train.years, SCORE_STARTS)
    bands = risk_bands(scores, train.failed, SCORE_STARTS, spread, len(years))
    outcome = both("went bankrupt within a year", "在一年内破产")
    population = both(
        f"US listed companies other than financial ones, {years[0]} to {years[-1]}",
        f"{years[0]}–{years[-1]} 年美国上市公司（金融公司除外）",
    )
    source = "Lombardo and others (2022); scores of cross-validation; tools/derive_distress_us.py"
    return "\n".join([
        "calibration:",
        f"  outcome: {outcome}",
        f"  population: {population}",
        f"  source: {quoted(source)}",
        "  unit: firm-year",
        f"  sectors: [{SECTORS}]",
        "  currencies: [USD]",
        "  listed: true",
        "  coverage_at_least: 0.9",
        "  open_at_most: 2",
        f"  spread: {spread:.2f}",
        "  bands:",
        *(f"    - {band.yaml}" for band in bands),
    ]) + "\n"


def _counted(card: Scorecard, data: FirmYears) -> list[RuleCounts]:
    masks = np.array([fired(step, data.values) for step in card.steps])
    known = np.array([data.values[step.ratio.name].notna().to_numpy() | _known_no(step, data) for step in card.steps])
    return rule_counts(masks, known, data.failed, Resampler(data.failed, 1000, 0, data.firms))


def _known_no(step: PointStep, data: FirmYears) -> npt.NDArray[np.bool_]:
    """Returns where a ratio with a second condition is empty because that condition does not hold."""
    return np.full(len(data.failed), bool(step.ratio.second_condition))


def _record(counts: list[RuleCounts]) -> tuple[str, str]:
    """Returns the counts of a rule as text in both languages."""
    en, zh = [], []
    for (name, zh_name), found in zip(POPULATIONS, counts, strict=True):
        assert found.lift is not None
        survivors = found.decided - found.failed_decided
        hits, alarms = found.failed_fired / found.failed_decided, (found.fired - found.failed_fired) / survivors
        lift = f"{found.lift.value:.2f} ({found.lift.low:.2f}–{found.lift.high:.2f})"
        en.append(f"{name}: fired for {hits:.0%} of failures and {alarms:.0%} of survivors, lift {lift}")
        zh.append(f"{zh_name}：在 {hits:.0%} 的破产公司与 {alarms:.0%} 的存续公司触发，提升度 {lift}")
    return "; ".join(en), "；".join(zh)


def _shown(value: float, unit: str) -> tuple[str, str]:
    if unit == "money":
        return _money(value)
    text = f"{plain(round(value * 100, 8))} %" if unit == "fraction" else plain(value)
    return text, text


def _money(value: float) -> tuple[str, str]:
    large = value >= 1e9
    en = f"USD {plain(value / (1e9 if large else 1e6))} {'billion' if large else 'million'}"
    return en, f"{plain(value / 1e8)} 亿美元"


def _slug(value: float, unit: str) -> str:
    if unit == "money":
        return f"{plain(value / 1e6).replace('.', '-')}-million"
    text = plain(abs(round(value * 100, 8) if unit == "fraction" else value)).replace(".", "-")
    return ("minus-" if value < 0 else "") + text + ("-percent" if unit == "fraction" else "")


def _step_condition(step: PointStep, threshold: str) -> str:
    ratio = step.ratio
    sign = "<" if ratio.sign < 0 else ">"
    second = ratio.second_condition
    if not threshold.startswith("params") and isinstance(param := ratio.words.get("and_param"), dict):
        second = second.replace(f"params.{param['name']}", plain(param["value"]))
    also = f" and {second}" if second else ""
    return f"{ratio.metric} {sign} {threshold}{also}"


def _rule(
    variant: Variant, step: PointStep, points: int, weight: float, record: tuple[str, str], nested: bool
) -> str:
    ratio = step.ratio
    unit, category = str(ratio.words["unit"]), str(ratio.words["category"])
    title, why = ratio.words["title"], ratio.words["why"]
    assert isinstance(title, dict)
    assert isinstance(why, dict)
    en, named = title["en"], title["zh"]
    suffix = ratio.words.get("suffix", {"en": "", "zh": ""})
    assert isinstance(suffix, dict)
    low = ratio.sign < 0
    word, zh_word = ("below", "低于") if low else ("above", "高于")
    param = "least" if low else "most"
    at_least, zh_least = ("at least", "不低于") if low else ("at most", "不高于")
    shown, zh_shown = _shown(step.threshold, unit)
    value = f"{{company.{ratio.metric}}}"
    names = f"{en} {word} {shown}" + suffix["en"], f"{named}{zh_word} {zh_shown}" + suffix["zh"]
    end, zh_end = (" or a better ratio beside it.", "，或相关比率好转。") if suffix["en"] else (".", "。")
    more: Any = ratio.words.get("and_param")
    reason = f"{record[0]}. Points with the milder steps: {points}; fitted together with all other rules."
    zh_reason = f"{record[1]}。连同较轻各档共 {points} 分；与所有其他规则一同拟合。"
    currency = ", currency: USD" if unit == "money" else ""
    false_en, false_zh = FALSE_ALARMS[category]
    threshold_why = both("A rounded quantile of the firm-years; the fit chose it.", "公司年度的分位数取整；由拟合选定。")
    return "\n".join([
        f"rule: {variant.prefix}-{ratio.name.replace('_', '-')}-{word}-{_slug(step.threshold, unit)}",
        "flag: red",
        f"severity: {severity(weight)}",
        f"weight: {{value: {plain(weight)}, why: {both(reason, zh_reason)}}}",
        f"category: {category}",
        *([f"cause: {variant.prefix}-{ratio.name.replace('_', '-')}"] if nested else []),
        "title: " + both(*(name + more for name, more in zip(names, variant.suffix, strict=True))),
        "params:",
        f"  {param}: {{value: {plain(step.threshold)}, unit: {unit}{currency}, why: {threshold_why}}}",
        *([_param(more)] if more else []),
        "when:",
        f"  - company: '{_step_condition(step, 'params.' + param)}'",
        f"headline: {both(value, value)}",
        f"says: {both(f'{en}: {value}' + suffix['en'] + '.', f'{named}为 {value}' + suffix['zh'] + '。')}",
        f"why: {both(why['en'], why['zh'])}",
        "clears: " + both(f"{en} of {at_least} {{params.{param}}}{end}", f"{named}{zh_least} {{params.{param}}}{zh_end}"),
        f"false_alarms: {both(false_en, false_zh)}",
        "not_for: [financials]",
        *([] if variant.listed else ["applies: 'not listed'"]),
        "references:",
        f"  - {quoted(DATA)}",
        f"  - {quoted(CLASSICS[category])}",
        "examples:",
        *_examples(step, variant),
    ]) + "\n"


def _param(given: dict[str, Any]) -> str:
    return f"  {given['name']}: {{value: {plain(given['value'])}, unit: {given['unit']}, why: {both(**given['why'])}}}"


def _examples(step: PointStep, variant: Variant) -> list[str]:
    ratio, t = step.ratio, step.threshold
    home = "figures" if str(ratio.words["unit"]) == "money" else "metrics"
    gap = -ratio.sign * (abs(t) * 0.005 or 0.0005)
    if home == "figures":
        gap = round(gap)

    def line(name: str, value: float, more: str, expect: str = "") -> str:
        profile: dict[str, dict[str, float]] = {home: {ratio.metric: float(plain(value))}}
        for key, cells in (ratio.words.get(more) or {}).items():  # type: ignore[attr-defined]
            profile.setdefault(key, {}).update(cells)
        if not variant.listed:
            profile.setdefault("figures", {})["listed"] = False
        written = ", ".join(f"{key}: {_cells(cells)}" for key, cells in profile.items())
        return f"  {name}: {{{expect}sector: industrials, {written}}}"

    lines = [
        line("fires", t - gap, "holds"),
        line("boundary", t, "holds"),
        line("clear", t + gap, "holds"),
        "  unknown: {sector: industrials}" if variant.listed else "  unknown: {sector: industrials, figures: {listed: false}}",
    ]
    if ratio.second_condition:
        lines.append(line("limit-exactly", t - gap, "limit", "expect: clear, "))
    return lines


def _cells(cells: dict[str, float]) -> str:
    return "{" + ", ".join(f"{n}: {'false' if v is False else plain(v)}" for n, v in cells.items()) + "}"


def _metrics(variant: Variant, card: Scorecard) -> str:
    prefix = variant.prefix.replace("-", "_")
    by_ratio: dict[str, list[PointStep]] = {}
    for step in card.steps:
        by_ratio.setdefault(step.ratio.name, []).append(step)
    lines = [
        EDITOR,
        "# The points of each ratio, and of all rules of this pack together. Written by tools/derive_distress_us.py.",
        "metrics:",
    ]
    for name, steps in by_ratio.items():
        title = steps[0].ratio.words["title"]
        suffix = steps[0].ratio.words.get("suffix", {"en": "", "zh": ""})
        assert isinstance(title, dict)
        assert isinstance(suffix, dict)
        most = sum(step.points for step in steps)
        parts = [f"{step.points} * one_if({_step_condition(step, plain(step.threshold))})" for step in steps]
        lines += [
            f"  {prefix}_points_{name}:",
            f"    formula: '{' + '.join(parts)}'",
            "    unit: count",
            f"    title: {both(f'Points of at most {most}: ' + title['en'].lower() + suffix['en'], '分值（最高 ' + str(most) + '）：' + title['zh'] + suffix['zh'])}",  # noqa: E501
        ]
    lines += [
        f"  {prefix}_points_of_the_year:",
        f"    formula: '{' + '.join(dict.fromkeys(f'{prefix}_points_{step.ratio.name}' for step in card.of_the_year))}'",
        "    unit: count",
        f"    title: {both('Distress points without changes over the year', '财务困境分（不计年度变动）')}",
    ]
    most = sum(step.points for step in card.steps)
    lines += [
        f"  {prefix}_distress_points:",
        f"    formula: '{' + '.join(f'{prefix}_points_{name}' for name in by_ratio)}'",
        "    unit: count",
        f"    title: {both(f'Distress points, of at most {most}', f'财务困境分（最高 {most} 分）')}",
    ]
    return "\n".join(lines) + "\n"


def _pack(variant: Variant) -> str:
    return "\n".join([
        "# yaml-language-server: $schema=../../docs/schema/pack.json",
        f"name: {variant.folder}",
        "version: 1.1.0",
        f"title: {both(*variant.title)}",
        f"label: {both(*variant.label)}",
        "languages: [en, zh]",
        f"about: {both(*variant.about)}",
    ]) + "\n"


def _band_rule(variant: Variant, card: Scorecard, band: str, train: FirmYears, later: FirmYears) -> str:
    safe = band == SAFE
    start = card.relief_below if safe else card.bands[band]
    metric = variant.prefix.replace("-", "_") + ("_points_of_the_year" if safe else "_distress_points")
    counts = []
    for data in (train, later):
        points = card.points_of_the_year(data.values) if safe else card.points(data.values)
        hit = (points >= start) != safe
        resampler = Resampler(data.failed, 1000, 0, data.firms)
        counts += rule_counts(hit[None], np.ones((1, len(hit)), np.bool_), data.failed, resampler)
    en, zh = _record(counts)
    reason, zh_reason = _band_reason(band)
    why = both(f"{reason} {en}.", f"{zh_reason}{zh}。")
    limit = start if safe else start - 1
    word, zh_word, sign, param = ("below", "低于", "<", "least") if safe else ("above", "高于", ">", "most")
    value = f"{{company.{metric}}}"
    names = ("Distress points of the year", "当年财务困境分") if safe else ("Distress points", "财务困境分")
    stated = "" if variant.listed else ", figures: {listed: false}"

    def example(name: str, points: int) -> str:
        return f"  {name}: {{sector: industrials, metrics: {{{metric}: {points}}}{stated}}}"

    step = -1 if safe else 1
    return "\n".join([
        f"rule: {variant.prefix}-{'points-of-the-year' if safe else 'distress-points'}-{word}-{limit}",
        *_band_head(band),
        "category: profitability",
        "title: " + both(
            f"{names[0]} {word} {limit}{variant.suffix[0]}", f"{names[1]}{zh_word} {limit}{variant.suffix[1]}"
        ),
        "params:",
        f"  {param}: {{value: {limit}, unit: count, why: {why}}}",
        "when:",
        f"  - company: '{metric} {sign} params.{param}'",
        f"headline: {both(value, value)}",
        f"says: {both(f'The ratios of this scorecard give {value} points.', f'本评分卡各比率合计 {value} 分。')}",
        "why: " + both(*(CALM if safe else AGREEMENT)),
        "clears: " + both(*(("More points.", "分数更高。") if safe else CLEARED)),
        "false_alarms: " + both(*(CALM_FALSE_ALARMS if safe else AGREEMENT_FALSE_ALARMS)),
        "not_for: [financials]",
        *([] if variant.listed else ["applies: 'not listed'"]),
        "references:",
        f"  - {quoted(DATA)}",
        "examples:",
        example("fires", limit + step),
        example("boundary", limit),
        example("clear", limit - step),
        f"  unknown: {{sector: industrials{stated}}}",
    ]) + "\n"


def _band_reason(band: str) -> tuple[str, str]:
    """Returns the reason for the start of a band."""
    if band == SAFE:
        return (
            f"{1 - STANDING_SHARE:.0%} of the surviving firm-years of 1999 to 2011 have fewer points.",
            f"1999–2011 年存续公司年度中有 {1 - STANDING_SHARE:.0%} 低于此分。",
        )
    if band in WARNED_TIMES:
        times = WARNED_TIMES[band]
        return (
            f"With more points companies of 1999 to 2011 failed at least {times} times as often as the average (cross-validation).",
            f"高于此分的公司在 1999–2011 年的破产频率至少为平均水平的 {times} 倍（交叉验证）。",
        )
    return (
        f"With fewer points companies of 1999 to 2011 failed at most {CLEAR_TIMES} times as often as the average.",
        f"低于此分的公司在 1999–2011 年的破产频率至多为平均水平的 {CLEAR_TIMES} 倍（交叉验证）。",
    )


def _band_head(band: str) -> list[str]:
    """Returns flag, severity, weight and verdict of a rule on the points."""
    counted = both("The points are counted by the single rules already.", "各项分值已由单条规则计入。")
    relief = both(
        "A judgement: as much as general relief may be. The counts stand at the parameter.",
        "判断值：一般性缓释的上限。统计见参数说明。",
    )
    if band == SAFE:
        return ["flag: green", "severity: strong", f"weight: {{value: {RELIEF}, why: {relief}}}"]
    if band == "avoid":
        return ["flag: pattern", "severity: high", "verdict: avoid"]
    return ["flag: red", "severity: low", f"weight: {{value: 0.0005, why: {counted}}}", f"at_least: {band}"]
