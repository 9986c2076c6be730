"""Verdict, score and coverage of a company as texts: the same on its page, in a comparison and in the terminal."""

from typing import TYPE_CHECKING

from screener.report import number_format as numbers
from screener.report.charts.bars import ScorePosition, score_scale
from screener.report.charts.shapes import Caption, Chart
from screener.report.number_format import tidy
from screener.report.views.badges import result_badge, verdict_badge
from screener.report.views.display_text import keep_units_together
from screener.report.wording import Wording
from screener.result.model import ResultDocument

if TYPE_CHECKING:
    from screener.result.comparison import CompanyStanding


class StandingTexts:
    """Texts on verdict, score and coverage of a result, or of one side of a comparison."""

    def __init__(self, standing: "ResultDocument | CompanyStanding", wording: Wording) -> None:
        self.standing, self.wording = standing, wording
        score = standing.score
        self.enough_data = not standing.verdict.word.withholds_score
        if isinstance(standing, ResultDocument):
            self.badge = result_badge(standing, wording)
        else:
            self.badge = verdict_badge(standing.verdict.word, wording, critical=standing.has_critical_flag)
        self.thin_evidence = wording("verdict.thin") if standing.verdict.thin else ""
        self.score = numbers.headline_score(score, self.enough_data)
        self.score_range = numbers.score_range(score.low, score.high)
        day = numbers.date(standing.company.as_of, wording.language)
        self.day = wording("as_of", date=day) if day else wording("undated")

    @property
    def coverage(self) -> str:
        """Returns how many rules are decided."""
        coverage = self.standing.coverage
        if not coverage.total:
            return self.wording("coverage.none")
        return self.wording("coverage.text", decided=coverage.decided, total=coverage.total)

    @property
    def below_bar(self) -> str:
        """Returns a note that too few rules of each pack are decided to assess it; empty if one pack has the required coverage."""
        coverage = self.standing.coverage
        shares = [pack.decided / pack.total for pack in coverage.packs if pack.total and pack.name]
        if coverage.at_least is None or not shares or max(shares) >= coverage.at_least:
            return ""
        return self.wording("coverage.below", share=numbers.share(coverage.at_least, self.wording.language))

    @property
    def packs(self) -> tuple[str, ...]:
        """Returns the decided share of each pack by number and by weight, then the required one; empty if the result lacks it."""
        coverage, wording = self.standing.coverage, self.wording
        if not coverage.packs or coverage.at_least is None:
            return ()
        lines = []
        for pack in coverage.packs:
            label = tidy(pack.label.get(wording.language), 40)
            key = "coverage.pack" if pack.total else "coverage.pack_none"
            weight = numbers.share(pack.weight, self.wording.language)
            text = wording(key, pack=label, decided=pack.decided, total=pack.total, weight=weight)
            lines.append(keep_units_together(text))
        return (*lines, wording("coverage.bar", share=numbers.share(coverage.at_least, self.wording.language)))

    @property
    def packs_by_weight(self) -> str:
        """Returns the decided share of each pack by weight, and the required one, in short; empty if the result lacks it."""
        coverage, wording = self.standing.coverage, self.wording
        if not coverage.packs or coverage.at_least is None:
            return ""
        applying = [pack for pack in coverage.packs if pack.total]
        language = wording.language
        shares = [f"{tidy(p.label.get(language), 40)} {numbers.share(p.weight, language)}" for p in applying]
        bar = numbers.share(coverage.at_least, language)
        return wording("coverage.weights", shares=" · ".join(shares), bar=bar) if shares else ""

    @property
    def packs_in_short(self) -> str:
        """Returns how many rules of each pack are decided; empty if there is only one pack."""
        packs = [pack for pack in self.standing.coverage.packs if pack.total]
        names = (tidy(pack.label.get(self.wording.language), 40) for pack in packs)
        parts = [f"{name} {pack.decided}/{pack.total}" for name, pack in zip(names, packs, strict=True)]
        return " · ".join(parts) if len(parts) > 1 else ""

    @property
    def score_chart(self) -> Chart:
        """Returns the score with its range over the bands of the verdict."""
        score, wording = self.standing.score, self.wording
        edges = {"caution": f"{score.caution_from:.0f}", "avoid": f"{score.avoid_from:.0f}"}
        title = wording("score.chart", score=self.score, range=self.score_range)
        return score_scale(
            ScorePosition(score.value if self.enough_data else None, score.low, score.high),
            (score.caution_from, score.avoid_from),
            [wording(f"score.band_{name}") for name in ("clear", "caution", "avoid")],
            self.badge.css_class,
            Caption(title, wording("score.desc", range=self.score_range, **edges)),
        )

    @property
    def versions(self) -> tuple[str, ...]:
        """Returns the versions of the program, the rule packs and the profile, with digests, and the origin of rules of
        the user."""
        pack, wording = self.standing.pack, self.wording
        texts = {"name": tidy(pack.name, 40), "version": tidy(pack.version, 20), "digest": pack.digest[:16]}
        return (
            wording("method.version", version=tidy(self.standing.version, 20)),
            wording("method.pack", n=pack.rules, **texts),
            *self.users_rules,
            wording("method.profile", digest=self.standing.profile_digest[:16]),
        )

    @property
    def users_rules(self) -> tuple[str, ...]:
        """Returns packs that are not part of screener, rule files and settings, each with its path."""
        return tuple(
            self.wording(f"method.users_{o.part}", name=tidy(o.name, 60), path=tidy(o.path or "", 200))
            for o in self.standing.pack.origins
            if o.origin != "built-in"
        )
