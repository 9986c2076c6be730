"""Sample results to render: Oracle from filed and reported figures, a company about which nothing is known, a hostile one."""

from screener.expression.interval import INF, UNBOUNDED, Interval
from screener.result.finding_records import ClaimLine, Conflict, OpenInput
from screener.result.model import Company, FlowLine, LoopLine, Pack, ResultDocument, SourceLine
from screener.result.verdict_records import CompanyVerdict, Coverage, Score, WaterfallStep
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag, Outcome, Severity, Verdict
from tests.unit.report.changed import replace
from tests.unit.report.sample_flags import fired, others
from tests.unit.report.sample_parts import BN, NVIDIA, OPENAI, ORACLE, distance, evidence, finding, point

PACK = Pack("ai-era", "1.0.0", "5f1c9a3be0d14477aa21", 45)


def oracle() -> ResultDocument:
    """Returns the result for Oracle with the figures of the article and the filings."""
    used = ClaimLine(point(57.4 * BN), "FY2025", "10k-2025", ClaimKind.FILED, None, None, True, None)
    claim = ClaimLine(
        point(300 * BN),
        None,
        "article",
        ClaimKind.REPORTED,
        "这相当于甲骨文全年的营收总和",
        "§6; no year is named",
        False,
        Text("another source ranks before it", "有更可靠的来源"),
    )
    steps, at = [], 0.0
    for f in fired():
        if f.points:
            steps.append(WaterfallStep(f.rule, f.title, f.flag, f.severity, at, at + f.points))
            at += f.points
    return ResultDocument(
        Company(
            "oracle",
            Text("Oracle Corporation", "甲骨文公司"),
            "ORCL",
            "cloud-infrastructure",
            Text("Software and cloud infrastructure", "软件与云基础设施"),
            "2026-02-06",
            "USD",
            Text("Databases, business software and rented computing power.", "数据库、企业软件与云算力。"),
            ("Oracle Corp.",),
        ),
        CompanyVerdict(
            Verdict.AVOID,
            ("levered-on-a-loss-making-customer",),
            (),
            False,
            (),
            Text(
                "Levered on one loss-making customer: a commitment of 300 bn, 5.23× a year's revenue, built with debt.",
                "高杠杆押注单一亏损客户：3,000 亿承诺为年营收的 5.23 倍，且靠举债建设。",
            ),
        ),
        Score(at, at - 5.2, min(at + 14.1, 100), 35, 60),
        Coverage(33, 38),
        (*fired(), *others()),
        (
            OpenInput(
                "oracle/customers/openai/share_of_revenue",
                Text("Share of revenue", "占营收比重"),
                "fraction",
                ORACLE,
                OPENAI,
                ("single-customer-dependence",),
                ("single-customer-dependence",),
                at,
                at + 9,
                12.0,
            ),
            OpenInput(
                "oracle/interest_expense",
                Text("Interest expense", "利息支出"),
                "money",
                ORACLE,
                None,
                ("interest-cover",),
                ("interest-cover",),
                at - 2,
                at + 5,
            ),
            OpenInput(
                "oracle/cash",
                Text("Cash and short-term investments", "现金及短期投资"),
                "money",
                ORACLE,
                None,
                (),
                ("interest-cover", "short-runway"),
                at - 1,
                at + 9,
            ),
        ),
        (Conflict("revenue", Text("Revenue", "营业收入"), "money", "USD", ORACLE, 4.226, (used, claim)),),
        (
            FlowLine("nvidia", "openai", "invests", point(100 * BN), False, True, "article"),
            FlowLine("openai", "oracle", "commits", point(300 * BN), None, True, "article"),
            FlowLine("oracle", "nvidia", "buys", None, None, True, "article"),
        ),
        (LoopLine(("nvidia", "openai", "oracle"), 0),),
        (("oracle", ORACLE), ("openai", OPENAI), ("nvidia", NVIDIA)),
        tuple(steps),
        (
            SourceLine(
                "10k-2025",
                Text.of("Form 10-K, fiscal 2025 (year to 31 May 2025)"),
                ClaimKind.FILED,
                "Oracle",
                "2025-06-18",
                "https://www.sec.gov/Archives/edgar/data/1341439/",
                12,
            ),
            SourceLine(
                "article",
                Text("A commentary, early February 2026", "评论文章，2026 年 2 月初"),
                ClaimKind.REPORTED,
                None,
                None,
                None,
                9,
            ),
        ),
        ((ClaimKind.FILED, 12), (ClaimKind.REPORTED, 9)),
        (
            (
                "revenue",
                ClaimLine(
                    point(60 * BN),
                    "FY2026",
                    "10k-2026",
                    ClaimKind.FILED,
                    None,
                    None,
                    False,
                    Text("dated after the profile's day", "日期晚于资料日"),
                ),
            ),
        ),
        (Text("Money compares in US dollars only.", "金额仅以美元比较。"),),
        PACK,
        "77e0d02141aa",
        "0.1.0",
    )


def empty() -> ResultDocument:
    """Returns the result for a company of which only the name is stated: every rule is unknown."""
    rules = [(f"rule-{n}", Text(f"Rule number {n} of the pack", f"规则包第 {n} 条")) for n in range(45)]
    keys = [f"blank/figure_{n}" for n in range(40)]
    name = Text("Blank Holdings", "空白控股")
    found = tuple(
        finding(r, t, outcome=Outcome.UNKNOWN, says=None, missing=tuple(keys[n % 40 :][:3]), could_settle=((keys[n % 40],),))
        for n, (r, t) in enumerate(rules)
    )
    inputs = tuple(
        OpenInput(k, Text(f"Figure {n}", f"指标 {n}"), "money", name, None, (f"rule-{n}",), (f"rule-{n}",), 0, 97)
        for n, k in enumerate(keys)
    )
    return ResultDocument(
        Company("blank-holdings", name, None, None, None, None, None, None, ()),
        CompanyVerdict(
            Verdict.INSUFFICIENT_DATA,
            (),
            (),
            False,
            (),
            Text("No rule that applies can be decided.", "没有一条适用规则能够判定。"),
        ),
        Score(0, 0, 99.4, 35, 60),
        Coverage(0, 43),
        found,
        inputs,
        (),
        (),
        (),
        (("blank-holdings", name),),
        (),
        (),
        (),
        (),
        (Text("undated", "未注明日期"),),
        PACK,
        "0" * 12,
        "0.1.0",
    )


BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' \u202eevil\u202c\x1b[31m\x00 {{ 7*7 }} =1+1"


def hostile(flows: int = 30) -> ResultDocument:
    """Returns a result in which every text is an attack or far too long."""
    long = Text.of(BAD + "x" * 10_000)
    bad = Text.of(BAD)
    base = oracle()
    value = evidence(
        "x",
        bad,
        BAD,
        "text",
        company=bad,
        about=long,
        period=BAD,
        source="evil",
        kind=ClaimKind.REPORTED,
        quote=BAD * 50,
        note=BAD,
        formula=BAD,
        currency=BAD,
    )
    huge = (Interval(-INF, INF), Interval(-1e300, 1e300), Interval(1e-12, 5.0), Interval(-5 * BN, 3 * BN), UNBOUNDED)
    found = tuple(
        finding(
            f"evil-{n}",
            long if n % 2 else bad,
            says=long,
            headline=bad,
            why=long,
            clears=bad,
            false_alarms=bad,
            references=(
                "javascript:alert(1)",
                "data:text/html,x",
                " https://a b",
                BAD,
                "https://ok.example/?a=1&b=<2>",
            ),
            evidence=(value,) * 3,
            because=("evil-1", "nowhere", BAD),
            softened_by=(BAD,),
            points=3.0,
            severity=Flag.RED.severities[-1 - n % 4],
            distances=tuple(distance(bad, i, 1.0, "money", relative=None) for i in huge),
        )
        for n in range(30)
    )
    names = [("oracle", long), *((f"c{n}", Text.of(f"{BAD} {n}")) for n in range(12))]
    lines = tuple(
        FlowLine(
            f"c{n % 12}" if n % 3 else "oracle",
            f"c{(n * 5 + 3) % 12}" if n % 4 else "oracle",
            BAD if n % 7 == 0 else "buys",
            Interval.point(n * BN) if n % 5 else None,
            n % 2 == 0,
            n % 6 == 0,
            "evil",
        )
        for n in range(flows)
    )
    return replace(
        base,
        company=replace(
            base.company, name=long, ticker=BAD, currency=BAD, summary=long, aliases=(BAD,) * 20, as_of=BAD
        ),
        verdict=replace(base.verdict, sentence=long, also=("evil-2", BAD), open_patterns=(BAD,), because=("evil-0",)),
        findings=(*found, *others()),
        flows=lines,
        loops=(LoopLine(("oracle", "c3", "c9"), 7),),
        companies=tuple(names),
        waterfall=tuple(WaterfallStep(f"evil-{n}", long, Flag.RED, Severity.HIGH, n * 3.0, n * 3.0 + 3) for n in range(30)),
        sources=(SourceLine("evil", long, ClaimKind.REPORTED, BAD, BAD, "javascript:alert(document.cookie)", 3),),
        kinds=((ClaimKind.REPORTED, 3),),
        ignored=((BAD, ClaimLine(BAD, BAD, "evil", ClaimKind.REPORTED, BAD, BAD, False, long)),),
        notes=(long,),
    )
