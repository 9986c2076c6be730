"""The pages of the server as named tuples of final texts: links, forms and tables."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart
from screener.report.views.table_page import ReportTable
from screener.report.views.view_models import Link


class FormField(NamedTuple):
    """A field of a form. `kind` is the type of an input, or textarea, select, or number (a text input with a slider)."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()  # for a select: value, label
    slider_base: str = ""  # for a number: the value at the middle of its slider
    rows: int = 18  # for a textarea


class PageForm(NamedTuple):
    """A form; `method` is get or post. With `live`, a script updates the page while fields are changed."""

    title: str
    note: str
    action: str
    method: str
    button: str
    fields: tuple[FormField, ...]
    upload: bool = False
    live: bool = False


class PageBlock(NamedTuple):
    """A part of a page: a form, or a drawing or table that the live form of the page updates; `name` is its anchor."""

    name: str
    form: PageForm | None = None
    table: ReportTable | None = None  # also None if there is nothing to show yet
    chart: Chart | None = None
    chart_note: str = ""


class ServedPage(NamedTuple):
    """A page: heading, navigation, notices, then tables and forms in their order."""

    heading: str
    label: str
    navigation: tuple[Link, ...]
    lines: tuple[str, ...]
    problems: tuple[str, ...]
    blocks: tuple[PageBlock, ...]
    links: tuple[Link, ...] = ()
