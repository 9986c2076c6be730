"""Reads JSON and YAML documents: YAML 1.2 core scalars, no duplicate keys, and the place of every value on demand."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from screener import limits
from screener.errors import DocumentError, Problem
from screener.io.file_kind import SNIFFED, not_a_document
from screener.io.file_text import empty_file, read_text
from screener.io.json_parser import parse_json, refuse_deep, refuse_not_characters
from screener.io.paths import is_lines_file
from screener.io.syntax_errors import position_in_scalar, yaml_problem
from screener.io.yaml_loader import YamlLoader, refuse_deep_yaml
from screener.text import LANGUAGES, clean, shorten

ValuePath = Sequence[str | int]


class SourceText:
    """A text and the data that all documents in it share, each computed once when it is first needed.

    `first_line` is the number of lines of the file before the text."""

    def __init__(self, text: str, first_line: int = 0) -> None:
        self.text, self.first_line = text, first_line

    @cached_property
    def lines(self) -> list[str]:
        """Returns the lines, without line ends."""
        return self.text.splitlines()

    @cached_property
    def roots(self) -> list[Any]:
        """Returns the root node of each YAML document, up to the first that can't be parsed."""
        found = []
        try:
            for node in yaml.compose_all(self.text, Loader=YamlLoader):
                found.append(node)
        except (yaml.YAMLError, RecursionError):
            pass
        return found

    @cached_property
    def digest(self) -> str:
        """Returns the digest of the text."""
        return text_digest(self.text)


def text_digest(text: str) -> str:
    """Returns the SHA-256 digest of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Document:
    """One parsed document of a file: `data`, and the place of each value (`place`).

    `source` is the text that it shares with other documents of the file, `index` its number among them; without a
    source, `text` is used. `within` is the path of the value that a part of a document starts from.
    """

    def __init__(
        self,
        name: str,
        text: str,
        data: Any,
        index: int = 0,
        within: ValuePath = (),
        source: SourceText | None = None,
    ) -> None:
        self.name, self.data, self.index, self.within = name, data, index, within
        self.source = source or SourceText(text)

    @property
    def text(self) -> str:
        """Returns the text of the whole file."""
        return self.source.text

    def part(self, loc: ValuePath, data: Any) -> "Document":
        """Returns the value at `loc` as a separate document, whose positions are those in this one."""
        return Document(self.name, self.text, data, self.index, (*self.within, *loc), self.source)

    def node(self, loc: ValuePath) -> Any:
        """Returns the YAML node at `loc`, or the nearest one above it; None if there is none."""
        node = self.source.roots[self.index] if self.index < len(self.source.roots) else None
        for step in (*self.within, *loc):
            below = _child(node, step)
            if below is None:
                break
            node = below
        return node

    def place(self, loc: ValuePath, offset: int = 0, key: bool = False) -> tuple[int | None, int | None]:
        """Returns line and column (from 1) of the value at `loc`, `offset` characters into it, or of its key if `key`."""
        if key and loc:
            parent = self.node(loc[:-1])
            for key_node, _ in parent.value if isinstance(parent, yaml.MappingNode) else ():
                if key_node.value == loc[-1]:
                    return self._position(key_node.start_mark.line, key_node.start_mark.column)
        node = self.node(loc)
        if node is None:
            return None, None
        if isinstance(node, yaml.ScalarNode):
            return self._position(*position_in_scalar(self.source.lines, node, offset))
        return self._position(node.start_mark.line, node.start_mark.column)

    def _position(self, row: int, column: int) -> tuple[int, int]:
        """Returns line and column in the file (from 1) of a place in the source (from 0)."""
        return row + self.source.first_line + 1, column + 1

    def reads(self, loc: ValuePath, offset: int, text: str) -> bool:
        """Returns whether the file has this text `offset` characters into the value; escapes and folded lines may shift
        it."""
        line, column = self.place(loc, offset)
        if line is None or column is None:
            return False
        row = line - self.source.first_line - 1
        return row < len(self.source.lines) and self.source.lines[row].startswith(text, column - 1)

    def cut_texts(self, is_text: Callable[[tuple[str, ...]], bool]) -> Iterator[Problem]:
        """Yields warnings of unquoted texts that contain ` #`: what follows is a comment.

        `is_text` is called with the keys that lead to a value, without the language of a text.
        """
        if " #" not in self.text and "\t#" not in self.text:
            return
        hint = "put the text in quotes if that belongs to it, else move the comment to a line of its own"
        for path, node in _scalars(self.node(()), ()):
            quoted = node.style in ("'", '"', "|", ">")
            if (
                quoted
                or not node.value
                or not is_text(tuple(s for s in path if isinstance(s, str) and s not in LANGUAGES))
            ):
                continue
            end = node.end_mark
            cut = re.compile(r"[ \t]+#").match(self.source.lines[end.line], end.column)
            if cut:
                line, column = self._position(end.line, cut.end() - 1)
                problem = self.problem(path, "what follows ' #' is a comment", hint, code="cut-by-comment")
                yield problem.located(line=line, column=column, level="warning")

    def problem(
        self, loc: ValuePath, what: str, hint: str = "", offset: int = 0, key: bool = False, code: str = ""
    ) -> Problem:
        """Returns a problem at the place of the value at `loc`."""
        line, column = self.place(loc, offset, key)
        return Problem(
            shorten(clean(what), limits.SHOWN),
            hint,
            self.name,
            line,
            column,
            shorten(clean(path_text((*self.within, *loc))), 200),
            code=code,
        )


def _scalars(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yields all scalars below a YAML node, with their paths."""
    if isinstance(node, yaml.ScalarNode):
        yield path, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from _scalars(value, (*path, i))


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((v for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def path_text(loc: ValuePath) -> str:
    """Returns a path as text, such as figures.revenue[0].value."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in loc).lstrip(".")


def parse_documents(text: str, name: str) -> list[Document]:
    """Parses all documents in a text: one for JSON, one or more for YAML. Raises DocumentError with line and column."""
    problems: list[Problem] = []
    found = _parse(text, name, problems)
    if problems:
        raise DocumentError(problems)
    return found


def parse_recovering(text: str, name: str, problems: list[Problem]) -> list[Document]:
    """Parses like `parse_documents`, but adds errors to `problems`, and continues after a document that can't be read."""
    before = len(problems)
    found = _parse(text, name, problems)
    if found or len(problems) == before:
        return found
    starts = [m.start() for m in re.finditer(r"^---(?=\s|\Z)", text, re.MULTILINE)]
    parts = [
        (a, text[a:b]) for a, b in zip([0, *starts], [*starts, len(text)], strict=True) if text[a:b].strip("-\n \t")
    ]
    if len(parts) < 2:
        return []
    del problems[before:]
    first_line = counted = 0
    for start, part in parts:
        first_line, counted = first_line + text.count("\n", counted, start), start
        found.extend(_parse(part, name, problems, first_line))
    return found


def _parse(text: str, name: str, problems: list[Problem], first_line: int = 0) -> list[Document]:
    """Returns the documents of a text; none if a problem, which is added to `problems`, prevents reading it.

    `first_line` is the number of lines of the file before the text.
    """
    found: list[Problem] = []
    documents = _parse_source(SourceText(text, first_line), name, found)
    problems.extend(p.located(line=p.line + first_line) if p.line is not None else p for p in found)
    return documents


def _parse_source(source: SourceText, name: str, problems: list[Problem]) -> list[Document]:
    """Parses like `_parse`, with the lines of problems counted from the beginning of the source."""
    text = source.text
    looks_json = (
        name.lower().endswith(".json")
        or is_lines_file(name.rpartition(":")[0])
        or (name == "-" and text.lstrip()[:1] in ("{", "["))
    )
    try:
        if looks_json:
            found = [parse_json(text)]
            refuse_not_characters(text, looks_json)
            return [Document(name, text, found[0], source=source)]
        refuse_deep_yaml(text)
        if len(text) > limits.YAML_BYTES:
            what = f"is larger than {limits.YAML_BYTES >> 20} MiB of YAML"
            raise DocumentError(Problem(what, "split it, or write it as JSON", code="unreadable"))
        loader = YamlLoader(text)
        found = []
        while loader.check_data():
            found.append(loader.get_data())
        refuse_not_characters(text, looks_json)
        again = [p for p in loader.faults if p.what == "duplicate key 'rule'" and p.column == 1]
        if again:  # each further key of that rule is a duplicate as well
            problems.extend(
                p.located(file=name, hint="begin the next rule with a line ---") for p in again[: limits.PROBLEMS]
            )
        else:
            problems.extend(p.located(file=name) for p in loader.faults[: limits.PROBLEMS])
        refuse_deep(found, -1)
        documents = [Document(name, text, data, i, source=source) for i, data in enumerate(found) if data is not None]
        if not documents:
            raise empty_file(name)
        return documents
    except DocumentError as error:
        problems.extend(p.located(file=name) for p in error.problems)
    except json.JSONDecodeError as error:
        what = f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        problems.append(Problem(what, "correct it there", name, error.lineno, error.colno, code="bad-json"))
    except yaml.MarkedYAMLError as error:
        problems.append(not_a_document(text[:SNIFFED].encode(), name) or yaml_problem(error, text, name))
    except (yaml.YAMLError, ValueError) as error:
        first = str(error).splitlines()[0]
        problems.append(Problem(f"can't be read: {first}", "check the file", name, code="bad-yaml"))
    except RecursionError:
        what = f"is nested deeper than {limits.NESTING} levels"
        problems.append(Problem(what, "flatten it", name, code="bad-yaml"))
    return []


def read_documents(path: str | Path) -> list[Document]:
    """Reads all documents of a file, or of standard input for '-'."""
    return parse_documents(read_text(path), str(path))
