"""Rulebooks from files: the built-in catalogue and pack, then the user's rule files, parameters and what is disabled."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from screener import data
from screener.document import Document, parse, read_text
from screener.errors import DocumentError, Problem, RulesError
from screener.model.catalogue import Catalogue, Entry, Figure, Kind, Sector, _text
from screener.model.validate import Strict, validate
from screener.rulebook.metrics import MetricFile, read_metrics
from screener.rulebook.rulebook import PackFile, Rulebook, VerdictTable
from screener.rulebook.rules import RuleReader
from screener.text import Text, did_you_mean

SUFFIXES = (".yaml", ".yml")
DEFAULT_PACK = "ai-era"


class Additions(Strict):
    """A document of a rule file that is no rule: what it adds to the catalogue, changes or disables."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    figures: dict[str, Figure] = {}
    metrics: dict[str, MetricFile] = {}
    kinds: dict[str, Kind] = {}
    disable: list[str] = []
    set: dict[str, float | bool | str] = {}


def load(
    rules: Iterable[str] = (), settings: Sequence[str] = (), disabled: Sequence[str] = (), pack: str | None = DEFAULT_PACK
) -> Rulebook:
    """The rulebook of a built-in pack (None: the catalogue alone) with rule files or folders added.

    `settings` are RULE.PARAM=VALUE or RULE.PARAM.SECTOR=VALUE. Raises RulesError or DocumentError with all problems.
    """
    return _Loader(pack).load(rules, settings, disabled)


def rule_files(paths: Iterable[str]) -> list[Path]:
    """The rule files that paths name: files, or all .yaml under folders. Raises RulesError where there are none."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file() and p.name != "pack.yaml")
            if not inside:
                raise RulesError(Problem("holds no rule files", "put .yaml files there; see docs/writing-rules.md", str(path)))
            found.extend(inside)
        elif not path.exists():
            near = did_you_mean(path.name, _siblings(path), "check the path")
            raise RulesError(Problem("there is no such file or folder", near, str(path)))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _siblings(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.iterdir()]
    except OSError:
        return []


class _Loader:
    def __init__(self, pack: str | None) -> None:
        self.pack, self.problems = pack, list[Problem]()
        self.digest = hashlib.sha256()
        self.names: list[str] = []
        self.version = ""

    def load(self, paths: Iterable[str], settings: Sequence[str], disabled: Sequence[str]) -> Rulebook:
        catalogue = self._catalogue()
        table_doc = self._one(data.RULES / "verdict.yaml")
        table = validate(VerdictTable, table_doc.data, table_doc, [], self.problems)
        documents = self._pack_documents()
        for path in rule_files(paths):
            documents.extend(self._documents(path, path.name))
        self.names.extend(dict.fromkeys(Path(p).stem for p in paths))
        self._stop()
        additions, rules = self._sort(documents)
        catalogue = self._extend(catalogue, additions)
        metrics = read_metrics([(doc, file) for doc, file in self._metric_documents()]
                               + [(doc, extra.metrics) for doc, extra in additions], catalogue, self.problems)  # fmt: skip
        reader = RuleReader(catalogue, metrics, self.problems)
        for document in rules:
            reader.read(document)
        for document, extra in additions:
            for key, value in extra.set.items():
                reader.set(key, value, lambda what, hint, d=document, k=key: d.problem(["set", k], what, hint, key=True))  # type: ignore[misc]
            for i, rule in enumerate(extra.disable):
                reader.disable(rule, lambda what, hint, d=document, n=i: d.problem(["disable", n], what, hint))  # type: ignore[misc]
        for text in settings:
            key, sign, value = text.partition("=")
            where = lambda what, hint, t=text: Problem(what, hint, f"--set {t}")  # type: ignore[misc] # noqa: E731
            if not sign:
                self.problems.append(where("is not RULE.PARAM=VALUE", "for example leverage-versus-revenue.most=2"))
            else:
                reader.set(key.strip(), _scalar(value), where)
        for rule in disabled:
            reader.disable(rule, lambda what, hint, r=rule: Problem(what, hint, f"--disable {r}"))  # type: ignore[misc]
        found = reader.finish()
        self._stop()
        for text in (*settings, "|", *sorted(disabled)):
            self.digest.update(text.encode())
        assert table is not None
        name = " + ".join(self.names) or "none"
        digest = self.digest.hexdigest()[:16]
        return Rulebook(name, self.version, digest, catalogue, metrics, found, table, tuple(reader.warnings))

    def _stop(self) -> None:
        if any(p.level == "error" for p in self.problems):
            raise RulesError(self.problems)

    def _documents(self, path: Path, label: str) -> list[Document]:
        try:
            text = read_text(path)
            self.digest.update(f"{label}\0{text}\0".encode())
            return parse(text, _shown(path))
        except DocumentError as error:
            self.problems.extend(error.problems)
            return []

    def _one(self, path: Path) -> Document:
        found = self._documents(path, path.name)
        self._stop()
        return found[0]

    def _catalogue(self) -> Catalogue:
        folder = data.RULES / "catalog"
        if not folder.is_dir():
            raise RulesError(Problem("the built-in rules are not there", "install screener again", str(folder)))
        models: dict[str, type[Entry]] = {"figures": Figure, "kinds": Kind, "sectors": Sector}
        tables: dict[str, dict[str, Any]] = {}
        for name, model in models.items():
            document = self._one(folder / f"{name}.yaml")
            tables[name] = {k: validate(model, v, document, [k], self.problems) for k, v in document.data.items()}
        document = self._one(folder / "categories.yaml")
        categories = {key: Text.of(_text(value)) for key, value in document.data.items()}
        self._stop()
        return Catalogue(tables["figures"], tables["kinds"], tables["sectors"], categories)

    def _metric_documents(self) -> list[tuple[Document, dict[str, MetricFile]]]:
        document = self._one(data.RULES / "catalog" / "metrics.yaml")
        read = {k: validate(MetricFile, v, document, [k], self.problems) for k, v in document.data.items()}
        return [(document, {k: v for k, v in read.items() if v is not None})]

    def _pack_documents(self) -> list[Document]:
        if self.pack is None:
            return []
        folder = data.RULES / self.pack
        packs = sorted(p.parent.name for p in data.RULES.glob("*/pack.yaml"))
        if self.pack not in packs:
            raise RulesError(Problem(f"there is no pack '{self.pack}'", did_you_mean(self.pack, packs, ", ".join(packs))))
        document = self._one(folder / "pack.yaml")
        about = validate(PackFile, document.data, document, [], self.problems)
        self._stop()
        assert about is not None
        self.names, self.version = [about.name], about.version
        return [d for path in rule_files([str(folder)]) for d in self._documents(path, path.name)]

    def _sort(self, documents: list[Document]) -> tuple[list[tuple[Document, Additions]], list[Document]]:
        additions, rules = [], []
        known = sorted(Additions.model_fields)
        for document in documents:
            if isinstance(document.data, dict) and "rule" in document.data:
                rules.append(document)
            elif not isinstance(document.data, dict) or not set(document.data) & set(known):
                hint = "start with rule: ID, or one of " + ", ".join(f"{k}:" for k in known)
                self.problems.append(document.problem([], "is neither a rule nor additions to a pack", hint))
            elif (extra := validate(Additions, document.data, document, [], self.problems)) is not None:
                additions.append((document, extra))
        return additions, rules

    def _extend(self, catalogue: Catalogue, additions: list[tuple[Document, Additions]]) -> Catalogue:
        figures, kinds = dict(catalogue.figures), dict(catalogue.kinds)
        for document, extra in additions:
            for section, table, new in (("figures", figures, extra.figures), ("kinds", kinds, extra.kinds)):
                for name, entry in new.items():
                    if name in figures or name in kinds or not name.isidentifier() or not name.islower():
                        what = f"'{name}' exists already" if name in {**figures, **kinds} else f"'{name}' is not a name"
                        hint = "choose another name of lower-case letters, digits and _"
                        self.problems.append(document.problem([section, name], what, hint, key=True))
                    table[name] = entry  # type: ignore[index]
        return Catalogue(figures, kinds, catalogue.sectors, catalogue.categories)


def _scalar(text: str) -> float | bool | str:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _shown(path: Path) -> str:
    """A built-in file by its place in the pack, any other as it was given: no path of a machine in messages of the pack."""
    try:
        return str(Path("rules") / path.relative_to(data.RULES))
    except ValueError:
        return str(path)


