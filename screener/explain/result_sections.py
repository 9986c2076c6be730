"""The parts of a result that do not come from rules: conflicts, payments and loops, dependencies, sources, notes."""

from collections.abc import Iterator

from screener.explain.rule_texts import figure_title
from screener.expression.interval import Interval, Missing
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED, World
from screener.limits import LOOPS
from screener.profile.model import Subject
from screener.profile.reconcile import FURTHEST, RankedClaim
from screener.profile.what_if import assumed_figures
from screener.result.finding_records import ClaimLine, Conflict
from screener.result.model import Assumption, CompanyDependency, FlowLine, LoopLine, SourceLine
from screener.rules.compiler import Program
from screener.text import Text
from screener.vocabulary import ClaimKind

_DEPENDENCIES = {"customer": "customer", "supplier": "supplier", "channel": "channel", "funding": "funder"}
"""How the company depends on the party of a relation, by the kind of relation."""


def conflicts(world: World, program: Program) -> Iterator[Conflict]:
    """Returns figures whose sources disagree: those of the company, then those of other companies whose own profiles
    differ."""
    main = world.companies[world.main]
    for name, figure in sorted(main.reconciled.items()):
        if figure.conflicts:
            lines = (_claim_line(figure.chosen, used=True), *(_claim_line(c, used=False) for c in figure.others))
            gap = max(claim.gap or 0.0 for claim in figure.conflicts)
            yield _conflict(name, main.subject, gap, lines, program)
    for company, name, used, other in world.context_conflicts:
        lines = (_claim_line(used, used=True), _claim_line(other, used=False))
        yield _conflict(name, world.companies[company].subject, other.gap or 0.0, lines, program)


def _conflict(name: str, subject: Subject, gap: float, claims: tuple[ClaimLine, ...], program: Program) -> Conflict:
    title, unit = figure_title(name, program)
    return Conflict(
        figure=name,
        title=title,
        unit=unit,
        currency=subject.currency if unit == "money" else None,
        company=subject.name,
        gap=round(gap, 6) if isinstance(claims[0].value, Interval) else None,
        claims=claims,
    )


def assumptions(world: World, program: Program) -> Iterator[Assumption]:
    """Returns the figures that were assumed instead of using claims."""
    for subject in (world.profile.subject, *world.profile.parties.values()):
        for name in assumed_figures(subject):
            title, unit = figure_title(name, program)
            yield Assumption(
                figure=name,
                title=title,
                value=world.companies[subject.id].reconciled[name].chosen.value,
                unit=unit,
                currency=subject.currency if unit == "money" else None,
                company=subject.name,
            )


def ignored_claims(world: World) -> Iterator[tuple[str, ClaimLine]]:
    """Returns the claims that are not used, by figure."""
    for name, claim in world.companies[world.main].ignored:
        yield name, _claim_line(claim, used=False)


def flows(world: World) -> tuple[tuple[FlowLine, ...], tuple[LoopLine, ...], tuple[tuple[str, Text], ...]]:
    """Returns payments, loops that the company is part of, and the names of all companies in them or in its
    dependencies."""
    loops = [loop for loop in world.loops if world.main in loop.members]
    in_loop = {flow.id for loop in loops for flow in loop.flows}
    lines = tuple(_flow_line(flow, flow.id in in_loop) for flow in world.flows)
    named = {company for line in lines for company in (line.payer, line.payee)} | {world.main}
    named.update(dependency.party for dependency in dependencies(world))
    loop_lines = tuple(LoopLine(members=loop.members, weakest=loop.weakest) for loop in loops)
    return lines, loop_lines, tuple((company, world.name(company)) for company in sorted(named))


def _flow_line(flow: Fact, in_loop: bool) -> FlowLine:
    amount, binding = flow.fields.get("amount"), flow.fields.get("binding")
    claim = flow.claims.get("amount") or flow.claims.get("what")
    return FlowLine(
        payer=flow.companies["from"],
        payee=flow.companies["to"],
        what=str(flow.fields.get("what") or ""),
        amount=amount if isinstance(amount, Interval) and not isinstance(amount, Missing) else None,
        binding=binding if isinstance(binding, bool) else None,
        loop=in_loop,
        source=claim.source if claim else None,
    )


def dependencies(world: World) -> tuple[CompanyDependency, ...]:
    """Returns the companies that the company depends on: customers, suppliers, owners of channels, funders, and other
    payers."""
    main, base = world.main, world.base
    found = {
        CompanyDependency(party=fact.companies["party"], how=how)
        for kind, how in _DEPENDENCIES.items()
        for fact in base.of(main, kind)
        if fact.certain
    }
    paying = {d.party for d in found if d.how in ("customer", "funder")}
    payers = (flow.companies["from"] for flow in world.flows if flow.companies["to"] == main)
    found |= {CompanyDependency(party=payer, how="payer") for payer in payers if payer not in paying}
    return tuple(sorted(d for d in found if d.party not in (main, UNNAMED)))


def sources(world: World) -> tuple[tuple[SourceLine, ...], tuple[tuple[ClaimKind, int], ...]]:
    """Returns the sources with the number of claims from each, and the number of claims by kind of source."""
    by_source: dict[str, int] = {}
    by_kind: dict[ClaimKind, int] = {}
    used = [figure.chosen.claim for figure in world.companies[world.main].reconciled.values()]
    facts = (f for f in world.base if f.certain and (f.kind != "flow" or f.fields.get("direction") == "out"))
    for claim in (*used, *(claim for fact in facts for claim in fact.claims.values())):
        source = claim.source if claim.source in world.profile.sources else None
        kind = world.profile.sources[source].kind if source else ClaimKind.UNSOURCED
        by_kind[kind] = by_kind.get(kind, 0) + 1
        if source:
            by_source[source] = by_source.get(source, 0) + 1
    lines = tuple(
        SourceLine(
            key=key,
            title=source.title,
            kind=source.kind,
            publisher=source.publisher,
            date=source.date.isoformat() if source.date else None,
            url=source.url,
            figures=by_source.get(key, 0),
        )
        for key, source in world.profile.sources.items()
    )
    return lines, tuple((kind, by_kind[kind]) for kind in ClaimKind if kind in by_kind)


def notes(world: World, rules_changed: bool) -> Iterator[Text]:
    """Returns remarks for the reader; `rules_changed`: the rules differ from those of their packs."""
    profile = world.profile
    if rules_changed:
        yield Text(
            "The rules are not as their packs have them: packs, files, parameters or settings of the user change them.",
            "规则与内置规则包不同：用户的规则包、规则文件、参数或设置有所更改。",
        )
    if profile.as_of is None and profile.day is None:
        yield Text("Undated: neither the profile nor its sources have a date.", "未注明日期：资料及其来源均无日期。")
    elif profile.as_of is None:
        yield Text(
            f"The profile has no date; that of its latest source, {profile.day}, is used.",
            f"资料未注明日期，以最新来源日期 {profile.day} 为准。",
        )
    yield from world.remarks
    yield from _notes_on_dates(world)
    if profile.subject.currency is None:
        yield Text(
            "No currency is stated: amounts compare only within this profile, and with no threshold in money.",
            "未注明货币：金额只在本资料内可比，且不与金额门槛比较。",
        )
    if any(source.kind is ClaimKind.ILLUSTRATIVE for source in profile.sources.values()):
        yield Text(
            "Some statements are illustrative: not of a real company, or not from a real source.",
            "部分陈述仅为示例，并非来自真实公司或真实来源。",
        )
    if len(world.loops) >= LOOPS:
        yield Text(
            f"The flows close more than {LOOPS} loops: the first {LOOPS} are examined, others stay unknown.",
            f"资金流形成的循环超过 {LOOPS} 个：只考察前 {LOOPS} 个，其余视为未知。",
        )
    elif world.flows and not world.loops_complete:
        yield Text(
            "The list of flows is not complete: there may be further loops.", "资金流清单不完整，可能存在其他循环。"
        )


def _notes_on_dates(world: World) -> Iterator[Text]:
    """Yields notes on claims for which it can't be checked whether they were known at the time, and on old figures."""
    day, own_day = world.profile.day, world.profile.own_day
    if world.undated:
        yield Text(
            f"Claims without a dated source: {world.undated}. Whether they were known by then cannot be checked.",
            f"{world.undated} 项陈述的来源无日期：无法核实当日是否已知。",
        )
    if world.undated_left_out:
        yield Text(
            f"Claims without a dated source that are not used: {world.undated_left_out}; {day} is before the day of the "
            f"profile, {own_day}.",
            f"{world.undated_left_out} 项陈述的来源无日期，未予采用：{day} 早于资料日期 {own_day}。",
        )
    company = world.companies[world.main]
    accounts = (f.chosen.period for name, f in company.reconciled.items() if not company.catalogue.is_price(name))
    periods = [period.end for period in accounts if period]
    if day and periods and day - max(periods) > FURTHEST:
        yield Text(
            f"The latest figures are of {max(periods)}, more than eighteen months before {day}.",
            f"最新数据截至 {max(periods)}，距 {day} 超过十八个月。",
        )


def _claim_line(ranked: RankedClaim, *, used: bool) -> ClaimLine:
    claim = ranked.claim
    return ClaimLine(
        value=ranked.value,
        period=ranked.period.label if ranked.period else None,
        source=claim.source,
        kind=ranked.kind,
        quote=claim.quote,
        note=claim.note,
        used=used,
        why_not=ranked.reason_unused,
    )
