"""Reads the value of a figure from one filing, for one time and one choice of the table of tags."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from screener.importers.sec.amount_text import number
from screener.importers.sec.companyfacts import Filing, Span, is_year_long
from screener.importers.sec.debt import reconcile_debt
from screener.importers.sec.debt_lines import DebtParts, distinct, equal, untagged_line
from screener.importers.sec.tag_terms import NEGATED, Term
from screener.importers.sec.tags import TagChoice, Tags

COVER_WITHIN = timedelta(100)  # greatest distance of the cover's date from the balance sheet
NOTES_TAGGED = date(2011, 6, 15)  # since this day filings also tag amounts in notes (SEC release 33-9002)
TENTH = 10
UNTAGGED = "current liabilities under no tag of the taxonomy"
SAME = 0.005  # relative difference within which a sum confirms a total


class ChoiceValue(NamedTuple):
    """The value read: a number (`low` equals `high`), bounds, or True (`truth`); with its tags and its time."""

    low: float | None
    high: float | None
    tags: str
    span: Span
    truth: bool = False


class ChoiceReader:
    """Reads values from filings by a table of tags."""

    def __init__(self, tags: Tags) -> None:
        self.tags = tags
        self._debts: dict[
            tuple[int, Span], DebtParts
        ] = {}  # keyed by id(): the filings live as long as this reader is used

    def read(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> ChoiceValue | None:
        """Returns the value that a filing states for a span by a choice; None if it states none."""
        if choice.needs and not any(span in filing.values.get(tag, {}) for tag in choice.needs):
            return None
        found = self._by_form(choice, filing, span, taxonomy)
        return found if found is None or _is_plausible(choice, filing, found) else None

    def _by_form(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> ChoiceValue | None:
        if choice.debt is not None:
            return self._debt(choice.debt, filing, span)
        if choice.truth:
            found = _first(choice.truth, filing, span)
            return None if found is None or found[0] <= 0 else ChoiceValue(1, 1, found[1], span, truth=True)
        if choice.tags:
            return self._synonyms(choice, filing, span)
        if choice.largest:
            return self._largest(choice, filing, span, taxonomy)
        if choice.least:
            stated = {tag: v for tag in choice.least if (v := filing.values.get(tag, {}).get(span, 0.0)) > 0}
            best = max(stated, key=lambda tag: stated[tag], default=None)
            return None if best is None else ChoiceValue(stated[best], None, f"at least {best}", span)
        if choice.parts:
            return _parts(choice.parts, filing, span)
        if choice.sum:
            return self._sum(choice, filing, span, taxonomy)
        return self._bounds(choice, filing, span, taxonomy)

    def _synonyms(self, choice: TagChoice, filing: Filing, span: Span) -> ChoiceValue | None:
        found = _first(choice.tags, filing, span)
        return None if found is None else _beside(choice, filing, ChoiceValue(found[0], found[0], found[1], found[2]))

    def _largest(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> ChoiceValue | None:
        """Returns the total that a sum confirms, otherwise the largest; None if none is stated.

        The note names the other totals.
        """
        stated = {tag: v for tag in choice.largest if (v := filing.values.get(tag, {}).get(span)) is not None}
        if not stated:
            return None
        best, why = max(stated, key=lambda tag: abs(stated[tag])), ""
        for term in choice.agrees:
            terms = [self._term((name,), filing, span, taxonomy) for name in term]
            total = sum(t[0] for t in terms if t)
            if len(stated) > 1 and all(terms) and (same := [t for t in stated if equal(stated[t], total, SAME)]):
                best, why = same[0], " (confirmed by " + " + ".join(t[1] for t in terms if t) + ")"
                break
        others = [f"{tag} says {number(v)}" for tag, v in stated.items() if not equal(v, stated[best], SAME)]
        note = "; ".join([best + why, *others])
        return _beside(choice, filing, ChoiceValue(stated[best], stated[best], note, span))

    def _sum(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> ChoiceValue | None:
        added = [self._term(term, filing, span, taxonomy) for term in choice.sum]
        subtracted = [self._term(term, filing, span, taxonomy) for term in choice.less]
        if not all((*added, *subtracted)):
            return None
        sure = sum(t[0] for t in added if t) - sum(t[0] for t in subtracted if t)
        subtracted += [t for term in choice.less_any if (t := self._term(term, filing, span, taxonomy))]
        added += [t for term in choice.plus_any if (t := self._term(term, filing, span, taxonomy))]
        total = sum(t[0] for t in added if t) - sum(t[0] for t in subtracted if t)
        shown = " + ".join(t[1] for t in added if t) + "".join(f" − {t[1]}" for t in subtracted if t)
        if choice.margin:
            gap = choice.margin * abs(sure)
            return ChoiceValue(min(sure, total) - gap, max(sure, total) + gap, f"about {shown}", span)
        return ChoiceValue(total, total, shown, span)

    def _bounds(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> ChoiceValue | None:
        low, high = (self._term(term or (), filing, span, taxonomy) for term in (choice.low, choice.high))
        if low and high and low[0] > high[0]:
            high = None
        if not low and not high:
            return None
        shown = "; ".join(f"{word} {t[1]}" for word, t in (("at least", low), ("at most", high)) if t)
        return ChoiceValue(low[0] if low else None, high[0] if high else None, shown, span)

    def _term(
        self, term: Iterable[str], filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> tuple[float, str] | None:
        """Returns the number of the first of these tags or figures that the filing states, with its tags; otherwise None."""
        for name in term:
            if name.startswith(NEGATED):
                tag = name.removeprefix(NEGATED)
                if (net := filing.values.get(tag, {}).get(span, 0.0)) < 0:
                    return -net, tag
            elif ":" in name:
                if (value := filing.values.get(name, {}).get(span)) is not None:
                    return value, name
            else:
                for choice in taxonomy.get(name, ()):
                    found = self.read(choice, filing, span, taxonomy)
                    if found and found.low is not None and found.low == found.high:
                        return found.low, found.tags.partition(";")[0]
        return None

    def _debt(self, part: str, filing: Filing, span: Span) -> ChoiceValue | None:
        """Returns debt reconciled from all debt tags, limited to total liabilities; None if no debt is stated."""
        key = id(filing), span
        if key not in self._debts:
            lines = self.tags.debt
            at = {tag: amounts[span] for tag, amounts in filing.values.items() if span in amounts}
            of_debt = {tag: v for tag, v in at.items() if tag in lines.names or lines.is_own(tag)}
            parts = reconcile_debt(of_debt, lines, filing.filed >= NOTES_TAGGED)
            if parts.total is not None and (hidden := untagged_line(at, _flows(filing, span), parts.total.low, lines)):
                parts = parts._replace(total=parts.total.up_to({UNTAGGED: hidden}))
            self._debts[key] = parts
        found = getattr(self._debts[key], part)
        if found is None:
            return None
        most = filing.values.get("us-gaap:Liabilities", {}).get(span)
        high = found.high if most is None or found.low > most else min(found.high, most)
        return ChoiceValue(found.low, high, found.note, span)


def _flows(filing: Filing, span: Span) -> dict[str, float]:
    """Returns the amounts of the year that ends at the end of a span."""
    return {
        tag: value
        for tag, amounts in filing.values.items()
        for when, value in amounts.items()
        if when[1] == span[1] and is_year_long(when)
    }


def _first(tags: Iterable[str], filing: Filing, span: Span) -> tuple[float, str, Span] | None:
    for tag in tags:
        if (when := cover_day(filing, tag, span) if tag.startswith("dei:") else span) and (
            value := filing.values.get(tag, {}).get(when)
        ) is not None:
            return value, tag, when
    return None


def _is_plausible(choice: TagChoice, filing: Filing, found: ChoiceValue) -> bool:
    """Whether an amount is not a placeholder: at least a tenth of one of the amounts in `plausible_by`, if any is stated."""
    compared = [v for tag in choice.plausible_by for v in filing.values.get(tag, {}).values() if v > 0]
    return not compared or found.high is None or any(found.high >= v / TENTH for v in compared)


def _beside(choice: TagChoice, filing: Filing, found: ChoiceValue) -> ChoiceValue:
    """Raises the upper bound by lines that may have to be added."""
    listed = {t: v for t in choice.beside if (v := filing.values.get(t, {}).get(found.span)) is not None}
    rest = distinct(listed, () if found.low is None else (found.low,))
    if not rest or found.high is None:
        return found
    note = f"at least {found.tags}; at most with {' + '.join(rest)}"
    return found._replace(high=found.high + sum(rest.values()), tags=note)


def _parts(terms: tuple[Term, ...], filing: Filing, span: Span) -> ChoiceValue | None:
    """Returns the sum of all stated lines, in which equal amounts count once; None if no line is stated."""
    stated: dict[str, float] = {}
    for term in terms:
        tag = next((t for t in term if span in filing.values.get(t, {})), None)
        if tag is not None:
            stated[tag] = filing.values[tag][span]
    if not stated:
        return None
    listed = distinct(stated) or dict(list(stated.items())[:1])
    total = sum(listed.values())
    return ChoiceValue(total, total, " + ".join(listed), span)


def cover_day(filing: Filing, tag: str, span: Span) -> Span | None:
    """Returns the date on the report's cover, if the report's latest balance sheet is this one; otherwise None."""
    own = max((s[1] for t, spans in filing.values.items() if not t.startswith("dei:") for s in spans), default=None)
    days = [s for s in filing.values.get(tag, {}) if span[1] < s[1] <= span[1] + COVER_WITHIN]
    return max(days, key=lambda s: s[1]) if days and own == span[1] else None
