"""What is kept of escaped texts is what Jinja would write."""

from jinja2 import DictLoader, Environment
from markupsafe import Markup

from screener.report.quick import QuickEnvironment

TEMPLATE = """{% macro m(x, look) %}<i class="{{ look }}">{{ x }}</i>{% endmacro %}{{ v.a }}|{{ t['k'] }}|{{ m(v.b, v.c) }}
{% for x in v.many %}{{ x }},{{ m(x, '"') }}{{ '<' if loop.last }}{% endfor %}{{ script }}{{ v.many|join('&') }}{{ t['k'].format(v.a) }}"""


class View:
    a, b, c = "<b>&", "&lt;b&gt;&amp;", 'x" onload="y'
    many = ("<b>&", "&lt;b&gt;&amp;", 5, 5.0, 0.0, -0.0, True, 1, "'", "alert(1)<", "5", None, 1e22, "x" * 5000 + "<")


def test_pages_are_those_of_jinja() -> None:
    values = {"v": View, "t": {"k": "{} & <"}, "script": Markup("alert(1)<")}
    loader = DictLoader({"page": TEMPLATE})
    expected = Environment(loader=loader, autoescape=True).get_template("page").render(values)
    quick = QuickEnvironment(loader=loader, autoescape=True).get_template("page")
    for _ in range(3):  # first made, then kept
        assert quick.render(values) == expected
    assert all(type(key) is str for key in QuickEnvironment.kept)
    assert max(map(len, QuickEnvironment.kept)) < 2000
