"""Custom templates see only the view, and their errors are reported with the line."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.errors import OutputError, Problem
from screener.io.package_data import TEMPLATES_FOLDER
from screener.report.pages import html_pages as html
from screener.report.pages import template_sandbox as module
from screener.report.pages.template_sandbox import TemplateSandbox
from screener.report.views.result_view import ResultView
from tests.unit.report import sample
from tests.waiting import PATIENCE

ORACLE = sample.oracle()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Returns a folder with one template."""
    (tmp_path / "company.html.jinja").write_text("<p>{{ view.name }}</p>", "utf-8")
    return tmp_path


@pytest.fixture
def sandbox(folder: Path) -> Iterator[TemplateSandbox]:
    found = TemplateSandbox(folder)
    yield found
    found.close()


def problem_of(sandbox: TemplateSandbox) -> Problem:
    """Returns the error for the page of a company."""
    with pytest.raises(OutputError) as caught:
        sandbox.company_page(ORACLE, "en", None)
    return caught.value.problems[0]


def refused(sandbox: TemplateSandbox) -> list[Problem]:
    """Returns the errors for the folder."""
    with pytest.raises(OutputError) as caught:
        sandbox.check()
    return list(caught.value.problems)


def test_a_custom_template_stands_before_the_built_in_one(sandbox: TemplateSandbox) -> None:
    sandbox.check()
    assert sandbox.company_page(ORACLE, "en", None) == "<p>Oracle Corporation</p>"
    assert sandbox.company_page(ORACLE, "zh", None) == "<p>甲骨文公司</p>"


def test_what_the_folder_does_not_have_is_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "company.css").write_bytes((TEMPLATES_FOLDER / "company.css").read_bytes())
    sandbox = TemplateSandbox(tmp_path)
    assert sandbox.company_page(ORACLE, "en", None) == html.company_page(ORACLE)
    sandbox.close()


def test_style_and_words_of_the_folder(folder: Path) -> None:
    (folder / "company.html.jinja").unlink()
    (folder / "company.css").write_text("main{color:teal}")
    (folder / "strings.en.yaml").write_text('report: House risk memo\ntitle: "{name}: memo"\n')
    sandbox = TemplateSandbox(folder)
    sandbox.check()
    page = sandbox.company_page(ORACLE, "en", None)
    sandbox.close()
    assert "main{color:teal}" in page
    assert "House risk memo" in page
    assert "<title>Oracle Corporation: memo, as of 6 February 2026</title>" in page
    assert ">Flags" in page  # the words that it does not change are the built-in ones


def test_a_sandbox_travels_to_another_process(sandbox: TemplateSandbox) -> None:
    other = pickle.loads(pickle.dumps(sandbox))
    assert other.company_page(ORACLE, "en", None) == "<p>Oracle Corporation</p>"
    other.close()


MISTAKES = [
    ("{{ view.verdit }}", "CompanyView has no field 'verdit'; did you mean 'verdict'?"),
    ("{{ veiw.name }}", "there is no 'veiw'; did you mean 'view'?"),
    ("{{ t['flag.title'] }}", "there is no text 'flag.title'; did you mean 'flags.title'?"),
    ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
    ("{% include 'part-9' %}", "there is no template 'part-9'; only this folder is read"),
    ("{{ view.name|shout }}", "No filter named 'shout'."),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without an end"),
    ("{{ [1]|random }}", "No filter named 'random'."),
    ("{{ lipsum() }}", "there is no 'lipsum'"),
    ("{{ 'a' * 10 ** 11 }}", "more memory"),
    ("{{ 'a'|center(10 ** 11) }}", "more memory"),
    ("{{ '%100000000000d' % 1 }}", "more memory"),
]
BEYOND = [
    "{% include '/etc/passwd' %}",
    "{% include '../secret' %}",
    "{% import 'os' as os %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ view._replace(name='x') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self._TemplateReference__context }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ view|attr('__class__') }}",
    "{{ t.update({'x': 'y'}) }}",
    "{{ '{0.__class__}'.format(view) }}",
    "{{ (view.name|string).format.__func__ }}",
]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemplateSandbox]:
    """A folder with a template for every mistake, and one process for all of them."""
    folder = tmp_path_factory.mktemp("wrong")
    for line in (*[line for line, _ in MISTAKES], *BEYOND):
        (folder / named(line)).write_text(f"<h1>{{{{ view.name }}}}</h1>\n\n{line}\n")
    found = TemplateSandbox(folder)
    yield found
    found.close()


def named(line: str) -> str:
    """Returns the name of the file with a mistake."""
    lines = [*[line for line, _ in MISTAKES], *BEYOND]
    return f"case-{lines.index(line)}.jinja"


def what_is_said_of(line: str, sandbox: TemplateSandbox) -> Problem:
    with pytest.raises(OutputError) as caught:
        sandbox.page(named(line), "en", view=ResultView.of(ORACLE).company)
    return caught.value.problems[0]


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_a_mistake_is_reported_with_its_file_and_line(line: str, message: str, wrong: TemplateSandbox) -> None:
    problem = what_is_said_of(line, wrong)
    assert (problem.file, problem.line) == (str(wrong.folder / named(line)), 3)
    assert message in str(problem)


@pytest.mark.parametrize("line", BEYOND)
def test_nothing_behind_the_view_is_seen(line: str, wrong: TemplateSandbox) -> None:
    assert what_is_said_of(line, wrong).line == 3


def test_a_template_that_includes_itself(folder: Path, sandbox: TemplateSandbox) -> None:
    (folder / "company.html.jinja").write_text("{% include 'company.html.jinja' %}")
    assert problem_of(sandbox).what == "calls itself without an end"


@pytest.mark.parametrize("name", ["secret.jinja", "company.css", "strings.en.yaml"])
def test_a_link_out_of_the_folder_is_refused(name: str, folder: Path) -> None:
    (folder.parent / "secret").write_text("secret")
    (folder / name).symlink_to(folder.parent / "secret")
    sandbox = TemplateSandbox(folder)
    (problem,) = refused(sandbox)
    sandbox.close()
    assert (problem.file, problem.what) == (str(folder / name), "is a link to a file outside its folder")


def test_memory_is_bounded(folder: Path, sandbox: TemplateSandbox) -> None:
    doubling = "{% set x = namespace(a='a') %}{% for i in range(99) %}{% set x.a = x.a ~ x.a %}{% endfor %}"
    (folder / "company.html.jinja").write_text("\n" + doubling)
    problem = problem_of(sandbox)
    assert "more memory" in problem.what
    assert problem.line == 2


def allow(monkeypatch: pytest.MonkeyPatch, computing: float, waiting: float) -> None:
    """Sets the CPU time and the elapsed time, in seconds, that a page may take."""
    monkeypatch.setattr(module, "CPU_SECONDS_PER_PAGE", computing)
    monkeypatch.setattr(module, "_WALL_CLOCK_FACTOR", waiting / computing)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets pages that end take as long as the machine needs."""
    allow(monkeypatch, PATIENCE, PATIENCE)
    monkeypatch.setattr(module, "_START_SECONDS", PATIENCE)


def test_a_loop_without_end_ends(folder: Path, sandbox: TemplateSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, 0.2, PATIENCE)
    endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    (folder / "company.html.jinja").write_text("\n\n\n" + endless)
    problem = problem_of(sandbox)
    assert "longer than 0.2 s" in problem.what
    assert problem.line == 4


def test_what_does_not_even_notice_the_alarm_is_killed(folder: Path, sandbox: TemplateSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, 0.2, 0.6)
    (folder / "company.html.jinja").write_text("{{ (7 ** 9999999) ** 99 }}")
    assert "longer than 0.2 s" in problem_of(sandbox).what
    (folder / "company.html.jinja").write_text("<p>{{ view.name }}</p>")
    allow(monkeypatch, PATIENCE, PATIENCE)
    assert sandbox.company_page(ORACLE, "en", None) == "<p>Oracle Corporation</p>"  # a new process takes its place


def test_a_page_without_end_is_cut_off(folder: Path, sandbox: TemplateSandbox) -> None:
    much = "{% for i in range(99999) %}{% for j in range(99999) %}" + "much " * 200 + "{% endfor %}{% endfor %}"
    (folder / "company.html.jinja").write_text(much)
    assert problem_of(sandbox).what.startswith("the page is longer than")


def test_the_process_can_open_no_file(folder: Path) -> None:
    """Even code that escaped from the sandbox cannot read a file."""
    code = "from pathlib import Path; from screener.report.pages import template_server; template_server.restrict_process(); Path('/etc/hostname').read_text()"
    import subprocess
    import sys

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Too many open files" in run.stderr


def test_all_that_does_not_compile_is_reported_at_once(folder: Path, sandbox: TemplateSandbox) -> None:
    (folder / "company.html.jinja").write_text("\n{% if %}")
    (folder / "part.jinja").write_text("\n\n{{ }")
    (folder / "strings.zh.yaml").write_text("flag: {titel: x}\nreport: '{nobody} {n!r:5}'\n")
    assert [(Path(p.file or "").name, p.line, p.path) for p in refused(sandbox)] == [
        ("company.html.jinja", 2, ""), ("part.jinja", 3, ""), ("strings.zh.yaml", None, "flag.titel"),
        ("strings.zh.yaml", None, "report"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("strings.en.yaml", b"a: [", "did not find expected node content"),
        ("strings.en.yaml", b"- a", "should be a mapping of texts"),
        ("strings.en.yaml", b"flags: {title: 5}", "'flags.title' should be a mapping of texts"),
        ("company.css", b"\xff\xfe", "is not UTF-8 (at byte 0)"),
        ("company.css", b"x" * 1_000_001, "is larger than 1,000,000 bytes"),
        ("compny.css", b"", "is used by no page; did you mean 'company.css'?"),
    ],
)
def test_a_file_that_cannot_be_used(name: str, content: bytes, message: str, folder: Path, sandbox: TemplateSandbox) -> None:
    (folder / name).write_bytes(content)
    (problem,) = refused(sandbox)
    assert problem.file == str(folder / name)
    assert message in str(problem)


def test_a_bomb_of_aliases_in_the_words(folder: Path, sandbox: TemplateSandbox) -> None:
    rows = ["a: &a {x: y}"] + [f"{b}: &{b} {{p: *{a}, q: *{a}}}" for a, b in zip("abcdefghijklmnopqrstu", "bcdefghijklmnopqrstuv", strict=True)]
    (folder / "strings.en.yaml").write_text("\n".join(rows))
    (problem,) = refused(sandbox)
    assert "holds more than 5000 texts" in problem.what


@pytest.mark.parametrize("folder", ["nowhere", "empty", "file"])
def test_a_folder_without_templates(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    sandbox = TemplateSandbox(tmp_path / folder)
    (problem,) = refused(sandbox)
    sandbox.close()
    assert problem.file == str(tmp_path / folder)
    assert problem.hint
