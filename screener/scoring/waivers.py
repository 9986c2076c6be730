"""Which flags of a company are waived: accepted by somebody until a day."""

from collections.abc import Iterable

from screener.profile.model import Profile
from screener.result.finding_records import AppliedWaiver
from screener.rules.settings import Waiver
from screener.text import Text, clean


def active_waivers(waivers: Iterable[Waiver], profile: Profile) -> tuple[dict[str, AppliedWaiver], tuple[Text, ...]]:
    """The waivers that apply to a company, by rule, and a note on each that has ended or can't be dated.

    A waiver ends by the profile's date, never by the clock; to a profile without a date none applies.
    """
    active: dict[str, AppliedWaiver] = {}
    notes: dict[str, Text] = {}
    for waiver in sorted((w for w in waivers if w.company == profile.id), key=lambda w: w.until):
        who = clean(waiver.by)
        if profile.day is None:
            notes[waiver.rule] = Text(
                f"The waiver of {waiver.rule} by {who} does not apply: the profile has no date.",
                f"{who} 对 {waiver.rule} 的豁免不计：资料未注明日期。",
            )
        elif profile.day > waiver.until:
            notes[waiver.rule] = Text(
                f"The waiver of {waiver.rule} by {who} ended on {waiver.until}.",
                f"{who} 对 {waiver.rule} 的豁免已于 {waiver.until} 到期。",
            )
        else:
            active[waiver.rule] = AppliedWaiver(waiver.until.isoformat(), clean(waiver.reason), who)
    return active, tuple(note for rule, note in notes.items() if rule not in active)
