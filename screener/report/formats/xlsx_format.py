"""Results as an Excel workbook: companies, flags, figures, unknowns, and the method.

Each process converts its companies to rows, as JSON, from which the workbook is made at the end, one company at a time.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from screener.expression.interval import Interval
from screener.report.formats.output_format import OutputFormat
from screener.text import Text, file_stem

if TYPE_CHECKING:
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView
    from screener.report.views.view_context import ViewContext
    from screener.report.workbook import Kind, WorkbookWriter
    from screener.result.finding_records import Evidence, OpenInput

WORKBOOK = "screening.xlsx"
VERDICT_COLUMNS: tuple[tuple[str, Text, "Kind"], ...] = (
    ("verdict", Text("Verdict", "结论"), "verdict"),
    ("score", Text("Risk score", "风险分"), "score"),
    ("score_low", Text("Lowest", "最低"), "score"),
    ("score_high", Text("Highest", "最高"), "score"),
    ("decided", Text("Rules decided", "已判定规则"), "count"),
    ("total", Text("of", "共"), "count"),
)
COMPANY_SHEET: tuple[tuple[str, Text, "Kind"], ...] = (
    ("name", Text("Company", "公司"), "wide"),
    *VERDICT_COLUMNS,
    ("unknown", Text("Unknown rules", "未知规则"), "count"),
    ("sentence", Text("Reason", "理由"), "long"),
    ("pattern", Text("Patterns", "模式"), "list"),
    ("red", Text("Red flags", "预警信号"), "list"),
    ("green", Text("Green flags", "正面信号"), "list"),
    ("data", Text("Data flags", "数据旗"), "list"),
    ("sector", Text("Sector", "行业"), "text"),
    ("as_of", Text("As of", "截至"), "text"),
    ("currency", Text("Currency", "货币"), "text"),
    ("company", Text("Id", "标识"), "text"),
)
FLAG_SHEET: tuple[tuple[str, Text, "Kind"], ...] = (
    ("name", Text("Company", "公司"), "wide"),
    ("title", Text("Flag", "旗标"), "wide"),
    ("flag", Text("Kind", "种类"), "text"),
    ("severity", Text("Severity", "严重度"), "text"),
    ("headline", Text("In short", "简述"), "text"),
    ("says", Text("What it says", "内容"), "long"),
    ("points", Text("Points in the score", "计分"), "score"),
    ("compared", Text("Compared", "比较项"), "wide"),
    ("value_low", Text("Value, at least", "数值下限"), "unit"),
    ("value_high", Text("Value, at most", "数值上限"), "unit"),
    ("op", Text("Condition", "条件"), "text"),
    ("threshold_low", Text("Threshold", "阈值"), "unit"),
    ("relative", Text("Distance", "距离"), "percent"),
    ("category", Text("Category", "类别"), "text"),
    ("rule", Text("Rule", "规则"), "list"),
    ("company", Text("Company id", "公司标识"), "text"),
)
FIGURE_SHEET: tuple[tuple[Text, "Kind"], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("Figure", "数据项"), "wide"),
    (Text("Of", "所属"), "text"),
    (Text("Value", "数值"), "unit"),
    (Text("At least", "至少"), "unit"),
    (Text("At most", "至多"), "unit"),
    (Text("Statement", "陈述"), "text"),
    (Text("Unit", "单位"), "text"),
    (Text("Currency", "货币"), "text"),
    (Text("Period", "期间"), "text"),
    (Text("Kind of source", "来源种类"), "text"),
    (Text("Source", "来源"), "wide"),
    (Text("Note or formula", "备注或公式"), "wide"),
    (Text("Name in the catalogue", "目录名"), "text"),
)
UNKNOWN_SHEET: tuple[tuple[Text, "Kind"], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("What is missing", "缺少内容"), "wide"),
    (Text("Of", "所属"), "text"),
    (Text("Unit", "单位"), "text"),
    (Text("Rules that wait for it", "等待中的规则数"), "count"),
    (Text("Rules it could settle", "可单独判定的规则数"), "count"),
    (Text("Narrows the score by", "可收窄分数"), "score"),
    (Text("Which it could settle", "可单独判定的规则"), "list"),
)
METHOD_SHEET = (Text("What", "项目"), Text("Value", "值"))
SHEETS = {
    "companies": Text("Companies", "公司"),
    "flags": Text("Flags", "旗标"),
    "figures": Text("Figures", "数据"),
    "unknowns": Text("Unknowns", "未知"),
    "method": Text("Method", "方法"),
}


class XlsxFormat(OutputFormat):
    """One workbook for all companies of a run. Numbers are numbers in full units; an empty cell is unknown or unbounded."""

    name, overview, shared, binary, needs_folder = "xlsx", WORKBOOK, True, True, True

    def render(self, view: "ResultView") -> bytes:
        """Returns a company as the rows of all sheets."""
        from screener.report.formats.table_columns import company_row, finding_rows

        context = view.context
        flags = [
            [row["unit"], *(row[name] for name, _, _ in FLAG_SHEET)]
            for row in finding_rows(context)
            if row["outcome"] == "fired"
        ]
        company = company_row(context)
        rows = {
            "company": [company[name] for name, _, _ in COMPANY_SHEET],
            "flags": flags,
            "figures": [_figure_row(context, fact) for fact in context.result.facts],
            "unknowns": [_unknown_row(context, missing) for missing in context.result.inputs],
            "method": _method_rows(context),
        }
        return json.dumps(rows).encode("utf-8", "replace")

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the workbook."""
        from screener.report.workbook import WorkbookWriter

        with folder.open(self.overview) as file, WorkbookWriter(file) as book:
            self._write(book, run)

    def _write(self, book: "WorkbookWriter", run: "RunReports") -> None:
        from screener.report.workbook import Column, Linked, translated_columns

        def say(text: Text) -> str:
            return text.get(self.options.language)

        companies = book.sheet(say(SHEETS["companies"]), [Column(say(title), kind) for _, title, kind in COMPANY_SHEET])
        flags = book.sheet(say(SHEETS["flags"]), [Column(say(title), kind) for _, title, kind in FLAG_SHEET])
        figures = book.sheet(say(SHEETS["figures"]), translated_columns(FIGURE_SHEET, self.options.language))
        unknowns = book.sheet(say(SHEETS["unknowns"]), translated_columns(UNKNOWN_SHEET, self.options.language))
        method = book.sheet(
            say(SHEETS["method"]), [Column(say(METHOD_SHEET[0]), "wide"), Column(say(METHOD_SHEET[1]), "long")]
        )
        linked = "html" in self.options.formats
        shared: dict[str, str] = {}
        found: list[list[Any]] = []
        for part in run.collected.table_rows(self.name):
            rows = json.loads(part)
            found.append(rows["company"])
            for unit, *cells in rows["flags"]:
                flags.row(cells, unit or "")
            for address, unit, *cells in rows["figures"]:
                cells[11] = Linked(cells[11], address) if address and cells[11] else cells[11]
                figures.row(cells, unit)
            for cells in rows["unknowns"]:
                unknowns.row(cells)
            shared |= {what: value for what, value in rows["method"] if what not in shared}
        for name, *rest in sorted(found, key=_worst_first):
            companies.row([Linked(name, f"{file_stem(rest[-1])}.html") if linked else name, *rest])
        for what, value in shared.items():
            method.row([what, value])
        for what, value in self._run_notes(run, [companies, flags, figures, unknowns]):
            method.row([what, value])

    def _run_notes(self, run: "RunReports", sheets: Any) -> Iterator[tuple[str, str]]:
        """Returns what the reader of the workbook needs to know about its sheets."""
        zh = self.options.language == "zh"
        left_out = sum(sheet.left_out for sheet in sheets)
        if left_out:
            note = f"{left_out:,} 行超出工作表容量" if zh else f"{left_out:,} rows are more than a sheet holds"
            yield ("行数" if zh else "Rows", note)
        if run.all_results and run.reported is not None:
            yield ("全部结果" if zh else "All results", run.all_results)
        yield from run.failures


def _worst_first(company: list[Any]) -> Any:
    """Returns the sort key of a row of companies, the same as on the index."""
    from screener.report.views.index_row import index_order_of

    name, verdict, score, _, high = company[:5]
    return index_order_of(verdict, score, high, name, company[-1])


def _figure_row(context: "ViewContext", fact: "Evidence") -> list[object]:
    """Returns the address of the source, the unit, and the cells of a figure."""
    value, zh = fact.value, context.wording.language == "zh"
    low = high = point = None
    statement: object = None
    if isinstance(value, Interval):
        low, high = value.finite()
        if low is not None and low == high:
            low, high, point = None, None, low
    else:
        statement = (
            (("是" if value else "否") if zh else "yes" if value else "no") if isinstance(value, bool) else value
        )
    source = context.sources.get(fact.source) if fact.source else None
    return [
        source.href if source is not None else None,
        fact.unit,
        context.text(context.result.company.name, 400),
        context.text(fact.title, 400),
        _other(context, fact.about, fact.company),
        point,
        low,
        high,
        statement,
        fact.unit,
        fact.currency,
        fact.period,
        fact.kind,
        source.text if source is not None else None,
        fact.formula or context.quoted(fact.note, 400) or None,
        fact.figure,
    ]


def _unknown_row(context: "ViewContext", missing: "OpenInput") -> list[object]:
    return [
        context.text(context.result.company.name, 400),
        context.text(missing.title, 400),
        _other(context, missing.about, missing.company),
        missing.unit,
        len(missing.waits),
        len(missing.settles),
        round(missing.narrows, 2),
        " ".join(missing.settles),
    ]


def _other(context: "ViewContext", about: Text | None, company: Text) -> str | None:
    """Returns what a value belongs to other than the company itself: a relation, or another company."""
    other = about if about is not None else company if company != context.result.company.name else None
    return None if other is None else context.text(other, 200)


def _method_rows(context: "ViewContext") -> list[tuple[str, str]]:
    """Returns the rows of the method sheet: the rules of the run, and the meaning of the numbers."""
    pack, score = context.result.pack, context.result.score
    if context.wording.language == "zh":
        return [
            ("规则包", f"{pack.name} {pack.version}"),
            ("规则数", f"{pack.rules}"),
            ("规则摘要", pack.digest),
            ("风险分", "0 至 100；最低与最高为未知规则判定后的可能范围"),
            ("界限", f"{score.caution_from:g} 起谨慎，{score.avoid_from:g} 起回避"),
            ("空单元格", "未知或无界，绝非零"),
            ("screener", context.result.version),
        ]
    return [
        ("Rule packs", f"{pack.name} {pack.version}"),
        ("Rules", f"{pack.rules}"),
        ("Digest of the rules", pack.digest),
        ("Risk score", "0 to 100; lowest and highest: what is possible once the unknown rules are decided"),
        ("Bands", f"caution from {score.caution_from:g}, avoid from {score.avoid_from:g}"),
        ("Empty cells", "unknown or unbounded, never zero"),
        ("Amounts", "in full units of the currency named beside them"),
        ("screener", context.result.version),
    ]
