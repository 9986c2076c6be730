"""Results of many companies as an Excel workbook with the sheets of `run`: companies, flags, figures, unknowns, method."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from screener.engine.columns.column_engine import OUTCOMES
from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns
from screener.errors import OutputError, Problem
from screener.expression.interval import Interval
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.io.replacing import ReplacePolicy
from screener.market.result_tables import COMPANY_SCHEMA, ScreenedRows
from screener.market.table_writer import opened_file
from screener.report.formats.xlsx_format import COMPANY_SHEET, FLAG_SHEET, METHOD_SHEET, SHEETS
from screener.report.workbook import MOST_ROWS, Kind, SheetWriter, WorkbookWriter, translated_columns
from screener.result.finding_records import Evidence, OpenInput
from screener.rules.compiler import rule_names
from screener.rules.rule import Rule, patterns
from screener.screening import Screener
from screener.text import Language, Text
from screener.vocabulary import Outcome

MOST_MISSING = (
    10  # greatest number of inputs per company in the sheet of unknowns, those that most unknown rules read first
)
_FIRED, _UNKNOWN = OUTCOMES.index(Outcome.FIRED), OUTCOMES.index(Outcome.UNKNOWN)
_OF_FLAGS = ("name", "title", "flag", "severity", "category", "rule", "company")
_FIGURE: tuple[tuple[Text, Kind], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("Figure", "数据项"), "wide"),
    (Text("Value", "数值"), "unit"),
    (Text("At least", "至少"), "unit"),
    (Text("At most", "至多"), "unit"),
    (Text("Statement", "陈述"), "text"),
    (Text("Unit", "单位"), "text"),
    (Text("Currency", "货币"), "text"),
    (Text("Periods before", "前推期数"), "count"),
    (Text("Name in the catalogue", "目录名"), "wide"),
    (Text("Company id", "公司标识"), "wide"),
)
_UNKNOWN_INPUT: tuple[tuple[Text, Kind], ...] = (
    (Text("Company", "公司"), "wide"),
    (Text("What is missing", "缺少内容"), "wide"),
    (Text("Rules that wait for it", "等待中的规则数"), "count"),
    (Text("Name in the catalogue", "目录名"), "wide"),
    (Text("Company id", "公司标识"), "wide"),
)


def results_workbook(
    path: Path, screener: Screener, language: Language, policy: ReplacePolicy | None = None
) -> "ResultsWorkbook":
    """Opens a workbook at a path that a user named, and creates its folder. `policy` says which existing files it may
    replace."""
    return ResultsWorkbook(opened_file(path, policy), screener, language)


class ResultsWorkbook:
    """Writes batches of companies to a workbook, which exists once the `with` block ends without an error.

    Rows beyond the capacity of a sheet are left out of the sheets of details, and counted in the sheet of the method.
    """

    def __init__(self, file: AbstractContextManager[BinaryIO], screener: Screener, language: Language) -> None:
        self._file, self._language = file, language
        book, self._catalogue = screener.rulebook, screener.rulebook.catalogue
        self._book = book
        self._rules = list(screener.program.rules.values())
        self._needs = [_inputs(rule, screener) for rule in self._rules]
        self._open = ExitStack()

    def __enter__(self) -> "ResultsWorkbook":
        with ExitStack() as stack:
            book = stack.enter_context(WorkbookWriter(stack.enter_context(self._file)))
            self._columns = [entry for entry in COMPANY_SHEET if entry[0] in COMPANY_SCHEMA.names]
            titles = {name: (title, _kind(name, kind)) for name, title, kind in FLAG_SHEET}
            self._companies = self._sheet(
                book, "companies", [(title, _kind(name, kind)) for name, title, kind in self._columns]
            )
            self._flags = self._sheet(book, "flags", [titles[name] for name in _OF_FLAGS])
            self._figures = self._sheet(book, "figures", _FIGURE)
            self._unknowns = self._sheet(book, "unknowns", _UNKNOWN_INPUT)
            self._method = self._sheet(book, "method", [(METHOD_SHEET[0], "wide"), (METHOD_SHEET[1], "long")])
            self._open = stack.pop_all()
        return self

    def _say(self, text: Text) -> str:
        return text.get(self._language)

    def _sheet(self, book: WorkbookWriter, name: str, columns: Iterable[tuple[Text, Kind]]) -> SheetWriter:
        return book.sheet(self._say(SHEETS[name]), translated_columns(columns, self._language))

    def write(self, companies: Any) -> None:
        """Adds companies, a table of COMPANY_SCHEMA. Raises OutputError if they exceed the capacity of a sheet."""
        for row in zip(*(companies.column(name).to_pylist() for name, _, _ in self._columns), strict=True):
            self._companies.row([cell if cell != "" else None for cell in row])
        if self._companies.left_out:
            what = f"has more rows than the {MOST_ROWS - 1:,} of a sheet"
            raise OutputError(Problem(what, "write CSV or Parquet"))

    def details(self, universe: CompanyColumns, found: ScreenedRows, selected: Any) -> None:
        """Adds flags, figures and unknowns of a batch; `taken` marks the rows that count (None: all)."""
        names = found.names.to_pylist()
        known = {name: _known(column) for (name, ago), column in universe.values.items() if ago == 0}
        for place in range(len(found.ids)) if selected is None else np.flatnonzero(selected).tolist():
            name, own = names[place], str(found.ids[place])
            for line in np.flatnonzero(found.outcomes[:, place] == _FIRED).tolist():
                self._flags.row(self._flag(self._rules[line], name, own))
            result = found.results.get(place)
            if result is not None:
                self._singly(name, own, result.facts, result.inputs)
                continue
            for unit, cells in self._values(universe, place, name, own):
                self._figures.row(cells, unit)
            unknown = np.flatnonzero(found.outcomes[:, place] == _UNKNOWN).tolist()
            self._waiting(name, own, unknown, {key for key, mask in known.items() if mask[place]})

    def _flag(self, rule: Rule, name: str, own: str) -> list[object]:
        category = self._catalogue.categories.get(rule.category)
        return [
            name,
            self._say(rule.title),
            rule.flag.value,
            rule.severity,
            rule.category if category is None else self._say(category),
            rule.id,
            own,
        ]

    def _values(self, universe: CompanyColumns, place: int, name: str, own: str) -> Iterator[tuple[str, list[object]]]:
        """Yields the unit and cells of each value of a company."""
        currency = _word(universe.currencies, place)
        for (figure, ago), column in universe.values.items():
            entry = self._catalogue.claimable[figure]
            value: Any
            if isinstance(column, IntervalColumn):
                if not column.known[place]:
                    continue
                value = Interval(float(column.lo[place]), float(column.hi[place]))
            elif (value := _word(column, place)) is None:
                continue
            money = currency if entry.unit == "money" else None
            cells = [*self._value(value), entry.unit, money, ago or None, figure, own]
            yield entry.unit, [name, self._say(entry.title), *cells]

    def _value(self, value: Any) -> list[object]:
        """Returns the cells of a value: exact value, lower bound, upper bound, and a value that is not a number."""
        if isinstance(value, Interval):
            low, high = value.finite()
            exact = low is not None and low == high
            return [low, None, None, None] if exact else [None, low, high, None]
        return [None, None, None, self._say(_TRUTH[value]) if isinstance(value, bool) else value]

    def _singly(self, name: str, own: str, facts: Sequence[Evidence], inputs: Sequence[OpenInput]) -> None:
        for fact in facts:
            if fact.formula is None and fact.value is not None and fact.about is None:
                cells = [*self._value(fact.value), fact.unit, fact.currency, None, fact.figure, own]
                self._figures.row([name, self._say(fact.title), *cells], fact.unit)
        for missing in sorted(inputs, key=lambda one: -len(one.waits))[:MOST_MISSING]:
            self._unknowns.row([name, self._say(missing.title), len(missing.waits), missing.key, own])

    def _waiting(self, name: str, own: str, unknown: Sequence[int], known: set[str]) -> None:
        """Adds the missing inputs of a company, ordered by how many of its unknown rules read them."""
        waits: dict[str, int] = {}
        for line in unknown:
            for key in self._needs[line]:
                if key not in known:
                    waits[key] = waits.get(key, 0) + 1
        for key, count in sorted(waits.items(), key=lambda item: (-item[1], item[0]))[:MOST_MISSING]:
            self._unknowns.row([name, self._title(key), count, key, own])

    def _title(self, key: str) -> str:
        entry = self._catalogue.claimable.get(key) or self._catalogue.kinds.get(key)
        return key if entry is None else self._say(entry.title)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            for what, value in self._notes():
                self._method.row([self._say(what), value if isinstance(value, str) else self._say(value)])
        self._open.__exit__(kind, error, at)

    def _notes(self) -> Iterator[tuple[Text, Text | str]]:
        """Returns what the reader of the workbook needs to know about its sheets."""
        book, bands = self._book, self._book.table.bands
        yield Text("Rule packs", "规则包"), f"{book.name} {book.version}"
        yield Text("Rules", "规则数"), f"{len(self._rules)}"
        yield Text("Digest of the rules", "规则摘要"), book.digest
        yield (
            Text("Risk score", "风险分"),
            Text(
                "0 to 100; lowest and highest: what is possible once the unknown rules are decided",
                "0 至 100；最低与最高为未知规则判定后的可能范围",
            ),
        )
        yield (
            Text("Bands", "界限"),
            Text(
                f"caution from {bands.caution:g}, avoid from {bands.avoid:g}",
                f"{bands.caution:g} 起谨慎，{bands.avoid:g} 起回避",
            ),
        )
        yield Text("Empty cells", "空单元格"), Text("unknown or unbounded, never zero", "未知或无界，绝非零")
        yield Text("Amounts", "金额"), Text("in full units of the currency beside them", "以所列货币的基本单位计")
        yield (
            Text("Unknowns", "未知"),
            Text(
                f"of each company the {MOST_MISSING} inputs that most of its unknown rules read",
                f"每家公司列出等待规则最多的 {MOST_MISSING} 项输入",
            ),
        )
        if left_out := sum(sheet.left_out for sheet in (self._flags, self._figures, self._unknowns)):
            note = Text(f"{left_out:,} are more than a sheet holds", f"{left_out:,} 行超出工作表容量")
            yield Text("Rows left out", "未列出的行"), note


_TRUTH = {True: Text("yes", "是"), False: Text("no", "否")}


def _kind(name: str, kind: Kind) -> Kind:
    """Returns how a column is shown: ids of companies may be long."""
    return "wide" if name == "company" else kind


def _known(column: IntervalColumn | SymbolColumn) -> Any:
    """Returns a mask of the rows of a column that have a value."""
    return column.known if isinstance(column, IntervalColumn) else column.codes >= 0


def _word(column: SymbolColumn, place: int) -> str | bool | None:
    code = int(column.codes[place])
    return None if code < 0 else column.words[code]


def _inputs(rule: Rule, screener: Screener) -> tuple[str, ...]:
    """Returns the figures that a rule reads, directly or through metrics, and the kinds of relation."""
    program = screener.program
    fields = [n.field for n in rule_names(rule) if n.scope == COMPANY]
    figures = [name for name in closure(fields, program.metrics) if name in program.catalogue.figures]
    kinds = [pattern.kind for pattern in patterns(rule.when) if pattern.kind in program.catalogue.kinds]
    return tuple(dict.fromkeys([*figures, *kinds]))
