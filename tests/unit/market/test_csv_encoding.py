"""Tables of results in the encoding that the reader's spreadsheet expects."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from screener.io.replacing import written_by_screener
from screener.market.table_writer import EncodedFile, table_writer
from screener.report.formats.csv_format import ENCODINGS, in_encoding
from screener.text import CSV_START

SCHEMA = pa.schema([("name", pa.string()), ("score", pa.float64())])
TABLE = pa.table({"name": ["Société", "公司", "=1"], "score": [1.5, None, 2.0]}, SCHEMA)
TEXT = '"name","score"\n"Société",1.5\n"公司",\n"\'=1",2\n'


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding(encoding: str, tmp_path: Path) -> None:
    with table_writer(tmp_path / "a.csv", SCHEMA, encoding=encoding) as writer:
        writer.write(TABLE)
        writer.write(TABLE.slice(3))
    raw = (tmp_path / "a.csv").read_bytes()
    mark = CSV_START if encoding == "utf-16-le" else ""
    expected = (mark + TEXT).encode(encoding, "replace")
    assert raw == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("header", ['"company","name","verdict"', "company,rule,flag,outcome", "company,name,sector,verdict"])
def test_a_table_in_any_encoding_is_replaced_by_the_next(encoding: str, header: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(in_encoding(f"{CSV_START}{header}\n".encode(), encoding))
    assert written_by_screener(tmp_path / "a.csv")


def test_a_character_in_two_parts() -> None:
    class File:
        got = b""

        def write(self, content: bytes) -> None:
            self.got += content

    file: Any = File()
    encoded = EncodedFile(file, "gb18030")
    for byte in "é公".encode():
        encoded.write(bytes([byte]))
    assert file.got == "é公".encode("gb18030")
