"""Rulebooks from files: the built-in catalogue and pack, then the user's rule files, parameters and what is disabled."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from screener import data
from screener.document import read_text
from screener.errors import DocumentError, Problem, RulesError
from screener.paths import files_in, is_folder
from screener.rulebook import cache
from screener.rulebook.rulebook import FileText, Rulebook
from screener.text import did_you_mean

SUFFIXES = (".yaml", ".yml")
DEFAULT_PACK = "ai-era"
CATALOG = ("figures", "kinds", "sectors", "categories", "metrics")


def load(
    rules: Iterable[str] = (),
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    pack: str | None = DEFAULT_PACK,
) -> Rulebook:
    """The rulebook of a built-in pack (None: the catalogue alone) with rule files or folders added.

    `settings` are RULE.PARAM=VALUE or RULE.PARAM.SECTOR=VALUE. A rulebook that was put together before, from the very
    same texts, comes from the cache. Raises RulesError or DocumentError with all problems.
    """
    paths = list(rules)
    files = _read(_built_in(pack) + [("rules", p) for p in rule_files(paths)])
    digest = _digest(files, settings, disabled)
    if (found := cache.get(digest)) is not None:
        return found
    from screener.rulebook.assemble import assemble

    names = list(dict.fromkeys(Path(p).stem for p in paths))
    book = assemble(files, names, settings, disabled, digest[:16])
    cache.put(digest, book)
    return book


def rule_files(paths: Iterable[str]) -> list[Path]:
    """The rule files that paths name: files, or all .yaml under folders.

    Raises DocumentError where there is no such path, RulesError where a folder holds no rule file.
    """
    found: list[Path] = []
    for path in paths:
        if is_folder(path):
            inside = sorted(p for p in files_in(path, SUFFIXES, deep=True) if p.name != "pack.yaml")
            if not inside:
                raise RulesError(
                    Problem("holds no rule files", "put .yaml files there; see docs/writing-rules.md", path)
                )
            found.extend(inside)
        else:
            found.append(Path(path))
    return list(dict.fromkeys(found))


def _built_in(pack: str | None) -> list[tuple[str, Path]]:
    """The files of the catalogue, the verdict table and a pack, each with what it is for."""
    if not (data.RULES / "catalog").is_dir():
        raise RulesError(Problem("the built-in rules are not there", "install screener again", str(data.RULES)))
    found = [(part, data.RULES / "catalog" / f"{part}.yaml") for part in CATALOG]
    found.append(("verdict", data.RULES / "verdict.yaml"))
    if pack is not None:
        folder = data.RULES / pack
        packs = sorted(p.parent.name for p in data.RULES.glob("*/pack.yaml"))
        if pack not in packs:
            hint = did_you_mean(pack, packs, "known are " + ", ".join(packs))
            raise RulesError(Problem(f"there is no pack '{pack}'", hint))
        found.append(("pack", folder / "pack.yaml"))
        found.extend(("rules", path) for path in rule_files([str(folder)]))
    return found


def _read(paths: Iterable[tuple[str, Path]]) -> list[FileText]:
    """The texts of all files. Raises DocumentError with all that can't be read."""
    found: list[FileText] = []
    problems: list[Problem] = []
    for part, path in paths:
        try:
            found.append(FileText(part, _shown(path), read_text(path)))
        except DocumentError as error:
            problems.extend(error.problems)
    if problems:
        raise RulesError(problems)
    return found


def _digest(files: Sequence[FileText], settings: Sequence[str], disabled: Sequence[str]) -> str:
    """What identifies a rulebook: the texts of its files, its parameters and what is disabled; not where files lie."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.part}\0{Path(file.name).name}\0{file.text}\0".encode("utf-8", "surrogatepass"))
    digest.update("\0".join([*settings, "|", *sorted(disabled)]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _shown(path: Path) -> str:
    """A built-in file by its place in the pack, any other as it was given: no path of a machine in messages of the pack."""
    try:
        return str(Path("rules") / path.relative_to(data.RULES))
    except ValueError:
        return str(path)
