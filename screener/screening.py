"""The interface for Python programs (docs/python.md); it runs the steps of screening in order.

A `Screener` screens any number of companies with the same rules; `one_call` has functions that load the rules, too.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.engine.protocol import Conclusions, Engine
from screener.engine.selection import EngineName, SelectedEngine
from screener.errors import Problem, ProfileError, ScreenerError
from screener.explain.assessor import Assessor
from screener.explain.verdict_basis import BasisFinder
from screener.facts.builder import build
from screener.facts.neighbours import Neighbourhood
from screener.facts.world import World
from screener.io.document import text_digest
from screener.io.file_text import read_text
from screener.profile.loader import load_profile, profile_from_data
from screener.profile.model import Profile
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.rules.compiler import Program, compile_rules
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from screener.screened_result import AnyPath, Result

if TYPE_CHECKING:
    from screener.engine.search import SearchEngine
    from screener.explain.counterfactuals import CounterfactualFinder

ProfileSource = AnyPath | Mapping[str, Any] | Profile
"""A profile: the path of a JSON or YAML file, the data of one, or a `Profile`."""


@dataclass(frozen=True)
class Screener:
    """Rules, ready to screen any number of companies. `Screener.load` makes one."""

    rulebook: Rulebook
    facts: tuple[str, ...] = ()  # NAME=VALUE, assumed for each screened profile
    as_of: date | None = None  # replaces the date of each profile
    engine_name: EngineName | None = None  # None: durable_rules where it can be loaded, else search
    counterfactuals: bool = False  # whether results say what their verdicts stand on

    @classmethod
    def load(
        cls,
        rules: Iterable[AnyPath] = (),
        *,
        packs: Sequence[str] | None = None,
        settings: Sequence[str] = (),
        disabled: Sequence[str] = (),
        config: AnyPath | None = None,
        preview: bool = False,
        facts: Sequence[str] = (),
        as_of: date | None = None,
        engine: EngineName | None = None,
        counterfactuals: bool = False,
    ) -> "Screener":
        """A screener with the rules of packs and rule files.

        Args:
            rules: rule files, or folders of them, in addition to the packs.
            packs: names or folders of rule packs. None: those that `config` names, else the default ones
                (core, classic, ai-era). Empty: none.
            settings: parameters of rules, as RULE.PARAM=VALUE or RULE.PARAM.SECTOR=VALUE.
            disabled: ids of rules to leave out.
            config: path of a `screener.yaml`.
            preview: whether preview rules count in score, coverage and verdict.
            facts: figures to assume for each screened profile, as NAME=VALUE.
            as_of: the day to screen as of, in place of that of each profile.
            engine: "durable" or "search"; their outcomes are the same. None: durable_rules where it can be loaded.
            counterfactuals: whether results contain what would change their verdicts (docs/result.md); takes longer.

        Raises RulesError or DocumentError with all problems.
        """
        path = Path(config) if config is not None else None
        book = load_rulebook(
            [os.fspath(rule) for rule in rules],
            settings=settings,
            disabled=disabled,
            packs=packs,
            config=path,
            preview=preview,
        )
        return cls(book, tuple(facts), as_of, engine, counterfactuals)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the rulebook; the process that unpickles it compiles it again."""
        return Screener, (self.rulebook, self.facts, self.as_of, self.engine_name, self.counterfactuals)

    @cached_property
    def program(self) -> Program:
        """The rules, compiled."""
        book = self.rulebook
        return compile_rules(book.rules, book.catalogue, book.metrics, book.digest)

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs the program. Raises EngineError where durable_rules is asked for and can't be loaded."""
        return SelectedEngine(self.program, self.engine_name, self.rulebook.cache_key)

    @cached_property
    def assessor(self) -> Assessor:
        """Makes result documents from the conclusions of the engine."""
        return Assessor(self.program, self.rulebook)

    def screen(self, profile: ProfileSource, *, context: Iterable[ProfileSource] = ()) -> Result:
        """The result for one company. `context` are profiles of other companies, whose facts rules may read.

        Raises DocumentError or ProfileError with all problems of the first profile that cannot be read.
        """
        own = profile if isinstance(profile, Profile) else self.profile(profile)
        others = Neighbourhood(self.read_context(context), self.rulebook.catalogue)
        return Result(self.assess(own, others.around(own)))

    def profile(self, source: AnyPath | Mapping[str, Any], text: str | None = None) -> Profile:
        """The profile in a file ('-': standard input) or in data, with the assumed facts and date.

        `text` is the text of the file, for callers that have read it already.

        Raises DocumentError or ProfileError with all problems.
        """
        return self._assume(self._read(source, text), self.facts)

    def _read(self, source: AnyPath | Mapping[str, Any], text: str | None = None) -> Profile:
        if isinstance(source, Mapping):
            return profile_from_data(source, self.rulebook.catalogue)
        return load_profile(os.fspath(source), self.rulebook.catalogue, text)

    def _context_profile(self, source: AnyPath | Mapping[str, Any]) -> Profile:
        return self._assume(self._read(source), ())

    def read_context(self, sources: Iterable[ProfileSource]) -> list[Profile]:
        """Profiles of other companies, from wherever they are, with the assumed date. Raises as `profile` does."""
        return [other if isinstance(other, Profile) else self._context_profile(other) for other in sources]

    def digest(self, path: str) -> str:
        """The digest of the profile in a file, without parsing the profile. Raises DocumentError."""
        found = text_digest(read_text(path))
        if not self.facts and self.as_of is None:
            return found
        from screener.profile.what_if import digest_with

        return digest_with(found, self.facts, self.as_of)

    def context(self, paths: Iterable[str]) -> list[Profile]:
        """Profiles of other companies, with the assumed date and without the assumed facts."""
        return [self._context_profile(path) for path in paths]

    def _assume(self, profile: Profile, facts: Sequence[str]) -> Profile:
        if not facts and self.as_of is None:
            return profile
        from screener.profile.what_if import assume

        return assume(profile, facts, self.rulebook.catalogue, self.as_of)

    def profiles(self, paths: Iterable[str]) -> Iterator[tuple[str, Profile | ScreenerError]]:
        """Each file with its profile, or with its error; an id that another file has already is an error."""
        owners: dict[str, str] = {}
        for path in paths:
            try:
                profile = self.profile(path)
                if profile.id in owners:
                    what = f"the id '{profile.id}' is also that of {owners[profile.id]}"
                    raise ProfileError(Problem(what, "give one of the two another `id`", path))
                owners[profile.id] = path
                yield path, profile
            except ScreenerError as error:
                yield path, error

    def world(self, profile: Profile, context: Sequence[Profile] = ()) -> World:
        """The facts of a profile and its context."""
        book = self.rulebook
        return build(profile, book.catalogue, book.metrics, self.program.placeholders, context)

    def assess(
        self, profile: Profile, context: Sequence[Profile] = (), *, detail: Detail = Detail.FULL
    ) -> ResultDocument:
        """The result document of one company, from the facts of its profile and of `context`.

        `detail` is how much of the reasons for the verdict and for each outcome it contains, which takes most of the time.
        """
        world = self.world(profile, context)
        conclusions = self.engine.run(world)
        result = self.assessor.assess(world, conclusions, detail=detail)
        if detail >= Detail.REPORT:
            result = result._replace(basis=self._basis_finder.basis(world, conclusions, result, context))
        if not self.counterfactuals:
            return result
        return result._replace(
            counterfactuals=self.what_if(profile, context, conclusions).find(
                result.inputs, result.basis.filed_alone if result.basis else None
            )
        )

    def what_if(
        self, profile: Profile, context: Sequence[Profile] = (), conclusions: Conclusions | None = None
    ) -> "CounterfactualFinder":
        """Finds what the verdict on one company depends on; for each value that is tried, only the affected rules are
        decided again.

        `conclusions` are those of the engine on the same profiles, where they are known already.
        """
        from screener.explain.counterfactuals import CounterfactualFinder

        return CounterfactualFinder(
            self.program,
            self.rulebook,
            self._trial_engine,
            profile,
            context,
            conclusions=conclusions,
            meter=self.assessor.meter,
        )

    @cached_property
    def _basis_finder(self) -> BasisFinder:
        return BasisFinder(self.program, self.rulebook, self._trial_engine)

    @cached_property
    def _trial_engine(self) -> "SearchEngine":
        from screener.engine.search import SearchEngine

        return SearchEngine(self.program, cache_key=self.rulebook.cache_key)
