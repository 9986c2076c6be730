"""The tools, as plain functions of files below one folder. They are independent of the protocol and never write to the
folder."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem, ProfileError, RulesError
from screener.io.paths import real_path
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument, to_dict
from screener.screening import Screener
from screener.text import clean, did_you_mean, shorten
from screener.vocabulary import Flag, Outcome

MOST_INPUTS = 12  # greatest number of open inputs in an answer
MOST_RULE_BYTES = 1_000_000  # greatest length of a rule file
MOST_FACTS = 50  # greatest number of assumptions in a question


@dataclass(frozen=True)
class AgentTools:
    """The tools for files below `root`, with the rules of `packs` (None: the default packs) and of rule files."""

    root: Path
    packs: tuple[str, ...] | None = None
    rules: tuple[str, ...] = ()

    @cached_property
    def screener(self) -> Screener:
        """Returns the screener with the chosen rules, loaded once. Raises RulesError."""
        return Screener.load(packs=self.packs, rules=self.rules)

    def screen(self, profile: str | dict[str, Any], facts: Sequence[str] = ()) -> dict[str, Any]:
        """Returns verdict, score with range, coverage, fired flags with their evidence, and what is unknown.

        `profile` is the path of a JSON or YAML file, or the data of one; `facts` are assumptions, as NAME=VALUE. Raises
        ScreenerError.
        """
        return summary(self._result(profile, facts))

    def what_if(self, profile: str | dict[str, Any], facts: Sequence[str]) -> dict[str, Any]:
        """Returns the result with and without assumptions, and the rules whose outcome differs. Raises ScreenerError."""
        from screener.result.comparison import compare

        if not facts:
            raise ProfileError(Problem("there is nothing to assume", "give facts such as total_debt=60e9"))
        before, after = self._result(profile, ()), self._result(profile, facts)
        turns = compare(before, after).turns
        return {
            "before": _standing(before),
            "after": _standing(after),
            "assumed": list(facts),
            "changed_rules": [
                {"rule": t.rule, "title": t.title.en, "before": t.before, "after": t.after} for t in turns
            ],
        }

    def explain(self, profile: str | dict[str, Any], rule: str) -> dict[str, Any]:
        """Returns the finding of one rule, with evidence, thresholds, what is missing, and its sources. Raises
        ScreenerError."""
        known = self.screener.rulebook.rules
        if rule not in known:
            hint = did_you_mean(rule, known, "list_rules has all of them")
            raise RulesError(Problem(f"there is no rule '{clean(shorten(rule, 80))}'", hint))
        result = self._result(profile, ())
        document = to_dict(result)
        finding = next(f for f in document["findings"] if f["rule"] == rule)
        sources = {e["source"] for e in finding["evidence"] if e["source"]}
        return {
            "company": document["company"]["id"],
            "finding": finding,
            "missing": [entry for entry in document["inputs"] if entry["key"] in finding["missing"]],
            "sources": [source for source in document["sources"] if source["key"] in sources],
        }

    def import_filing(self, files: Sequence[str], sector: str | None = None, name: str | None = None) -> dict[str, Any]:
        """Returns a profile made from reports of one company, and remarks on what was read; stores nothing. Raises
        ScreenerError."""
        from screener.importers.filing.filing_import import import_filing
        from screener.importers.filing_options import FilingOptions

        catalogue = self.screener.rulebook.catalogue
        if sector is not None and sector not in catalogue.sectors:
            hint = did_you_mean(sector, catalogue.sectors, "leave it out if it is not known")
            raise ProfileError(Problem(f"there is no sector '{clean(shorten(sector, 60))}'", hint))
        paths = [str(self._path(file)) for file in files]
        if not paths:
            raise DocumentError(Problem("no file is named", "name the filing"))
        imported = import_filing(paths, catalogue, FilingOptions(name=name, sector=sector))
        return {"profile": imported.document, "summary": imported.summary, "remarks": list(imported.remarks)}

    def list_rules(self, text: str = "") -> list[dict[str, Any]]:
        """Returns the rules in force, or those whose id, title or category contains a text."""
        wanted = text.casefold()
        return [
            {
                "rule": rule.id,
                "title": rule.title.en,
                "flag": str(rule.flag),
                "severity": str(rule.severity),
                "category": rule.category,
                "why": rule.why.en,
            }
            for rule in self.screener.rulebook.rules.values()
            if wanted in f"{rule.id} {rule.title.en} {rule.category}".casefold()
        ]

    def validate_rule(self, text: str) -> dict[str, Any]:
        """Checks the text of a rule file and runs its examples. Returns problems with line and column, and failed
        examples.

        Raises DocumentError if the text is too long.
        """
        from screener.rule_testing.examples import run_examples
        from screener.rules.lint.checks import check_rule_files

        if len(text.encode("utf-8", "replace")) > MOST_RULE_BYTES:
            raise DocumentError(Problem("the rule file is too long", f"write at most {MOST_RULE_BYTES:,} bytes"))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rule.yaml"
            file.write_text(text, "utf-8")
            found = check_rule_files([str(file)], [str(file)])
            failed: list[str] = []
            if not found.errors:
                screener = Screener.load(rules=[file])
                own = [rule for rule in screener.rulebook.rules.values() if rule.file == str(file)]
                failed = [f"{run.rule.id}: {run.example.name}" for run in run_examples(screener, own) if not run.holds]
        return {
            "valid": not found.errors and not failed,
            "rules": found.rules,
            "problems": [_problem(problem) for problem in found.problems],
            "failed_examples": failed,
        }

    def _result(self, profile: str | dict[str, Any], facts: Sequence[str]) -> ResultDocument:
        if len(facts) > MOST_FACTS:
            raise ProfileError(Problem(f"there are {len(facts)} assumptions", f"give at most {MOST_FACTS}"))
        screener = replace(self.screener, facts=tuple(facts))
        source = self._path(profile) if isinstance(profile, str) else profile
        return screener.screen(source).document

    def _path(self, name: str) -> Path:
        """Returns a file whose path, with links resolved, is below the root. Raises DocumentError for any other."""
        root = real_path(self.root)
        try:
            path = real_path(root / name)
            found = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError, RuntimeError):  # too long, has a null character, or a cycle of links
            found = False
        if not found:
            what = f"there is no file '{clean(shorten(name, 200))}' in the folder that is served"
            raise DocumentError(Problem(what, "name a file by its path below that folder"))
        return path


def summary(result: ResultDocument) -> dict[str, Any]:
    """Returns a short form of a result for an assistant: with sources, and with what is unknown."""
    fired = [f for f in result.findings if f.outcome is Outcome.FIRED]
    sources = {s.key: s for s in result.sources}
    used = {e.source for f in fired for e in f.evidence if e.source}
    return {
        **_standing(result),
        "sentence": result.verdict.sentence.en,
        "as_of": result.company.as_of,
        "flags": [_flag(f) for f in fired],
        "unknown_rules": sum(f.outcome is Outcome.UNKNOWN for f in result.findings),
        "look_up_first": [
            {
                "what": i.title.en,
                "of": i.company.en,
                "about": i.about.en if i.about else None,
                "could_decide": list(i.settles),
            }
            for i in result.inputs[:MOST_INPUTS]
        ],
        "sources": [
            {"key": key, "title": s.title.en, "kind": str(s.kind), "date": s.date, "url": s.url}
            for key, s in sources.items()
            if key in used
        ],
        "rules": f"{result.pack.name} {result.pack.version}",
        "note": "Rules, not advice: each flag says when it is known to be wrong; see explain.",
    }


def _standing(result: ResultDocument) -> dict[str, Any]:
    score, coverage = result.score, result.coverage
    return {
        "company": result.company.id,
        "name": result.company.name.en,
        "verdict": str(result.verdict.word),
        "score": None if result.verdict.word.withholds_score else round(score.value, 1),
        "score_range": [round(score.low, 1), round(score.high, 1)],
        "rules_decided": coverage.decided,
        "rules_that_apply": coverage.total,
    }


def _flag(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "flag": str(finding.flag),
        "severity": str(finding.severity),
        "title": finding.title.en,
        "says": finding.says.en if finding.says else None,
        "counts": finding.scored and finding.flag in (Flag.RED, Flag.GREEN, Flag.PATTERN),
        "sources": list(dict.fromkeys(e.source for e in finding.evidence if e.source)),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "level": problem.level,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "what": problem.what,
        "hint": problem.hint,
    }
