"""Results packed between the two passes of a run are unchanged and small."""

import pickle
from pathlib import Path

import pytest

from screener.report.rendering import RenderOptions, ReportRenderer
from screener.result.detail import Detail
from screener.result.model import ResultDocument, to_dict
from screener.runs.result_packing import ResultPacker
from screener.screening import Screener

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures").glob("*.json"))


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


@pytest.fixture(scope="module")
def results(screener: Screener) -> list[ResultDocument]:
    return [screener.assess(screener.profile(path)) for path in FIXTURES]


def test_what_is_packed_is_unpacked_in_another_process(screener: Screener, results: list[ResultDocument]) -> None:
    packer, other = ResultPacker(screener.program), ResultPacker(Screener.load().program)
    for result in results:
        found, digest = other.unpack(packer.pack(result, "digest"))
        assert digest == "digest"
        assert found == result
        assert repr(found) == repr(result)  # 0 and -0 are equal
        assert to_dict(found) == to_dict(result)


def test_zero_keeps_its_sign(screener: Screener, results: list[ResultDocument]) -> None:
    packer = ResultPacker(screener.program)
    first, *others = results[0].findings
    for points in (-0.0, 0.0):
        result = results[0]._replace(findings=(first._replace(points=points), *others))
        assert repr(packer.unpack(packer.pack(result, ""))[0].findings[0].points) == repr(points)


def test_what_rules_say_of_every_company_is_left_out(screener: Screener, results: list[ResultDocument]) -> None:
    packer = ResultPacker(screener.program)
    for result in results:
        assert len(packer.pack(result, "")) < len(pickle.dumps(result, pickle.HIGHEST_PROTOCOL)) / 2


@pytest.mark.parametrize("form", ["html", "csv", "md", "xlsx", "json"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_show_nothing_beyond_the_detail_of_their_format(
    form: str, language: str, screener: Screener, results: list[ResultDocument]
) -> None:
    options = RenderOptions((form,), language=language, several=True)  # type: ignore[arg-type]
    renderer = ReportRenderer(options)
    for path, whole in zip(FIXTURES, results, strict=True):
        short = screener.assess(screener.profile(path), detail=options.detail)
        assert renderer.render(short) == renderer.render(whole)


def test_the_detail_of_a_run_is_that_of_the_format_that_shows_most() -> None:
    assert RenderOptions(("csv",)).detail is Detail.DISTANCES
    assert RenderOptions(("html", "csv")).detail is Detail.REPORT
    assert RenderOptions(("csv", "json")).detail is Detail.FULL
    assert RenderOptions(("csv",), database_record=True).detail is Detail.FULL
    assert RenderOptions(("xlsx", "parquet", "pdf")).detail is Detail.REPORT
