"""Custom templates on the command line: the example renders, and errors stop the command before it writes anything."""

import re
from pathlib import Path

import pytest
from commands import FIXTURES, process, screener

ORACLE, GROQ = str(FIXTURES / "oracle.json"), str(FIXTURES / "groq.json")
TEMPLATES = "examples/custom-templates"


@pytest.mark.parametrize(("language", "title"), [("en", "Example Capital · risk memo"), ("zh", "示例资本 · 风险备忘录")])
def test_the_example_renders(language: str, title: str, here: Path) -> None:
    done = process("run", ORACLE, GROQ, "--templates", TEMPLATES, "--lang", language, "--out", "out", "--quiet", cwd=here)
    assert (done.code, done.err) == (0, "")
    assert sorted(p.name for p in (here / "out").iterdir()) == ["groq.html", "index.html", "oracle.html"]
    page, index = ((here / "out" / name).read_text("utf-8") for name in ("oracle.html", "index.html"))
    assert title in page
    assert ".letterhead{" in page
    assert ".letterhead{" in index, "the style of the house is on every page"
    assert not re.search(r"https?://(?!\S*sec\.gov)", re.sub(r'<a href="[^"]*"', "", page))


def test_one_company_and_again_from_its_result(here: Path) -> None:
    assert process("run", ORACLE, "--templates", TEMPLATES, "--format", "html,json", "--out", "out", cwd=here).code == 0
    assert screener("report", "out/oracle.json", "--templates", TEMPLATES, "--out", "again", "--quiet").code == 0
    assert (here / "out" / "oracle.html").read_bytes() == (here / "again" / "oracle.html").read_bytes()


def test_a_comparison_in_the_look(here: Path) -> None:
    done = screener("compare", ORACLE, ORACLE, "--format", "html", "--templates", TEMPLATES)
    assert done.code == 0
    assert ".letterhead{" in done.out


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("company.html.jinja", "\n{% if %}", "mine/company.html.jinja:2:1: Expected an expression"),
        ("company.html.jinja", "\n\n{{ view.nam }}", "mine/company.html.jinja:3:1: CompanyView has no field 'nam'; did you mean 'name'?"),
        ("strings.en.yaml", "reprot: x", "mine/strings.en.yaml: reprot: there is no text 'reprot'; did you mean 'report'?"),
    ],
)
def test_what_is_wrong_leaves_nothing_half_written(name: str, text: str, message: str, here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / name).write_text(text)
    for command in (("run", ORACLE), ("run", ORACLE, GROQ)):
        done = process(*command, "--templates", "mine", "--out", "out", cwd=here)
        assert done.code == 3
        assert message in done.err
        assert not list(here.glob("out/*"))


def test_no_such_folder(here: Path) -> None:
    done = screener("run", ORACLE, "--templates", "nowhere")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("nowhere: can't be read: no such file or directory; name a folder of templates")
