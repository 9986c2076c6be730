"""Writes a validation as text, as data and as a page, for one table or for several side by side."""

import math
from collections import namedtuple
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from screener.io.package_data import TEMPLATES_FOLDER
from screener.report import number_format as numbers
from screener.report.charts.shapes import Chart, Dot, Label, px
from screener.report.charts.shapes import Path as Line
from screener.report.pages.html_pages import page
from screener.report.terminal.text_layout import Line as TextLine
from screener.report.terminal.text_layout import paragraph, render_lines
from screener.report.terminal.text_table import table_lines
from screener.report.wording import Wording, load_wording
from screener.text import Language, Text, clean
from screener.validation.reliability import Reliability
from screener.validation.validation_records import SCHEMA, Validation
from screener.validation.validation_tables import ReportTable, RuleCell, side_by_side_tables, validation_tables
from screener.validation.validation_texts import heading_lines, note_lines, percent_text, title_text, warning_lines

_WIDE, _HIGH = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 446.0, 14.0, 276.0


SCHEMA_OF_SEVERAL = "screener/validations/1"


def validation_data(found: Sequence[Validation]) -> dict[str, Any]:
    """Returns the validation as data for JSON; several tables are under `populations`."""
    if len(found) == 1:
        return {"schema": SCHEMA, **_population_data(found[0])}
    return {"schema": SCHEMA_OF_SEVERAL, "populations": [_population_data(one) for one in found]}


def _population_data(found: Validation) -> dict[str, Any]:
    """Returns the data of one validation; notes on what was not compared are English sentences."""
    data: dict[str, Any] = _plain(found)
    data["reliability"]["notes"] = note_lines(found, load_wording("en"))
    return data


class MethodLine(NamedTuple):
    """A line of a workbook about the validation as a whole: a label and its value."""

    what: str
    value: object


def validation_workbook(found: Sequence[Validation], language: Language = "en") -> bytes:
    """Returns the validation as an Excel workbook: its tables, with several populations one below the other."""
    from screener.report.record_workbook import flat_record, records_workbook

    listed = ("deciles", "bands", "verdicts", "lead_times", "rules", "roc", "gains", "packs", "fitted")
    blank: dict[str, Any] = {**dict.fromkeys(listed, ()), "reliability": Reliability((), ())}
    sheets: dict[str, list[Any]] = {"Method": []}
    for one in found:
        fields = flat_record(one._replace(**blank), language).items()
        lines = [MethodLine(name[:1].upper() + name[1:], value) for name, value in fields if value not in (None, "")]
        sheets["Method"] += lines if len(found) == 1 else [_of_table(one.table, line) for line in lines]
    for name in ("rules", "verdicts", "bands", "deciles", "lead_times"):
        title = name.replace("_", " ").capitalize()
        sheets[title] = [_of_table(one.table, record) for one in found for record in getattr(one, name)]
    sheets["Reliability"] = [_of_table(one.table, band) for one in found for band in one.reliability.bands]
    sheets["Fitted on"] = [_of_table(one.table, sample) for one in found for sample in one.fitted]
    return records_workbook(sheets, language)


def _of_table(table: str, record: Any) -> Any:
    """Returns a record with the table that it was measured on as its first field."""
    fields = ("table", *record._fields)
    return namedtuple("PopulationRecord", fields)(table, *record)


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        return {n: _plain(v) for n, v in zip(names, value, strict=True)} if names else [_plain(v) for v in value]
    return value


_ChartRow = tuple[str, Chart, tuple[str, str], Sequence[tuple[str, str]]]  # note, drawing, the table of its data


class ValidationView(NamedTuple):
    """The content of the template: final texts and charts."""

    heading: str
    lines: Sequence[str]
    charts: Sequence[_ChartRow]
    tables: Sequence[ReportTable]


def validation_text(
    found: Sequence[Validation], width: int = 80, colour: bool = False, language: Language = "en"
) -> str:
    """Returns the text for a terminal of `width` columns: several tables side by side, then each by itself."""
    w = load_wording(language)
    lines: list[TextLine] = [] if len(found) == 1 else _table_lines(side_by_side_tables(found, w), width, w)[1:]
    for one in found:
        lines += [()] if lines else []
        for n, line in enumerate(heading_lines(one, w)):
            lines += paragraph(line, width, style="" if n else "bold")
        lines += _table_lines(validation_tables(one, w), width, w)
        lines += [
            line
            for text in warning_lines(one, w)
            for line in (paragraph(text, width, style="medium") if text else [()])
        ]
    return render_lines(lines, colour, width)


def _table_lines(tables: Iterable[ReportTable], width: int, w: Wording) -> list[TextLine]:
    lines: list[TextLine] = []
    for title, note, headers, rows in tables:
        numeric = [False, *[True] * (len(headers) - 1)]
        lines += [(), [(title, "bold")], *paragraph(note, width, style="muted")]
        lines += table_lines(headers, [[(_cell_text(cell, w), "") for cell in row] for row in rows], numeric, width)
    return lines


def _cell_text(cell: str | RuleCell, w: Wording) -> str:
    return w("validation.rule_with_id", **cell._asdict()) if isinstance(cell, RuleCell) else cell


def validation_page(found: Sequence[Validation], templates: Path = TEMPLATES_FOLDER, language: Language = "en") -> str:
    """Returns the validation as an HTML page with the curves."""
    w = load_wording(language, templates)
    several = len(found) > 1
    tables = list(side_by_side_tables(found, w)) if several else []
    charts: list[_ChartRow] = []
    lines: list[str] = []
    for one in found:

        def titled(title: str, table: str = clean(one.table)) -> str:
            return w("validation.of_table", table=table, title=title) if several else title

        lines += [*heading_lines(one, w), *warning_lines(one, w)]
        charts += [(titled(note), *rest) for note, *rest in _charts(one, w)]  # type: ignore[misc]
        tables += [(titled(title), *rest) for title, *rest in validation_tables(one, w)]  # type: ignore[misc]
    heading = w("validation.heading", what=title_text(found[0], w))
    view = ValidationView(heading, [line for line in map(clean, lines) if line], charts, tables)
    return page("validation.html.jinja", language, templates, view=view)


def _charts(found: Validation, w: Wording) -> list[_ChartRow]:
    survivors, companies, caught = (w(f"validation.chart.{name}") for name in ("survivors", "companies", "caught"))
    return [
        (w("validation.chart.roc_note"), _roc(found, w), (survivors, caught), _tenths(found.roc, w)),
        (w("validation.chart.calibration_note"), _calibration(found, w), ("", ""), ()),
        (w("validation.chart.gains_note"), _lift(found, w), (companies, caught), _tenths(found.gains, w)),
    ]


def _tenths(points: Sequence[tuple[float, float]], w: Wording) -> list[tuple[str, str]]:
    """Returns the values of a curve at each tenth of the horizontal axis."""
    share_text = [i / 10 for i in range(11)]
    return [(percent_text(at, w), percent_text(max(y for x, y in points if x <= at + 1e-9), w)) for at in share_text]


def _roc(found: Validation, w: Wording) -> Chart:
    area = w("validation.chart.roc_area", area=f"{found.area.value:.3f}")
    names = (w("validation.chart.survivors"), w("validation.chart.caught"))
    return _curve(w("validation.chart.roc"), area, found.roc, names, w.language)


def _lift(found: Validation, w: Wording) -> Chart:
    tenth = next((y for x, y in found.gains if x >= 0.1), 1.0)
    first = w("validation.chart.first_tenth", share=percent_text(tenth, w))
    names = (w("validation.chart.companies"), w("validation.chart.caught"))
    return _curve(w("validation.chart.gains"), first, found.gains, names, w.language)


def _curve(
    title: str, desc: str, points: Sequence[tuple[float, float]], names: tuple[str, str], language: Language
) -> Chart:
    """Returns the drawing of a curve; `names` are those of the horizontal and the vertical axis."""
    line = "M" + "L".join(f"{px(_x(x))} {px(_y(y))}" for x, y in points)
    chance = f"M{px(_x(0))} {px(_y(0))}L{px(_x(1))} {px(_y(1))}"
    return Chart(
        title,
        desc,
        _WIDE,
        _HIGH,
        False,
        "low",
        (_axes(), Line(chance, "line dashed unknown", 1), Line(line, "line", 2)),
        labels=(*_ticks(1.0, language), *_names(*names), Label(_RIGHT, _BOTTOM - 12, desc, "end", "strong")),
    )


def _calibration(found: Validation, w: Wording) -> Chart:
    most = math.ceil(max(b.share.high for b in found.deciles) * 5) / 5  # so that the marks are round numbers
    paths, dots, labels = [_axes()], [], []
    for i, band in enumerate(found.deciles):
        x = px(_x((i + 0.5) / len(found.deciles)))
        low, at, high = (px(_y(v / most)) for v in (band.share.low, band.share.value, band.share.high))
        paths.append(Line(f"M{x} {low}V{high}", "line", 2))
        dots.append(Dot(x, at, 4, ""))
        labels.append(Label(x, _BOTTOM + 16, str(i + 1), "middle", ""))
    upright = [t for t in _ticks(most, w.language) if t.anchor == "end"]
    return Chart(
        title=w("validation.chart.calibration"),
        description=w("validation.chart.calibration_desc"),
        width=_WIDE,
        height=_HIGH,
        fluid=False,
        css_class="low",
        paths=tuple(paths),
        rects=(),
        dots=tuple(dots),
        labels=(*upright, *labels, *_names(w("validation.chart.decile"), w("validation.chart.share_failed"))),
    )


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _axes() -> Line:
    return Line(f"M{px(_LEFT)} {px(_TOP)}V{px(_BOTTOM)}H{px(_RIGHT)}", "line unknown", 1)


def _ticks(most: float, language: Language) -> list[Label]:
    found = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        found.append(Label(_LEFT - 6, px(_y(share) + 4), numbers.share(share * most, language), "end", ""))
        found.append(Label(px(_x(share)), _BOTTOM + 16, numbers.share(share, language), "middle", ""))
    return found


def _names(across: str, up: str) -> tuple[Label, Label]:
    return Label(px((_LEFT + _RIGHT) / 2), _HIGH - 10, across, "middle", ""), Label(
        _LEFT + 8, _TOP + 4, up, "start", ""
    )
