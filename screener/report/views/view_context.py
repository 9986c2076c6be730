"""A result in one language, with its findings, sources and companies by key: the common base of all views."""

from collections.abc import Iterable
from functools import cached_property

from screener.expression.interval import INF, Interval
from screener.profile.word_titles import word_title
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import flag_anchor, flag_badge, result_badge
from screener.report.views.display_text import (
    NAME_LENGTH,
    QUOTE_LENGTH,
    SENTENCE_LENGTH,
    TITLE_LENGTH,
    display_text,
    keep_units_together,
    safe_url,
    short_source_title,
)
from screener.report.views.view_models import Badge, EvidenceRow, Link, SourceView
from screener.report.wording import Wording
from screener.result.field_types import Value
from screener.result.finding_records import ClaimLine, Evidence, Finding, OpenInput
from screener.result.model import Company, ResultDocument
from screener.text import Language, Text

_FIGURE_NAMES = ("conflict.figure", "slip.figure")  # fields of facts that name a figure of the catalogue
_EARNINGS = ("net_income", "operating_income", "pretax_income")


def is_open_loss(value: Value, figure: str) -> bool:
    """Returns whether a value is a loss of which only a lower bound is known."""
    return isinstance(value, Interval) and figure in _EARNINGS and value.lo == -INF and value.hi < 0


def _is_chinese(text: str) -> bool:
    return not text.isascii() and any("\u4e00" <= c <= "\u9fff" for c in text)


class ViewContext:
    """A result in one language."""

    def __init__(self, result: ResultDocument, wording: Wording, *, several: bool = False) -> None:
        self.result, self.wording, self.several = result, wording, several
        self.language: Language = wording.language
        self.company_names = {i: self.text(t, NAME_LENGTH) for i, t in result.companies}
        self.findings = {f.rule: f for f in result.findings}
        self.sources = {
            s.key: Link(
                short_source_title(self.text(s.title, TITLE_LENGTH) or tidy(s.key, TITLE_LENGTH)), safe_url(s.url)
            )
            for s in result.sources
        }
        self.own_names = (result.company.name, *(t for i, t in result.companies if i == result.company.id))

    @property
    def company(self) -> Company:
        """Returns the screened company."""
        return self.result.company

    def text(self, text: Text | None, width: int = SENTENCE_LENGTH) -> str:
        """Returns a text in the language, cleaned and no longer than `width`; "" for None."""
        return "" if text is None else display_text(text.get(self.language), width)

    def with_outcome(self, outcome: str) -> list[Finding]:
        """Returns the findings of one outcome, in the order of the result."""
        return self._outcomes.get(outcome, [])

    @cached_property
    def _outcomes(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for f in self.result.findings:
            found.setdefault(f.outcome, []).append(f)
        return found

    def company_name(self, company: str) -> str:
        """Returns a company's name by its id."""
        return self.company_names.get(company) or tidy(company, NAME_LENGTH)

    def whose(self, company: Text, about: Text | None = None) -> str:
        """Returns the owner of a figure: the other company, and the subject of the relation; "" for the screened
        company's own."""
        name = "" if company in self.own_names else self.text(company, NAME_LENGTH)
        other = "" if about is None else self.text(about, NAME_LENGTH)
        return f"{name} · {other}" if name and other and name != other else name or other

    def latest_of(self, company: str, figure: str) -> Interval | None:
        """Returns the latest known value of a figure by the id of its company; amounts only in the company's currency."""
        return self._figures.get((company, figure))

    @cached_property
    def _figures(self) -> dict[tuple[str, str], Interval]:
        ids = {name.en: i for i, name in self.result.companies} | {self.company.name.en: self.company.id}
        found: dict[tuple[str, str], Interval] = {}
        for e in self.result.facts:
            comparable = e.unit != "money" or e.currency == self.company.currency
            if e.about is None and comparable and isinstance(e.value, Interval):
                found.setdefault((ids.get(e.company.en, ""), e.figure), e.value)
        return found

    def look_at(self, line: OpenInput) -> str:
        """Returns where to look for an unknown input: a sentence of a source, with its place; "" if none is known."""
        return self.wording("unknown.look_at", quote=self.text(line.look_at, QUOTE_LENGTH)) if line.look_at else ""

    def value_text(self, value: Value, unit: str, figure: str, currency: str | None) -> str:
        """Returns a value, with its currency if that is not the company's."""
        if unit == "company" and isinstance(value, str):
            return self.company_name(value)
        if unit == "word" and isinstance(value, str):
            return word_title(value).get(self.language)
        if unit == "money" and isinstance(value, Interval) and is_open_loss(value, figure):
            amount = numbers.value(Interval.point(-value.hi), unit, self.language)
            shown = keep_units_together(self.wording("loss_of_at_least", amount=amount))
        else:
            year = unit == "count" and figure.rpartition(".")[2] == "year"
            shown = keep_units_together(numbers.value(value, unit, self.language, year=year))
        if unit == "money" and value is not None and currency and currency != self.company.currency:
            shown += " " + tidy(currency, 8)
        return shown

    def source_view(
        self, key: str | None, kind: str, quote: str | Text | None, note: str | Text | None, formula: str | None = None
    ) -> SourceView:
        """Returns the source of a value. A translated quote or note is in the language of the view."""
        quoted = self.quoted(quote, QUOTE_LENGTH)
        return SourceView(
            self.wording.label("kind", kind),
            self.source_link(key),
            self.quoted(note, 200),
            quoted,
            "zh" if self.language != "zh" and _is_chinese(quoted) else "",
            tidy(formula, 200),
        )

    def quoted(self, passage: str | Text | None, width: int = QUOTE_LENGTH) -> str:
        """Returns a passage or remark from the profile, in the language of the view if it is translated; "" for none."""
        return tidy(passage.get(self.language) if isinstance(passage, Text) else passage, width)

    def source_link(self, key: str | None) -> Link:
        """Returns the short title of a source, and its address; an empty text for none."""
        return self.sources.get(key) or Link(short_source_title(tidy(key, TITLE_LENGTH))) if key else Link("")

    def evidence_row(self, e: Evidence) -> EvidenceRow:
        """Returns a row of an evidence table."""
        title = self.text(e.title, TITLE_LENGTH)
        value = self.value_text(e.value, e.unit, e.figure, e.currency)
        if e.figure in _FIGURE_NAMES:
            value = self._figure_titles.get(value, value)
        whose = " · ".join(n for n in self.whose(e.company, e.about).split(" · ") if n not in title)
        return EvidenceRow(
            title,
            whose,
            value,
            numbers.period(e.period, self.language),
            self.source_view(e.source, e.kind, e.quote, e.note, e.formula),
        )

    @cached_property
    def _figure_titles(self) -> dict[str, str]:
        titles = [(c.figure, c.title) for c in self.result.conflicts] + [(e.figure, e.title) for e in self.result.facts]
        return {figure: self.text(title, TITLE_LENGTH) for figure, title in reversed(titles)}

    def claim(self, line: ClaimLine, unit: str, figure: str, currency: str | None) -> tuple[str, str, SourceView]:
        """Returns value, period and source of a claim."""
        value = self.value_text(line.value, unit, figure, currency)
        return (
            value,
            numbers.period(line.period, self.language),
            self.source_view(line.source, line.kind, line.quote, line.note),
        )

    def badge(self, finding: Finding) -> Badge:
        """Returns the badge of a finding that fired."""
        return flag_badge(finding.flag, finding.severity, finding.verdict, self.wording)

    def outcome_class(self, finding: Finding) -> str:
        """Returns the colour class of the outcome of a finding."""
        if finding.outcome == "fired":
            return self.badge(finding).css_class
        return "clear" if finding.outcome == "clear" else "unknown"

    def verdict_badge(self) -> Badge:
        """Returns the badge of the verdict."""
        return result_badge(self.result, self.wording)

    def rule_title(self, rule: str) -> str:
        """Returns a rule's title by its id."""
        finding = self.findings.get(rule)
        return self.text(finding.title, TITLE_LENGTH) if finding else tidy(rule, TITLE_LENGTH)

    def clear_title(self, finding: Finding) -> str:
        """Returns the title of a rule for a company for which it is clear; if it has none, its title marked as not the
        case."""
        if finding.clear_title is not None:
            return self.text(finding.clear_title, TITLE_LENGTH)
        return self.wording("passed.without_title", title=self.text(finding.title, TITLE_LENGTH))

    def rule_link(self, rule: str) -> Link:
        """Returns a rule's title, with a link to its flag if it fired."""
        finding = self.findings.get(rule)
        return Link(self.rule_title(rule), f"#{flag_anchor(rule)}" if finding and finding.outcome == "fired" else None)

    def input_titles(self, keys: Iterable[str], most: int = 4) -> list[str]:
        """Returns the titles of missing inputs, with "and n more" beyond `most`."""
        known = self._inputs
        shown = list(dict.fromkeys([known.get(key) or tidy(key, TITLE_LENGTH) for key in keys]))
        rest = len(shown) - most
        return shown if rest <= 0 else [*shown[:most], self.wording.plural("unknown.more", rest)]

    @cached_property
    def _inputs(self) -> dict[str, str]:
        titles = {}
        for i in self.result.inputs:
            title, whose = self.text(i.title, TITLE_LENGTH), self.whose(i.company, i.about)
            titles[i.key] = f"{title} ({whose})" if whose else title
        return titles
