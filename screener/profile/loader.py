"""Loads profiles from files, documents and data."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem, ProfileError, ScreenerError
from screener.io.document import Document, parse_documents
from screener.io.file_text import read_text
from screener.io.paths import LINES_SUFFIXES, documents_in_lines, files_in, is_folder, is_lines_file
from screener.profile.catalogue import Catalogue
from screener.profile.identity import identify
from screener.profile.model import Profile
from screener.profile.profile_reader import ProfileReader

SUFFIXES = (".json", ".yaml", ".yml")


def find_profiles(paths: Iterable[str]) -> list[str]:
    """Returns the profile files that `paths` name.

    A path is a file, '-' for standard input, a folder (without its subfolders), or a .jsonl file with a profile on each line,
    which gives FILE:LINE. Schemas for editors (NAME.schema.json) are skipped. Raises DocumentError if a path does not exist,
    and ProfileError if a folder holds no profile.
    """
    found: list[str] = []
    for path in paths:
        if path == "-":
            found.append(path)
        elif is_folder(path):
            files = (
                str(p)
                for p in files_in(path, (*SUFFIXES, *LINES_SUFFIXES))
                if p.stem != "screener" and p.suffixes[:1] != [".schema"]
            )
            inside = [own for file in sorted(files) for own in _documents_of(file)]
            if not inside:
                raise ProfileError(Problem("holds no profile", "put .json or .yaml files there, or name a file", path))
            found.extend(inside)
        elif is_lines_file(path):
            if not (inside := documents_in_lines(str(Path(path)))):
                raise ProfileError(Problem("holds no profile", "put one on each line, as JSON", path))
            found.extend(inside)
        else:
            found.append(str(Path(path)))
    return list(dict.fromkeys(found))


def _documents_of(file: str) -> list[str]:
    """Returns the documents of a file in a folder; an unreadable file counts as one, so that it is reported as failed."""
    if not is_lines_file(file):
        return [file]
    try:
        return documents_in_lines(file)
    except DocumentError:
        return [file]


def load_profile(path: str, catalogue: Catalogue, text: str | None = None) -> Profile:
    """Reads the profile in a file (or '-'), or in its `text`. Raises DocumentError, or ProfileError with all problems."""
    documents = parse_documents(read_text(path) if text is None else text, path)
    if len(documents) != 1:
        what = f"holds {len(documents)} documents; a profile is one"
        raise DocumentError(Problem(what, "put each company into a file of its own", path))
    return read_profile(documents[0], catalogue)


_TEXT_KEYS = {"name", "title", "summary", "aliases", "publisher", "quote", "note", "what", "product"}


def profile_warnings(path: str) -> list[Problem]:
    """Returns warnings on texts of a profile file that a comment cuts off. Raises DocumentError."""
    documents = parse_documents(read_text(path), path)
    return [p for document in documents for p in document.cut_texts(lambda keys: keys[-1] in _TEXT_KEYS)]


def profile_from_data(data: Mapping[str, Any], catalogue: Catalogue) -> Profile:
    """Reads a profile from data as a JSON or YAML reader returns it; days may be `datetime.date`.

    Raises ProfileError with all problems, each with its path within the data.
    """
    try:
        (document,) = parse_documents(json.dumps(data, allow_nan=False, default=_plain), "profile.json")
        return read_profile(document, catalogue)
    except (TypeError, ValueError, RecursionError) as error:
        raise ProfileError(Problem(f"the profile can't be written as JSON: {error}", "see docs/profiles.md")) from error
    except ScreenerError as error:
        places = {"file": None, "line": None, "column": None}  # data has no file, line or column
        raise ProfileError(problem.located(**places) for problem in error.problems) from error


def _plain(value: Any) -> Any:
    """Converts values that are not JSON types: mappings other than dict, and dates."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a JSON type")


def read_profile(document: Document, catalogue: Catalogue) -> Profile:
    """Reads a profile from a parsed document. Raises ProfileError with all problems."""
    reader = ProfileReader(document, catalogue)
    profile = reader.profile()
    if reader.problems or profile is None:
        raise ProfileError(reader.problems)
    return identify(profile, catalogue)
