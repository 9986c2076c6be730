"""Results to render: Oracle from the filed and reported figures, a company of which nothing is known, a hostile one."""

from dataclasses import replace

from screener.expression.interval import ALL, INF, Interval
from screener.text import Text
from screener.verdict.result import (
    ClaimLine, Company, Conflict, Coverage, Distance, Evidence, Finding, FlowLine, Input, LoopLine, Pack, Result, Score,
    SourceLine, Step, Verdict,
)  # fmt: skip

BN = 1e9
ORACLE, OPENAI, NVIDIA = Text("Oracle", "甲骨文"), Text.of("OpenAI"), Text("Nvidia", "英伟达")
PACK = Pack("ai-era", "1.0.0", "5f1c9a3be0d14477aa21", 45)


def point(value: float) -> Interval:
    return Interval.point(value)


def evidence(figure: str, title: Text, value: Interval | str | bool | None, unit: str, **more: object) -> Evidence:
    base = Evidence(figure, title, value, unit, ORACLE, None, "USD" if unit == "money" else None, None, None, "unsourced",
                    None, None, None)  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def distance(title: Text, value: Interval, threshold: float, unit: str, **more: object) -> Distance:
    relative = None
    if value.is_point:
        relative = abs(value.lo - threshold) / abs(threshold) if threshold else abs(value.lo)
    holds = "yes" if value.lo > threshold else "no" if value.hi <= threshold else "unknown"
    base = Distance(title, value, ">", point(threshold), unit, "USD" if unit == "money" else None, relative, holds, None, None)
    return replace(base, **more)  # type: ignore[arg-type]


def finding(rule: str, title: Text, **more: object) -> Finding:
    base = Finding(
        rule, "red", "fired", "high", "leverage", Text("Leverage", "杠杆"), None, None, title, None, None,
        Text("Interest is due whether or not the customer pays.", "无论客户是否付款，利息都要支付。"),
        Text("Debt of at most 1.5 times revenue.", "债务不超过营收的 1.5 倍。"),
        Text("Banks, insurers, regulated utilities.", "银行、保险与受监管的公用事业。"),
        ("Moody's, Financial Metrics Definitions, 2023", "https://www.sec.gov/edgar/browse/?CIK=1341439"), ("C23",), (), 1,
        (), (), (), (), (), 0.0,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


REVENUE = evidence("revenue", Text("Revenue", "营业收入"), point(57.4 * BN), "money", period="FY2025", source="10k-2025",
                   kind="filed")  # fmt: skip
DEBT = evidence("total_debt", Text("Debt", "债务"), point(92.6 * BN), "money", period="2025-05-31", source="10k-2025",
                kind="filed")  # fmt: skip
COMMITMENT = evidence(
    "customers.commitment", Text("Long-term commitment with this customer", "与该客户的长期承诺"), point(300 * BN), "money",
    about=OPENAI, source="article", kind="reported", quote="甲骨文对 OpenAI 许下了 3000 亿美元的长期算力承诺", note="§6",
)  # fmt: skip


def _fired() -> tuple[Finding, ...]:
    to_revenue = Text("Debt over revenue", "债务/营收")
    committed = Text("Commitment over revenue", "承诺/营收")
    return (
        finding(
            "levered-on-a-loss-making-customer", Text("Levered on one loss-making customer", "高杠杆押注单一亏损客户"),
            flag="pattern", severity="critical", category="thesis", category_title=Text("Thesis", "投资结论"), verdict="avoid",
            says=Text("One customer carries the plan, it loses more than it earns, and the build-out is paid with debt.",
                      "全部计划系于一家客户，而它亏损大于收入，扩建又靠举债。"),
            evidence=(
                evidence("customers.dominant", Text("The company depends on it above all", "公司首要依赖该客户"), True, "truth",
                         about=OPENAI, source="article", kind="reported", note="§7", quote="典型如甲骨文,杠杆过高且过度依赖单一亏损客户"),
                evidence("loss_to_revenue", Text("Loss over revenue", "亏损/营收"), Interval(5 / 3, INF), "multiple",
                         company=OPENAI, kind="computed", formula="-net_income / revenue"),
            ),
            because=("single-customer-dependence", "loss-making", "leverage-versus-revenue"),
        ),
        finding(
            "commitment-versus-revenue", Text("A commitment larger than the company", "承诺规模超过公司本身"),
            severity="critical", category="concentration", category_title=Text("Concentration", "集中度"), cause="one-customer",
            headline=Text("5.23× of revenue", "营收的 5.23 倍"),
            says=Text("A commitment of 300 bn with OpenAI is 5.23× a year's revenue.", "与 OpenAI 的 3,000 亿承诺为年营收的 5.23 倍。"),
            evidence=(COMMITMENT, REVENUE,
                      evidence("commitment_to_revenue", committed, point(300 / 57.4), "multiple", kind="computed",
                               formula="max(customers.commitment) / revenue")),
            distances=(distance(committed, point(300 / 57.4), 1.0, "multiple", why=Text("A year's revenue is what the company has shown that it can deliver.", "一年营收是公司已证明的交付能力。"), param="commitment-versus-revenue.most"),),
            claims=("C21",), points=35.0,
        ),
        finding(
            "circular-financing", Text("Circular financing", "循环融资"), severity="critical", category="funding",
            category_title=Text("Funding", "融资"), cause="loop", headline=Text("loop of 3", "3 家循环"),
            says=Text("Nvidia → OpenAI → Oracle → Nvidia: the same money counts as revenue three times.", "英伟达 → OpenAI → 甲骨文 → 英伟达：同一笔钱三次计作收入。"),
            evidence=(evidence("loop.size", Text("Companies in the loop", "循环中的公司数"), point(3), "count", kind="computed"),
                      evidence("flows.amount", Text("Amount", "金额"), None, "money", about=NVIDIA, source="article", kind="reported", note="§6")),
            points=22.8,
        ),
        finding(
            "leverage-versus-revenue", Text("Debt outgrows revenue", "债务超过营收"), cause="debt-load",
            headline=Text("1.61× of revenue", "营收的 1.61 倍"), says=Text("Debt is 1.61× a year's revenue.", "债务为年营收的 1.61 倍。"),
            evidence=(DEBT, REVENUE, evidence("debt_to_revenue", to_revenue, point(92.6 / 57.4), "multiple", kind="computed",
                                              formula="total_debt / revenue")),
            distances=(distance(to_revenue, point(92.6 / 57.4), 1.5, "multiple", param="leverage-versus-revenue.most"),),
            softened_by=("backlog",), points=8.4,
        ),
        finding(
            "capex-up-jobs-down", Text("Spending up, jobs down", "资本开支上升而裁员"), severity="medium",
            headline=Text("20,000–30,000 jobs", "20,000–30,000 个岗位"),
            says=Text("Capital expenditure is 3.09× the year before while 20,000–30,000 jobs go.", "资本支出为上年的 3.09 倍，同时裁减 20,000–30,000 个岗位。"),
            evidence=(evidence("plans.jobs", Text("Jobs", "岗位数"), Interval(20000, 30000), "count", source="article", kind="reported", note="§6"),),
            distances=(distance(Text("Growth of capital expenditure", "资本支出增长"), point(2.087), 0.5, "fraction"),),
            points=3.3,
        ),
        finding("source-conflict", Text("Sources disagree", "来源相互矛盾"), flag="data", severity="low", category="data-quality",
                category_title=Text("Data quality", "数据质量"), says=Text("Revenue: 57.4 bn used, 300 bn also claimed.", "营业收入：采用 574 亿，另有 3,000 亿之说。")),
        finding(
            "backlog", Text("Long contracts already signed", "已签长期合同"), flag="green", severity="moderate", category="moat",
            category_title=Text("Moat", "护城河"), headline=Text("138 bn", "1,380 亿"),
            says=Text("Remaining performance obligations are 2.4× revenue.", "剩余履约义务为营收的 2.4 倍。"),
            evidence=(evidence("remaining_performance_obligations", Text("Remaining performance obligations", "剩余履约义务"), point(138 * BN), "money", source="10k-2025", kind="filed"),),
            distances=(distance(Text("Obligations over revenue", "义务/营收"), point(2.404), 1.0, "multiple"),), points=-2.2,
        ),
    )  # fmt: skip


def _others() -> tuple[Finding, ...]:
    cover = Text("Interest cover", "利息保障倍数")
    return (
        finding("single-customer-dependence", Text("One customer carries the company", "单一客户依赖"), outcome="unknown",
                missing=("oracle/customers/openai/share_of_revenue",), could_settle=(("oracle/customers/openai/share_of_revenue",),)),
        finding("interest-cover", Text("Interest is barely covered", "利息保障不足"), outcome="unknown", severity="medium",
                missing=("oracle/interest_expense", "oracle/cash"), could_settle=(("oracle/interest_expense",), ("oracle/cash",)),
                distances=(distance(cover, Interval(0, INF), 2.0, "multiple", op="<"),)),
        finding("short-runway", Text("Little cash left", "现金将尽"), outcome="unknown", missing=("oracle/cash",)),
        finding("loss-making", Text("Loses money", "亏损"), outcome="clear",
                distances=(distance(Text("Net income over revenue", "净利率"), point(0.2167), 0.0, "fraction", op="<", relative=0.2167),)),
        finding("valuation-versus-revenue", Text("Valued far above its sales", "估值远超销售"), outcome="clear",
                distances=(distance(Text("Value over revenue", "估值/营收"), point(7.6), 20.0, "multiple"),)),
        finding("price-collapse", Text("Prices collapse", "价格崩塌"), outcome="clear", severity="medium"),
        finding("unproven-yield", Text("Yield is unproven", "良品率未经证实"), outcome="not-applicable"),
    )  # fmt: skip


def oracle() -> Result:
    """Oracle as the article and the filings have it."""
    used = ClaimLine(point(57.4 * BN), "FY2025", "10k-2025", "filed", None, None, True, None)
    said = ClaimLine(point(300 * BN), None, "article", "reported", "这相当于甲骨文全年的营收总和", "§6; no year is named", False,
                     Text("another source ranks before it", "有更可靠的来源"))  # fmt: skip
    steps, at = [], 0.0
    for f in _fired():
        if f.points:
            steps.append(Step(f.rule, f.title, f.flag, f.severity, at, at + f.points))
            at += f.points
    return Result(
        Company("oracle", Text("Oracle Corporation", "甲骨文公司"), "ORCL", "cloud-infrastructure",
                Text("Software and cloud infrastructure", "软件与云基础设施"), "2026-02-06", "USD",
                Text("Databases, business software and rented computing power.", "数据库、企业软件与云算力。"), ("Oracle Corp.",)),
        Verdict("avoid", ("levered-on-a-loss-making-customer",), (), False, (),
                Text("Levered on one loss-making customer: a commitment of 300 bn, 5.23× a year's revenue, built with debt.",
                     "高杠杆押注单一亏损客户：3,000 亿承诺为年营收的 5.23 倍，且靠举债建设。")),
        Score(at, at - 5.2, min(at + 14.1, 100), 35, 60), Coverage(33, 38), (*_fired(), *_others()),
        (
            Input("oracle/customers/openai/share_of_revenue", Text("Share of revenue", "占营收比重"), "fraction", ORACLE, OPENAI,
                  ("single-customer-dependence",), ("single-customer-dependence",), at, at + 9),
            Input("oracle/interest_expense", Text("Interest expense", "利息支出"), "money", ORACLE, None, ("interest-cover",),
                  ("interest-cover",), at - 2, at + 5),
            Input("oracle/cash", Text("Cash and short-term investments", "现金及短期投资"), "money", ORACLE, None, (),
                  ("interest-cover", "short-runway"), at - 1, at + 9),
        ),
        (Conflict("revenue", Text("Revenue", "营业收入"), "money", "USD", ORACLE, 4.226, (used, said)),),
        (
            FlowLine("nvidia", "openai", "invests", point(100 * BN), False, True, "article"),
            FlowLine("openai", "oracle", "commits", point(300 * BN), None, True, "article"),
            FlowLine("oracle", "nvidia", "buys", None, None, True, "article"),
        ),
        (LoopLine(("nvidia", "openai", "oracle"), 0),),
        (("oracle", ORACLE), ("openai", OPENAI), ("nvidia", NVIDIA)), tuple(steps),
        (
            SourceLine("10k-2025", Text.of("Form 10-K, fiscal 2025 (year to 31 May 2025)"), "filed", "Oracle", "2025-06-18",
                       "https://www.sec.gov/Archives/edgar/data/1341439/", 12),
            SourceLine("article", Text("A commentary, early February 2026", "评论文章，2026 年 2 月初"), "reported", None, None, None, 9),
        ),
        (("filed", 12), ("reported", 9)),
        (("revenue", ClaimLine(point(60 * BN), "FY2026", "10k-2026", "filed", None, None, False,
                               Text("dated after the profile's day", "日期晚于资料日"))),),
        (Text("Money compares in US dollars only.", "金额仅以美元比较。"),), PACK, "77e0d02141aa", "0.1.0",
    )  # fmt: skip


def empty() -> Result:
    """A company of which the profile says its name and nothing else: every rule is unknown."""
    rules = [(f"rule-{n}", Text(f"Rule number {n} of the pack", f"规则包第 {n} 条")) for n in range(45)]
    keys = [f"blank/figure_{n}" for n in range(40)]
    name = Text("Blank Holdings", "空白控股")
    found = tuple(
        finding(r, t, outcome="unknown", says=None, missing=tuple(keys[n % 40 :][:3]), could_settle=((keys[n % 40],),))
        for n, (r, t) in enumerate(rules)
    )
    inputs = tuple(
        Input(k, Text(f"Figure {n}", f"指标 {n}"), "money", name, None, (f"rule-{n}",), (f"rule-{n}",), 0, 97)
        for n, k in enumerate(keys)
    )
    return Result(
        Company("blank-holdings", name, None, None, None, None, None, None, ()),
        Verdict("insufficient-data", (), (), False, (), Text("No rule that applies can be decided.", "没有一条适用规则能够判定。")),
        Score(0, 0, 99.4, 35, 60), Coverage(0, 43), found, inputs, (), (), (), (("blank-holdings", name),), (), (), (), (),
        (Text("undated", "未注明日期"),), PACK, "0" * 12, "0.1.0",
    )  # fmt: skip


BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' \u202eevil\u202c\x1b[31m\x00 {{ 7*7 }} =1+1"


def hostile(flows: int = 30) -> Result:
    """Every text a user could give is an attack or far too long."""
    long = Text.of(BAD + "x" * 10_000)
    bad = Text.of(BAD)
    base = oracle()
    value = evidence("x", bad, BAD, "text", company=bad, about=long, period=BAD, source="evil", kind=BAD, quote=BAD * 50, note=BAD,
                     formula=BAD, currency=BAD)  # fmt: skip
    huge = (Interval(-INF, INF), Interval(-1e300, 1e300), Interval(1e-12, 5.0), Interval(-5 * BN, 3 * BN), ALL)
    found = tuple(
        finding(
            f"evil-{n}", long if n % 2 else bad, says=long, headline=bad, why=long, clears=bad, false_alarms=bad,
            references=("javascript:alert(1)", "data:text/html,x", " https://a b", BAD, "https://ok.example/?a=1&b=<2>"),
            evidence=(value,) * 3, because=("evil-1", "nowhere", BAD), softened_by=(BAD,), points=3.0,
            severity=("critical", "high", "medium", "low", BAD)[n % 5],
            distances=tuple(distance(bad, i, 1.0, "money", relative=None) for i in huge),
        )
        for n in range(30)
    )  # fmt: skip
    names = [("oracle", long), *((f"c{n}", Text.of(f"{BAD} {n}")) for n in range(12))]
    lines = tuple(
        FlowLine(f"c{n % 12}" if n % 3 else "oracle", f"c{(n * 5 + 3) % 12}" if n % 4 else "oracle", BAD if n % 7 == 0 else "buys",
                 Interval.point(n * BN) if n % 5 else None, n % 2 == 0, n % 6 == 0, "evil")
        for n in range(flows)
    )  # fmt: skip
    return replace(
        base,
        company=replace(base.company, name=long, ticker=BAD, currency=BAD, summary=long, aliases=(BAD,) * 20, as_of=BAD),
        verdict=replace(base.verdict, sentence=long, also=("evil-2", BAD), open_patterns=(BAD,), because=("evil-0",)),
        findings=(*found, *_others()),
        flows=lines,
        loops=(LoopLine(("oracle", "c3", "c9"), 7),),
        companies=tuple(names),
        waterfall=tuple(Step(f"evil-{n}", long, "red", "high", n * 3.0, n * 3.0 + 3) for n in range(30)),
        sources=(SourceLine("evil", long, BAD, BAD, BAD, "javascript:alert(document.cookie)", 3),),
        kinds=((BAD, 3),),
        ignored=((BAD, ClaimLine(BAD, BAD, "evil", BAD, BAD, BAD, False, long)),),
        notes=(long,),
    )
