"""The view of a comparison of two results, for the page and for the terminal."""

from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views.badges import flag_anchor, flag_badge
from screener.report.views.comparison_rows import MAX_LINKS, ChangeRow, ComparisonRows, ThresholdChange
from screener.report.views.display_text import HEADLINE_LENGTH, NAME_LENGTH, TITLE_LENGTH, split_number
from screener.report.views.standing import StandingTexts
from screener.report.views.view_models import Badge, Link, NumberText
from screener.report.wording import Wording
from screener.result.comparison import CompanyStanding, ResultComparison, Turn
from screener.result.input_changes import FIGURES, RULES
from screener.vocabulary import Outcome

_INPUT_KINDS = (*FIGURES[:3], "relation-new", "relation-gone", "list", "sector", "assumed")
_THRESHOLDS_SHOWN = 6


class StandingView(NamedTuple):
    """Verdict, score and coverage of the company in one of the two results."""

    label: str  # before or after
    day: str
    verdict: Badge
    thin_evidence: str  # a note on thin evidence, or ""
    score: str
    score_range: str  # the range of the score
    coverage: str
    score_chart: Chart
    versions: tuple[str, ...]  # versions of rule pack, profile and screener


class TurnView(NamedTuple):
    """A rule whose outcome or numbers changed."""

    anchor: str
    badge: Badge
    title: str
    outcome: str  # the outcomes before and now
    figure: NumberText | None  # the short number, before → now
    points: str  # the change of its contribution to the score; "" if none
    sentence: str
    causes: tuple[ChangeRow, ...]
    follows_from: tuple[Link, ...]  # rules below it that changed as well
    no_cause: str  # a note if no cause is recorded
    thresholds: tuple[ThresholdChange, ...]


class TurnGroup(NamedTuple):
    """Rules that changed in the same way."""

    change: str  # new, gone, otherwise, numbers
    title: str
    turns: tuple[TurnView, ...]


class ComparisonView(NamedTuple):
    """The page of a comparison."""

    name: str
    meta: tuple[str, ...]
    notes: tuple[str, ...]  # a note that there are two companies, or that the second result is older
    before: StandingView
    after: StandingView
    verdict: str  # a sentence on the verdict, and why it changed
    score: str  # a sentence on the score and its range
    groups: tuple[TurnGroup, ...]
    unchanged: str  # a note if no rule has a changed outcome
    inputs: tuple[ChangeRow, ...]  # figures, relations, lists
    sources: tuple[ChangeRow, ...]  # the same value from another source
    rules: tuple[ChangeRow, ...]  # changes of the rules themselves
    same_rules: str


def comparison_view(comparison: ResultComparison, wording: Wording) -> ComparisonView:
    """Returns a comparison in the language of the wording."""
    return _ComparisonBuilder(comparison, wording).view()


class _ComparisonBuilder:
    def __init__(self, comparison: ResultComparison, wording: Wording) -> None:
        self.comparison, self.wording = comparison, wording
        self.before, self.after = comparison.before, comparison.after
        self.rows = ComparisonRows(comparison, wording)

    def view(self) -> ComparisonView:
        company, text = self.after.company, self.rows.text
        rows = self.rows.change_rows()
        by_kind = [(change.kind, row) for change, row in zip(self.comparison.changes, rows, strict=True)]
        meta = (tidy(company.ticker, 20), text(company.sector_title, NAME_LENGTH))
        same_rules = self.before.pack.digest == self.after.pack.digest
        return ComparisonView(
            name=text(company.name, 120) or tidy(company.id, 80),
            meta=tuple(part for part in meta if part),
            notes=tuple(self._notes()),
            before=self._standing(self.before, "before"),
            after=self._standing(self.after, "after"),
            verdict=self._verdict_sentence(),
            score=" ".join(self._score_sentences()),
            groups=tuple(self._groups(rows)),
            unchanged="" if self.comparison.judged_otherwise else self.wording("compare.nothing"),
            inputs=tuple(r for k, r in by_kind if k in _INPUT_KINDS or (k == "aged" and r.affected_rules)),
            sources=tuple(r for k, r in by_kind if k == "source"),
            rules=tuple(r for k, r in by_kind if k in RULES),
            same_rules=self.wording("compare.same_rules") if same_rules else "",
        )

    def _notes(self) -> list[str]:
        before, after = self.before.company, self.after.company
        if before.id != after.id:
            names = {
                "before": self.rows.text(before.name, NAME_LENGTH),
                "after": self.rows.text(after.name, NAME_LENGTH),
            }
            return [self.wording("compare.two_companies", **names)]
        if before.as_of and after.as_of and before.as_of > after.as_of:
            return [self.wording("compare.older_second")]
        return []

    def _standing(self, standing: CompanyStanding, label: str) -> StandingView:
        texts = StandingTexts(standing, self.wording)
        return StandingView(
            label=self.wording(f"compare.{label}"),
            day=texts.day,
            verdict=texts.badge,
            thin_evidence=texts.thin_evidence,
            score=texts.score,
            score_range=texts.score_range,
            coverage=texts.coverage,
            score_chart=texts.score_chart,
            versions=texts.versions,
        )

    def _verdict_sentence(self) -> str:
        before, after, wording = self.before, self.after, self.wording
        reasons = [wording("compare.why_fired", rule=rule) for rule in self._patterns_gained(before, after)]
        reasons += [wording("compare.why_gone", rule=rule) for rule in self._patterns_gained(after, before)]
        if before.verdict.word == after.verdict.word:
            key = "verdict_kept" if reasons else "verdict_same"
        else:
            key = "verdict_changed"
            reasons += self._reasons_beside_patterns(bool(reasons))
        verdicts = {
            side: wording.label("verdict", standing.verdict.word)
            for side, standing in (("before", before), ("after", after))
        }
        return wording(f"compare.{key}", why=wording.enumerate(reasons), **verdicts)

    def _patterns_gained(self, before: CompanyStanding, after: CompanyStanding) -> list[str]:
        return [self.rows.rule_title(rule) for rule in after.patterns if rule not in before.patterns]

    def _reasons_beside_patterns(self, has_reasons: bool) -> list[str]:
        """Returns why the verdict changed: another verdict table, the coverage, or else the score."""
        wording, reasons = self.wording, []
        if any(change.kind == "table" for change in self.comparison.changes):
            reasons.append(wording("compare.why_table"))
        before, after = (f"{s.coverage.decided}/{s.coverage.total}" for s in (self.before, self.after))
        if self.after.verdict.word.withholds_score:
            reasons.append(self._below_the_bar())
        elif not self._enough_data_twice() and before != after:
            reasons.append(wording("compare.why_coverage", before=before, after=after))
        elif not reasons and not has_reasons:
            score = self.after.score
            reasons.append(wording("compare.why_score", score=numbers.score(score.value, score)))
        return reasons

    def _below_the_bar(self) -> str:
        """Returns why there is not enough data now: the decided share of each pack and the share needed."""
        coverage, texts = self.after.coverage, StandingTexts(self.after, self.wording)
        decided = self.wording("coverage.text", decided=coverage.decided, total=coverage.total)
        if coverage.at_least is None:
            return decided
        packs = texts.packs[:-1] or (decided,)  # the last one states the bar
        bar = numbers.amount(coverage.at_least, "fraction", self.wording.language)
        return self.wording("compare.why_below", packs=self.wording.enumerate(packs), bar=bar)

    def _enough_data_twice(self) -> bool:
        return not any(s.verdict.word.withholds_score for s in (self.before, self.after))

    def _score_sentences(self) -> list[str]:
        """Returns the change of the score and its range, the flags that caused it, and the number of rules newly
        decided or undecided."""
        wording = self.wording
        sentences = [self._score_sentence()]
        points = [(t.title, t.points) for t in self.comparison.turns]
        points += [(s.title, s.points) for s in self.comparison.shifts]
        moves = [
            (title, after - before)
            for title, (before, after) in points
            if abs(after - before) >= numbers.NOTABLE_POINTS
        ]
        moves.sort(key=lambda move: -abs(move[1]))
        if moves:
            flags = [f"{self.rows.text(title, TITLE_LENGTH)} {numbers.signed(by)}" for title, by in moves[:MAX_LINKS]]
            if len(moves) > MAX_LINKS:
                flags.append(wording.plural("unknown.more", len(moves) - MAX_LINKS))
            sentences.append(wording("compare.moved_by", flags=wording.enumerate(flags)))
        outcomes = [(t.before, t.after) for t in self.comparison.turns if t.before is not None and t.after is not None]
        decided = sum(before == Outcome.UNKNOWN != after for before, after in outcomes)
        undecided = sum(before != Outcome.UNKNOWN == after for before, after in outcomes)
        counts = (("decided", decided), ("undecided", undecided))
        return sentences + [wording.plural(f"compare.{key}", n) for key, n in counts if n]

    def _score_sentence(self) -> str:
        before, after, wording = self.before.score, self.after.score, self.wording
        ranges = [numbers.score_range(s.low, s.high) for s in (before, after)]
        if all(round(a, 1) == round(b, 1) for a, b in zip(before[:3], after[:3], strict=True)):
            return wording("compare.score_same")
        if self._enough_data_twice() and round(before.value, 1) != round(after.value, 1):
            scores = [numbers.score(s.value, s) for s in (before, after)]
            if scores[0] == scores[1]:  # they differ by less than a whole point
                scores = [f"{s.value:.1f}" for s in (before, after)]
            first, second = (f"{score} ({r})" for score, r in zip(scores, ranges, strict=True))
            return wording("compare.score_changed", before=first, after=second)
        return wording("compare.range_changed", before=ranges[0], after=ranges[1])

    def _groups(self, rows: list[ChangeRow]) -> list[TurnGroup]:
        groups = []
        for change in ("new", "gone", "otherwise", "numbers"):
            turns = tuple(self._turn(t, rows) for t in self.comparison.turns if t.change == change)
            if turns:
                groups.append(TurnGroup(change, self.wording.plural(f"compare.{change}", len(turns)), turns))
        return groups

    def _turn(self, t: Turn, rows: list[ChangeRow]) -> TurnView:
        headlines = dict.fromkeys(
            text for headline in t.headlines if (text := self.rows.text(headline, HEADLINE_LENGTH))
        )
        points = t.points[1] - t.points[0]
        recorded = t.causes or t.rests_on
        return TurnView(
            anchor=flag_anchor(t.rule),
            badge=flag_badge(t.flag, t.severity, t.verdict, self.wording),
            title=self.rows.rule_title(t.rule),
            outcome=" → ".join(dict.fromkeys(self._outcome(outcome) for outcome in (t.before, t.after))),
            figure=split_number(" → ".join(headlines)) if headlines else None,
            points=numbers.signed(points) if abs(points) >= numbers.NOTABLE_POINTS else "",
            sentence=self._sentence(t),
            causes=tuple(rows[n] for n in t.causes),
            follows_from=self.rows.rule_links(t.rests_on),
            no_cause="" if recorded else self.wording("compare.no_cause"),
            thresholds=self.rows.threshold_changes(t.crossings[:_THRESHOLDS_SHOWN]),
        )

    def _sentence(self, t: Turn) -> str:
        """Returns the sentence of the rule now; for a flag that is gone, its earlier sentence."""
        if t.says[1] or not t.says[0]:
            return self.rows.text(t.says[1])
        return self.wording("compare.said", sentence=self.rows.text(t.says[0]))

    def _outcome(self, word: str | None) -> str:
        if word is None:
            return self.wording("compare.no_rule")
        outcome, _, not_scored = word.partition(", ")
        label = self.wording.label("outcome", outcome)
        return f"{label} ({self.wording('compare.not_scored')})" if not_scored else label
