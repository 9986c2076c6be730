"""Jinja for the built-in templates, quick: texts are escaped once, and fields are read as Python reads them.

A report is some thousand small texts, most of them the same in every report of a run. What a template of a house may do is
another matter: those are compiled as Jinja does it, in its sandbox.
"""

from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

_MARKUP = ("style", "script")  # names that are no texts
_LONGEST, _MOST = 2000, 50_000  # characters of a text that is kept; texts


def escaped(value: Any) -> str:
    """What `markupsafe.escape` gives, as a plain text."""
    return value if type(value) is Markup else str(escape(value))


class _Escaped(dict[str, str]):
    """Texts as `markupsafe.escape` gives them; those that are not too long are kept, up to so many."""

    def __missing__(self, value: Any) -> str:
        kind = type(value)
        if kind is float or kind is int:
            return str(value)
        found = escaped(value)
        if kind is str and len(value) < _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[value] = found
        return found


class _Generator(CodeGenerator):
    """Writes `a.b` and `a['b']` for what Jinja looks up by a function, and looks up what was escaped before.

    Only names, fields and words are looked up: a `Markup`, such as what a macro gives, would be taken for the text that it
    equals.
    """

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if self._is_kept(node, frame, finalize):
            self.write("environment.kept[")
        elif frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: Any, frame: Frame, finalize: Any) -> None:
        if self._is_kept(node, frame, finalize):
            self.write("]")
        else:
            super()._output_child_post(node, frame, finalize)

    @staticmethod
    def _is_kept(node: Any, frame: Frame, finalize: Any) -> bool:
        plain = isinstance(node, nodes.Getattr | nodes.Getitem) or (
            isinstance(node, nodes.Name) and node.name not in _MARKUP
        )
        return plain and finalize.src is None and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile

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
    kept = _Escaped()
    escaped = staticmethod(escaped)
