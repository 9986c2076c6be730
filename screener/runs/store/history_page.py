"""The history of a company as a page: its score by day, and what changed from one result to the next."""

from datetime import date

from screener.report import number_format as numbers
from screener.report.charts.bars import ScorePosition
from screener.report.charts.history_chart import HistoryPoint, history_chart
from screener.report.charts.shapes import Caption, Chart
from screener.report.number_format import tidy
from screener.report.views.badges import verdict_badge
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.table_page import Cell, ReportTable, TablePage, badge_cell, translated_table
from screener.report.views.view_models import Badge
from screener.report.wording import Wording
from screener.runs.store.history import CompanyHistory, Screening, screening_change
from screener.runs.store.history_words import (
    change_causes,
    change_sentence,
    flag_headline,
    flag_note,
    flag_order,
    flag_title,
    moved_flags,
    pack_words,
    run_words,
    score_with_range,
    score_words,
    short_score,
    stored_flag_badge,
)
from screener.text import clean
from screener.vocabulary import Verdict

MOST_DESCRIBED = 20  # number of results in the text alternative of the chart


class HistoryTables:
    """Makes the page of a history."""

    def __init__(self, history: CompanyHistory, wording: Wording) -> None:
        self.history, self.wording = history, wording

    def page(self) -> TablePage:
        """Returns the whole page; the latest result is first everywhere but in the chart."""
        t, screenings = self.wording, self.history.screenings
        dated = [(day, s) for s in reversed(screenings) if (day := _day_of(s)) is not None]
        left_out = len(screenings) - len(dated)
        return TablePage(
            label=t("history.label"),
            heading=tidy(self.history.name.get(t.language), NAME_LENGTH) or tidy(self.history.company, NAME_LENGTH),
            lines=(self._standing(screenings[0]), t.plural("history.runs", self.history.runs)),
            tables=(self._results(), *(self._step(now, before) for now, before in self.history.steps)),
            chart=self._chart(dated) if dated else None,
            chart_note=t("history.chart_note") + (" " + t.plural("history.left_out", left_out) if left_out else ""),
        )

    def _standing(self, s: Screening) -> str:
        t = self.wording
        score = t("score.label") + " " + score_with_range(s)
        return " · ".join((t.label("verdict", s.verdict), score, self._judged(s)))

    def _badge(self, s: Screening) -> Badge:
        return verdict_badge(s.verdict, self.wording, critical=s.has_critical_flag)

    def _chart(self, dated: list[tuple[date, Screening]]) -> Chart:
        t = self.wording
        points = [
            HistoryPoint(
                day=day,
                day_text=self._shown_day(s),
                verdict=t.label("verdict", s.verdict),
                score_text=short_score(s),
                score=ScorePosition(None if s.verdict == Verdict.INSUFFICIENT_DATA else s.score, s.low, s.high),
                css_class=self._badge(s).css_class,
            )
            for day, s in dated
        ]
        described = [
            f"{p.day_text}: {score_with_range(s)}, {p.verdict}" for p, (_, s) in zip(points, dated, strict=True)
        ]
        return history_chart(points, Caption(t("history.chart"), "; ".join(described[-MOST_DESCRIBED:])))

    def _results(self) -> ReportTable:
        t = self.wording
        heads = ("history.day_head", "history.run_head", "verdict.label", "score.label", "score.range", "term.coverage")
        rows = []
        for now, before in self.history.steps:
            badge = self._badge(now)
            run = run_words(now) + ("" if now.finished else f" ({t('history.unfinished')})")
            causes = change_causes(screening_change(now, before), t) if before else "–"
            rows.append(
                (
                    self._shown_day(now),
                    run,
                    badge_cell(badge),
                    score_words(now.verdict, now.score),
                    numbers.score_range(now.low, now.high),
                    f"{now.decided}/{now.total}",
                    causes,
                )
            )
        numeric = (False, True, False, True, True, True, False)
        return translated_table(t, "history.results", (*heads, "history.changed"), numeric, rows)

    def _step(self, now: Screening, before: Screening | None) -> ReportTable:
        """Returns the flags that changed since the previous result; for the first result, all that fired."""
        t = self.wording
        if before is None:
            note, flags = t("history.first"), [(f, "") for f in sorted(now.fired, key=flag_order)]
        else:
            change = screening_change(now, before)
            note, flags = change_sentence(now, before, t), [(f, flag_note(f, was, t)) for f, was in moved_flags(change)]
        rows: list[tuple[Cell, ...]] = []
        for f, note_text in flags:
            badge, sign = stored_flag_badge(f, t), "+" if f.outcome == "fired" else "−"
            cells: list[Cell] = [f"{sign} {flag_title(f, t)}", badge_cell(badge), flag_headline(f, t) or "–"]
            rows.append((*cells, note_text) if before is not None else tuple(cells))
        if not rows:
            note += f" · {t('history.no_flags' if before is None else 'history.same_flags')}"
        run = (
            t("history.run", n=now.run)
            if now.run == now.last
            else t("history.runs_from_to", first=now.run, last=now.last)
        )
        heads = ["serve.rule", "serve.kind_of_flag", "serve.figure"] + ["history.changed"] * (before is not None)
        table = translated_table(t, "history.results", heads, (False, False, True, False), rows)
        return table._replace(title=f"{self._shown_day(now)} · {run}", note=f"{note} · {self._how_made(now)}")

    def _how_made(self, s: Screening) -> str:
        """Returns the sentence that says when and with which rules the company was screened."""
        day, _, time = s.started.partition(" ")
        started = f"{numbers.date(day, self.wording.language)} {clean(time[:5])} UTC"
        return f"{started} · {tidy(pack_words(s), 2 * NAME_LENGTH)}"

    def _shown_day(self, s: Screening) -> str:
        return numbers.date(s.as_of, self.wording.language) or self.wording("undated")

    def _judged(self, s: Screening) -> str:
        day = numbers.date(s.as_of, self.wording.language)
        return self.wording("as_of", date=day) if day else self.wording("undated")


def _day_of(s: Screening) -> date | None:
    """Returns the date of the profile, if it is valid."""
    try:
        return date.fromisoformat(s.as_of or "")
    except ValueError:
        return None
