"""Screening in one call: functions that load rules and screen one company, or many, with them (docs/python.md)."""

import os
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from screener.engine.selection import EngineName
from screener.errors import ScreenerError
from screener.facts.neighbours import Neighbourhood
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.screened_result import AnyPath, Result
from screener.screening import ProfileSource, Screener
from screener.text import Language

if TYPE_CHECKING:
    from pandas import DataFrame


def screen(
    profile: ProfileSource,
    *,
    packs: Sequence[str] | None = None,
    rules: Iterable[AnyPath] = (),
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    config: AnyPath | None = None,
    preview: bool = False,
    facts: Sequence[str] = (),
    as_of: date | None = None,
    engine: EngineName | None = None,
    context: Iterable[ProfileSource] = (),
) -> Result:
    """The result for one company. The rules are those of `Screener.load` with the same arguments, and are loaded by each call.

    Raises ScreenerError with all problems of the rules, or else of the profile.
    """
    screener = Screener.load(
        rules=rules,
        settings=settings,
        disabled=disabled,
        packs=packs,
        config=config,
        preview=preview,
        facts=facts,
        as_of=as_of,
        engine=engine,
    )
    return screener.screen(profile, context=context)


def screen_many(
    paths: AnyPath | Iterable[AnyPath],
    *,
    packs: Sequence[str] | None = None,
    rules: Iterable[AnyPath] = (),
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    config: AnyPath | None = None,
    preview: bool = False,
    as_of: date | None = None,
    engine: EngineName | None = None,
    context: Iterable[ProfileSource] = (),
    language: Language = "en",
) -> "DataFrame":
    """A pandas data frame with a row for each profile of files and folders, in their order.

    The columns are `file`, those of companies in `--format csv`, and `error`: the message where a profile cannot be read. The
    other arguments are those of `screen`.

    Raises ScreenerError where a file or folder does not exist, or with all problems of the rules.
    """
    from screener.profile.loader import find_profiles
    from screener.report.frames import companies_frame

    screener = Screener.load(
        rules=rules,
        settings=settings,
        disabled=disabled,
        packs=packs,
        config=config,
        preview=preview,
        as_of=as_of,
        engine=engine,
    )
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    others = Neighbourhood(screener.read_context(context), screener.rulebook.catalogue)
    found: list[tuple[str, ResultDocument | str]] = []
    for path, profile in screener.profiles(find_profiles([os.fspath(one) for one in given])):
        if isinstance(profile, ScreenerError):
            found.append((path, "; ".join(map(str, profile.problems))))
        else:
            found.append((path, screener.assess(profile, others.around(profile), detail=Detail.OUTCOMES)))
    return companies_frame(found, language)
