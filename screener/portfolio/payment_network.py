"""A drawing of the payments between the companies of a portfolio, and of those that a shock ends."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from screener.portfolio.shock import PaymentStop, Shock
from screener.report import number_format as numbers
from screener.report.charts.flow_chart import MAX_ARROWS, PaymentArrow, flow_chart
from screener.report.charts.shapes import Caption, Chart
from screener.report.number_format import tidy
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.view_models import Badge
from screener.report.wording import Wording
from screener.result.model import ResultDocument
from screener.text import Text

_PAID_BY_PARTY = ("customer", "funder", "payer")  # kinds of relation in which the other company pays


class NetworkPayment(NamedTuple):
    """A payment that results state: its purpose (empty: not stated) and its largest amount (0: not stated)."""

    payer: str
    payee: str
    what: str
    amount: float
    in_loop: bool
    stops: bool


def payments_between(results: Sequence[ResultDocument], shocks: Sequence[Shock] = ()) -> tuple[NetworkPayment, ...]:
    """Returns the payments that results state, each once. A customer, supplier or funder without a flow also counts as
    a payment.

    Payments that a shock ends come first, then those in loops, then the largest; the order of results does not matter.
    """
    stops = [shock for shock in shocks if isinstance(shock, PaymentStop)]
    found: dict[tuple[str, str, str], NetworkPayment] = {}

    def add(payer: str, payee: str, what: str, amount: float, in_loop: bool) -> None:
        known = found.get((payer, payee, what))
        ended = any(stop.payer == payer and stop.payee in (None, payee) for stop in stops)
        largest, looped = max(amount, known.amount if known else 0.0), in_loop or bool(known and known.in_loop)
        found[payer, payee, what] = NetworkPayment(payer, payee, what, largest, looped, ended)

    for result in results:
        for flow in result.flows:
            ends = flow.amount.finite() if flow.amount is not None else (None, None)
            add(flow.payer, flow.payee, flow.what, max(ends[1] or ends[0] or 0.0, 0.0), flow.loop)
    stated = {(payment.payer, payment.payee) for payment in found.values()}
    for result in results:
        for tie in result.ties:
            ends_of_tie = (
                (tie.party, result.company.id) if tie.how in _PAID_BY_PARTY else (result.company.id, tie.party)
            )
            if tie.how != "channel" and ends_of_tie not in stated:
                add(*ends_of_tie, "", 0.0, False)
    between = (payment for payment in found.values() if payment.payer != payment.payee)
    return tuple(sorted(between, key=lambda p: (not p.stops, not p.in_loop, -p.amount, p[:3])))


def names_of(results: Sequence[ResultDocument]) -> tuple[tuple[str, Text], ...]:
    """Returns the names of the companies of results, and of those that they name, by their ids."""
    named = {company: name for result in results for company, name in result.companies}
    return tuple(sorted({**named, **{result.company.id: result.company.name for result in results}}.items()))


def network_chart(
    payments: Sequence[NetworkPayment], names: Mapping[str, str], verdicts: Mapping[str, Badge], wording: Wording
) -> Chart | None:
    """Returns a drawing with companies in the colours of their verdicts and payments as arrows; None if there are no
    payments.

    Only the first MAX_ARROWS payments are drawn.
    """
    drawn = payments[:MAX_ARROWS]
    if not drawn:
        return None
    ids = list(dict.fromkeys(company for payment in drawn for company in (payment.payer, payment.payee)))
    shown = [tidy(names.get(company, company), NAME_LENGTH) for company in ids]
    largest = max(payment.amount for payment in drawn)
    arrows = [_arrow(payment, ids, largest, wording) for payment in drawn]
    sentences = [
        wording(
            "network.stops" if p.stops else "network.pays",
            payer=shown[ids.index(p.payer)],
            payee=shown[ids.index(p.payee)],
        )
        for p in drawn
    ]
    caption = Caption(wording("network.title"), wording.series(sentences))
    classes = {
        n: f"node {verdicts[company].css_class.split()[0]}" for n, company in enumerate(ids) if company in verdicts
    }
    return flow_chart(shown, 0, (), arrows, caption, node_classes=classes)


def network_note(payments: Sequence[NetworkPayment], wording: Wording, note: str) -> str:
    """Returns the note below the drawing: the text with the key `note`, and how many payments are left out."""
    left_out = len(payments) - MAX_ARROWS
    return wording(note) + (" " + wording.plural("network.left_out", left_out) if left_out > 0 else "")


def _arrow(payment: NetworkPayment, ids: Sequence[str], largest: float, wording: Wording) -> PaymentArrow:
    size = max(0.0, 1 + (math.log10(payment.amount) - math.log10(largest)) / 3) if payment.amount else None
    what = wording.label("verb", payment.what) if payment.what else ""
    amount = numbers.amount(payment.amount, "money", wording.language) if payment.amount else ""
    return PaymentArrow(
        payer=ids.index(payment.payer),
        payee=ids.index(payment.payee),
        text=" ".join(filter(None, (what, amount))),
        second_line=wording("network.ended") if payment.stops else "",
        size=size,
        dashed=payment.stops,
        loop=payment.stops or payment.in_loop,
    )
