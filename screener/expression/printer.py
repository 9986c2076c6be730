"""Expressions as text."""

from screener.expression.syntax_tree import (
    And,
    Binary,
    Bool,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
)


def format_expression(node: Expression) -> str:
    """The expression as text that parses to the same tree, with few parentheses."""
    match node:
        case Number(value):
            return f"{value:.15g}"
        case Word(value):
            return f"'{value}'"
        case Bool(value):
            return "true" if value else "false"
        case Name():
            return str(node)
        case Negative(item):
            return f"-{_operand(item)}"
        case Not(item):
            return f"not {format_expression(item) if isinstance(item, Not) else _operand(item)}"
        case Binary(op, left, right):
            return f"{_operand(left)} {op} {_operand(right)}"
        case Compare(op, left, right):
            return f"{_side(left)} {op} {_side(right)}"
        case Call(function, items):
            return f"{function}({', '.join(map(format_expression, items))})"
        case And(items):
            return " and ".join(_operand(i) if isinstance(i, Or) else format_expression(i) for i in items)
        case Or(items):
            return " or ".join(map(format_expression, items))
    raise TypeError(node)


def _operand(node: Expression) -> str:
    """An operand of an operator: anything compound stands in parentheses."""
    text = format_expression(node)
    return f"({text})" if isinstance(node, Binary | Compare | And | Or | Not) else text


def _side(node: Expression) -> str:
    """A side of a comparison: formulas need no parentheses there."""
    return _operand(node) if isinstance(node, Compare | And | Or | Not) else format_expression(node)
