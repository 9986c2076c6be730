"""Rows of a comparison: changes in profile and rules, and in comparisons with thresholds."""

from collections.abc import Iterable
from typing import NamedTuple

from screener.expression.interval import Interval
from screener.profile.word_titles import word_title
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import flag_anchor
from screener.report.views.display_text import NAME_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH, keep_units_together
from screener.report.views.view_models import Link
from screener.report.wording import Wording
from screener.result.comparison import Crossing, ResultComparison
from screener.result.finding_records import Distance
from screener.result.input_changes import InputChange, StatedValue
from screener.text import Text

MAX_LINKS = 6
_FIELDS_SHOWN = 3  # greatest number of fields shown of an added or removed relation


class ComparedSide(NamedTuple):
    """The stated value of an input in one of the two results."""

    value: str
    period: str
    source: str  # its title, and its kind if the kinds of the two differ


class ChangeRow(NamedTuple):
    """One change."""

    change: str  # how: changed, became known …
    title: str
    whose: str  # another company, or the subject of a relation
    before: ComparedSide
    after: ComparedSide
    moved: str  # the change of a number: +65 %, for shares and rates in percentage points; else ""
    affected_rules: tuple[Link, ...]  # the rules whose outcome it changed
    more_rules: str  # "and 3 more" of these rules


class ThresholdChange(NamedTuple):
    """A comparison with its threshold, before and now."""

    title: str
    before: str
    after: str
    limit: str
    holds: str


class ComparisonRows:
    """Builds the rows of a comparison in the language of the wording."""

    def __init__(self, comparison: ResultComparison, wording: Wording) -> None:
        self.comparison, self.wording, self.language = comparison, wording, wording.language
        titles = {c.key: c.title for c in comparison.changes if c.kind in ("rule-new", "rule-gone")}
        titles |= {t.rule: t.title for t in comparison.turns}
        self._titles = {rule: self.text(title, TITLE_LENGTH) for rule, title in titles.items()}

    def text(self, text: Text | None, width: int = SENTENCE_LENGTH) -> str:
        """Returns a text in the language, at most `width` characters; "" for None."""
        return "" if text is None else keep_units_together(tidy(text.get(self.language), width))

    def rule_title(self, rule: str) -> str:
        """Returns the title of a rule."""
        return self._titles.get(rule) or tidy(rule, TITLE_LENGTH)

    def rule_links(self, rules: Iterable[str]) -> tuple[Link, ...]:
        """Returns the titles of rules, each with a link to its place on the page."""
        return tuple(Link(self.rule_title(rule), f"#{flag_anchor(rule)}") for rule in rules)

    def change_rows(self) -> list[ChangeRow]:
        """Returns a row for each change, in the order of the comparison."""
        return [self._change_row(n, change) for n, change in enumerate(self.comparison.changes)]

    def _change_row(self, number: int, change: InputChange) -> ChangeRow:
        title = self._change_title(change)
        before, after = (self._compared_side(value, change) for value in (change.before, change.after))
        owners = dict.fromkeys(self.text(owner, NAME_LENGTH) for owner in (change.company, change.about))
        shown = [o for o in owners if o and o not in title and o not in (before.value, after.value)]
        affected = self.rule_links(t.rule for t in self.comparison.turns if number in t.causes)
        more = len(affected) - MAX_LINKS
        return ChangeRow(
            change=self.wording(f"compare.kind.{change.kind}"),
            title=title,
            whose=" · ".join(shown),
            before=before,
            after=after,
            moved=self._moved(change),
            affected_rules=affected[:MAX_LINKS],
            more_rules=self.wording.plural("unknown.more", more) if more > 0 else "",
        )

    def _moved(self, change: InputChange) -> str:
        """Returns the change of a number that is known exactly at both times, in the same currency."""
        before, after = change.before, change.after
        if before is None or after is None or (before.unit, before.currency) != (after.unit, after.currency):
            return ""
        old, new = before.value, after.value
        if not (isinstance(old, Interval) and isinstance(new, Interval) and old.is_point and new.is_point):
            return ""
        if before.unit == "fraction":
            points = f"{abs(new.lo - old.lo) * 100:.1f}".removesuffix(".0")
            sign = "+" if new.lo >= old.lo else "−"
            return self.wording("compare.percentage_points", n=f"{sign}{points}")
        if old.lo <= 0 or new.lo < 0:
            return ""  # the percentage is undefined for a number that changes its sign or was 0
        share = new.lo / old.lo - 1
        shown = numbers.amount(abs(round(share, 4)), "fraction", self.language)
        return ("−" if share < 0 else "+") + shown

    def _change_title(self, change: InputChange) -> str:
        title = self.text(change.title, TITLE_LENGTH)
        return f"{title} · {tidy(change.key.partition('.')[2], 60)}" if change.kind == "param" else title

    def _compared_side(self, stated: StatedValue | None, change: InputChange) -> ComparedSide:
        if stated is None:
            is_absent = change.kind.startswith(("rule", "relation"))
            return ComparedSide("–" if is_absent else self.wording("compare.absent"), "", "")
        kinds = {s.kind for s in (change.before, change.after) if s and s.kind}
        show_kind = stated.kind and (len(kinds) > 1 or stated.source is None)
        kind = self.wording.label("kind", stated.kind) if show_kind else ""
        source = self.text(stated.source, TITLE_LENGTH) if stated.unit != "sector" else ""
        is_named = change.about is not None and stated.value == change.about.en  # a company, by its English name
        value = self.text(change.about, NAME_LENGTH) if is_named else self._value_text(stated)
        if change.kind.startswith("relation"):
            known = [(title, field) for title, field in change.fields[:_FIELDS_SHOWN] if field.value is not None]
            fields = [f"{self.text(title, TITLE_LENGTH)} {self._value_text(field)}" for title, field in known]
            value += f" ({self.wording.enumerate(fields)})" if fields else ""
        cited = self.wording("comma").join(filter(None, (kind, source)))
        return ComparedSide(value, numbers.period(stated.period, self.language), cited)

    def threshold_changes(self, crossings: Iterable[Crossing]) -> tuple[ThresholdChange, ...]:
        """Returns the comparisons whose value, threshold or outcome changed."""
        return tuple(row for crossing in crossings if (row := self._threshold_change(crossing)))

    def _threshold_change(self, crossing: Crossing) -> ThresholdChange | None:
        sides = (crossing.before, crossing.after)
        before, after = (self._value_text(StatedValue(d.value, d.unit, d.currency)) if d else "–" for d in sides)
        limits = [keep_units_together(numbers.limit(d.op, d.threshold, d.unit, self.language)) for d in sides if d]
        holds = [self._holds(d) for d in sides if d]
        if before == after and None not in sides and len(set(limits)) == len(set(holds)) == 1:
            return None
        title = self.text(crossing.title, TITLE_LENGTH)
        return ThresholdChange(title, before, after, limit=_before_after(limits), holds=_before_after(holds))

    def _holds(self, d: Distance) -> str:
        return self.wording({"yes": "holds.satisfied", "no": "holds.not-satisfied"}.get(d.holds, "holds.undecided"))

    def _value_text(self, stated: StatedValue) -> str:
        value, unit = stated.value, stated.unit
        if unit == "sector":
            return self.text(stated.source, NAME_LENGTH)
        groups = {"list": "compare.list", "counts": "compare.counts", "severity": "severity"}
        if unit in groups and isinstance(value, str):
            return self.wording.label(groups[unit], value)
        if unit == "word" and isinstance(value, str):
            return word_title(value).get(self.language)
        shown = keep_units_together(numbers.value(value, unit, self.language))
        own_currency = stated.currency in (None, self.comparison.after.company.currency)
        return shown if unit != "money" or value is None or own_currency else f"{shown} {tidy(stated.currency, 8)}"


def _before_after(texts: Iterable[str]) -> str:
    """Returns one text if both are the same, else both with an arrow."""
    return " → ".join(dict.fromkeys(text for text in texts if text))
