"""What is kept of escaped texts is what Jinja would write."""

from jinja2 import DictLoader, Environment
from markupsafe import Markup

from screener.report.pages.jinja_environment import QuickEnvironment

TEMPLATE = """{% macro m(x, look, more='&') %}<i class="{{ look }}">{{ x }}{{ more }}</i>{% endmacro %}{{ v.a }}|{{ t['k'] }}|{{ m(v.b, v.c) }}
{% for x in v.many %}{{ x }},{{ m(x, '"') }}{{ m(x, 'a', x) }}{{ '<' if loop.last }}{{ (v.a if x else t['k']) or x }}{% endfor %}{{ script }}{{ v.many|join('&') }}{{ t['k'].format(v.a) }}"""


class View:
    a, b, c = "<b>&", "&lt;b&gt;&amp;", 'x" onload="y'
    many = ("<b>&", "&lt;b&gt;&amp;", 5, 5.0, 2.5, 0.0, -0.0, True, 1, "'", "alert(1)<", "5", None, 1e22, "x" * 5000 + "<")


def test_pages_are_those_of_jinja() -> None:
    values = {"v": View, "t": {"k": "{} & <"}, "script": Markup("alert(1)<")}
    loader = DictLoader({"page": TEMPLATE})
    expected = Environment(loader=loader, autoescape=True).get_template("page").render(values)
    quick = QuickEnvironment(loader=loader, autoescape=True).get_template("page")
    for _ in range(3):  # first made, then kept
        assert quick.render(values) == expected
    kept = QuickEnvironment.kept
    assert 2.5 in kept
    assert all(type(key) is str or (type(key) is float and not key.is_integer()) for key in kept)
    assert max(len(str(key)) for key in kept) < 2000
