"""The readers for hostile inputs, called as the commands call them. Any error other than a ScreenerError is a fault."""

import json
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from screener.engine.durable.engine import DurableEngine
from screener.engine.search import SearchEngine
from screener.errors import EngineError, Problem, ScreenerError
from screener.expression.interval import UNBOUNDED, Interval
from screener.expression.interval_ops import number, truth
from screener.expression.parser import parse as parse_expression
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import names_in, negation_normal_form
from screener.io.document import Document, parse_documents, parse_recovering
from screener.io.file_text import read_text
from screener.profile.loader import load_profile
from screener.report.formats.registry import FORMATS
from screener.report.pages import html_pages as html
from screener.report.pages.page_renderer import PageRenderer
from screener.report.rendering import RenderOptions
from screener.report.terminal.company_text import company_text
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.rules.lint.checks import check_rule_files
from screener.rules.rule_reader import RuleReader
from screener.screening import Screener
from screener.text import LANGUAGES, Language
from tests.fuzz import makers, surface_targets, world
from tests.fuzz.input_folder import folder, input_file
from tests.fuzz.profiles import profile as small_profile


@cache
def screener() -> Screener:
    """Returns a Screener with the built-in rules."""
    return Screener.load()


def profile(data: bytes) -> str:
    """Reads a profile, screens it with both engines, and writes it in every format."""
    found = load_profile(input_file("a.json" if data.lstrip()[:1] in (b"{", b"[") else "a.yaml", data), screener().rulebook.catalogue)
    result = screener().assess(found)
    # sometimes with both engines
    if crc32(data) % 8 == 0:
        of = screener().world(found)
        durable, plain = screener().engine.run(of), SearchEngine(screener().program, everyone=True).run(of)
        assert {k[0] for k in durable.decisions if k[1] == of.main} == set(screener().program.rules)
        assert {k: d.outcome for k, d in durable.decisions.items()} == {k: plain.decisions[k].outcome for k in durable.decisions}
    if crc32(data) % 3 == 0:
        formats(result, LANGUAGES[crc32(data) % 2], pages=crc32(data) % 6 == 0)
    return "screened"


def formats(result: ResultDocument, language: Language, pages: bool) -> None:
    """Writes every format and checks that nothing controls a terminal or reverses a line."""
    view, renderer = ResultView.of(result, language), PageRenderer(language)
    for name in ("json", "csv", "md", *(["html"] if pages else [])):
        text = FORMATS[name](RenderOptions((name,), language), renderer).render(view).decode("utf-8")
        if name == "json":
            json.loads(text)
        else:
            inert(text)
    inert(company_text(view.context, width=80, verbose=True, report="x"))


_STEERING = {*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)}


def inert(text: str) -> None:
    """Checks that no character in the text has an effect."""
    assert not (found := _STEERING.intersection(map(ord, set(text)))), f"{sorted(map(hex, found))} in what is written"


def rules(data: bytes) -> str:
    """Reads a rule file with the built-in catalogue; compiles, runs and shows valid rules; checks some completely."""
    text = read_text(input_file("a.yaml", data))
    problems: list[Problem] = []
    documents = parse_recovering(text, "a.yaml", problems)
    book = screener().rulebook
    reader = RuleReader(book.catalogue, dict(book.metrics), problems)
    for document in documents:
        if isinstance(document.data, dict) and isinstance(document.data.get("rule"), str):
            reader.read(document)
    found = reader.finish()
    for problem in problems:
        str(problem)
    if crc32(data) % 40 == 0:
        check_rule_files([input_file("a.yaml", data)], [str(folder() / "a.yaml")])
    if problems or not found:
        return "refused"
    mine = Screener(replace(book, rules=found))
    assert_all(mine.program)
    for fixture in ("oracle", "groq"):
        formats(mine.assess(load_profile(str(makers.ROOT / f"fixtures/{fixture}.json"), book.catalogue)), "en", pages=False)
    mine.engine.close()  # type: ignore[attr-defined]
    return "run"


def small_rules(data: bytes) -> str:
    """Runs rules of the small catalogue: all that load can be run, with the same outcomes in any order."""
    found = parse_documents(data.decode("utf-8", "replace"), "a.json")[0].data
    files = [f for f in found if isinstance(f, dict) and isinstance(f.get("rule"), str)] if isinstance(found, list) else []
    try:
        compiled = world.program(files)
    except world.Circle:
        return "refused"
    rnd = Random(data)
    durable, plain = DurableEngine(compiled, everyone=True), SearchEngine(compiled, everyone=True)
    try:
        for _ in range(2):
            of = world.world(compiled, small_profile(rnd))
            try:
                a = world.show(durable.run(of), compiled, of)
            except EngineError as error:
                if "sets of facts" not in str(error):
                    raise AssertionError("the engine refused what was loaded") from error
                continue
            assert a == world.show(plain.run(of), compiled, of)
    finally:
        durable.close()
    return "run"


def assert_all(program: Any) -> None:
    """Checks that a loaded program accepts any facts."""
    engine = DurableEngine(program)
    engine.close()


def expression(data: bytes) -> str:
    """Reads an expression, writes it, reads it again, and evaluates it."""
    text = data.decode("utf-8", "replace")
    tree = parse_expression(text)
    again = parse_expression(format_expression(tree)) if len(format_expression(tree)) <= 1000 else tree
    assert format_expression(again) == format_expression(tree), (format_expression(again), format_expression(tree))
    for node in (tree, negation_normal_form(tree), negation_normal_form(tree, True)):
        for value in (Interval(-1e24, 1e24), Interval.point(0.0), Interval.point(5e-324), UNBOUNDED, "a", True, None):
            truth(node, lambda _, value=value: value)
            found = number(node, lambda _, value=value: value)
            assert found.lo <= found.hi, (found, text)
    list(names_in(tree))
    return "read"


def table(data: bytes) -> str:
    """Reads a table with its map, and each row as a profile."""
    from screener.importers.table.company_table import read_table

    suffix, length, rest = [*data.split(b"\n", 2), b"", b""][:3]
    at = int(length[:9]) if length.isdigit() else len(rest) // 2  # a guided fuzzer changes these lines, too
    described, raw = rest[:at], rest[at:]
    kind = suffix.decode("ascii", "ignore") if suffix.isalnum() and len(suffix) < 9 else "csv"
    found = read_table(input_file(f"a.{kind}", raw), input_file("map.yaml", described), makers.catalogue())
    for each in found.profiles():
        screener().assess(each)
    return "read"


@cache
def _tags() -> Any:
    from screener.importers.sec.tags import read_forms, read_tags

    return read_tags(), read_forms()


def filings(data: bytes) -> str:
    """Converts a response of the SEC to a valid profile."""
    from screener.importers.sec.companyfacts import filed_facts
    from screener.importers.sec.filer_profile import profile_document

    tags, forms = _tags()
    (document,) = parse_documents(data.decode("utf-8", "replace"), "a.json")
    company = filed_facts(document, tags.wanted(), forms)
    made = profile_document(company, tags, makers.catalogue(), "ttm" if crc32(data) % 2 else "annual", 5, None, {})
    text = json.dumps(made.document)
    from screener.profile.loader import read_profile

    read_profile(Document("a.json", text, json.loads(text)), makers.catalogue())
    return "read"


def dataset(data: bytes) -> str:
    """Converts the tables of a data set to valid profiles."""
    from screener.importers.dataset.dataset_profiles import DatasetImport
    from screener.profile.loader import read_profile

    sub, num = [*data.split(makers.BETWEEN_TABLES, 1), b""][:2]
    source = DatasetImport([input_file("sub.txt", sub), input_file("num.txt", num)], makers.catalogue())
    with source.staged() as documents:
        for document in documents:
            text = json.dumps(document)
            read_profile(Document("a.json", text, json.loads(text)), makers.catalogue())
    return "told" if source.problems else "read"


@cache
def _filing_tables() -> Any:
    from screener.importers.filing.filing_tables import read_filing_tables

    return read_filing_tables()


def report(data: bytes) -> str:
    """Converts a report (inline XBRL, HTML, text, a submission) to a valid profile and screens it."""
    from screener.importers.filing.filing_profile import profile_of_reports
    from screener.importers.filing.report_document import report_from_bytes
    from screener.importers.filing_options import FilingOptions
    from screener.io.file_kind import read_bytes

    path = input_file("a.htm", data)
    read = report_from_bytes(read_bytes(path), path)
    options = FilingOptions(name="Acme" if crc32(data) % 2 else None, basis="ttm" if crc32(data) % 3 else "annual")
    made = profile_of_reports([read], [], _filing_tables(), makers.catalogue(), options)
    text = json.dumps(made.document)
    from screener.profile.loader import read_profile

    screener().assess(read_profile(Document("a.json", text, json.loads(text)), screener().rulebook.catalogue))
    return "read"


@cache
def _result() -> ResultDocument:
    return screener().assess(load_profile(str(makers.ROOT / "fixtures/oracle.json"), screener().rulebook.catalogue))


def template(data: bytes) -> str:
    """Renders a custom template or reports its fault, within the memory of its own process."""
    from screener.report.pages.template_server import MEMORY_BYTES, TemplateServer

    where = Path(tempfile.mkdtemp(dir=folder()))
    (where / "company.html.jinja").write_bytes(data)
    with _memory(MEMORY_BYTES):
        answer = TemplateServer(where, 10).answer("company_page", (_result(), "en"), {})
    for problem in answer.get("problems", ()):
        assert problem["what"], answer
    assert "root:x:" not in str(answer)
    html.jinja_environment.cache_clear()
    return "refused" if "problems" in answer else "rendered"


@contextmanager
def _memory(more: int) -> Iterator[None]:
    """Limits the growth of this process to this many bytes."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


TARGETS: dict[str, Callable[[bytes], str]] = {
    "profile": profile, "rules": rules, "small-rules": small_rules, "expression": expression, "table": table, "filings": filings,
    "report": report, "template": template, "dataset": dataset, "spreadsheet": surface_targets.spreadsheet,
    "settings": surface_targets.settings, "portfolio": surface_targets.portfolio, "shock": surface_targets.shock,
    "serve": surface_targets.serve,
}


def run(name: str, data: bytes) -> str:
    """Returns the outcome of an input: a word, or `refused` after a ScreenerError. Any other error is a fault."""
    try:
        return TARGETS[name](data)
    except ScreenerError as error:
        messages = [(problem.what, str(problem)) for problem in error.problems]
    assert messages
    assert all(what for what, _ in messages)
    return "refused"
