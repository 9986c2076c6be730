"""Texts on the currency of a threshold, the exchange rate of a comparison, and missing rates."""

from collections.abc import Iterator
from typing import NamedTuple

from screener.facts.company import CompanyFacts
from screener.rules.rule import RuleParam
from screener.text import LANGUAGES, Text
from screener.units import show_interval


class MissingRate(NamedTuple):
    """The exchange rate or currency that a profile lacks for a comparison of amounts: its path and title."""

    path: str
    title: Text


def missing_rate(given: str | None, company: CompanyFacts, wanted: str | None) -> MissingRate | None:
    """Returns the rate or currency that is missing to compare amounts in two currencies; None if nothing is missing."""
    if company.rates.between(given, wanted) is not None:
        return None
    if given is None or wanted is None:
        return MissingRate("currency", Text("Currency of its amounts", "金额所用货币"))
    title = Text(f"Exchange rate: 1 {given} in {wanted}", f"汇率：1 {given} 合多少 {wanted}")
    return MissingRate(f"rates.{given}.{wanted}", title)


def has_amount(param: RuleParam) -> bool:
    """Returns whether a parameter is an amount in a currency; 0 is the same in all currencies."""
    return param.currency is not None and any((param.value, *param.sectors.values()))


def threshold_notes(params: Iterator[RuleParam], company: CompanyFacts) -> Iterator[Text]:
    """Returns notes on thresholds in money that are compared with amounts in another currency, or why they are not."""
    own = company.subject.currency
    for param in params:
        if not has_amount(param) or param.currency == own or isinstance(param.value, bool | str):
            continue
        value = float(param.value)
        amount = Text(*(f"{param.currency} {show_interval(value, value, 'money', lang)}" for lang in LANGUAGES))
        rate = company.rates.between(own, param.currency)
        if own is None:
            yield Text(
                f"The threshold is {amount.en}; the currency of the company's amounts is not stated.",
                f"门槛为 {amount.zh}；未注明公司金额所用货币。",
            )
        elif rate is None:
            yield Text(
                f"The threshold is {amount.en}; no rate between {own} and {param.currency} is stated.",
                f"门槛为 {amount.zh}；未给出 {own} 与 {param.currency} 之间的汇率。",
            )
        else:
            at = [f"{param.currency} {show_interval(rate.lo, rate.hi, 'number', lang)}" for lang in LANGUAGES]
            yield Text(
                f"The threshold is {amount.en}, compared at {own} 1 = {at[0]}.",
                f"门槛为 {amount.zh}，按 1 {own} = {at[1]} 换算。",
            )
