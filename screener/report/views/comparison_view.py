"""What changed between two results as named tuples, every text final: for the page and for the terminal."""

from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views.view_context import (
    NAME_LENGTH,
    SENTENCE_LENGTH,
    TITLE_LENGTH,
    flag_anchor,
    flag_badge,
    keep_units_together,
    split_number,
    verdict_badge,
)
from screener.report.views.view_models import Badge, Link, NumberText
from screener.report.wording import Wording
from screener.result.comparison import CompanyStanding, Crossing, ResultComparison, Turn
from screener.result.input_changes import FIGURES, RULES, InputChange, StatedValue
from screener.result.model import Distance
from screener.text import Text

MAX_LINKS = 6


class StandingView(NamedTuple):
    """Where the company stood at one of the two times."""

    label: str  # before or after
    day: str
    verdict: Badge
    thin_evidence: str  # on thin evidence, or ""
    score: str
    score_range: str  # its range
    coverage: str
    score_chart: Chart
    versions: tuple[str, ...]  # rule pack, profile, screener


class ComparedSide(NamedTuple):
    """What is said of something at one of the two times."""

    value: str
    period: str
    source: str  # its title, and its kind where the two differ in it


class ChangeRow(NamedTuple):
    """One thing that is otherwise."""

    change: str  # how: changed, became known …
    title: str
    whose: str  # another company, or what a relation is about
    before: ComparedSide
    after: ComparedSide
    affected_rules: tuple[Link, ...]  # rules that end otherwise by it
    more_rules: str  # "and 3 more" of them


class ThresholdChange(NamedTuple):
    """A comparison with its threshold, then and now."""

    title: str
    before: str
    after: str
    limit: str
    holds: str


class TurnView(NamedTuple):
    """A rule that ends otherwise, or with other numbers."""

    anchor: str
    badge: Badge
    title: str
    outcome: str  # from what to what
    figure: NumberText | None  # the short number, then → now
    points: str  # what it adds to the score now, less what it added then; "" for none
    sentence: str
    causes: tuple[ChangeRow, ...]
    follows_from: tuple[Link, ...]  # rules below that turned, too
    no_cause: str  # what to say where no cause is recorded
    thresholds: tuple[ThresholdChange, ...]


class TurnGroup(NamedTuple):
    """Rules that turned in the same way."""

    change: str  # new, gone, otherwise, numbers
    title: str
    turns: tuple[TurnView, ...]


class ComparisonView(NamedTuple):
    """The page of a comparison."""

    name: str
    meta: tuple[str, ...]
    notes: tuple[str, ...]  # what the reader should know: two companies, the older one second
    before: StandingView
    after: StandingView
    verdict: str  # a sentence on the verdict, and why it changed
    score: str  # a sentence on the score and its range
    groups: tuple[TurnGroup, ...]
    unchanged: str  # said where nothing is judged otherwise
    inputs: tuple[ChangeRow, ...]  # figures, relations, lists
    sources: tuple[ChangeRow, ...]  # the same value by another source
    rules: tuple[ChangeRow, ...]  # what judges otherwise
    same_rules: str


def comparison_view(comparison: ResultComparison, wording: Wording) -> ComparisonView:
    """A comparison in the words' language."""
    return _ComparisonBuilder(comparison, wording).view()


class _ComparisonBuilder:
    def __init__(self, comparison: ResultComparison, wording: Wording) -> None:
        self.c, self.wording, self.language = comparison, wording, wording.language
        rules = {c.key: c.title for c in comparison.changes if c.kind in ("rule-new", "rule-gone")}
        rules |= {t.rule: t.title for t in comparison.turns}
        self.titles = {rule: self.text(title, TITLE_LENGTH) for rule, title in rules.items()}

    def text(self, text: Text | None, width: int = SENTENCE_LENGTH) -> str:
        return "" if text is None else keep_units_together(tidy(text.get(self.language), width))

    def view(self) -> ComparisonView:
        was, now = self.c.before, self.c.after
        rows = [self.change_row(n, change) for n, change in enumerate(self.c.changes)]
        kinds = [change.kind for change in self.c.changes]
        inputs = (*FIGURES[:3], "relation-new", "relation-gone", "list", "sector", "assumed")
        return ComparisonView(
            name=self.text(now.company.name, 120) or tidy(now.company.id, 80),
            meta=tuple(
                m for m in (tidy(now.company.ticker, 20), self.text(now.company.sector_title, NAME_LENGTH)) if m
            ),
            notes=tuple(self._notes()),
            before=self._standing(was, "before"),
            after=self._standing(now, "after"),
            verdict=self._verdict(),
            score=self._score(),
            groups=tuple(self._groups(rows)),
            unchanged="" if self.c.judged_otherwise else self.wording("compare.nothing"),
            inputs=tuple(
                r for r, k in zip(rows, kinds, strict=True) if k in inputs or (k == "aged" and r.affected_rules)
            ),
            sources=tuple(r for r, k in zip(rows, kinds, strict=True) if k == "source"),
            rules=tuple(r for r, k in zip(rows, kinds, strict=True) if k in RULES),
            same_rules=self.wording("compare.same_rules") if was.pack.digest == now.pack.digest else "",
        )

    def _notes(self) -> list[str]:
        was, now = self.c.before, self.c.after
        notes = []
        if was.company.id != now.company.id:
            names = {
                "before": self.text(was.company.name, NAME_LENGTH),
                "after": self.text(now.company.name, NAME_LENGTH),
            }
            notes.append(self.wording("compare.two_companies", **names))
        elif was.company.as_of and now.company.as_of and was.company.as_of > now.company.as_of:
            notes.append(self.wording("compare.older_second"))
        return notes

    def _standing(self, s: CompanyStanding, label: str) -> StandingView:
        wording, score = self.wording, s.score
        sure = s.verdict.word != "insufficient-data"
        shown, between = numbers.headline_score(score, sure), numbers.score_range(score.low, score.high)
        mark = verdict_badge(s.verdict.word, wording)
        names = (wording("score.band_clear"), wording("score.band_caution"), wording("score.band_avoid"))
        edges = {"caution": f"{score.caution_from:.0f}", "avoid": f"{score.avoid_from:.0f}"}
        title = wording("score.chart", score=shown, range=between)
        chart = bars.score_scale((score.value if sure else None, score.low, score.high), (score.caution_from, score.avoid_from),
                           mark.css_class, names, title, wording("score.desc", range=between, **edges))  # fmt: skip
        k, day = s.coverage, numbers.date(s.company.as_of, self.language)
        pack = wording("method.pack", name=tidy(s.pack.name, 40), version=tidy(s.pack.version, 20), n=s.pack.rules,
                    digest=s.pack.digest[:16])  # fmt: skip
        return StandingView(
            wording(f"compare.{label}"), wording("as_of", date=day) if day else wording("undated"), mark,
            wording("verdict.thin") if s.verdict.thin else "", shown, between,
            wording("coverage.text", decided=k.decided, total=k.total) if k.total else wording("coverage.none"), chart,
            (pack, wording("method.profile", digest=s.profile_digest[:16]), wording("method.version", version=tidy(s.version, 20))),
        )  # fmt: skip

    def _verdict(self) -> str:
        was, now, wording = self.c.before, self.c.after, self.wording
        verdicts = {side: wording.label("verdict", s.verdict.word) for side, s in (("before", was), ("after", now))}
        reasons = [
            wording("compare.why_fired", rule=self._rule_title(r)) for r in now.patterns if r not in was.patterns
        ]
        reasons += [
            wording("compare.why_gone", rule=self._rule_title(r)) for r in was.patterns if r not in now.patterns
        ]
        if was.verdict.word == now.verdict.word:
            head = "verdict_kept" if reasons else "verdict_same"
        else:
            head = "verdict_changed"
            if any(c.kind == "table" for c in self.c.changes):
                reasons.append(wording("compare.why_table"))
            if "insufficient-data" in (was.verdict.word, now.verdict.word):
                reasons.append(wording("compare.why_coverage", before=self._covered(was), after=self._covered(now)))
            elif not reasons:
                reasons.append(wording("compare.why_score", score=numbers.score(now.score.value, now.score)))
        return wording(f"compare.{head}", why=wording.enumerate(reasons), **verdicts)

    @staticmethod
    def _covered(s: CompanyStanding) -> str:
        return f"{s.coverage.decided}/{s.coverage.total}"

    def _rule_title(self, rule: str) -> str:
        return self.titles.get(rule) or tidy(rule, TITLE_LENGTH)

    def _score(self) -> str:
        was, now, wording = self.c.before.score, self.c.after.score, self.wording
        ends = [f"{s.low:.1f}–{s.high:.1f}" for s in (was, now)]
        sure = "insufficient-data" not in (self.c.before.verdict.word, self.c.after.verdict.word)
        if all(round(a, 1) == round(b, 1) for a, b in zip(was[:3], now[:3], strict=True)):
            parts = [wording("compare.score_same")]
        elif sure and round(was.value, 1) != round(now.value, 1):
            shown = [f"{s.value:.1f} ({e})" for s, e in zip((was, now), ends, strict=True)]
            parts = [wording("compare.score_changed", before=shown[0], after=shown[1])]
        else:
            parts = [wording("compare.range_changed", before=ends[0], after=ends[1])]
        moved = [(t.title, t.points[1] - t.points[0]) for t in self.c.turns]
        moved += [(t.title, t.points[1] - t.points[0]) for t in self.c.shifts]
        moved = sorted((m for m in moved if abs(m[1]) >= 0.05), key=lambda m: -abs(m[1]))
        if moved:
            told = [f"{self.text(title, TITLE_LENGTH)} {numbers.signed(by)}" for title, by in moved[:MAX_LINKS]]
            told += [wording.plural("unknown.more", len(moved) - MAX_LINKS)] if len(moved) > MAX_LINKS else []
            parts.append(wording("compare.moved_by", flags=wording.enumerate(told)))
        decided = sum(t.before == "unknown" and t.after not in (None, "unknown") for t in self.c.turns)
        undecided = sum(t.after == "unknown" and t.before not in (None, "unknown") for t in self.c.turns)
        parts += [wording.plural(f"compare.{k}", n) for k, n in (("decided", decided), ("undecided", undecided)) if n]
        return " ".join(parts)

    def _groups(self, rows: list[ChangeRow]) -> list[TurnGroup]:
        found = []
        for change in ("new", "gone", "otherwise", "numbers"):
            turns = tuple(self._turn(t, rows) for t in self.c.turns if t.change == change)
            if turns:
                found.append(TurnGroup(change, self.wording.plural(f"compare.{change}", len(turns)), turns))
        return found

    def _turn(self, t: Turn, rows: list[ChangeRow]) -> TurnView:
        wording = self.wording
        before, after = (self._outcome(o) for o in (t.before, t.after))
        heads = [self.text(h, 48) for h in t.headlines]
        shown = heads[1] or heads[0] if heads[0] == heads[1] or not all(heads) else f"{heads[0]} → {heads[1]}"
        by = t.points[1] - t.points[0]
        causes = tuple(rows[n] for n in t.causes)
        recorded = causes or t.rests_on
        return TurnView(
            flag_anchor(t.rule), flag_badge(t.flag, t.severity, t.verdict, wording), self._rule_title(t.rule),
            after if before == after else f"{before} → {after}", split_number(shown) if shown else None,
            numbers.signed(by) if abs(by) >= 0.05 else "", self.text(t.says[1] or t.says[0]), causes,
            tuple(Link(self._rule_title(r), f"#{flag_anchor(r)}") for r in t.rests_on),
            "" if recorded else wording("compare.no_cause"),
            tuple(x for k in t.crossings[:6] if (x := self._threshold_change(k))),
        )  # fmt: skip

    def _outcome(self, word: str | None) -> str:
        if word is None:
            return self.wording("compare.no_rule")
        outcome, _, aside = word.partition(", ")
        return self.wording.label("outcome", outcome) + (f" ({self.wording('compare.not_scored')})" if aside else "")

    def _threshold_change(self, k: Crossing) -> ThresholdChange | None:
        values = [self.value_text(StatedValue(d.value, d.unit, d.currency)) if d else "–" for d in (k.before, k.after)]
        limits = [
            keep_units_together(numbers.limit(d.op, d.threshold, d.unit, self.language)) if d else ""
            for d in (k.before, k.after)
        ]
        holds = [self._holds(d) for d in (k.before, k.after) if d]
        if values[0] == values[1] and limits[0] == limits[1] and len(set(holds)) == 1:
            return None
        return ThresholdChange(
            self.text(k.title, TITLE_LENGTH), values[0], values[1], _before_after(limits), _before_after(holds)
        )

    def _holds(self, d: Distance) -> str:
        return self.wording({"yes": "holds.satisfied", "no": "holds.not-satisfied"}.get(d.holds, "holds.undecided"))

    def change_row(self, number: int, change: InputChange) -> ChangeRow:
        """A change as a row."""
        whose = [self.text(change.company, NAME_LENGTH), self.text(change.about, NAME_LENGTH)]
        title, sayings = (
            self._change_title(change),
            [self._compared_side(t, change) for t in (change.before, change.after)],
        )
        whose = [
            w for w in dict.fromkeys(whose) if w and w not in title and w not in (sayings[0].value, sayings[1].value)
        ]
        moved = [Link(self._rule_title(t.rule), f"#{flag_anchor(t.rule)}") for t in self.c.turns if number in t.causes]
        rest = len(moved) - MAX_LINKS
        return ChangeRow(self.wording(f"compare.kind.{change.kind}"), title, " · ".join(whose), sayings[0], sayings[1],
                   tuple(moved[:MAX_LINKS]), self.wording.plural("unknown.more", rest) if rest > 0 else "")  # fmt: skip

    def _change_title(self, change: InputChange) -> str:
        title = self.text(change.title, TITLE_LENGTH)
        part = change.key.partition(".")[2]
        if change.kind in ("param", "formula"):
            return f"{title} · {tidy(part, 60)}" if change.kind == "param" else title
        return title

    def _compared_side(self, told: StatedValue | None, change: InputChange) -> ComparedSide:
        if told is None:
            gone = change.kind.startswith(("rule", "relation"))
            return ComparedSide("–" if gone else self.wording("compare.absent"), "", "")
        kinds = {t.kind for t in (change.before, change.after) if t and t.kind}
        kind = self.wording.label("kind", told.kind) if told.kind and (len(kinds) > 1 or told.source is None) else ""
        source = [kind, self.text(told.source, TITLE_LENGTH) if told.unit != "sector" else ""]
        value = self.value_text(told)
        if change.fields and change.kind.startswith("relation"):
            held = [
                f"{self.text(t, TITLE_LENGTH)} {self.value_text(v)}"
                for t, v in change.fields[:3]
                if v.value is not None
            ]
            value += f" ({self.wording.enumerate(held)})" if held else ""
        return ComparedSide(value, tidy(told.period, 40), ", ".join(s for s in source if s))

    def value_text(self, told: StatedValue) -> str:
        """A value in words."""
        if told.unit in ("list", "counts", "severity") and isinstance(told.value, str):
            return self.wording.label("severity" if told.unit == "severity" else f"compare.{told.unit}", told.value)
        if told.unit == "sector":
            return self.text(told.source, NAME_LENGTH)
        if told.unit == "word" and isinstance(told.value, str):
            return self.wording.label("verb", told.value)
        shown = keep_units_together(numbers.value(told.value, told.unit, self.language))
        if (
            told.unit == "money"
            and told.value is not None
            and told.currency not in (None, self.c.after.company.currency)
        ):
            shown += " " + tidy(told.currency, 8)
        return shown


def _before_after(texts: list[str]) -> str:
    shown = list(dict.fromkeys(t for t in texts if t))
    return " → ".join(shown)
