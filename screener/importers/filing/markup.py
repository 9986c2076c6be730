"""Parses markup with lxml; definitions of entities, external files and unlimited sizes are refused."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from screener import limits
from screener.errors import DocumentError, Problem

Element = Any
"""An element of lxml, which has no type annotations."""

_START = re.compile(rb"<\?xml\b|<!DOCTYPE\b|<html\b", re.IGNORECASE)
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_WINDOWS = str.maketrans({chr(code): bytes((code,)).decode("cp1252", "ignore") for code in range(0x80, 0xA0)})


def parse_xhtml(raw: bytes, name: str) -> Element:
    """Returns the root of a well-formed document, or of an ill-formed one as a browser reads it. Raises DocumentError.

    Text before the document itself (a blank line, an SGML header) is skipped. Definitions of entities are refused.
    """
    begin = _START.search(raw)
    body = raw[begin.start() :] if begin else raw
    _refuse_entities(body, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return parse_html(body, name)


def parse_html(raw: bytes, name: str) -> Element:
    """Returns the root of an HTML document as a browser reads it. Raises DocumentError if it cannot be read to its end.

    `huge_tree` allows 2,048 levels instead of 256, since old pages do not close their font tags; the size of documents is
    limited by the caller.
    """
    _refuse_entities(raw, name)
    parser = etree.HTMLParser(no_network=True, huge_tree=True, remove_comments=True, encoding="utf-8")
    try:
        root = etree.fromstring(decode(raw).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(str(error), name) from error
    if root is None:
        raise _unreadable("there is no element", name)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        what = "nests elements so deeply that its end can't be read"
        raise DocumentError(Problem(what, "open it in a browser, and save it as text", name))
    return root


def _refuse_entities(raw: bytes, name: str) -> None:
    if b"<!ENTITY" in raw:
        what = "defines entities, which a report does not need and which can fill the memory"
        raise DocumentError(Problem(what, "download the report again from where it was published", name))


def _unreadable(message: str, name: str) -> DocumentError:
    what = f"can't be read as a report: {message[: limits.SHOWN]}"
    return DocumentError(Problem(what, "check that the file is whole", name))


def decode(raw: bytes) -> str:
    """Decodes bytes by their byte order mark, as UTF-8, by their declared encoding, or as Windows-1252."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(raw[:2048])
    try:
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"ascii", b"us-ascii"):
            return raw.decode(declared[1].decode("ascii"), "replace")
    except LookupError:
        pass
    return raw.decode("cp1252", "replace")


def local_name(element: Element) -> str:
    """Returns the name of an element in lower case without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


def descendants(element: Element, levels: int) -> Iterator[Element]:
    """Yields the descendants of an element down to a number of levels, so that nesting does not multiply the work."""
    for child in element:
        yield child
        if levels > 1:
            yield from descendants(child, levels - 1)


def beginning_of_text(element: Element, length: int) -> str:
    """Returns the first characters of an element's text."""
    parts, left = list[str](), length
    for part in element.itertext():
        parts.append(part[:left])
        left -= len(part)
        if left <= 0:
            break
    return "".join(parts)


@lru_cache(maxsize=1000)  # a document has millions of elements with few different names
def _local(tag: str) -> str:
    return re.split("[}:]", tag)[-1].lower()


def attribute(element: Element, name: str) -> str:
    """Returns an attribute of inline XBRL, also from a document read as HTML, in lower case; empty if it is absent."""
    return element.get(name) or element.get(name.lower()) or ""
