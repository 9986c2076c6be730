"""Writes rules as readable files: one file per ratio, its steps from the mildest to the most severe."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import yaml

from tools.distress.calibrate import RiskBand
from tools.distress.data import NOT_A_FIGURE, ON_RECORD, STATED, Ratio
from tools.distress.fit import Step, beyond

EDITOR = "# yaml-language-server: $schema=../../docs/schema/rule.json"
SOURCE = "Zięba, Tomczak, Tomczak (2016), Ensemble boosted trees with synthetic features generation in application to bankruptcy prediction, Expert Systems with Applications 58; UCI Machine Learning Repository no. 365"  # noqa: E501
CLASSICS = {
    "profitability": "Altman (1968), Financial ratios, discriminant analysis and the prediction of corporate bankruptcy, Journal of Finance 23",  # noqa: E501
    "leverage": "Beaver (1966), Financial ratios as predictors of failure, Journal of Accounting Research 4",
    "liquidity": "Ohlson (1980), Financial ratios and the probabilistic prediction of bankruptcy, Journal of Accounting Research 18",  # noqa: E501
    "growth": "Altman (1983), Corporate financial distress",
    "data-quality": "Altman, Sabato, Wilson (2010), The value of non-financial information in small and medium-sized enterprise risk management, Journal of Credit Risk 6",  # noqa: E501
}
FALSE_ALARMS = {
    "profitability": ("Young companies that invest ahead of sales, one-off charges, groups that book profit in another company.", "先投入后销售的年轻公司、一次性费用，以及把利润记在另一家公司的集团。"),  # noqa: E501
    "leverage": ("Regulated networks, property, subsidiaries that a sound parent finances or guarantees.", "受监管的公用网络、房地产，以及由稳健母公司出资或担保的子公司。"),  # noqa: E501
    "liquidity": ("Retail and other businesses that are paid before they pay, undrawn credit lines, seasonal balance sheets.", "先收款后付款的零售等行业、未动用的授信额度、季节性资产负债表。"),  # noqa: E501
    "growth": ("A business sold, a change of the fiscal year, capital-heavy industries.", "出售业务、变更财年、重资产行业。"),
    "data-quality": ("Simplified statements that the law allows small companies, and companies that truly borrow nothing.", "法律允许小公司编制的简化报表，以及确实没有借款的公司。"),  # noqa: E501
}
OMITTED = {
    "financial_expenses_stated": (
        "Financial expenses are stated", "披露了财务费用",
        "Financial expenses are not stated", "未披露财务费用",
        "Almost every company that trades pays some interest or fees. A statement without that line, or with nothing in it, hides what debt costs, or shows a company to which nobody lends; incomplete accounts go before failure.",  # noqa: E501
        "几乎每家经营中的公司都要支付利息或手续费。报表缺少这一行或为空，意味着债务成本被隐去，或无人愿意放贷；账目不完整往往先于破产。"),
    "profit_before_financial_expenses_stated": (
        "Profit before financial expenses is stated", "披露了扣除财务费用前的利润",
        "Profit before financial expenses is not stated", "未披露扣除财务费用前的利润",
        "The lines between operating profit and profit before tax (extraordinary items, financial expenses) are left out, so that what went wrong there can't be seen.",  # noqa: E501
        "营业利润与税前利润之间的项目（非常项目、财务费用）缺失，无法看出问题所在。"),
    ON_RECORD: (
        "Earlier profit is on record", "有此前年度盈亏记录",
        "Neither profit nor loss of the two years before is on record", "此前两年既无利润也无亏损记录",
        "A company without a history, or whose accounts of the years before are missing: there is no record of earning on which to lend. Young companies fail more often (Altman 1968, on retained earnings).",  # noqa: E501
        "公司没有经营历史，或此前年度账目缺失：没有可资放贷的盈利记录。年轻公司破产更为频繁（Altman 1968，论留存收益）。"),
}
NO_RECORD_FALSE_ALARMS = (
    "Young companies that a sound parent finances; a company new in its legal form with an older business.",
    "由稳健母公司出资的年轻公司；新设法人承接的原有业务。",
)
CONDITIONS = {ON_RECORD: "three_year_pretax_income_to_assets == pretax_income_to_assets"}
"""The condition of a statement that is not itself a truth figure."""

NO_RECORD_EXAMPLES = (
    "  fires: {sector: industrials, metrics: {three_year_pretax_income_to_assets: 0.04, pretax_income_to_assets: 0.04}}",
    "  boundary: {sector: industrials, metrics: {three_year_pretax_income_to_assets: 0.041, pretax_income_to_assets: 0.04}}",
    "  clear: {sector: industrials, metrics: {three_year_pretax_income_to_assets: 0.2, pretax_income_to_assets: 0.04}}",
    "  unknown: {sector: industrials, metrics: {pretax_income_to_assets: 0.04}}",
)


def quoted(text: str) -> str:
    """Returns a text as a YAML scalar."""
    return json.dumps(text, ensure_ascii=False)


def both(en: str, zh: str) -> str:
    """Returns a bilingual text as a YAML mapping."""
    return "{en: " + quoted(en) + ", zh: " + quoted(zh) + "}"


def write(folder: Path, rules: list[Step], values: pd.DataFrame, omitted: pd.DataFrame, failed: "pd.Series[int]",
          ratios: list[Ratio], catalogue: Path) -> None:
    """Writes metrics, rules and the map of the data set into `folder`, and removes older rule files."""
    for old in folder.glob("*.yaml"):
        if old.name not in ("pack.yaml", "evidence.yaml"):
            old.unlink()
    known = yaml.safe_load(catalogue.read_text("utf-8"))
    by_name = {r.name: r for r in ratios}
    read = {r.name for r in rules if r.threshold is not None}
    read |= {name for r in rules if r.threshold is None for name in re.findall(r"[a-z_]+", CONDITIONS.get(r.name, ""))}
    used = _closure(read, by_name, known)
    _metrics(folder / "metrics.yaml", [r for r in ratios if r.name in used and "formula" in r.words])
    _map(folder.parent / "maps/polish.yaml", [r for r in ratios if r.name in used])
    base = float(failed.mean())
    for name in dict.fromkeys(r.name for r in rules):
        parts = []
        steps = [r for r in rules if r.name == name]
        for rule in steps:
            if rule.threshold is None:
                hit = failed[omitted[name].to_numpy() > 0]
                parts.append(_statement(rule, _record(len(hit), int(hit.sum()), len(failed), base)))
            else:
                ratio = by_name[name]
                hit = failed[beyond(values[name].to_numpy(), rule.threshold, ratio.sign)]
                stated = failed[values[name].notna().to_numpy()]
                words = {**known.get(name, {}), **ratio.words}
                cause = name.replace("_", "-") if len(steps) > 1 else None
                record = _record(len(hit), int(hit.sum()), len(stated), float(stated.mean()))
                parts.append(_rule(rule, ratio, words, cause, record))
        file = name.replace("_", "-") if len(steps) > 1 else parts[0].split("\n")[0].removeprefix("rule: ")
        (folder / f"{file}.yaml").write_text(EDITOR + "\n" + "---\n".join(parts), "utf-8")


def _record(count: int, failures: int, of: int, base: float) -> tuple[str, str]:
    share = failures / count
    return (
        f"In the data {count:,} of {of:,} companies are beyond it and {failures} of them failed "
        f"({share:.1%}; of all {base:.1%})",
        f"数据中 {of:,} 家公司里有 {count:,} 家越过该阈值，其中 {failures} 家破产（{share:.1%}；总体 {base:.1%}）",
    )


def _closure(names: set[str], by_name: dict[str, Ratio], known: dict[str, object]) -> set[str]:
    found, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in found and name in by_name:
            found.add(name)
            words = by_name[name].words
            queue += re.findall(r"[a-z_]+", f"{words.get('formula', '')} {words.get('valid', '')}")
            queue += [n for n, r in by_name.items() if r.polish in re.findall(r"X\d+", by_name[name].polish)]
    return found


def _metrics(path: Path, ratios: Iterable[Ratio]) -> None:
    lines = [EDITOR, "# Ratios of this pack beside those of rules/catalog/metrics.yaml. Written by tools/derive_distress.py.",
             "metrics:"]
    for ratio in ratios:
        title = ratio.words["title"]
        assert isinstance(title, dict)
        valid = [f"    valid: '{ratio.words['valid']}'"] if "valid" in ratio.words else []
        lines += [f"  {ratio.name}:", f"    formula: '{ratio.words['formula']}'", *valid, f"    unit: {ratio.words['unit']}",
                  f"    title: {both(title['en'], title['zh'])}"]
    lines += ["figures:"]
    for name in STATED:
        words = OMITTED[name]
        lines.append(f"  {name}: {{unit: truth, over: year, title: {both(words[0], words[1])}}}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _map(path: Path, ratios: Iterable[Ratio]) -> None:
    lines = [
        "# Polish companies, 64 ratios and whether they failed. Written by tools/derive_distress.py.",
        "# Zięba, Tomczak, Tomczak (2016), UCI Machine Learning Repository no. 365, CC BY 4.0.",
        "#   screener validate 1year.arff --map rules/maps/polish.yaml --label class --pack distress",
        "# Rows have no names: the row's number (from 1, after @data) stands for one. An operating profit of exactly 0, in",
        "# Attr22, Attr27 and Attr42 at once, is a blank that was filled. `stated` makes of a blank a statement about the",
        "# filing. All the companies are manufacturers.",
        "name: 'Polish company {row}'", "id: 'polish-{row}'", "currency: PLN", "sector: industrials",
        "sources:", "  uci-365:",
        "    title: 'Polish companies bankruptcy data (UCI no. 365)'", "    kind: reported",
        "    publisher: 'Zięba, Tomczak, Tomczak'", "    url: https://archive.ics.uci.edu/dataset/365", "columns:",
    ]
    stated = {column: name for name, column in STATED.items()}
    direct = {r.polish: r.name for r in ratios if re.fullmatch(r"X\d+", r.polish)}
    for column in sorted({*direct, *stated}, key=lambda c: int(c[1:])):
        parts = [f"metric: {direct[column]}"] if column in direct else []
        parts += ["missing: [0]"] if column in direct and column in NOT_A_FIGURE else []
        parts += [f"stated: {stated[column]}"] if column in stated else []
        lines.append(f"  Attr{column[1:]}: {{{', '.join(parts)}}}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def plain(value: float) -> str:
    """Returns a number without an exponent or trailing zeros."""
    return f"{value:.10f}".rstrip("0").rstrip(".") or "0"


def _shown(value: float, unit: str) -> str:
    return f"{plain(round(value * 100, 8))} %" if unit == "fraction" else plain(value)


def _slug(value: float, unit: str) -> str:
    text = plain(abs(round(value * 100, 8) if unit == "fraction" else value)).replace(".", "-")
    return ("minus-" if value < 0 else "") + text + ("-percent" if unit == "fraction" else "")


def severity(weight: float) -> str:
    """Returns the severity for a weight."""
    return "low" if weight < 0.06 else "medium" if weight < 0.14 else "high" if weight < 0.28 else "critical"


def _rule(rule: Step, ratio: Ratio, words: dict[str, object], cause: str | None,
          record: tuple[str, str]) -> str:
    assert rule.threshold is not None
    unit, name, category = str(words["unit"]), rule.name, str(words["category"])
    title, why = words["title"], words["why"]
    assert isinstance(title, dict)
    assert isinstance(why, dict)
    en, named = title["en"], title["zh"]
    low = ratio.sign < 0
    word, zh = ("below", "低于") if low else ("above", "高于")
    param, sign = ("least", "<") if low else ("most", ">")
    shown, t = _shown(rule.threshold, unit), rule.threshold
    gap = -ratio.sign * (abs(t) * 0.005 or 0.0005)
    value = f"{{company.{name}}}"
    at_least, zh_least = ("at least", "不低于") if low else ("at most", "不高于")
    example = "  {}: {{sector: industrials, metrics: {{{}: {}}}}}"
    return "\n".join([
        f"rule: {name.replace('_', '-')}-{word}-{_slug(t, unit)}",
        "flag: red",
        f"severity: {severity(rule.weight)}",
        f"weight: {{value: {plain(rule.weight)}, why: {both(record[0] + '; the weight is fitted together with those of all other rules.', record[1] + '；权重与所有其他规则一同拟合。')}}}",  # noqa: E501
        f"category: {category}",
        *([f"cause: {cause}"] if cause else []),
        f"title: {both(title['en'] + f' {word} {shown}', title['zh'] + f'{zh} {shown}')}",
        "params:",
        f"  {param}: {{value: {plain(t)}, unit: {unit}, why: {both('A rounded share of the companies in the data; the fit chose it.', '数据中公司的分位数取整；由拟合选定。')}}}",  # noqa: E501
        "when:",
        f"  - company: '{name} {sign} params.{param}'",
        f"headline: {both(value, value)}",
        f"says: {both(f'{en} is {value}.', f'{named}为 {value}。')}",
        f"why: {both(why['en'], why['zh'])}",
        f"clears: {both(f'{en} of {at_least} {{params.{param}}}.', f'{named}{zh_least} {{params.{param}}}。')}",
        f"false_alarms: {both(*FALSE_ALARMS[category])}",
        "not_for: [financials]",
        "references:",
        f"  - {quoted(SOURCE)}",
        f"  - {quoted(CLASSICS[category])}",
        "examples:",
        example.format("fires", name, plain(t - gap)),
        example.format("boundary", name, plain(t)),
        example.format("clear", name, plain(t + gap)),
        "  unknown: {sector: industrials}",
    ]) + "\n"


def _statement(rule: Step, record: tuple[str, str]) -> str:
    _, _, en, zh, why, why_zh = OMITTED[rule.name]
    own = rule.name in STATED
    category = "data-quality" if own else "growth"
    named = rule.name.replace("_stated", "_not_stated") if own else f"no_{rule.name}"
    beyond_it = ("without it", "未披露") if own else ("like this", "属此情形")
    examples = [
        f"  fires: {{sector: industrials, figures: {{{rule.name}: false}}}}",
        f"  boundary: {{sector: industrials, figures: {{{rule.name}: true}}}}",
        f"  clear: {{sector: industrials, figures: {{{rule.name}: true}}}}",
        "  unknown: {sector: industrials}",
    ] if own else NO_RECORD_EXAMPLES
    cleared = (
        ("The full income statement, with this line.", "提供包含该行的完整利润表。")
        if own
        else ("Accounts of the two years before.", "提供此前两年的账目。")
    )
    alarms = FALSE_ALARMS["data-quality"] if own else NO_RECORD_FALSE_ALARMS
    reasons = (
        record[0].replace("beyond it", beyond_it[0]) + "; the weight is fitted together with those of all other rules.",
        record[1].replace("越过该阈值", beyond_it[1]) + "；权重与所有其他规则一同拟合。",
    )
    return "\n".join([
        f"rule: {named.replace('_', '-')}",
        "flag: red",
        f"severity: {severity(rule.weight)}",
        f"weight: {{value: {plain(rule.weight)}, why: {both(*reasons)}}}",
        f"category: {category}",
        f"title: {both(en, zh)}",
        "when:",
        f"  - company: '{CONDITIONS.get(rule.name, f'not {rule.name}')}'",
        f"says: {both(en + '.', zh + '。')}",
        f"why: {both(why, why_zh)}",
        f"clears: {both(*cleared)}",
        f"false_alarms: {both(*alarms)}",
        "not_for: [financials]",
        "references:",
        f"  - {quoted(SOURCE)}",
        f"  - {quoted(CLASSICS['data-quality' if own else 'profitability'])}",
        "examples:",
        *examples,
    ]) + "\n"


def write_calibration(path: Path, bands: Sequence[RiskBand], spread: float) -> None:
    """Replaces spread and bands in the `calibration` of a pack.yaml; they must be its last keys."""
    head = re.split(r"(?m)^  (?:spread|bands):", path.read_text("utf-8"), maxsplit=1)[0]
    lines = [f"  spread: {spread:.2f}", "  bands:", *(f"    - {band.yaml}" for band in bands)]
    path.write_text(head + "\n".join(lines) + "\n", "utf-8")
