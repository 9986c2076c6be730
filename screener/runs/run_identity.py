"""Digests of everything that determines a result or a report apart from the profile. They tell a run what it may reuse."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from screener import __version__
from screener.io.package_data import TEMPLATES_FOLDER
from screener.profile.model import Profile
from screener.report.rendering import RenderOptions
from screener.runs.task import ScreeningTask
from screener.screening import Screener


def result_identity(screener: Screener, context: Sequence[Profile]) -> str:
    """Returns a digest of what determines results: rules, assumptions about profiles, context, and the version of the
    program."""
    parts: list[object] = [__version__, _code_version(), screener.rulebook.digest, *screener.facts, screener.as_of]
    parts += [screener.engine_name, screener.counterfactuals]
    return _digest([*parts, "context", *(profile.digest for profile in context)])


def report_identity(task: ScreeningTask, options: RenderOptions) -> str:
    """Returns a digest of what determines reports: what determines results, and format, language and templates."""
    parts: list[object] = [result_identity(task.screener, task.context), options.output_identity]
    parts += [task.peers.table, task.peers.digest] if task.peers is not None else []
    if options.templates is not None:
        from screener.report.pages.template_files import template_files

        parts += sorted(template_files(options.templates).items())
    return _digest(parts)


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _code_version() -> str:
    """Returns when the code was last changed, so that reports of a checkout are not reused after an edit."""
    files = [*Path(__file__).parent.parent.rglob("*.py"), *TEMPLATES_FOLDER.iterdir()]
    return str(max(file.stat().st_mtime_ns for file in files))
