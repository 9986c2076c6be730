"""The lines of a result that no rule says: conflicts, payments and loops, ties, sources, notes."""

from collections.abc import Iterable

from screener.explain.sentences import figure_title
from screener.expression.interval import Interval, Missing
from screener.facts.builder import UNNAMED, World
from screener.limits import LOOPS
from screener.profile.reconcile import FURTHEST, RankedClaim
from screener.profile.what_if import assumed_figures
from screener.result.model import Assumption, ClaimLine, CompanyDependency, Conflict, FlowLine, LoopLine, SourceLine
from screener.rules.compiler import Program
from screener.text import Text
from screener.vocabulary import ClaimKind

_TIES = {"customer": "customer", "supplier": "supplier", "channel": "channel", "funding": "funder"}


def conflicts(world: World, program: Program) -> Iterable[Conflict]:
    """Figures whose sources disagree, those of the company first, then where it and a counterparty's own profile do."""
    main = world.companies[world.main]
    for name, settled in sorted(main.reconciled.items()):
        if settled.conflicts:
            title, unit = figure_title(name, program)
            lines = (_line(settled.chosen, True), *(_line(w, False) for w in settled.others))
            gap = max((w.gap or 0.0 for w in settled.conflicts), default=0.0)
            is_number = isinstance(settled.chosen.value, Interval)
            currency = main.subject.currency if unit == "money" else None
            yield Conflict(name, title, unit, currency, main.subject.name,
                           round(gap, 6) if is_number else None, lines)  # fmt: skip
    for company, name, own, ours in world.context_conflicts:
        title, unit = figure_title(name, program)
        subject = world.companies[company].subject
        gap_shown = round(ours.gap or 0.0, 6) if isinstance(ours.value, Interval) else None
        yield Conflict(name, title, unit, subject.currency if unit == "money" else None, subject.name, gap_shown,
                       (_line(own, True), _line(ours, False)))  # fmt: skip


def assumptions(world: World, program: Program) -> Iterable[Assumption]:
    """What was assumed in place of a claim."""
    for subject in (world.profile.subject, *world.profile.parties.values()):
        for name in assumed_figures(subject):
            value = world.companies[subject.id].reconciled[name].chosen.value
            title, unit = figure_title(name, program)
            currency = subject.currency if unit == "money" else None
            yield Assumption(name, title, value, unit, currency, subject.name)


def ignored(world: World) -> Iterable[tuple[str, ClaimLine]]:
    """Claims that do not count, by figure."""
    for name, weighed in world.companies[world.main].ignored:
        yield name, _line(weighed, False)


def flows(world: World) -> tuple[tuple[FlowLine, ...], tuple[LoopLine, ...], tuple[tuple[str, Text], ...]]:
    """Payments, loops that pass through the company, and the names of all who pay or are paid or are tied to it."""
    ours = [loop for loop in world.loops if world.main in loop.members]
    looped = {flow.id for loop in ours for flow in loop.flows}
    lines = []
    for flow in world.flows:
        amount, binding = flow.fields.get("amount"), flow.fields.get("binding")
        known = isinstance(amount, Interval) and not isinstance(amount, Missing)
        claim = flow.claims.get("amount") or flow.claims.get("what")
        lines.append(FlowLine(
            flow.companies["from"], flow.companies["to"], str(flow.fields.get("what") or ""),
            amount if known and isinstance(amount, Interval) else None, binding if isinstance(binding, bool) else None,
            flow.id in looped, claim.source if claim else None,
        ))  # fmt: skip
    loops = tuple(LoopLine(loop.members, loop.weakest) for loop in ours)
    named = {c for line in lines for c in (line.payer, line.payee)} | {world.main}
    named.update(tie.party for tie in ties(world))
    return tuple(lines), loops, tuple((c, world.name(c)) for c in sorted(named))


def ties(world: World) -> tuple[CompanyDependency, ...]:
    """Whom the company depends on: customers, suppliers, owners of channels, funders, and whoever else pays it."""
    main, base = world.main, world.base
    found = {
        CompanyDependency(f.companies["party"], how)
        for kind, how in _TIES.items()
        for f in base.of(main, kind)
        if f.certain
    }
    paying = {t.party for t in found if t.how in ("customer", "funder")}
    found |= {CompanyDependency(f.companies["from"], "payer") for f in world.flows
              if f.companies["to"] == main and f.companies["from"] not in paying}  # fmt: skip
    return tuple(sorted(t for t in found if t.party not in (main, UNNAMED)))


def sources(world: World) -> tuple[tuple[SourceLine, ...], tuple[tuple[ClaimKind, int], ...]]:
    """The sources with how much rests on each, and how many claims there are of each kind of source."""
    rests: dict[str, int] = {}
    kinds: dict[ClaimKind, int] = {}
    settled = [s.chosen.claim for s in world.companies[world.main].reconciled.values()]
    members = [c for f in world.base for c in f.claims.values() if f.certain
               and (f.kind != "flow" or f.fields.get("direction") == "out")]  # fmt: skip
    for claim in (*settled, *members):
        source = claim.source if claim.source in world.profile.sources else None
        kind = world.profile.sources[source].kind if source else ClaimKind.UNSOURCED
        kinds[kind] = kinds.get(kind, 0) + 1
        if source:
            rests[source] = rests.get(source, 0) + 1
    lines = tuple(SourceLine(key, s.title, s.kind, s.publisher, s.date.isoformat() if s.date else None, s.url,
                             rests.get(key, 0)) for key, s in world.profile.sources.items())  # fmt: skip
    return lines, tuple((k, kinds[k]) for k in ClaimKind if k in kinds)


def notes(world: World, altered: bool) -> Iterable[Text]:
    """What a reader must know of how the result came about; `altered`: the rules are not as their packs have them."""
    profile = world.profile
    if altered:
        yield Text("The rules are not as their packs have them: files, parameters or settings of the user change them.",
                   "规则与规则包不同：用户的规则文件、参数或设置有所更改。")  # fmt: skip
    if profile.as_of is None:
        if profile.day is None:
            yield Text(
                "Undated: neither the profile nor its sources say of when they are.",
                "未注明日期：档案及其来源均无日期。",
            )
        else:
            yield Text(f"The profile has no date; the latest source, of {profile.day}, stands for it.",
                       f"档案未注明日期，以最新来源日期 {profile.day} 为准。")  # fmt: skip
    yield from _notes_on_dates(world)
    if profile.subject.currency is None:
        yield Text(
            "No currency is given: amounts compare only within this profile.", "未注明货币：金额只在本档案内可比。"
        )
    if any(s.kind is ClaimKind.ILLUSTRATIVE for s in profile.sources.values()):
        yield Text("Some statements are illustrative: not of a real company, or not from a real source.",
                   "部分陈述仅为示例，并非来自真实公司或真实来源。")  # fmt: skip
    if len(world.loops) >= LOOPS:
        yield Text(f"The flows close more than {LOOPS} loops: the first {LOOPS} are looked at, others stay unknown.",
                   f"资金流形成的循环超过 {LOOPS} 个：只考察前 {LOOPS} 个，其余视为未知。")  # fmt: skip
    elif world.flows and not world.loops_complete:
        yield Text(
            "The list of flows is not complete: there may be further loops.", "资金流清单不完整，可能存在其他循环。"
        )


def _notes_on_dates(world: World) -> Iterable[Text]:
    """Claims of which it cannot be checked that they were known, and figures that are old."""
    day, own_day = world.profile.day, world.profile.own_day
    if world.undated:
        yield Text(
            f"Claims without a dated source: {world.undated}. Whether they were known by then cannot be checked.",
            f"{world.undated} 项陈述的来源无日期：无法核实当日是否已知。",
        )
    if world.undated_left_out:
        yield Text(
            f"Claims without a dated source that are not used: {world.undated_left_out}; {day} is before the day of the profile, "
            f"{own_day}.",
            f"{world.undated_left_out} 项陈述的来源无日期，未予采用：{day} 早于档案日期 {own_day}。",
        )
    periods = [f.chosen.period.end for f in world.companies[world.main].reconciled.values() if f.chosen.period]
    if day and periods and day - max(periods) > FURTHEST:
        yield Text(
            f"The latest figures are of {max(periods)}, more than eighteen months before {day}.",
            f"最新数据截至 {max(periods)}，距 {day} 超过十八个月。",
        )


def _line(weighed: RankedClaim, used: bool) -> ClaimLine:
    claim = weighed.claim
    period = weighed.period.label if weighed.period else None
    return ClaimLine(
        weighed.value, period, claim.source, weighed.kind, claim.quote, claim.note, used, weighed.reason_unused
    )
