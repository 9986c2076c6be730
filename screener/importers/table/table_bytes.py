"""Reads the bytes of text tables, compressed or not, and recognises files with a wrong suffix."""

import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from screener import limits
from screener.errors import DocumentError, Problem
from screener.io.paths import TEXT_SUFFIXES
from screener.text import clean, shorten

_AS_TEXT = "save it as CSV or Parquet"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OLD_EXCEL = ("is a workbook of Excel before 2007", "open it in a spreadsheet program and save it as .xlsx")
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head")


def table_bytes(path: str) -> bytes:
    """Returns the content of a text file, decompressed. Raises DocumentError if it is too large, or no text."""
    read = _unpacked if path.lower().endswith((".gz", ".zip")) else _limited
    with Path(path).open("rb") as file:
        raw = read(path, file)
    check_kind(path, raw[:512])
    return raw


def _limited(path: str, file: IO[bytes]) -> bytes:
    raw = file.read(limits.TABLE_BYTES + 1)
    if len(raw) > limits.TABLE_BYTES:
        what = f"is larger than {limits.TABLE_BYTES >> 20} MiB"
        raise DocumentError(Problem(what, "save it as Parquet, or split it", path))
    return raw


def _unpacked(path: str, file: IO[bytes]) -> bytes:
    packed = io.BytesIO(_limited(path, file))
    size = packed.getbuffer().nbytes
    most = min(limits.TABLE_BYTES, max(limits.UNPACKED_FREELY, limits.UNPACKED_RATIO * size))
    try:
        if path.lower().endswith(".gz"):
            with gzip.open(packed) as unpacked:
                raw = unpacked.read(most + 1)
        else:
            with ZipFile(packed) as archive, archive.open(_only_table(path, archive)) as part:
                raw = part.read(most + 1)
    except (BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
        raise DocumentError(Problem("can't be unpacked", "unpack it, and give the file in it", path)) from error
    if len(raw) > most:
        what = f"unpacks to more than {most >> 20} MiB"
        raise DocumentError(Problem(what, "unpack it and save the table as Parquet, or split it", path))
    return raw


def _only_table(path: str, archive: ZipFile) -> str:
    """Returns the name of the only text table in an archive. Raises DocumentError if there are none or several."""
    names = [n for n in archive.namelist() if not n.endswith("/") and "__MACOSX" not in n]
    tables = [n for n in names if PurePosixPath(n).suffix.lower() in (*TEXT_SUFFIXES, ".txt")]
    if len(tables) == 1 and not PurePosixPath(tables[0]).name.startswith("."):
        return tables[0]
    shown = shorten(", ".join(map(clean, tables or names)), 100)
    what = "holds several tables" if tables else "holds no CSV or TSV"
    raise DocumentError(Problem(f"{what}: {shown or 'nothing'}", "unpack it, and give one table", path))


def check_unpacked(path: str, parts: Sequence[ZipInfo]) -> None:
    """Raises DocumentError if parts of an archive decompress to too much, absolutely or relative to their size."""
    for part in parts:
        if part.file_size > max(limits.UNPACKED_FREELY, limits.UNPACKED_RATIO * part.compress_size):
            what = f"has a part that unpacks to {part.file_size // max(part.compress_size, 1):,} times its size"
            raise DocumentError(Problem(f"{what}, more than {limits.UNPACKED_RATIO}", _AS_TEXT, path))
    size = sum(part.file_size for part in parts)
    if size > limits.UNPACKED_BYTES:
        raise DocumentError(Problem(f"unpacks to {size >> 20:,} MiB", _AS_TEXT, path))


def check_kind(path: str, start: bytes) -> None:
    """Raises DocumentError if the first bytes of a file show that it is not text table."""
    if start.startswith(_ZIP):
        what, hint = "is an Excel or OpenDocument file or an archive, not a text", "rename it to .xlsx, .ods or .zip"
    elif start.startswith(_OLE):
        what, hint = OLD_EXCEL
    elif start.startswith(b"PAR1"):
        what, hint = "is a Parquet file, not a text", "rename it to .parquet"
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        what, hint = (
            "is a page (HTML or XML), not a table",
            "open it in a spreadsheet program and save it as .xlsx or .csv",
        )
    else:
        return
    raise DocumentError(Problem(what, hint, path))


def not_a_workbook(path: str) -> Problem:
    """Returns the problem with a file that has the suffix of a workbook and is not an archive."""
    with Path(path).open("rb") as file:
        start = file.read(512)
    try:
        check_kind(path, start)
    except DocumentError as error:
        return error.problems[0]
    if start.strip() and b"\0" not in start:
        return Problem("is a text, not a workbook", "rename it to .csv, or .tsv", path)
    return Problem("is not an Excel file", "save it as .xlsx", path)
