"""What the builders of views share: one result in one language, with its findings, sources and companies by key."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from screener.report import number_format as numbers
from screener.report.charts.shapes import fit, text_width
from screener.report.number_format import tidy
from screener.report.views.parts import EvidenceRow, Link, Mark, NumberText, SourceView
from screener.report.wording import Words
from screener.result.model import ClaimLine, Company, Evidence, Finding, ResultDocument, Value
from screener.text import Language, Text, clean, slug

NAME, TITLE, SENTENCE, QUOTE = 60, 90, 700, 400  # most characters of each
_NUMBER = re.compile(r"[−+≈~]?\d[\d,.]*(?:[–-][−]?\d[\d,.]*)?\s?(?:×|%|倍|bn\b|tn\b|m\b|k\b|万亿|亿|万)?")
_UNIT_SPACE = re.compile(r"(?<=\d) (?=(?:bn|tn|m|k|%|万亿|亿|万|倍|年|月|日|个月|小时)(?![A-Za-z]))")
_ASIDE = re.compile(r"[(（:：]")
_HAN = re.compile(r"[\u4e00-\u9fff]")

SEVERITY_LOOK = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
VERDICT_LOOK = {
    "avoid": "critical",
    "caution": "high",
    "watch": "clear eye",
    "clear": "clear",
    "insufficient-data": "unknown",
}
_RANK = {"critical": 0, "high": 1, "strong": 1, "medium": 2, "moderate": 2, "low": 3, "weak": 3}


def safe_url(url: str | None) -> str | None:
    """The address if it is plain http or https with a host, else None."""
    if url is None or len(url) > 2000 or url != clean(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and host else None


def brief(title: str) -> str:
    """A source's title as it is named in a table, without what follows in brackets or after a colon where it is too long.

    The list of sources has it in full.
    """
    if text_width(title) > 200:
        head = _ASIDE.split(title, maxsplit=1)[0].strip()
        title = head if len(head) > 3 else title
    return fit(title, 200)


def unbroken(text: str) -> str:
    """The text with a no-break space between a number and its unit."""
    return _UNIT_SPACE.sub("\u00a0", text)


@lru_cache(maxsize=8192)
def _shown(text: str, width: int) -> str:
    """A text as it is shown: those of rules are the same in every report."""
    return unbroken(tidy(text, width))


@lru_cache(maxsize=4096)
def set_off(text: str) -> NumberText:
    """A short text with its first number set apart."""
    found = _NUMBER.search(text)
    if not found:
        return NumberText("", text, "")
    return NumberText(text[: found.start()].strip(), found[0].strip(), text[found.end() :].strip())


def rank(finding: Finding) -> tuple[int, float]:
    """A key that sorts the worst first."""
    return _RANK.get(finding.severity, 4), -abs(finding.points)


class Context:
    """A result as seen in one language."""

    def __init__(self, result: ResultDocument, words: Words) -> None:
        self.result, self.words = result, words
        self.language: Language = words.language  # of all texts made here
        self.names = {i: self.text(t, NAME) for i, t in result.companies}
        self.findings = {f.rule: f for f in result.findings}
        self.sources = {
            s.key: Link(brief(self.text(s.title, TITLE) or tidy(s.key, TITLE)), safe_url(s.url)) for s in result.sources
        }
        self.own = (result.company.name, *(t for i, t in result.companies if i == result.company.id))

    @property
    def company(self) -> Company:
        """Who is judged."""
        return self.result.company

    def text(self, text: Text | None, width: int = SENTENCE) -> str:
        """A text in the language, clean and no longer than `width`; "" for None."""
        return "" if text is None else _shown(text.get(self.language), width)

    def of(self, outcome: str) -> list[Finding]:
        """The findings of one outcome, as they are sorted in the result."""
        return self._outcomes.get(outcome, [])

    @cached_property
    def _outcomes(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for f in self.result.findings:
            found.setdefault(f.outcome, []).append(f)
        return found

    def name(self, company: str) -> str:
        """A company's name by its id."""
        return self.names.get(company) or tidy(company, NAME)

    def whose(self, company: Text, about: Text | None = None) -> str:
        """Whose figure: the other company, and what the relation is about; "" for the judged company's own."""
        name = "" if company in self.own else self.text(company, NAME)
        other = "" if about is None else self.text(about, NAME)
        return f"{name} · {other}" if name and other and name != other else name or other

    def value(self, value: Value, unit: str, figure: str, currency: str | None) -> str:
        """A value, with its currency where that is not the company's."""
        if unit == "company" and isinstance(value, str):
            return self.name(value)
        if unit == "word" and isinstance(value, str):
            return self.words.of("verb", value)
        year = unit == "count" and figure.rpartition(".")[2] == "year"
        shown = unbroken(numbers.value(value, unit, self.language, year=year))
        if unit == "money" and value is not None and currency and currency != self.company.currency:
            shown += " " + tidy(currency, 8)
        return shown

    def source(
        self, key: str | None, kind: str, quote: str | None, note: str | None, formula: str | None = None
    ) -> SourceView:
        """Where a value comes from."""
        quoted = tidy(quote, QUOTE)
        return SourceView(
            self.words.of("kind", kind),
            self.source_link(key),
            tidy(note, 200),
            quoted,
            "zh" if self.language != "zh" and _HAN.search(quoted) else "",
            tidy(formula, 200),
        )

    def source_link(self, key: str | None) -> Link:
        """The title of a source, brief, and its address; an empty text for none."""
        return self.sources.get(key) or Link(brief(tidy(key, TITLE))) if key else Link("")

    def fact(self, e: Evidence) -> EvidenceRow:
        """A row of an evidence table."""
        title = self.text(e.title, TITLE)
        whose = " · ".join(n for n in self.whose(e.company, e.about).split(" · ") if n not in title)
        return EvidenceRow(
            title,
            whose,
            self.value(e.value, e.unit, e.figure, e.currency),
            tidy(e.period, 40),
            self.source(e.source, e.kind, e.quote, e.note, e.formula),
        )

    def claim(self, line: ClaimLine, unit: str, figure: str, currency: str | None) -> tuple[str, str, SourceView]:
        """Value, period and source of a claim."""
        value = self.value(line.value, unit, figure, currency)
        return value, tidy(line.period, 40), self.source(line.source, line.kind, line.quote, line.note)

    def mark(self, finding: Finding) -> Mark:
        """The pill of a finding that fired."""
        return mark_of(finding.flag, finding.severity, finding.verdict, self.words)

    def verdict_mark(self) -> Mark:
        """The pill of the verdict."""
        return verdict_mark(self.result.verdict.word, self.words)

    def title(self, rule: str) -> str:
        """A rule's title by its id."""
        finding = self.findings.get(rule)
        return self.text(finding.title, TITLE) if finding else tidy(rule, TITLE)

    def rule_link(self, rule: str) -> Link:
        """A rule's title, leading to its flag where it fired."""
        finding = self.findings.get(rule)
        return Link(self.title(rule), f"#{flag_anchor(rule)}" if finding and finding.outcome == "fired" else None)

    def input_titles(self, keys: Iterable[str], most: int = 4) -> list[str]:
        """What is missing, in words; "and n more" beyond `most`."""
        known = self._inputs
        shown = list(dict.fromkeys([known.get(key) or tidy(key, TITLE) for key in keys]))
        rest = len(shown) - most
        return shown if rest <= 0 else [*shown[:most], self.words.count("unknown.more", rest)]

    @cached_property
    def _inputs(self) -> dict[str, str]:
        """The title of each input by its key, and whose it is."""
        titles = {}
        for i in self.result.inputs:
            title, whose = self.text(i.title, TITLE), self.whose(i.company, i.about)
            titles[i.key] = f"{title} ({whose})" if whose else title
        return titles


def mark_of(flag: str, severity: str, verdict: str | None, words: Words) -> Mark:
    """The pill of a flag."""
    if flag == "green":
        return Mark("clear", words("mark.relief"))
    if flag == "pattern" and verdict == "watch":
        return Mark("clear eye", words("mark.watch"))
    return Mark(SEVERITY_LOOK.get(severity, "medium"), words.of("severity", severity))


def flag_anchor(rule: str) -> str:
    """The id of a rule's flag on the page."""
    return f"f-{slug(rule)}"


def verdict_mark(word: str, said: Words) -> Mark:
    """The pill of a verdict."""
    return Mark(VERDICT_LOOK.get(word, "unknown"), said.of("verdict", word))
