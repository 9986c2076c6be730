"""Reads tables from texts: cells separated by commas, tabs or other delimiters, and the attribute-relation format (ARFF)."""

import csv
import io
import re
import warnings
from collections.abc import Sequence
from itertools import islice

import pandas as pd

from screener.errors import DocumentError, Problem
from screener.importers.table.stacked_headers import find_headers
from screener.importers.table.table_bytes import table_bytes
from screener.importers.table.table_extent import only_table
from screener.importers.table.table_sheet import Dialect, ReadOptions, TableSheet, check_size, header_names, texts_of
from screener.importers.table.text_dialect import (
    HEADER_WITHIN,
    SHOWN_NUL,
    decode,
    delimiter_of,
    fitted_rows,
    lines_of,
    separator_line,
    text_after,
)
from screener.io.paths import table_suffix

_ATTRIBUTE = re.compile(r"""@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))\s+(.+)""", re.IGNORECASE)


def read_text_table(path: str, options: ReadOptions) -> TableSheet:
    """Reads a text whose cells are separated by a delimiter. Raises DocumentError if it has no headers."""
    found = decode(table_bytes(path), options.encoding)
    text = found.text if "\n" in found.text else found.text.replace("\r", "\n")  # line ends of old Macintosh systems
    named = separator_line(text)
    skipped = 1 if named else 0
    body = text.split("\n", 1)[1] if named and "\n" in text else "" if named else text
    if options.delimiter or named:
        delimiter = options.delimiter or named or ","
    else:
        delimiter = "\t" if table_suffix(path).startswith((".tsv", ".tab")) else delimiter_of(body[:200_000])
    rows = list(islice(csv.reader(lines_of(body), delimiter=delimiter), max(HEADER_WITHIN, options.header or 0)))
    heads = find_headers(rows, None if options.header is None else options.header - 1 - skipped, options.wanted)
    at, headers = heads.at, heads.headers
    if not any(h.strip() for h in headers):
        raise DocumentError(Problem("has no line of headers", "the first line names the columns", path))
    found = found._replace(text="")  # frees memory: only the rows below the headers are needed
    text, body = "", text_after(body, delimiter, heads.end)
    sheet = _parsed(path, body, headers, options, delimiter, '"', first_row=skipped + heads.end + 1)
    notes = []
    if found.assumed:
        notes.append(f"read as {found.encoding}; name another with `encoding:` in the map if names look wrong")
    if found.nuls:
        notes.append(
            f"has {found.nuls:,} NUL characters, which no text has (shown as {SHOWN_NUL}): write the file again"
        )
    return sheet._replace(
        notes=(*notes, *sheet.notes),
        titles=texts_of(rows[:at]),
        dialect=Dialect(
            encoding=found.encoding if found.assumed else None,
            delimiter=delimiter if delimiter not in (",", "\t") else None,
            header=skipped + at + 1 if at else None,
        ),
    )


def _parsed(
    path: str, text: str, headers: Sequence[str], options: ReadOptions, delimiter: str, quote: str, *, first_row: int
) -> TableSheet:
    """Returns the rows of a text without its headers. Rows with more filled cells than headers are left out."""
    check_size(path, len(headers), text.count("\n") + 1)
    names = header_names(headers)
    text, rows, wide = fitted_rows(text, delimiter, quote, len(names), first_row)
    everything = options.as_texts or options.decimal != "."
    texts = {i for i, name in enumerate(names) if name in options.texts}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.read_csv(
            io.BytesIO(text.encode()),
            sep=delimiter,
            quotechar=quote,
            header=None,
            names=range(len(names)),
            skipinitialspace=True,
            keep_default_na=False,
            na_values={
                i: [""] if i in texts else list(dict.fromkeys(["", *options.missing])) for i in range(len(names))
            },
            dtype=str if everything else dict.fromkeys(texts, str),
            index_col=False,
            skip_blank_lines=False,
            float_precision="round_trip",
            low_memory=False,
            on_bad_lines="warn",
        )
    frame.index = pd.RangeIndex(first_row, first_row + len(frame)) if rows is None else pd.Index(rows)
    frame.columns = names
    problems = tuple(
        Problem(
            f"has {saw} cells, the header has {len(names)}",
            "quote cells that hold the separator",
            path,
            path=f"row {row}",
        )
        for row, saw in wide
    )
    frame, notes = only_table(frame.dropna(how="all"))
    return TableSheet(frame, problems, notes=tuple(notes))


def read_arff(path: str, options: ReadOptions) -> TableSheet:
    """Reads the attribute-relation format of Weka (dense; numeric, nominal and string attributes; '?' is missing).

    Raises DocumentError with the error.
    """
    lines = decode(table_bytes(path), options.encoding).text.splitlines()
    headers: list[str] = []
    for at, line in enumerate(lines):
        line = line.strip()
        if line.lower().startswith("@data"):
            break
        if line.lower().startswith("@attribute"):
            if not (found := _ATTRIBUTE.match(line)):
                raise DocumentError(
                    Problem("the attribute can't be read", "write @attribute NAME TYPE", path, at + 1, 1)
                )
            headers.append(found[1] or found[2] or found[3])
    else:
        raise DocumentError(Problem("has no @data", "an ARFF file has @attribute lines, @data, and rows", path))
    rows = [line for line in lines[at + 1 :] if line.strip() and not line.lstrip().startswith("%")]
    if rows and rows[0].lstrip().startswith("{"):
        raise DocumentError(Problem("is a sparse ARFF file", "save it in the dense form", path, at + 2, 1))
    if not rows:
        return TableSheet(pd.DataFrame(columns=header_names(headers), dtype=float))
    options = options._replace(missing=(*options.missing, "?"))
    return _parsed(path, "\n".join(rows), headers, options, ",", "'", first_row=1)
