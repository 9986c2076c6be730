"""Twice the input takes at most three times the memory and work in every reader; both are counted, not timed."""

import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.importers.filing.report_document import report_from_bytes
from screener.importers.table.company_table import read_table
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_sheet import ReadOptions
from screener.io.document import parse_documents
from screener.io.file_kind import read_bytes
from screener.io.file_text import read_text
from screener.io.paths import documents_in_lines
from screener.profile.loader import load_profile
from screener.result.codec import results_in
from screener.rules.rulebook import Rulebook
from screener.rules.settings import read_settings

SIZE = 400  # rows, members, lines: large enough that fixed costs do not matter
MAP = "id: {column: name}\nname: {column: name}\ncurrency: {text: USD}\nperiod: {text: FY2024}\ncolumns: {revenue: revenue}\n"
Make = Callable[[Path, int], str]


def text_file(name: str, text: Callable[[int], str]) -> Make:
    def make(folder: Path, size: int) -> str:
        path = folder / f"{size}-{name}"
        path.write_text(text(size), "utf-8")
        return str(path)

    return make


def workbook(shared: bool) -> Make:
    def make(folder: Path, size: int) -> str:
        book = openpyxl.Workbook()
        book.active.append(["name", "revenue"])
        for row in range(size):
            book.active.append([f"Company {row if shared else 1}", row])
        book.save(folder / f"{size}-{shared}.xlsx")
        return str(folder / f"{size}-{shared}.xlsx")

    return make


def customers(size: int) -> str:
    return json.dumps({"name": "A", "customers": [{"party": f"c{i}", "share_of_revenue": 0.001} for i in range(size)]})


def suppliers(size: int) -> str:
    alternatives = [{"in_house": True}]
    listed = [{"party": f"s{i}", "critical": True, "alternatives": alternatives} for i in range(size)]
    return json.dumps({"name": "A", "suppliers": listed})


def claims(size: int) -> str:
    return json.dumps({"name": "A", "figures": {"revenue": [{"value": i, "period": "FY2024"} for i in range(size)]}})


def yaml_customers(size: int) -> str:
    return "name: A\ncustomers:\n" + "".join(f"  - {{party: c{i}, share_of_revenue: 0.001}}\n" for i in range(size))


def settings_text(size: int) -> str:
    return "params:\n" + "".join(f"  rule-{i}: {{most: {i}}}\n" for i in range(size))


def page(size: int) -> str:
    return "<html><body>" + "".join(f"<table><tr><td>Cash {i}</td><td>{i}</td></tr></table>" for i in range(size)) + "</body></html>"


INLINE = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
    'xmlns:xbrli="http://www.xbrl.org/2003/instance"><body><ix:header><xbrli:context id="c"><xbrli:entity>'
    "<xbrli:identifier>1</xbrli:identifier></xbrli:entity><xbrli:period><xbrli:instant>2024-12-31</xbrli:instant></xbrli:period>"
    '</xbrli:context><xbrli:unit id="u"><xbrli:measure>USD</xbrli:measure></xbrli:unit></ix:header><p>Annual report of Acme Inc. for the year 2024</p>'
)


def nested(start: str, name: str) -> Make:
    """Returns a report with nested elements of one kind."""
    return text_file(f"{name.partition(':')[2] or name}.htm", lambda n: INLINE + start * n + f"</{name}>" * n + "</body></html>")


def sheet(path: str, _: Rulebook) -> Any:
    return read_sheet(path, ReadOptions())


def table(path: str, book: Rulebook) -> Any:
    described = Path(path).with_suffix(".map.yaml")
    described.write_text(MAP, "utf-8")
    return list(read_table(path, str(described), book.catalogue).documents())


def profile(path: str, book: Rulebook) -> Any:
    return load_profile(path, book.catalogue)


def lines(path: str, _: Rulebook) -> Any:
    return documents_in_lines(path)


READERS: dict[str, tuple[Make, Callable[[str, Rulebook], Any]]] = {
    "rows of CSV": (text_file("a.csv", lambda n: "name,revenue\n" + "".join(f"Company {i},{i}\n" for i in range(n))), table),
    "blank lines of CSV": (text_file("b.csv", lambda n: "name,revenue\nA,1\n" + "\n" * n + "B,2\n"), sheet),
    "columns of CSV": (text_file("c.csv", lambda n: ",".join(f"c{i}" for i in range(n)) + "\n" + ",".join("1" * n) + "\n"), sheet),
    "equal headers": (text_file("d.csv", lambda n: ",".join("c" * n) + "\n" + ",".join("1" * n) + "\n"), sheet),
    "lines too long": (text_file("e.csv", lambda n: "name,revenue\n" + "A,1,2\n" * n + "B,2\n"), sheet),
    "rows of ARFF": (
        text_file("a.arff", lambda n: "@relation a\n@attribute x numeric\n@data\n" + "".join(f"{i}\n" for i in range(n))), sheet,
    ),
    "rows of Excel": (workbook(shared=False), table),
    "shared strings of Excel": (workbook(shared=True), sheet),
    "members in JSON": (text_file("a.json", customers), profile),
    "members within members": (text_file("b.json", suppliers), profile),
    "claims of a figure": (text_file("c.json", claims), profile),
    "members in YAML": (text_file("a.yaml", yaml_customers), profile),
    "lines of JSONL": (text_file("a.jsonl", lambda n: '{"name": "A"}\n\n' * n), lines),
    "settings": (text_file("s.yaml", settings_text), lambda path, _: read_settings(Path(path))),
    "tables of a report": (text_file("a.htm", page), lambda path, _: report_from_bytes(read_bytes(path), path)),
    "units within units": (nested('<xbrli:unit id="v">', "xbrli:unit"), lambda path, _: report_from_bytes(read_bytes(path), path)),
    "contexts within contexts": (nested('<xbrli:context id="d">', "xbrli:context"), lambda path, _: report_from_bytes(read_bytes(path), path)),
    "numbers within numbers": (
        nested('<ix:nonFraction name="a:b" contextRef="c" unitRef="u">1', "ix:nonFraction"), lambda path, _: report_from_bytes(read_bytes(path), path),
    ),
    "texts within texts": (
        nested('<ix:nonNumeric name="a:b" contextRef="c">text', "ix:nonNumeric"), lambda path, _: report_from_bytes(read_bytes(path), path),
    ),
    "preformatted text within itself": (nested("<pre>some words here\n", "pre"), lambda path, _: report_from_bytes(read_bytes(path), path)),
    "results that are none": (text_file("r.json", lambda n: "{}\n" * n), lambda path, _: list(results_in(read_text(path), path))),
    "documents in a file": (text_file("d.yaml", lambda n: "---\na: 1\n" * n), lambda path, _: parse_documents(read_text(path), path)),
}


def calls(act: Callable[[], Any]) -> int:
    """Returns the number of calls of Python and C functions."""
    count = 0

    def count_calls(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_calls)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def peak(act: Callable[[], Any]) -> int:
    """Returns the largest number of bytes in use at one time."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("measure", [calls, peak])
@pytest.mark.parametrize("name", READERS)
def test_twice_as_much_takes_at_most_three_times(
    name: str, measure: Callable[[Callable[[], Any]], int], book: Rulebook, tmp_path: Path
) -> None:
    make, read = READERS[name]
    paths = [make(tmp_path, size) for size in (10, SIZE, 2 * SIZE)]
    for path in paths:
        read(path, book)  # memory that is kept from now on is not counted
    least, once, twice = (measure(lambda path=path: read(path, book)) for path in paths)
    once, twice = once - least, twice - least
    assert twice <= 3 * max(once, least)
