"""Splits the text of a report into blocks: paragraphs, headings and table rows, each with its page and section."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from screener.importers.filing.markup import Element, local_name

LONG_CELL = 25
"""Number of words from which a table cell is a paragraph: tables are also used for layout."""


class TextBlock(NamedTuple):
    """A paragraph, a heading or a table row."""

    text: str
    section: str = ""  # its item, note or report
    page: int | None = None
    is_table: bool = False


_BLOCK_NAMES = (
    "address article blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody thead tfoot td th tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Names of elements that begin a new block."""
_SKIPPED_TEXT = "head script style title noscript template object embed iframe svg header_"
_SKIPPED = frozenset(_SKIPPED_TEXT.split())
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CHARACTERS_PER_BLOCK = 3000  # characters per block element beyond which line ends carry the layout


def blocks_of_html(root: Element) -> list[TextBlock]:
    """Returns the blocks of an HTML document, in order."""
    count = sum(1 for element in root.iter() if local_name(element) in BLOCKS)
    length = sum(len(text) for text in root.itertext())
    if length > _CHARACTERS_PER_BLOCK * count:
        return blocks_of_text("".join(_visible_text(root)))
    return place_blocks(_HtmlBlocks().read(root))


def _visible_text(root: Element) -> Iterator[str]:
    for element in root.iter():
        if local_name(element) not in _SKIPPED and element.text:
            yield element.text
        if element.tail:
            yield element.tail


class _HtmlBlocks:
    """Collects text between the starts and ends of block elements."""

    def __init__(self) -> None:
        self.found: list[TextBlock] = []
        self.parts: list[str] = []
        self.open_pre = 0
        self.rows: list[list[str]] = []  # the cells of the current row of each open table

    def read(self, root: Element) -> list[TextBlock]:
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped: Element = None
        for event, element in walk:
            name = local_name(element)
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._add(element.tail)
                continue
            if event == "start":
                if _is_hidden(element, name):
                    skipped = element
                    continue
                self._start(element, name)
            else:
                self._end(name)
                self._add(element.tail)
        self._flush()
        return self.found

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)

    def _start(self, element: Element, name: str) -> None:
        if name == "table":
            self._flush()
            self.rows.append([])
        elif name == "pre":
            self.open_pre += 1
            if self.open_pre == 1:  # includes the text of nested elements
                self._flush()
                self.found.extend(blocks_of_text("".join(element.itertext()), placed=False))
        elif name in BLOCKS:
            self._boundary()
        elif name == "br":
            self.parts.append("\n" if self.rows else " \n")
        if name != "pre":
            self._add(element.text)

    def _end(self, name: str) -> None:
        if name in ("td", "th") and self.rows:
            text = self._take_text()
            if len(text.split()) >= LONG_CELL:
                self.found.append(TextBlock(text))
            elif text:
                self.rows[-1].append(text)
        elif name == "tr" and self.rows:
            if cells := self.rows[-1]:
                self.found.append(TextBlock(" | ".join(cells), is_table=len(cells) > 1))
            self.rows[-1] = []
        elif name == "table" and self.rows:
            self._flush()
            self.rows.pop()
        elif name == "pre":
            self.open_pre -= 1
            self.parts.clear()
        elif name in BLOCKS:
            self._boundary()

    def _boundary(self) -> None:
        """Ends a block: adds a blank within a cell, otherwise ends the paragraph."""
        if self.rows:
            self.parts.append(" ")
        else:
            self._flush()

    def _flush(self) -> None:
        text = self._take_text()
        if text:
            self.found.append(TextBlock(text))

    def _take_text(self) -> str:
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        return text


def _is_hidden(element: Element, name: str) -> bool:
    if name in _SKIPPED or (name == "header" and ("inlineXBRL" in element.tag or element.tag.lower() == "ix:header")):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
_COLUMNS = re.compile(r"\S {3,}\S|\.{4,}|\t")
_RULE = re.compile(r"[\s\-=_.*|]+\Z")
_AMOUNT = r"(?:\$ ?)?\(?(?:\d{1,3}(?:,\d{3})*(?:\.\d+)?\)?|[—–-](?= |\Z))"
_AMOUNTS = re.compile(
    rf"(?P<label>[A-Za-z(][^$]*?[A-Za-z):.,])(?: (?P<note>\d{{1,2}}))?(?P<amounts>(?: {_AMOUNT}){{2,3}})\Z"
)
_HEADER = re.compile(r"(?:[A-Za-z][A-Za-z ,]*(?:\d{1,2},)? )?(?P<years>(?:19|20)\d\d(?: (?:19|20)\d\d){1,2})\Z")
_LONGEST_LINE = 140
"""Greatest length of a line with label and amounts from a converted PDF file, which has one blank between columns."""


def _row_of_line(line: str) -> str | None:
    """Converts a line with one blank between its columns to a table row; None for other lines."""
    if len(line) > _LONGEST_LINE:
        return None
    if header := _HEADER.match(line):
        return " | ".join(filter(None, (line[: header.start("years")].strip(), *header["years"].split())))
    found = _AMOUNTS.match(line)
    if found is None:
        return None
    amounts = re.sub(r"\$ ", "$", found["amounts"]).split()
    return " | ".join(filter(None, (found["label"], found["note"], *amounts)))


def blocks_of_text(text: str, placed: bool = True) -> list[TextBlock]:
    """Returns the blocks of a plain text whose lines may be wrapped; `placed`: with pages and sections."""
    found: list[TextBlock] = []
    lines = text.expandtabs(8).splitlines()
    widths = sorted(len(line.strip()) for line in lines if len(line.strip()) > 20)
    full = 0.7 * widths[int(len(widths) * 0.9)] if widths else 0.0
    paragraph: list[str] = []
    in_table = False

    def end() -> None:
        if paragraph:
            found.append(TextBlock(re.sub(r"(?<=[a-z])- (?=[a-z])", "", " ".join(" ".join(paragraph).split()))))
            paragraph.clear()

    for line in lines:
        marks = {mark.lower() for mark in re.findall(r"</?(?:table|page)>", line, re.IGNORECASE)}
        if marks:
            end()
            in_table = "<table>" in marks or (in_table and "</table>" not in marks)
        stripped = _TAG.sub("", line).strip()
        if not stripped or _RULE.match(stripped):
            end()
        elif _PAGE.match(stripped) or _FURNITURE.match(stripped):
            end()
            found.append(TextBlock(stripped))
        elif in_table or len(_COLUMNS.findall(stripped)) > (1 if stripped[-1].isdigit() else 2):
            end()
            row = _row_of_line(stripped) if "  " not in stripped else None
            found.append(TextBlock(row or re.sub(r" {2,}", " | ", stripped), is_table=True))
        elif (row := _row_of_line(stripped)) is not None:
            end()
            found.append(TextBlock(row, is_table=True))
        else:
            paragraph.append(stripped)
            if len(stripped) < full or len(paragraph) >= 400:
                end()
    end()
    return place_blocks(found) if placed else found


_PAGE = re.compile(r"(?:page\s+)?[-–(]*\s*(?P<page>[1-9]\d{0,2})\s*[-–)]*\Z", re.IGNORECASE)
_FURNITURE = re.compile(r"(?:table of contents|index|back to contents)\Z", re.IGNORECASE)
_ITEM = re.compile(
    r"(?:part\s+[iv]+\b[\s,.:–—|-]*)?item\s+(?P<number>\d{1,2}[a-k]?)\b[\s.:–—|-]*(?P<title>.{0,90})", re.IGNORECASE
)
_NOTE = re.compile(r"note\s+(?P<number>\d{1,2})\b[\s.:–—|)-]*(?P<title>.{0,90})", re.IGNORECASE)
_AUDITOR = re.compile(
    r"(?:report|opinion)s? of (?:the )?(?:independent|registered).{0,60}(?:account|audit).{0,30}\Z"
    r"|independent auditors?.{0,3} report\Z",
    re.IGNORECASE,
)
_STATEMENTS = re.compile(
    r"(?:consolidated |condensed |combined |unaudited )*(?:balance sheets?|statements? of [a-z]|notes? to .{0,60}statements?)",
    re.IGNORECASE,
)
HEADING = 140
LONGEST_FOOT = 12


def place_blocks(blocks: Iterable[TextBlock]) -> list[TextBlock]:
    """Adds pages and sections to blocks; removes page numbers, and joins sentences that a page break divides."""
    listed = list(blocks)
    feet = page_feet(listed)
    found: list[TextBlock] = []
    since, section, note = 0, "", ""
    for at, block in enumerate(listed):
        if at in feet:
            found[since:] = [b._replace(page=feet[at]) for b in found[since:]]
            since = len(found)
            continue
        if _FURNITURE.match(block.text):
            continue
        heading = _heading(block, section)
        if heading is not None:
            is_note, title = heading
            section, note = (section, title) if is_note else (title, "")
        placed = block._replace(section=", ".join(filter(None, (section, note))))
        if found and _continues(found[-1], placed):
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {placed.text}")
        else:
            found.append(placed)
    return found


def page_feet(blocks: Sequence[TextBlock]) -> dict[int, int]:
    """Returns the page numbers among blocks (index -> page): the longest ascending run, with small gaps allowed."""
    best: dict[int, list[int]] = {}  # last number of a run -> the indices of its blocks
    for at, block in enumerate(blocks):
        if len(block.text) <= LONGEST_FOOT and (matched := _PAGE.match(block.text)):
            number = int(matched["page"])
            before = max((best.get(number - step, []) for step in (1, 2, 3)), key=len)
            if len(before) + 1 > len(best.get(number, [])):
                best[number] = [*before, at]
    run = max(best.values(), key=len, default=[])
    return {at: int(matched["page"]) for at in run if (matched := _PAGE.match(blocks[at].text))}


def _heading(block: TextBlock, section: str) -> tuple[bool, str] | None:
    """Returns whether a heading is that of a note, and its title; None for other blocks and entries of a contents list."""
    text = block.text
    if len(text) > HEADING or (block.is_table and re.search(r"\d\Z|\d\s*[-–]\s*\d+\Z", text)):
        return None
    text = text.replace(" | ", " ")
    if _AUDITOR.match(text):
        return False, "auditor's report"
    if section.startswith("auditor") and _STATEMENTS.match(text):
        return False, "financial statements"
    for pattern, is_note, word in ((_ITEM, False, "Item"), (_NOTE, True, "Note")):
        if (found := pattern.match(text)) and not text.endswith((",", ";")):
            title = found["title"].strip(" .")
            if title[:1].islower():
                return None
            number = found["number"].upper()
            return is_note, f"{word} {number}" + (f" ({title})" if title and not title[-1].isdigit() else "")
    return None


def _continues(before: TextBlock, block: TextBlock) -> bool:
    """Whether a block continues the paragraph before it, which a page or line break divided."""
    return (
        not before.is_table
        and not block.is_table
        and block.text[:1].islower()
        and len(before.text) > 40
        and before.text[-1] not in ".!?:;"
    )
