"""Which flags of a company somebody accepts for now."""

from collections.abc import Iterable

from screener.profile.model import Profile
from screener.result.model import Waived
from screener.rules.settings import Waiver
from screener.text import Text, clean


def waivers(given: Iterable[Waiver], profile: Profile) -> tuple[dict[str, Waived], tuple[Text, ...]]:
    """The waivers that hold for a company, by rule, and a note on each that does not hold any more.

    Whether a waiver has ended is told by the profile's date, never by the clock; without a date none holds.
    """
    held: dict[str, Waived] = {}
    notes: dict[str, Text] = {}
    for waiver in sorted((w for w in given if w.company == profile.id), key=lambda w: w.until):
        who = clean(waiver.by)
        if profile.horizon is None:
            notes[waiver.rule] = Text(f"The waiver of {waiver.rule} by {who} does not count: the profile has no date.",
                                      f"{who} 对 {waiver.rule} 的豁免不计：档案未注明日期。")  # fmt: skip
        elif profile.horizon > waiver.until:
            notes[waiver.rule] = Text(f"The waiver of {waiver.rule} by {who} ended on {waiver.until}.",
                                      f"{who} 对 {waiver.rule} 的豁免已于 {waiver.until} 到期。")  # fmt: skip
        else:
            held[waiver.rule] = Waived(waiver.until.isoformat(), clean(waiver.reason), who)
    return held, tuple(note for rule, note in notes.items() if rule not in held)
