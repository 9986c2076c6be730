"""The one place where the steps are put in order: a rulebook, profiles in, results out."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from screener.engine.durable.engine import DurableEngine
from screener.engine.protocol import Engine
from screener.errors import Problem, ProfileError, ScreenerError
from screener.explain.assessor import Assessor
from screener.facts.builder import World, build
from screener.io.document import read_text
from screener.profile.loader import digest_of, load_profile
from screener.profile.model import Profile
from screener.result.model import ResultDocument
from screener.rules.compiler import Program, compile_rules
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load as load_rulebook


@dataclass(frozen=True)
class Screener:
    """A rulebook that is ready to judge profiles, one after the other."""

    rulebook: Rulebook
    facts: tuple[str, ...] = ()  # assumed of each profile: what if
    as_of: date | None = None  # in place of the date of each profile

    @classmethod
    def load(
        cls,
        rules: Iterable[str] = (),
        settings: Sequence[str] = (),
        disabled: Sequence[str] = (),
        packs: Sequence[str] | None = None,
        config: Path | None = None,
        preview: bool = False,
        facts: Sequence[str] = (),
        as_of: date | None = None,
    ) -> "Screener":
        """Packs with rule files, parameters and disabled rules. Raises RulesError with all problems."""
        return cls(load_rulebook(rules, settings, disabled, packs, config, preview), tuple(facts), as_of)

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: the rulebook, which is compiled there."""
        return Screener, (self.rulebook, self.facts, self.as_of)

    @cached_property
    def program(self) -> Program:
        """The rules, compiled."""
        book = self.rulebook
        return compile_rules(book.rules, book.catalogue, book.metrics, book.digest)

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs the program."""
        return DurableEngine(self.program)

    @cached_property
    def assessor(self) -> Assessor:
        """What makes results of what the engine concludes."""
        return Assessor(self.program, self.rulebook)

    def profile(self, path: str, text: str | None = None) -> Profile:
        """The profile in a file, or '-', with what is assumed; `text` where it was read already.

        Raises DocumentError or ProfileError with all problems.
        """
        return self._assume(load_profile(path, self.rulebook.catalogue, text), self.facts)

    def digest(self, path: str) -> str:
        """The digest that the profile in a file has, without reading more of it. Raises DocumentError."""
        found = digest_of(read_text(path))
        if not self.facts and self.as_of is None:
            return found
        from screener.profile.what_if import digest_with

        return digest_with(found, self.facts, self.as_of)

    def context(self, paths: Iterable[str]) -> list[Profile]:
        """Profiles of others: nothing is assumed of them but the day."""
        return [self._assume(load_profile(path, self.rulebook.catalogue), ()) for path in paths]

    def _assume(self, profile: Profile, facts: Sequence[str]) -> Profile:
        if not facts and self.as_of is None:
            return profile
        from screener.profile.what_if import assume

        return assume(profile, facts, self.rulebook.catalogue, self.as_of)

    def profiles(self, paths: Iterable[str]) -> Iterator[tuple[str, Profile | ScreenerError]]:
        """Each file in turn with its profile, or with what is wrong with it: the id of another file's profile, too."""
        seen: dict[str, str] = {}
        for i, path in enumerate(paths):
            if i == 1:  # one report needs no garbage collector (see __main__), many do
                gc.freeze()
                gc.enable()
            try:
                profile = self.profile(path)
                if profile.id in seen:
                    what = f"the id '{profile.id}' is also that of {seen[profile.id]}"
                    raise ProfileError(Problem(what, "give one of the two another `id`", path))
                seen[profile.id] = path
                yield path, profile
            except ScreenerError as error:
                yield path, error

    def world(self, profile: Profile, context: Sequence[Profile] = ()) -> World:
        """The facts of a profile and its context."""
        book = self.rulebook
        return build(profile, book.catalogue, book.metrics, self.program.placeholders, context)

    def assess(self, profile: Profile, context: Sequence[Profile] = ()) -> ResultDocument:
        """The result for one company."""
        world = self.world(profile, context)
        return self.assessor.assess(world, self.engine.run(world))
