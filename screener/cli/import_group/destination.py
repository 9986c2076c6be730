"""Where imported profiles go: one file, a folder, lines of JSON, or standard output."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

LINES = (".jsonl", ".ndjson")


def write(profiles: Iterable[dict[str, Any]], out: str | None, several: bool) -> tuple[str | None, int]:
    """Writes profiles: what is left to print (where there is no `out`), and how many there were.

    One profile is a document; several go into a folder as ID.json, or one a line into a file that ends with .jsonl or to
    standard output. Raises OutputError; a file is there whole or not at all.
    """
    from screener.io.atomic import open_output, output_folder, write_file, write_in_folder

    if out is None:
        texts = [_line(p) if several else _document(p) for p in profiles]
        return "".join(texts), len(texts)
    if out == "":
        raise click.BadParameter("the name is empty", param_hint="--out")
    path = Path(out)
    if path.suffix in LINES:
        with open_output(path) as file:
            count = sum(1 for profile in profiles if file.write(_line(profile).encode()))
        return None, count
    if several or out.endswith(("/", os.sep)) or path.is_dir():
        count = 0
        for profile in profiles:
            write_in_folder(path if count else output_folder(path), f"{profile['id']}.json", _document(profile))
            count += 1
        return None, count
    count = 0
    for profile in profiles:
        write_file(path, _document(profile))
        count += 1
    return None, count


def _document(profile: dict[str, Any]) -> str:
    return json.dumps(profile, ensure_ascii=False, indent=1) + "\n"


def _line(profile: dict[str, Any]) -> str:
    return json.dumps(profile, ensure_ascii=False) + "\n"
