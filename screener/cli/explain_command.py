"""`screener explain`: explains one rule for one company."""

import os

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    engine_option,
    format_option,
    language_option,
    output_option,
    rule_options,
    what_if_options,
)
from screener.errors import Problem, RulesError
from screener.profile.loader import find_profiles
from screener.text import Language, clean, did_you_mean, is_slug


@click.command()
@click.argument("profile")
@click.argument("rule", required=False)
@rule_options
@what_if_options
@engine_option
@context_option
@format_option("text", "json")
@output_option
@language_option
def explain(
    *,
    profile: str,
    rule: str | None,
    selection: RuleSelection,
    context: tuple[str, ...],
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Explain why RULE fired for PROFILE, why it did not, or what is missing; without RULE, what the verdict depends
    on.

    PROFILE and RULE may also be given in the other order. Without RULE: the verdict on claims from filings alone, the
    flags without which it would be different, the nearest values of single figures that change it or clear a flag, and
    the unknown inputs that could change it.

    \b
    Examples:
      screener explain fixtures/oracle.json
      screener explain fixtures/oracle.json circular-financing
      screener explain fixtures/adobe.json loss-making --lang zh
      screener explain fixtures/oracle.json circular-financing --format json
    """
    if rule is not None:
        profile, rule = _in_order(profile, rule)
    path, *more = find_profiles([profile])
    if more:
        raise click.UsageError(f"{clean(profile)} has {len(more) + 1} profiles; name one, such as {path}")
    screener = selection.screener([path])
    known = screener.rulebook.rules
    if rule is not None and rule not in known:
        hint = did_you_mean(rule, known, "see screener rules list")
        raise RulesError(Problem(f"there is no rule '{clean(rule)}'", hint, code="bad-option"))
    own, others = screener.profile(path), screener.context(find_profiles(context))
    result = screener.assess(own, others)
    if rule is None:
        from screener.report.terminal.counterfactual_text import counterfactual_text

        found = screener.what_if(own, others).find(result.inputs, result.basis.filed_alone if result.basis else None)
        if form == "json":
            from screener.result.model import to_dict

            out.write_json(to_dict(result._replace(counterfactuals=found))["counterfactuals"], "counterfactuals")
        else:
            out.write_text(counterfactual_text(result, found, language, width=out.width, colour=out.colour))
        return
    turn = screener.what_if(own, others).turn(known[rule])
    if form == "json":
        from screener.result.model import plain, to_dict

        finding = next(f for f in to_dict(result)["findings"] if f["rule"] == rule)
        out.write_json({**finding, "turn": plain(turn)}, "finding")
        return
    from screener.report.terminal.finding_text import finding_text

    out.write_text(finding_text(result, rule, language, turn=turn, width=out.width, colour=out.colour))


def _in_order(profile: str, rule: str) -> tuple[str, str]:
    """Returns the profile and the rule, whichever order they were given in."""
    swapped = is_slug(profile) and not os.path.lexists(profile) and (not is_slug(rule) or os.path.lexists(rule))
    return (rule, profile) if swapped else (profile, rule)
