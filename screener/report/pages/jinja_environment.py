"""Jinja for the built-in templates, quick: texts are escaped once, fields are read and macros called as Python does it.

A report is some thousand small texts, most of them the same in every report of a run. What a template of a house may do is
another matter: those are compiled as Jinja does it, in its sandbox.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.utils import missing
from markupsafe import Markup, escape

_MARKUP = ("style", "script")  # names that are no texts
_LONGEST, _MOST = 2000, 50_000  # characters of a text that is kept; texts


def escaped(value: Any) -> str:
    """What `markupsafe.escape` gives, as a plain text."""
    return value if type(value) is Markup else str(escape(value))


def function(macro: Callable[..., str], arguments: int) -> Callable[..., str]:
    """A macro's code as a function: an argument that is not given is missing, and takes its default there."""
    macro.__defaults__ = (missing,) * arguments
    return macro


class _Escaped(dict[str | float, str]):
    """Texts as `markupsafe.escape` gives them, and broken numbers; those that are not too long are kept, up to so many.

    A whole number is not: as a key it would stand for 1, 1.0 and true.
    """

    def __missing__(self, value: Any) -> str:
        kind = type(value)
        if kind is int:
            return str(value)
        if kind is float:
            found, kept = str(value), not value.is_integer()
        else:
            found = escaped(value)
            kept = kind is str and len(value) < _LONGEST
        if kept:
            if len(self) >= _MOST:
                self.clear()
            self[value] = found
        return found


class _Generator(CodeGenerator):
    """Writes `a.b`, `a['b']` and `a(b)` for what Jinja does by a function, and looks up what was escaped before.

    Only names, fields and words are looked up, and choices between them: a `Markup` would be taken for the text that it
    equals. What a macro gives is escaped, and is written as it is.
    """

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if self._is_kept(node, frame, finalize):
            self.write("environment.kept[")
        elif _is_macro(node):
            self.write("(")
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
        return _is_text(node) and finalize.src is None and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile

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

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        """A choice; nothing where there is no other."""
        super().visit_CondExpr(nodes.CondExpr(node.test, node.expr1, node.expr2 or nodes.Const("")), frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A macro or a method of a text: neither asks for the context."""
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Macros take arguments by place only, and give a text that is escaped."""
        self.write(f"environment.function(macro, {len(macro_ref.node.args)})")


def _is_macro(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)


def _is_text(node: nodes.Node | None) -> bool:
    """Whether what a node gives is a plain text or a number."""
    match node:
        case nodes.CondExpr():
            return _is_text(node.expr1) and (node.expr2 is None or _is_text(node.expr2))
        case nodes.Or():
            return _is_text(node.left) and _is_text(node.right)
        case nodes.Name():
            return node.name not in _MARKUP
        case nodes.Const():
            return isinstance(node.value, str)
    return isinstance(node, nodes.Getattr | nodes.Getitem)


class QuickEnvironment(Environment):
    """An environment whose templates ask only for what there is."""

    code_generator_class = _Generator
    kept = _Escaped()
    escaped = staticmethod(escaped)
    function = staticmethod(function)
