"""Portfolios and shocks as Excel workbooks: numbers in full units, shares as fractions."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from screener.portfolio.movements import MovedFlag, Movement, MovementsSince
from screener.portfolio.portfolio import Exposure, Portfolio
from screener.portfolio.shock_run import ShockedCompany, ShockResult
from screener.report.formats.xlsx_format import VERDICT_COLUMNS
from screener.report.workbook import Kind, WorkbookWriter, translated_columns
from screener.text import Language, Text
from screener.vocabulary import Verdict


class SheetContent(NamedTuple):
    """A sheet: its name, its columns, and the values of its rows."""

    name: Text
    columns: Sequence[tuple[Text, Kind]]
    rows: Iterable[Sequence[object]]


_STAKE: tuple[tuple[Text, Kind], ...] = (
    (Text("Companies", "公司数"), "count"),
    (Text("Exposure", "敞口"), "number"),
    (Text("Share", "占比"), "percent"),
    (Text("Which", "哪些公司"), "long"),
)


def portfolio_workbook(portfolio: Portfolio, moved: MovementsSince | None, language: Language) -> bytes:
    """Returns a workbook with sheets for the whole portfolio, companies, verdicts, counterparties, causes, payments
    and, if known, movements."""
    sheets = [
        SheetContent(
            Text("Portfolio", "投资组合"),
            ((Text("What", "项目"), "wide"), (Text("Value", "数值"), "number"), (Text("Unit", "单位"), "text")),
            _totals(portfolio, language),
        ),
        SheetContent(Text("Companies", "公司"), _COMPANIES, _company_rows(portfolio, language)),
        SheetContent(
            Text("Verdicts", "结论"),
            ((Text("Verdict", "结论"), "verdict"), *_STAKE),
            ((str(verdict), *_stake(exposure)) for verdict, exposure in portfolio.verdicts),
        ),
        SheetContent(
            Text("Counterparties", "交易对手"),
            (
                (Text("Counterparty", "交易对手"), "wide"),
                (Text("As", "关系"), "text"),
                (Text("Loop", "是否资金循环"), "truth"),
                (Text("Verdict", "结论"), "verdict"),
                *_STAKE,
            ),
            (
                (
                    x.name.get(language),
                    " ".join(x.how),
                    x.is_loop,
                    str(x.verdict) if x.verdict else None,
                    *_stake(x.exposure),
                )
                for x in portfolio.counterparties
            ),
        ),
        SheetContent(
            Text("Causes", "风险因素"),
            (
                (Text("Flag", "旗标"), "wide"),
                (Text("Severity", "严重度"), "text"),
                (Text("Rule", "规则"), "list"),
                *_STAKE,
            ),
            ((x.title.get(language), str(x.severity), x.rule, *_stake(x.exposure)) for x in portfolio.causes),
        ),
        SheetContent(Text("Payments", "付款"), _PAYMENTS, _payment_rows(portfolio, language)),
    ]
    if moved is not None:
        sheets.append(SheetContent(Text("Movements", "变化"), _MOVEMENTS, _movement_rows(moved, language)))
    return _workbook(sheets, language)


def shock_workbook(result: ShockResult, language: Language) -> bytes:
    """Returns a workbook with sheets for the companies before and after, changed flags, facts, and the chain of
    defaults."""

    def name(company: ShockedCompany) -> str:
        return company.after.company.name.get(language)

    sheets = [
        SheetContent(Text("Companies", "公司"), _SHOCKED, (_shocked_row(c, name(c)) for c in result.companies)),
        SheetContent(
            Text("Flags", "旗标"),
            (
                (Text("Company", "公司"), "wide"),
                (Text("Flag", "旗标"), "wide"),
                (Text("Severity", "严重度"), "text"),
                (Text("Before", "之前"), "text"),
                (Text("After", "之后"), "text"),
                (Text("Through", "传导路径"), "long"),
                (Text("Rule", "规则"), "list"),
            ),
            (
                (
                    name(c),
                    turn.title.get(language),
                    str(turn.severity),
                    turn.before,
                    turn.after,
                    _joined(steps, language, " → "),
                    turn.rule,
                )
                for c in result.companies
                for turn, steps in c.flips
            ),
        ),
        SheetContent(
            Text("Facts", "事实"),
            (
                (Text("Company", "公司"), "wide"),
                (Text("Shock", "冲击"), "wide"),
                (Text("What changed", "变化内容"), "long"),
                (Text("Fact", "事实"), "text"),
            ),
            ((name(c), str(e.shock), e.says.get(language), e.fact) for c in result.companies for e in c.effects),
        ),
        SheetContent(
            Text("Chain", "连锁停付"),
            ((Text("Company", "公司"), "wide"), (Text("Round", "轮次"), "count"), (Text("Because of", "原因"), "long")),
            ((link.name.get(language), link.round, "; ".join(link.because)) for link in result.chain),
        ),
    ]
    return _workbook(sheets, language)


def _workbook(sheets: Iterable[SheetContent], language: Language) -> bytes:
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        for content in sheets:
            sheet = book.sheet(content.name.get(language), translated_columns(content.columns, language))
            for row in content.rows:
                sheet.row(row)
    return file.getvalue()


_COMPANIES: tuple[tuple[Text, Kind], ...] = (
    (Text("Company", "公司"), "wide"),
    *((title, kind) for _, title, kind in VERDICT_COLUMNS),
    (Text("Exposure", "敞口"), "number"),
    (Text("Currency", "货币"), "text"),
    (Text("Share", "占比"), "percent"),
    (Text("Worst red flag", "最严重的预警信号"), "wide"),
    (Text("Its severity", "其严重度"), "text"),
    (Text("Id", "标识"), "list"),
)
_PAYMENTS: tuple[tuple[Text, Kind], ...] = (
    (Text("Payer", "付款方"), "wide"),
    (Text("Payee", "收款方"), "wide"),
    (Text("What", "项目"), "text"),
    (Text("Amount", "金额"), "number"),
    (Text("In a loop", "是否在资金循环中"), "truth"),
)
_MOVEMENTS: tuple[tuple[Text, Kind], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("Worse", "是否恶化"), "truth"),
    (Text("Change", "变化"), "text"),
    (Text("Flag", "旗标"), "wide"),
    (Text("Severity", "严重度"), "text"),
    (Text("Because of", "原因"), "long"),
    (Text("Verdict before", "之前的结论"), "verdict"),
    (Text("Verdict after", "之后的结论"), "verdict"),
    (Text("Score before", "之前的风险分"), "score"),
    (Text("Score after", "之后的风险分"), "score"),
    (Text("Since", "起始"), "text"),
    (Text("Rule", "规则"), "list"),
)
_SHOCKED: tuple[tuple[Text, Kind], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("Changed", "是否变化"), "truth"),
    (Text("Verdict before", "之前的结论"), "verdict"),
    (Text("Score before", "之前的风险分"), "score"),
    (Text("Lowest before", "之前的最低分"), "score"),
    (Text("Highest before", "之前的最高分"), "score"),
    (Text("Verdict after", "之后的结论"), "verdict"),
    (Text("Score after", "之后的风险分"), "score"),
    (Text("Lowest after", "之后的最低分"), "score"),
    (Text("Highest after", "之后的最高分"), "score"),
    (Text("Id", "标识"), "list"),
)


_CAUSES = {
    "profile": Text("profile", "公司资料"),
    "rules": Text("rules", "规则"),
    "otherwise": Text("otherwise", "选项、背景资料或程序版本"),
}


def _totals(p: Portfolio, language: Language) -> Iterable[Sequence[object]]:
    weights = Text("equal weights", "相同权重") if p.equal else Text.of(p.currency or {"en": "weights", "zh": "权重"})
    points, share = Text("points", "分"), Text("share of the total", "占总额比例")
    totals: tuple[tuple[Text, float | None, Text], ...] = (
        (Text("Companies", "公司数"), len(p.lines), Text("companies", "家")),
        (Text("Exposure", "敞口"), None if p.equal else p.total, weights),
        (Text("Average score", "平均分"), p.score, points),
        (Text("Average score, lowest", "平均分（最低）"), p.score_low, points),
        (Text("Average score, highest", "平均分（最高）"), p.score_high, points),
        (Text("Largest exposure", "最大单一敞口"), p.largest, share),
        (Text("Five largest exposures", "前五大敞口"), p.top_five, share),
        (Text("Herfindahl index", "赫芬达尔指数"), p.concentration * 10_000, Text("of 10,000", "满分 10,000")),
    )
    for title, value, unit in totals:
        yield title.get(language), value, unit.get(language)


def _company_rows(p: Portfolio, language: Language) -> Iterable[Sequence[object]]:
    for x in p.lines:
        exposure = None if p.equal else x.exposure.amount
        worst = x.worst.get(language) if x.worst else None
        standing = (str(x.verdict), _known_score(x.verdict, x.score), x.low, x.high, x.decided, x.rules)
        stake = (exposure, p.currency, x.exposure.share)
        yield (x.name.get(language), *standing, *stake, worst, str(x.worst_severity or "") or None, x.company)


def _stake(exposure: Exposure) -> tuple[object, ...]:
    return len(exposure.companies), exposure.amount, exposure.share, " ".join(exposure.companies)


def _payment_rows(p: Portfolio, language: Language) -> Iterable[Sequence[object]]:
    names = {company: name.get(language) for company, name in p.names}
    for x in p.payments:
        yield names.get(x.payer, x.payer), names.get(x.payee, x.payee), x.what or None, x.amount or None, x.in_loop


def _movement_rows(moved: MovementsSince, language: Language) -> Iterable[Sequence[object]]:
    for m in moved.movements:
        lists = (
            (Text("new flag", "新增旗标"), m.new_flags),
            (Text("flag gone", "旗标消失"), m.gone_flags),
            (Text("now known", "现已判定"), m.became_known),
            (Text("no longer known", "无法再判定"), m.became_unknown),
        )
        changes: list[tuple[Text, MovedFlag | None]] = [(change, flag) for change, flags in lists for flag in flags]
        for change, flag in changes or [(Text("score", "评分"), None)]:
            yield _movement_row(m, change, flag, language)


def _movement_row(m: Movement, change: Text, flag: MovedFlag | None, language: Language) -> Sequence[object]:
    because = (flag.because if flag else ()) or m.figures
    return (
        m.name.get(language),
        m.is_worse,
        change.get(language),
        flag.title.get(language) if flag else None,
        str(flag.severity) if flag else None,
        _joined(because, language, "; ") or _joined((_CAUSES[cause] for cause in m.because), language, ", "),
        str(m.verdicts[0]),
        str(m.verdicts[1]),
        *(_known_score(verdict, score) for verdict, score in zip(m.verdicts, m.scores, strict=True)),
        m.since,
        flag.rule if flag else None,
    )


def _known_score(verdict: Verdict, score: float) -> float | None:
    return None if verdict.withholds_score else round(score, 4)


def _shocked_row(c: ShockedCompany, name: str) -> Sequence[object]:
    sides = [
        (str(r.verdict.word), _known_score(r.verdict.word, r.score.value), *(round(x, 4) for x in r.score[1:3]))
        for r in (c.before, c.after)
    ]
    return (name, c.is_changed, *sides[0], *sides[1], c.after.company.id)


def _joined(texts: Iterable[Text], language: Language, between: str) -> str:
    return between.join(text.get(language) for text in texts)
