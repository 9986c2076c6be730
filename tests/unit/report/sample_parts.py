"""Shorthands for parts of a result; fields that a test does not set have plausible values."""

from screener.expression.interval import Interval
from screener.result.finding_records import Distance, Evidence, Finding
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag, Outcome, Severity
from tests.unit.report.changed import replace

BN = 1e9
ORACLE, OPENAI, NVIDIA = Text("Oracle", "甲骨文"), Text.of("OpenAI"), Text("Nvidia", "英伟达")


def point(value: float) -> Interval:
    return Interval.point(value)


def evidence(figure: str, title: Text, value: Interval | str | bool | None, unit: str, **more: object) -> Evidence:
    base = Evidence(
        figure,
        title,
        value,
        unit,
        ORACLE,
        None,
        "USD" if unit == "money" else None,
        None,
        None,
        ClaimKind.UNSOURCED,
        None,
        None,
        None,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def distance(title: Text, value: Interval, threshold: float, unit: str, **more: object) -> Distance:
    relative = None
    if value.is_point:
        relative = abs(value.lo - threshold) / abs(threshold) if threshold else abs(value.lo)
    holds = "yes" if value.lo > threshold else "no" if value.hi <= threshold else "unknown"
    base = Distance(
        title, value, ">", point(threshold), unit, "USD" if unit == "money" else None, relative, holds, None, None
    )
    return replace(base, **more)  # type: ignore[arg-type]


def finding(rule: str, title: Text, **more: object) -> Finding:
    base = Finding(
        rule,
        Flag.RED,
        Outcome.FIRED,
        Severity.HIGH,
        "leverage",
        Text("Leverage", "杠杆"),
        None,
        None,
        title,
        None,
        None,
        Text("Interest is due whether or not the customer pays.", "无论客户是否付款，利息都要支付。"),
        Text("Debt of at most 1.5 times revenue.", "债务不超过营收的 1.5 倍。"),
        Text("Banks, insurers, regulated utilities.", "银行、保险与受监管的公用事业。"),
        ("Moody's, Financial Metrics Definitions, 2023", "https://www.sec.gov/edgar/browse/?CIK=1341439"),
        ("C23",),
        (),
        1,
        (),
        (),
        (),
        (),
        (),
        0.0,
    )
    return replace(base, **more)  # type: ignore[arg-type]
