"""A loader of YAML 1.2 core scalars without duplicate keys, and a check for texts nested too deeply for its parser."""

import math
import re
from typing import Any

import yaml

from screener import limits
from screener.errors import DocumentError, Problem
from screener.text import INVISIBLE, character_name, clean, shorten

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlLoader(_Base):  # type: ignore[misc]
    """Loads YAML 1.2 core: `90e9` is a number, only true and false are truth values, dates stay text, there are no
    merge keys."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.faults: list[Problem] = []  # problems that do not prevent reading the rest

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        """Returns a mapping whose keys are unique texts. Raises DocumentError; duplicates are added to `faults`."""
        data: dict[str, Any] = {}
        for i, (key_node, value_node) in enumerate(node.value):
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                before = node.value[i - 1][1] if i and node.flow_style else None
                raise _key_fault(key, key_node, value_node, before)
            if hidden := INVISIBLE.match(key):
                what = f"the key '{clean(key)}' starts with {character_name(hidden[0])}"
                raise _fault(key_node, what, "write plain spaces, or remove it", "bad-yaml")
            if key in data:
                self.faults.extend(
                    _fault(key_node, f"duplicate key '{key}'", "keep one of the two", "duplicate-key").problems
                )
                continue
            data[key] = self.construct_object(value_node, deep=deep)
        return data

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Returns the value of a node. Raises DocumentError for an alias."""
        if node in self.constructed_objects:
            raise _fault(node, "YAML aliases are not supported", "write the value out", "bad-yaml")
        return super().construct_object(node, deep=deep)


def _key_fault(key: Any, key_node: Any, value_node: Any, before: Any) -> DocumentError:
    """Returns the problem of a key that is not text; `before` is the previous value in the same { }."""
    hint = "put the text in single quotes, without { }" if isinstance(key, dict) else "put it in quotes"
    is_number = isinstance(key, int | float) and not isinstance(key, bool)
    if is_number and value_node.value == "" and isinstance(before, yaml.ScalarNode) and _INT.match(before.value):
        hint = f"a comma separates entries; write {before.value}.{key_node.value} with a decimal point"
    return _fault(key_node, f"the key {shorten(repr(key), 60)} is not text", hint, "bad-yaml")


def _fault(node: Any, what: str, hint: str, code: str = "bad-value") -> DocumentError:
    mark = node.start_mark
    return DocumentError(Problem(what, hint, line=mark.line + 1, column=mark.column + 1, code=code))


def _number(loader: Any, node: Any) -> float | int:
    text = loader.construct_scalar(node)
    try:
        whole = _INT.match(text) and len(text) < limits.DIGITS
        value = int(text, 0) if text[:2] in ("0x", "0o") else int(text) if whole else float(text)
    except ValueError as error:
        raise _fault(node, f"'{text[:40]}' is not a number that can be read", "write a finite number") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise _fault(node, f"{text[:40]} is not a finite number", "leave out what is not known")
    return value


_INT = re.compile(r"[-+]?[0-9]+\Z")
for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z", "-+0123456789"),
    (
        "float",
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z",
        "-+.0123456789",
    ),
):
    YamlLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
YamlLoader.add_constructor("tag:yaml.org,2002:int", _number)
YamlLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: _number_or_fault(loader, node))


def _number_or_fault(loader: Any, node: Any) -> float | int:
    if "inf" in node.value.lower() or "nan" in node.value.lower():
        raise _fault(node, f"{node.value} is not a finite number", "leave out what is not known")
    return _number(loader, node)


def refuse_deep_yaml(text: str) -> None:
    """Raises RecursionError for a text that is nested too deeply. Called before the C parser, which recurses."""
    depth = most = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if bracket[0] in "[{" else max(depth - 1, 0)
        most = max(most, depth)
    if most > 4 * limits.NESTING or re.search(rf"(?:[-?:][ \t]+){{{limits.NESTING},}}", text):
        raise RecursionError
    if re.search(rf"^ {{{limits.NESTING * 20},}}\S", text, re.MULTILINE):
        raise RecursionError
