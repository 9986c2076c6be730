"""The findings of the sample company."""

from screener.expression.interval import INF, Interval
from screener.result.finding_records import Finding
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag, Outcome, Severity, Verdict
from tests.unit.report.sample_parts import BN, NVIDIA, OPENAI, distance, evidence, finding, point

REVENUE = evidence(
    "revenue", Text("Revenue", "营业收入"), point(57.4 * BN), "money", period="FY2025", source="10k-2025", kind=ClaimKind.FILED
)
DEBT = evidence(
    "total_debt", Text("Debt", "债务"), point(92.6 * BN), "money", period="2025-05-31", source="10k-2025", kind=ClaimKind.FILED
)
COMMITMENT = evidence(
    "customers.commitment",
    Text("Long-term commitment with this customer", "与该客户的长期承诺"),
    point(300 * BN),
    "money",
    about=OPENAI,
    source="article",
    kind=ClaimKind.REPORTED,
    quote="甲骨文对 OpenAI 许下了 3000 亿美元的长期算力承诺",
    note="§6",
)


def fired() -> tuple[Finding, ...]:
    to_revenue = Text("Debt over revenue", "债务/营收")
    committed = Text("Commitment over revenue", "承诺/营收")
    return (
        finding(
            "levered-on-a-loss-making-customer",
            Text("Levered on one loss-making customer", "高杠杆押注单一亏损客户"),
            flag=Flag.PATTERN,
            severity=Severity.CRITICAL,
            category="thesis",
            category_title=Text("Thesis", "投资结论"),
            verdict=Verdict.AVOID,
            says=Text(
                "One customer carries the plan, it loses more than it earns, and the build-out is paid with debt.",
                "全部计划系于一家客户，而它亏损大于收入，扩建又靠举债。",
            ),
            evidence=(
                evidence(
                    "customers.dominant",
                    Text("The company depends on it above all", "公司首要依赖该客户"),
                    True,
                    "truth",
                    about=OPENAI,
                    source="article",
                    kind=ClaimKind.REPORTED,
                    note="§7",
                    quote="典型如甲骨文,杠杆过高且过度依赖单一亏损客户",
                ),
                evidence(
                    "loss_to_revenue",
                    Text("Loss over revenue", "亏损/营收"),
                    Interval(5 / 3, INF),
                    "multiple",
                    company=OPENAI,
                    kind=ClaimKind.COMPUTED,
                    formula="-net_income / revenue",
                ),
            ),
            because=("single-customer-dependence", "loss-making", "leverage-versus-revenue"),
        ),
        finding(
            "commitment-versus-revenue",
            Text("A commitment larger than the company", "承诺规模超过公司本身"),
            severity=Severity.CRITICAL,
            category="concentration",
            category_title=Text("Concentration", "集中度"),
            cause="one-customer",
            headline=Text("5.23× of revenue", "营收的 5.23 倍"),
            says=Text(
                "A commitment of 300 bn with OpenAI is 5.23× a year's revenue.",
                "与 OpenAI 的 3,000 亿承诺为年营收的 5.23 倍。",
            ),
            evidence=(
                COMMITMENT,
                REVENUE,
                evidence(
                    "commitment_to_revenue",
                    committed,
                    point(300 / 57.4),
                    "multiple",
                    kind=ClaimKind.COMPUTED,
                    formula="max(customers.commitment) / revenue",
                ),
            ),
            distances=(
                distance(
                    committed,
                    point(300 / 57.4),
                    1.0,
                    "multiple",
                    why=Text(
                        "A year's revenue is what the company has shown that it can deliver.",
                        "一年营收是公司已证明的交付能力。",
                    ),
                    param="commitment-versus-revenue.most",
                ),
            ),
            claims=("C21",),
            points=35.0,
        ),
        finding(
            "circular-financing",
            Text("Circular financing", "循环融资"),
            severity=Severity.CRITICAL,
            category="funding",
            category_title=Text("Funding", "融资"),
            cause="loop",
            headline=Text("loop of 3", "3 家循环"),
            says=Text(
                "Nvidia → OpenAI → Oracle → Nvidia: the same money counts as revenue three times.",
                "英伟达 → OpenAI → 甲骨文 → 英伟达：同一笔钱三次计作收入。",
            ),
            evidence=(
                evidence(
                    "loop.size", Text("Companies in the loop", "循环中的公司数"), point(3), "count", kind=ClaimKind.COMPUTED
                ),
                evidence(
                    "flows.amount",
                    Text("Amount", "金额"),
                    None,
                    "money",
                    about=NVIDIA,
                    source="article",
                    kind=ClaimKind.REPORTED,
                    note="§6",
                ),
            ),
            points=22.8,
        ),
        finding(
            "leverage-versus-revenue",
            Text("Debt outgrows revenue", "债务超过营收"),
            cause="debt-load",
            headline=Text("1.61× of revenue", "营收的 1.61 倍"),
            says=Text("Debt is 1.61× a year's revenue.", "债务为年营收的 1.61 倍。"),
            evidence=(
                DEBT,
                REVENUE,
                evidence(
                    "debt_to_revenue",
                    to_revenue,
                    point(92.6 / 57.4),
                    "multiple",
                    kind=ClaimKind.COMPUTED,
                    formula="total_debt / revenue",
                ),
            ),
            distances=(
                distance(to_revenue, point(92.6 / 57.4), 1.5, "multiple", param="leverage-versus-revenue.most"),
            ),
            softened_by=("backlog",),
            points=8.4,
        ),
        finding(
            "capex-up-jobs-down",
            Text("Spending up, jobs down", "资本开支上升而裁员"),
            severity=Severity.MEDIUM,
            headline=Text("20,000–30,000 jobs", "20,000–30,000 个岗位"),
            says=Text(
                "Capital expenditure is 3.09× the year before while 20,000–30,000 jobs go.",
                "资本支出为上年的 3.09 倍，同时裁减 20,000–30,000 个岗位。",
            ),
            evidence=(
                evidence(
                    "plans.jobs",
                    Text("Jobs", "岗位数"),
                    Interval(20000, 30000),
                    "count",
                    source="article",
                    kind=ClaimKind.REPORTED,
                    note="§6",
                ),
            ),
            distances=(distance(Text("Growth of capital expenditure", "资本支出增长"), point(2.087), 0.5, "fraction"),),
            points=3.3,
        ),
        finding(
            "source-conflict",
            Text("Sources disagree", "来源相互矛盾"),
            flag=Flag.DATA,
            severity=Severity.LOW,
            category="data-quality",
            category_title=Text("Data quality", "数据质量"),
            says=Text("Revenue: 57.4 bn used, 300 bn also claimed.", "营业收入：采用 574 亿，另有 3,000 亿之说。"),
        ),
        finding(
            "backlog",
            Text("Long contracts already signed", "已签长期合同"),
            flag=Flag.GREEN,
            severity=Severity.MODERATE,
            category="moat",
            category_title=Text("Moat", "护城河"),
            headline=Text("138 bn", "1,380 亿"),
            says=Text("Remaining performance obligations are 2.4× revenue.", "剩余履约义务为营收的 2.4 倍。"),
            evidence=(
                evidence(
                    "remaining_performance_obligations",
                    Text("Remaining performance obligations", "剩余履约义务"),
                    point(138 * BN),
                    "money",
                    source="10k-2025",
                    kind=ClaimKind.FILED,
                ),
            ),
            distances=(distance(Text("Obligations over revenue", "义务/营收"), point(2.404), 1.0, "multiple"),),
            points=-2.2,
        ),
    )


def others() -> tuple[Finding, ...]:
    cover = Text("Interest cover", "利息保障倍数")
    return (
        finding(
            "single-customer-dependence",
            Text("One customer carries the company", "单一客户依赖"),
            outcome=Outcome.UNKNOWN,
            missing=("oracle/customers/openai/share_of_revenue",),
            could_settle=(("oracle/customers/openai/share_of_revenue",),),
        ),
        finding(
            "interest-cover",
            Text("Interest is barely covered", "利息保障不足"),
            outcome=Outcome.UNKNOWN,
            severity=Severity.MEDIUM,
            missing=("oracle/interest_expense", "oracle/cash"),
            could_settle=(("oracle/interest_expense",), ("oracle/cash",)),
            distances=(distance(cover, Interval(0, INF), 2.0, "multiple", op="<"),),
        ),
        finding("short-runway", Text("Little cash left", "现金将尽"), outcome=Outcome.UNKNOWN, missing=("oracle/cash",)),
        finding(
            "loss-making",
            Text("Loses money", "亏损"),
            outcome=Outcome.CLEAR,
            distances=(
                distance(
                    Text("Net income over revenue", "净利率"), point(0.2167), 0.0, "fraction", op="<", relative=0.2167
                ),
            ),
        ),
        finding(
            "valuation-versus-revenue",
            Text("Valued far above its sales", "估值远超销售"),
            outcome=Outcome.CLEAR,
            distances=(distance(Text("Value over revenue", "估值/营收"), point(7.6), 20.0, "multiple"),),
        ),
        finding("price-collapse", Text("Prices collapse", "价格崩塌"), outcome=Outcome.CLEAR, severity=Severity.MEDIUM),
        finding("unproven-yield", Text("Yield is unproven", "良品率未经证实"), outcome=Outcome.NOT_APPLICABLE),
    )
