"""Writes imported profiles to one file, a folder, a file of JSON lines, standard output, a pipe or a device."""

import os
from collections.abc import Iterable
from typing import Any

from screener.cli.output import output_path, print_document
from screener.cli.shared_options import json_text
from screener.io.atomic import is_stream, open_output, output_folder, write_file, write_in_folder
from screener.io.paths import is_lines_file
from screener.io.replacing import ReplacePolicy
from screener.text import file_stem


def write_profiles(profiles: Iterable[dict[str, Any]], out: str | None, *, several: bool, policy: ReplacePolicy) -> int:
    """Writes profiles, and returns how many there were.

    One profile is a document; several go into a folder as ID.json, or one per line into a file that ends with .jsonl, standard
    output (no `out`), a pipe or a device. Raises OutputError. Each file is written completely or not at all.
    """
    path, count = output_path(out), 0
    if path is None:
        texts = [_line(p) if several else _document(p) for p in profiles]
        if texts:
            print_document("".join(texts))
        return len(texts)
    if is_stream(path) or is_lines_file(path.name):
        text_of = _line if several or is_lines_file(path.name) else _document
        with open_output(path, policy) as file:
            for profile in profiles:
                file.write(text_of(profile).encode())
                count += 1
    elif several or str(out).endswith(("/", os.sep)) or path.is_dir():
        for count, profile in enumerate(profiles, 1):
            folder = path if count > 1 else output_folder(path)
            write_in_folder(folder, f"{file_stem(profile['id'])}.json", _document(profile), policy=policy)
    else:
        for profile in profiles:
            write_file(path, _document(profile), policy)
            count += 1
    return count


def _document(profile: dict[str, Any]) -> str:
    return json_text(profile) + "\n"


def _line(profile: dict[str, Any]) -> str:
    import json

    return json.dumps(profile, ensure_ascii=False) + "\n"
