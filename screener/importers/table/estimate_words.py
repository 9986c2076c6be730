"""Recognises marks of figures that are not reported: 2025E, FY26 (est.), Guidance 2025, NTM."""

import re

_MARK = "[EFPB]"  # estimate, forecast, projection or plan, budget
_YEAR = r"(?:19|20)[0-9]{2}(?:[-/][0-9]{2,4}){0,2}"
_QUARTER = "Q[1-4]|H[12]"
_SHORT = r"(?:(?:FY|CY|FYE|Q[1-4]|H[12]|[1-4]Q|[12]H|[A-Z]{3})[ '’_-]?[0-9]{2})"
_ESTIMATE = re.compile(
    rf"\A[0-9]{{2}}(?:/[0-9]{{2}})? ?{_MARK}\Z"
    rf"|(?<![0-9A-Z])(?:FY|CY|FYE|{_QUARTER})?[ '’_-]?(?:[0-9]{{1,2}}[/.-])?(?:{_YEAR}|{_SHORT}) ?"
    rf"(?:{_MARK}|\({_MARK}\))(?![0-9A-Z])"
    rf"|(?<![A-Z0-9]){_MARK}(?:19|20)[0-9]{{2}}(?![0-9])"
    r"|(?<![A-Z])(?:est|estimated?|estimates|forecast|forecasted|forecasts|consensus|guidance|projected|projections?|outlook|ntm|fwd"
    r"|forward|next (?:year|fiscal year|(?:12|twelve) months)|prognose|prognosen|schätzung|prévisions?|prevision(?:es)?)(?![A-Z])"
    r"|(?<![A-Z])(?:budget(?:ed)?|plan(?:ned)?)[ _]*(?:for )?(?:FY[ '’]?)?(?:19|20)?[0-9]{2}(?![0-9])"
    r"|(?:19|20)?[0-9]{2}[ _-]*\(?(?:budget|plan)(?:ned|ed)?(?![A-Z])"
    r"|预测|预计|预估|予想|見通し",
    re.IGNORECASE,
)


def is_estimate(text: str) -> bool:
    """Whether a period or a header says that its figures are only expected."""
    return _ESTIMATE.search(text.strip()) is not None
