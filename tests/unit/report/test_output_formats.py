"""Output formats: one class each in the registry; the view of a result is built once for all of them."""

from pathlib import Path

import pytest

from screener.report.formats.registry import FORMATS
from screener.report.rendering import RenderOptions, ReportRenderer
from screener.report.report_writer import ReportsInMemory, ReportWriter
from screener.report.run_reports import RunReports
from screener.report.views import company_view, view_context
from tests.unit.report import sample

TEXTS = tuple(name for name, form in FORMATS.items() if not form.binary)


def test_the_view_is_built_once_for_all_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    for module, name in ((company_view, "company_view"), (view_context.ViewContext, "__init__")):
        original = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, name=name, original=original, **k: built.append(name) or original(*a, **k))
    ReportRenderer(RenderOptions(TEXTS)).render(sample.oracle())
    assert sorted(built) == ["__init__", "company_view"]


@pytest.mark.parametrize(
    ("formats", "of_one", "of_all"),
    [
        (("json", "html", "csv"), "oracle.html", "index.html"),
        (("json", "csv", "parquet"), "findings.csv", "findings.csv"),
        (("json", "parquet"), "companies.parquet", "companies.parquet"),
        (("json", "md"), "oracle.md", ""),
    ],
)
def test_the_report_to_open_first(formats: tuple[str, ...], of_one: str, of_all: str) -> None:
    renderer = ReportRenderer(RenderOptions(formats))
    assert (renderer.main_file("oracle"), renderer.main_file(None)) == (of_one, of_all)


def test_formats_write_each_company_and_then_the_overview(tmp_path: Path) -> None:
    writer, collected = ReportWriter(tmp_path / "out", RenderOptions(TEXTS), lambda _: None), ReportsInMemory()
    for result in (sample.oracle(), sample.empty()):
        report = writer.renderer.render(result)
        writer.write(report)
        collected.add(report)
    writer.finish(RunReports(collected))
    own = [f"{company}.{suffix}" for company in ("blank-holdings", "oracle") for suffix in ("html", "json", "md")]
    shared = ["companies.csv", "companies.parquet", "findings.csv", "findings.parquet", "index.html"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted([*own, *shared])
