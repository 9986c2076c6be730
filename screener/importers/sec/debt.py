"""Determines a company's debt on a day from all debt tags of a filing; equal and nested amounts count once.

Source of the method: nesting of the debt tags on the balance sheets of 400 annual reports of fiscal 2009 and 146 inline
filings of 2021 to 2025 (docs/importing.md states its accuracy). Amounts are in the currency of the filing.
"""

from screener.importers.sec.debt_lines import EQUAL, NOTHING, Amounts, Debt, DebtLines, DebtParts, Tags, distinct, equal

NEAR = 0.02  # relative difference of bounds that are combined into one number
DISCOUNT = 0.05  # relative difference of the principal in a note and the amount on the balance sheet
SAME_LINE = 0.01  # relative difference of one line under two tags


def reconcile_debt(stated: Amounts, lines: DebtLines, with_notes: bool) -> DebtParts:
    """Returns the debt of one day from all debt amounts of one filing (TAXONOMY:TAG -> amount).

    `with_notes`: whether the filing also tags its notes, so that an amount may belong to a note and not to the balance sheet.
    """
    return _DebtReconciler(stated, lines, with_notes).parts()


class _DebtReconciler:
    def __init__(self, stated: Amounts, lines: DebtLines, with_notes: bool) -> None:
        self.lines, self.with_notes, self.stated = lines, with_notes, stated
        self.whole = self._largest(lines.whole)
        self.long_term = self._largest(lines.long_term)
        self.with_leases = self._largest(lines.noncurrent_with_leases)
        self.plain = self._largest(lines.noncurrent)
        self.due_with_leases, self.due_plain = self._largest(lines.due_with_leases), self._largest(lines.due)
        self.current = self._largest(lines.current)
        self.due = _larger(self.due_with_leases, self.due_plain)
        self.short = self._largest(lines.short)
        self.wholes = [
            found[1]
            for found in (
                self.whole,
                self.long_term,
                self.with_leases,
                self.plain,
                self.current,
                self.due_with_leases,
                self.due_plain,
                self.short,
            )
            if found
        ]

    def parts(self) -> DebtParts:
        """Returns the debt in total and by maturity."""
        current, noncurrent = self._current(), self._noncurrent()
        unclassified = distinct({**self._of(self.lines.unclassified), **self._own()}, self.wholes)
        unclassified = self._without_totals_of_notes(unclassified, (noncurrent or NOTHING).plus(current or NOTHING).low)
        leases = self._leases(noncurrent)
        if current is None and noncurrent is None:
            total = self._rest(unclassified, leases)
        else:
            total = (noncurrent or NOTHING).plus(current or NOTHING).up_to(unclassified)
            total = self._within_long_term(total, current).up_to(leases)
            total = self._without_leases(self._short_with_due(total, noncurrent))
        total = self._by_whole(total, noncurrent, current)
        return DebtParts(_number(total), _number(current), _number(noncurrent))

    def _of(self, tags: Tags) -> dict[str, float]:
        return {name: self.stated[name] for tag in tags if (name := f"us-gaap:{tag}") in self.stated}

    def _largest(self, tags: Tags) -> tuple[str, float] | None:
        found = self._of(tags)
        return max(found.items(), key=lambda item: item[1]) if found else None

    def _own(self) -> dict[str, float]:
        return {name: amount for name, amount in self.stated.items() if self.lines.is_own(name)}

    def _line(self, whole: tuple[str, float] | None, parts: Tags) -> Debt | None:
        """Combines a line with its parts: larger parts are added, smaller ones may already be included.

        None without amounts.
        """
        listed = distinct(self._of(parts), self.wholes)
        if whole is None:
            return Debt(sum(listed.values()), sum(listed.values()), tuple(listed)) if listed else None
        beside = {tag: amount for tag, amount in listed.items() if amount > whole[1]}
        inside = {tag: amount for tag, amount in listed.items() if amount <= whole[1]}
        low = whole[1] + sum(beside.values())
        return Debt(low, low, (whole[0], *beside)).up_to(inside)

    def _current(self) -> Debt | None:
        due, short = self._line(self.due, self.lines.due_parts), self._line(self.short, self.lines.short_parts)
        if self.current is None:
            if due and short and equal(due.low, short.low, SAME_LINE):  # one line under two tags
                return max(due, short, key=lambda debt: debt.low)
            return due.plus(short) if due and short else due or short
        inside = {t: a for t, a in distinct(self._of(self.lines.due_parts), self.wholes).items() if a < self.current[1]}
        return self._current_by_total(self.current, due or NOTHING, short or NOTHING).up_to(inside if due else {})

    @staticmethod
    def _current_by_total(total: tuple[str, float], due: Debt, short: Debt) -> Debt:
        """Combines a stated total of debt due within a year with its lines; the total may repeat one of them."""
        name, amount = total
        both = due.low + short.low
        tags = (*due.tags, *short.tags)
        if short.low and equal(amount, short.low, NEAR):
            if due.low <= short.low * (1 + NEAR):
                return Debt(max(short.low, due.low), max(short.low, due.low), (name,))
            return Debt(due.low, both, due.tags, tags)
        if due.low and equal(amount, due.low, NEAR):
            low = both if short.low > due.low else amount
            return Debt(low, max(low, both), tags if low == both else (name,), tags)
        if amount >= both * (1 - EQUAL):
            return Debt(amount, amount, (name,))
        least = max(((amount, (name,)), (due.low, due.tags), (short.low, short.tags)), key=lambda pair: pair[0])
        return Debt(least[0], amount + both, least[1], (name, *tags))

    def _due(self) -> float:
        """Returns the part of long-term debt that is due within a year; 0 if none is stated."""
        line = self._line(self.due, self.lines.due_parts)
        return line.low if line else 0.0

    def _noncurrent_whole(self) -> tuple[str, float] | None:
        with_leases, plain, due = self.with_leases, self.plain, self._due()
        if with_leases and plain and due and equal(with_leases[1], plain[1] + due, 0.005):
            return plain  # the amount with leases includes what is due within a year
        return _larger(self.with_leases, self.plain)

    def _noncurrent(self) -> Debt | None:
        whole, listed = self._noncurrent_whole(), distinct(self._of(self.lines.noncurrent_parts), self.wholes)
        if whole is None:
            if listed:
                return Debt(sum(listed.values()), sum(listed.values()), tuple(listed))
            if self.long_term is None:
                return None
            name, amount = self.long_term
            inside = min(self._due(), amount) if self.current is None else 0.0
            return Debt(amount - inside, amount, (name,), (name,) if inside else ())
        above = {tag: amount for tag, amount in listed.items() if amount > whole[1]}
        below = {tag: amount for tag, amount in listed.items() if amount <= whole[1]}
        alone, inside = Debt(whole[1], whole[1], (whole[0],)), sum(below.values())
        if self.long_term is not None:
            due = [self._due(), self.current[1] if self.current else 0.0]
            if any(equal(self.long_term[1], whole[1] + d, SAME_LINE) for d in due):
                return alone
            if inside and equal(self.long_term[1], whole[1] + inside + self._due(), SAME_LINE):
                return Debt(whole[1] + inside, whole[1] + inside, (whole[0], *below))
        low = whole[1] + sum(above.values())
        return Debt(low, low, (whole[0], *above)).up_to(below)

    def _without_leases(self, total: Debt) -> Debt:
        """Where all lines are stated with and without leases, takes the two sums as bounds."""
        stated = (self.with_leases, self.due_with_leases, self.plain, self.due_plain)
        with_leases, due_with, plain, due = (item[1] if item else 0.0 for item in stated)
        if self.current is None and plain and due and with_leases > plain and due_with >= due:
            with_lease_tags = {item[0]: item[0] for item in stated[:2] if item}
            bare = tuple(item[0] for item in stated[2:] if item)
            tags = (*bare, *(tag for tag in total.tags if tag not in with_lease_tags))
            low = total.low - (with_leases - plain) - (due_with - due)
            return total._replace(low=low, tags=tags, further=(*with_lease_tags, *total.further))
        return total

    def _leases(self, noncurrent: Debt | None) -> dict[str, float]:
        """Returns the finance leases that are not included in any line."""
        whole = self._noncurrent_whole()
        is_included = whole is not None and whole is self.with_leases and noncurrent is not None
        found = {} if is_included else self._of(self.lines.noncurrent_leases)
        if not (self.due and self.due is self.due_with_leases):
            found |= self._of(self.lines.current_leases)
        return distinct(found)

    def _without_totals_of_notes(self, listed: Amounts, all_lines: float) -> dict[str, float]:
        """Removes totals that notes repeat: a total before discounts is slightly larger than the lines."""
        totals = [*self.wholes, all_lines] if self.with_notes else []
        return {tag: a for tag, a in listed.items() if not any(t and equal(a, t, DISCOUNT) for t in totals)}

    def _rest(self, unclassified: Amounts, leases: Amounts) -> Debt | None:
        """Returns the debt if only leases, or lines without a stated maturity, are available; None without either."""
        if unclassified:
            name, largest = max(unclassified.items(), key=lambda item: item[1])
            rest = {tag: amount for tag, amount in unclassified.items() if tag != name}
            return Debt(largest, largest, (name,)).up_to(rest).up_to(leases)
        return NOTHING.up_to(leases) if leases else None

    def _within_long_term(self, total: Debt, current: Debt | None) -> Debt:
        """Uses long-term debt including what is due within a year, if it exceeds the sum of all lines."""
        if self.long_term is None or self.current is not None or self.long_term[1] <= total.low * (1 + EQUAL):
            return total
        name, amount = self.long_term
        short = self._line(self.short, self.lines.short_parts) or NOTHING
        return Debt(amount, max(total.high, amount + short.low), (name,), (*total.tags, *total.further, *short.tags))

    def _short_with_due(self, total: Debt, noncurrent: Debt | None) -> Debt:
        """Allows for short-term borrowings that include the current part of long-term debt, if notes are tagged."""
        if not (self.with_notes and self.short and self.due and noncurrent) or self.current is not None:
            return total
        apart = not equal(self.due[1], self.short[1], SAME_LINE)
        low = noncurrent.low + self.short[1]
        if apart and self.short[1] > self.due[1] and low < total.low:
            return total._replace(
                low=low, tags=(*noncurrent.tags, self.short[0]), further=(*total.tags, *total.further)
            )
        return total

    def _by_whole(self, total: Debt | None, noncurrent: Debt | None, current: Debt | None) -> Debt | None:
        """Corrects the debt by a stated total of all debt, which may be rounded or leave out leases."""
        if self.whole is None:
            return total
        name, amount = self.whole
        rest = noncurrent.low if noncurrent else 0.0
        whole = self._noncurrent_whole()
        rest = whole[1] if whole else rest
        due, short = self._due(), (self._line(self.short, self.lines.short_parts) or NOTHING).low
        sums = [rest + self.current[1]] if self.current else []
        sums.append(rest + short + due)
        if not due or equal(due, short):
            sums.append(rest + short)
        if not short:
            sums.append(rest + due)
        for candidate in sums if rest or due or short else ():
            if equal(amount, candidate, SAME_LINE):
                return Debt(candidate, candidate, (name,))
        if total is None or amount >= total.low * (1 - NEAR):
            return Debt(amount, amount, (name,))
        return total


def _larger(one: tuple[str, float] | None, other: tuple[str, float] | None) -> tuple[str, float] | None:
    if one is None or other is None:
        return one or other
    return one if one[1] >= other[1] else other


def _number(found: Debt | None) -> Debt | None:
    """Replaces bounds that are close together by one number, the lower bound; others are returned unchanged."""
    if found is None or found.high > found.low * (1 + NEAR):
        return found
    return found._replace(high=found.low, further=())
