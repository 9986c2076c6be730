"""Finds the metrics that depend on a figure."""

from screener.facts.metrics import RestingMetrics, closure
from screener.rules.rulebook import Rulebook


def test_metrics_rest_on_what_their_formulas_read(book: Rulebook) -> None:
    resting = RestingMetrics.of(book.metrics)
    assert RestingMetrics.of(book.metrics) is resting
    assert RestingMetrics.of(dict(book.metrics)) is not resting
    for figure in book.catalogue.claimable:
        assert resting.on(figure) == {figure, *(m for m in book.metrics if figure in closure([m], book.metrics))}
