"""Tries rules on companies while they are being written; after a save, only what depends on the file is computed again."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from screener.engine.selection import SelectedEngine
from screener.errors import ScreenerError
from screener.explain.assessor import Assessor
from screener.facts.builder import build
from screener.io.file_stamps import FileStamp, file_stamps
from screener.profile.loader import find_profiles
from screener.report.terminal.trial_text import RuleTrial, TrialMetric
from screener.result.field_types import Value
from screener.result.model import ResultDocument
from screener.rule_testing.examples import program_for, run_examples
from screener.rules.assembler import ParsedFiles, make_rulebook
from screener.rules.lint.checks import CheckReport, check_rule_files
from screener.rules.rule import Rule
from screener.rules.rule_files import select_rule_files
from screener.rules.rulebook import Overrides, Rulebook
from screener.rules.rulebook_loader import find_rule_files, settings_packs, settings_rule_files
from screener.rules.settings import Settings, read_settings
from screener.screening import Screener


class TrialResult(NamedTuple):
    """The result of one trial; without outcomes if the rule files have errors."""

    checked: CheckReport
    tried: tuple[RuleTrial, ...] = ()
    metrics: tuple[TrialMetric, ...] = ()
    results: tuple[ResultDocument, ...] = ()
    failed: tuple[ScreenerError, ...] = ()  # profiles that can't be read


@dataclass
class Trial:
    """Rule files to try on profiles. What has not changed since the last time is not parsed again."""

    files: Sequence[str]
    profiles: Sequence[str]
    packs: Sequence[str] = ()
    context: Sequence[str] = ()
    beside: Sequence[str] = ()  # further rule files
    settings: Sequence[str] = ()
    disabled: Sequence[str] = ()
    config: Path | None = None
    facts: Sequence[str] = ()
    as_of: date | None = None
    _parsed: ParsedFiles = field(default_factory=dict)

    def look(self) -> None:
        """Raises ScreenerError where a path is not there: a slip, and nothing to wait for."""
        find_rule_files([*self.files, *self.beside])
        find_profiles([*self.profiles, *self.context])

    def attempt(self) -> TrialResult:
        """Tries the rules of the files on all profiles. Raises ScreenerError where a file is not there."""
        settings = read_settings(self.config) if self.config else Settings()
        packs = self.packs or (settings_packs(settings, self.config) if settings.packs else ())
        selection = select_rule_files(self.files, packs)
        checked = check_rule_files(
            selection.names,
            [*settings_rule_files(settings, self.config), *self.beside, *selection.added],
            overrides=Overrides(self.settings, self.disabled),
            packs=selection.packs,
            config=self.config,
            parsed=self._parsed,
        )
        if checked.parts is None or checked.parts.has_errors:
            return TrialResult(checked)
        book = make_rulebook(checked.parts, Overrides(preview=True))
        names = set(selection.names)
        metrics = [n for d in checked.parts.additions if d.name in names for n in d.data.get("metrics") or ()]
        rules = [r for r in book.rules.values() if r.file in names]
        altered = {key.partition(".")[0] for key in self.settings} | {*settings.params}
        altered |= {rule for params in settings.sector_params.values() for rule in params}
        proven = tuple(_proven(book, rules, altered))
        return self._tried(checked, book, proven, metrics)

    def _tried(
        self, checked: CheckReport, book: Rulebook, tried: tuple[RuleTrial, ...], metrics: list[str]
    ) -> TrialResult:
        screener = Screener(book, tuple(self.facts), self.as_of)
        others = screener.context(find_profiles(self.context))
        program = program_for(book, *(t.rule for t in tried))
        assessor = Assessor(program, book)
        results: list[ResultDocument] = []
        values: dict[str, list[Value]] = {name: [] for name in metrics}
        failed: list[ScreenerError] = []
        with closing(SelectedEngine(program)) as engine:
            for path in find_profiles(self.profiles):
                try:
                    world = build(screener.profile(path), book.catalogue, book.metrics, program.placeholders, others)
                    results.append(assessor.assess(world, engine.run(world)))
                except ScreenerError as error:
                    failed.append(error)
                    continue
                for name in metrics:
                    values[name].append(world.companies[world.main].value(name))
        measured = (TrialMetric(n, book.metrics[n].title, book.metrics[n].unit, tuple(v)) for n, v in values.items())
        return TrialResult(checked, tried, tuple(measured), tuple(results), tuple(failed))

    def stamps(self) -> frozenset[FileStamp]:
        """All files that it reads but those of the packs, as they are now: another set after each save."""
        paths = [
            *_existing_files(find_rule_files, [*self.files, *self.beside]),
            *_existing_files(find_profiles, self.profiles),
            *_existing_files(find_profiles, self.context),
        ]
        return file_stamps([*paths, *([self.config] if self.config else [])])


def _existing_files(find_all: Callable[[Sequence[str]], Iterable[str | Path]], paths: Sequence[str]) -> list[Path]:
    """The files that paths stand for; for a path that does not exist, the path itself."""
    found: list[Path] = []
    for path in paths:
        try:
            found.extend(map(Path, find_all([path])))
        except ScreenerError:
            found.append(Path(path))
    return found


def _proven(book: Rulebook, rules: Sequence[Rule], altered: Set[str]) -> Iterator[RuleTrial]:
    """The rules with what their examples came to; of a rule that settings alter they say nothing."""
    failed: dict[str, list[tuple[str, str, str]]] = {}
    with closing(run_examples(Screener(book), [r for r in rules if r.id not in altered], why=False)) as proofs:
        for proof in proofs:
            if not proof.holds:
                failure = (proof.example.name, proof.example.expect, proof.outcome or proof.error or "")
                failed.setdefault(proof.rule.id, []).append(failure)
    for rule in rules:
        yield RuleTrial(rule, 0 if rule.id in altered else len(rule.examples), tuple(failed.get(rule.id, ())))
