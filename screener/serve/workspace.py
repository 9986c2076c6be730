"""The served folder: its profiles, their results, and the files written to it."""

import json
import re
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem, ProfileError, RulesError, ScreenerError
from screener.facts.neighbours import Neighbourhood
from screener.io.atomic import output_folder, write_in_folder
from screener.io.document import parse_documents
from screener.io.file_text import read_text
from screener.io.replacing import ReplacePolicy
from screener.portfolio.holdings import HOLDINGS_NAMES, Holdings, equal_holdings, find_holdings, read_holdings
from screener.profile.loader import SUFFIXES
from screener.profile.model import Profile
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.rule_testing.trial import Trial, TrialResult
from screener.rules.rulebook_loader import path_of
from screener.screening import Screener
from screener.text import clean, did_you_mean, file_stem, shorten, slug
from screener.units import NUMERIC

EDITED = "edited"
"""The subfolder with copies of profiles that were changed on the page; they take precedence over the originals."""
MOST_RESULTS = 256  # number kept in memory
MOST_FACTS = 40  # greatest number of assumptions in one address
MOST_RULE_BYTES = 1_000_000  # greatest length of a rule file
_RULE_LINE = re.compile(r"^rule: *([a-z0-9-]+)(.*)$", re.MULTILINE)


@dataclass
class Workspace:
    """Profiles of a folder, and the results of screening each with the others as context. Not safe for use by several
    threads."""

    folder: Path
    screener: Screener
    writable: bool = False
    holdings_file: Path | None = None  # None: the one in the folder, if any
    trial_options: Mapping[str, Any] = field(default_factory=dict)  # arguments of `Trial`, such as packs and settings
    problems: tuple[Problem, ...] = ()
    _files: dict[str, tuple[tuple[int, int], Profile | ScreenerError]] = field(default_factory=dict)
    _results: "OrderedDict[tuple[object, ...], ResultDocument]" = field(default_factory=OrderedDict)

    def profiles(self) -> dict[str, Profile]:
        """Returns the profiles by id, with edited copies in place of the originals. Errors of unreadable files go into
        `problems`."""
        found: dict[str, Profile] = {}
        problems: list[Problem] = []
        for folder in (self.folder, self.folder / EDITED):
            here: dict[str, Profile] = {}
            for path in self._paths(folder):
                profile = self._read(path)
                if isinstance(profile, ScreenerError):
                    problems += profile.problems
                elif profile.id in here:
                    what = f"the id '{profile.id}' is also that of {here[profile.id].file}"
                    problems.append(Problem(what, "give one of the two another `id`", str(path)))
                else:
                    here[profile.id] = profile
            found |= here
        self.problems = tuple(problems)
        return dict(sorted(found.items()))

    def profile(self, company: str) -> Profile:
        """Returns the profile of a company. Raises ProfileError if there is none."""
        return _named(company, self.profiles())

    def results(self) -> dict[str, ResultDocument]:
        """Returns the result of each company."""
        profiles = self.profiles()
        return {company: self._result(company, (), profiles) for company in profiles}

    def result(self, company: str, facts: Sequence[str] = (), *, explained: bool = False) -> ResultDocument:
        """Returns the result of a company under assumptions NAME=VALUE; fully explained if `explained`. Raises
        ScreenerError."""
        if len(facts) > MOST_FACTS:
            raise ProfileError(Problem(f"there are {len(facts)} assumptions", f"give at most {MOST_FACTS}"))
        return self._result(company, facts, self.profiles(), explained)

    def _result(
        self, company: str, facts: Sequence[str], profiles: Mapping[str, Profile], explained: bool = False
    ) -> ResultDocument:
        profile = _named(company, profiles)
        around = Neighbourhood(list(profiles.values()), self.screener.rulebook.catalogue).around(profile)
        others = tuple(other for other in around if other.id != company)
        key = (company, profile.digest, tuple(facts), tuple(other.digest for other in others), explained)
        if key not in self._results:
            if facts:
                from screener.profile.what_if import assume

                profile = assume(profile, facts, self.screener.rulebook.catalogue)
            self._results[key] = self.screener.assess(
                profile, others, detail=Detail.FULL if explained else Detail.OUTCOMES
            )
            while len(self._results) > MOST_RESULTS:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return self._results[key]

    def holdings(self) -> Holdings:
        """Returns the exposure to each company; equal exposures if no file states them. Raises DocumentError."""
        file = self.holdings_file or find_holdings(self.folder)
        profiles = list(self.profiles().values())
        return read_holdings(file, profiles) if file else equal_holdings(profiles)

    def rule_text(self, rule: str) -> str:
        """Returns the text of a rule's file, which replaces the rule when it is tried. Raises RulesError if there is no
        such rule."""
        known = self.screener.rulebook.rules
        if rule not in known:
            raise RulesError(
                Problem(f"there is no rule '{clean(shorten(rule, 60))}'", did_you_mean(rule, known, "see the list"))
            )
        text = read_text(path_of(known[rule].file))
        return text if "\nreplaces:" in text else _RULE_LINE.sub(r"rule: \1\2\nreplaces: \1", text)

    def try_rules(self, text: str) -> TrialResult:
        """Returns the results of the rules in a text: problems, examples, and outcomes for all companies. Raises
        ScreenerError."""
        if len(text.encode("utf-8", "replace")) > MOST_RULE_BYTES:
            raise DocumentError(Problem("the rule file is too long", f"write at most {MOST_RULE_BYTES:,} bytes"))
        files = [profile.file for profile in self.profiles().values()]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rule.yaml"
            file.write_text(text.replace("\r\n", "\n"), "utf-8", errors="replace")
            return Trial((str(file),), files, context=files, **self.trial_options).attempt()

    def add_claim(self, company: str, name: str, value: str, source: dict[str, str], replace_original: bool) -> Path:
        """Adds a claim with its source to a copy of the profile, or to the profile itself, and returns the file
        written.

        `source` has `title`, `kind`, and may have `date` and `url`. Raises ScreenerError, and then writes nothing, if
        the changed profile could not be read.
        """
        self._check_writable()
        profile = self.profile(company)
        figure = self.screener.rulebook.catalogue.claimable.get(name)
        if figure is None:
            raise ProfileError(Problem(f"unknown figure '{clean(shorten(name, 60))}'", "choose one of the list"))
        path = Path(profile.file)
        if replace_original and path.suffix.lower() != ".json":
            hint = "write to a copy, which is JSON: comments in a YAML file would be lost"
            raise ProfileError(Problem("is not a JSON file", hint, path.name))
        data = parse_documents(read_text(path), str(path))[0].data
        claims = data.setdefault("figures", {}).get(name) or []
        key = _free_key(source["title"], data.setdefault("sources", {}))
        data["sources"][key] = {k: v for k, v in source.items() if v}
        data["figures"][name] = [
            *(claims if isinstance(claims, list) else [claims]),
            {"value": _value(value, figure.unit), "source": key, **_period(profile, figure.over)},
        ]
        data["id"] = company
        return self._write(data, path.parent if replace_original else self.folder / EDITED, path.stem)

    def add_profile(self, data: dict[str, Any]) -> Path:
        """Adds a new profile to the folder, and returns the file written. Raises ScreenerError."""
        self._check_writable()
        profile = self.screener.profile(data)
        if profile.id in self.profiles():
            raise ProfileError(Problem(f"there is a profile of '{profile.id}' already", "give this one another `id`"))
        return self._write(data, self.folder, profile.id)

    def _write(self, data: dict[str, Any], folder: Path, stem: str) -> Path:
        self.screener.profile(data)  # raises ProfileError if the profile is not valid
        name = f"{file_stem(stem)}.json"
        text = json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"
        write_in_folder(output_folder(folder), name, text, policy=ReplacePolicy(force=True, edits=True))
        return folder / name

    def _check_writable(self) -> None:
        if not self.writable:
            raise DocumentError(Problem("the folder is served read-only", "start `screener serve` with --write"))

    def _paths(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        named = (p for p in sorted(folder.iterdir()) if p.suffix.lower() in SUFFIXES and p.is_file())
        return [p for p in named if p.stem not in ("screener", *HOLDINGS_NAMES) and p.suffixes[:1] != [".schema"]]

    def _read(self, path: Path) -> Profile | ScreenerError:
        about = path.stat()
        stamp = (about.st_mtime_ns, about.st_size)
        kept = self._files.get(str(path))
        if kept is None or kept[0] != stamp:
            try:
                read: Profile | ScreenerError = self.screener.profile(path)
            except ScreenerError as error:
                read = error
            kept = self._files[str(path)] = (stamp, read)
        return kept[1]


def _named(company: str, profiles: Mapping[str, Profile]) -> Profile:
    if company not in profiles:
        hint = did_you_mean(company, profiles, "the first page lists all")
        raise ProfileError(Problem(f"there is no company '{clean(shorten(company, 60))}'", hint))
    return profiles[company]


def _free_key(title: str, sources: dict[str, Any]) -> str:
    stem = slug(title)[:40].strip("-") or "source"
    return next(key for n in range(1, len(sources) + 3) if (key := stem if n == 1 else f"{stem}-{n}") not in sources)


def _value(text: str, unit: str) -> object:
    text = text.strip()
    if unit == "truth":
        if text not in ("true", "false"):
            raise ProfileError(Problem(f"'{clean(shorten(text, 40))}' is neither true nor false", "write one of them"))
        return text == "true"
    if unit not in NUMERIC:
        return text
    try:
        return float(text)
    except ValueError:
        what = f"'{clean(shorten(text, 40))}' is not a number"
        raise ProfileError(Problem(what, "write plain units, such as 60e9 or 0.4")) from None


def _period(profile: Profile, over: str) -> dict[str, str]:
    """Returns the period of a new claim: the day of the profile for a figure at an instant; none for others."""
    return {"period": profile.day.isoformat()} if over == "instant" and profile.day else {}
