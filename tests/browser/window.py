"""A page in a browser, and what it did that it should not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Seen:
    """A page and what it did that it should not: errors, dialogs, requests."""

    page: Any
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """All that it did."""
        return self.errors + self.dialogs + self.requests


Visit = Callable[..., Seen]


@contextmanager
def visiting(
    chromium: Any, path: Path, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[Seen]:
    """A page in a context of its own."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
    )  # fmt: skip
    context.set_default_timeout(15_000)
    page = context.new_page()
    seen = Seen(page)

    def hear(dialog: Any) -> None:
        seen.dialogs.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda m: seen.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.errors.append(str(e)))
    page.on("dialog", hear)
    page.on("request", lambda r: None if r.is_navigation_request() else seen.requests.append(r.url))
    page.goto(path.as_uri())
    yield seen
    context.close()
    assert seen.faults() == []
