"""Jinja for the built-in templates, quick: texts are escaped once, and fields are read as Python reads them.

A report is some thousand small texts, most of them the same in every report of a run. What a template of a house may do is
another matter: those are compiled as Jinja does it, in its sandbox.
"""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

_LONGEST = 2000  # characters of a text that is kept


@lru_cache(maxsize=32_768)
def _kept(text: str) -> str:
    return str(escape(text))


def escaped(value: Any) -> str:
    """What `markupsafe.escape` gives, as a plain text."""
    kind = type(value)
    if kind is str:
        return _kept(value) if len(value) < _LONGEST else str(escape(value))
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value) if kind is float or kind is int else str(escape(value))


class _Generator(CodeGenerator):
    """Writes `a.b` and `a['b']` for what Jinja looks up by a function, and `environment.escaped` for its `escape`."""

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """A field of a named tuple."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """A word by its key."""
        if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)):
            super().visit_Getitem(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f")[{node.arg.value!r}]")


class QuickEnvironment(Environment):
    """An environment whose templates ask only for what there is."""

    code_generator_class = _Generator
    escaped = staticmethod(escaped)
