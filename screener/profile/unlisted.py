"""Reads claims about members outside of a list: `others: {customers: {share_of_revenue: {high: 0.1}}}`."""

from collections.abc import Mapping
from typing import Any

from screener.io.document import ValuePath
from screener.profile.claim_reader import ClaimReader
from screener.profile.claims import OF_ALL_FIELDS, Claim
from screener.text import clean, did_you_mean


def read_others(loc: ValuePath, data: Mapping[str, Any], reader: ClaimReader) -> dict[str, dict[str, Claim]]:
    """Returns the claims on fields of unlisted members, by list and field.

    There may be any number of such members, and the claims hold for each of them. `source`, `quote`, `note` and `period`
    beside the fields apply to all fields.
    """
    catalogue, bad = reader.catalogue, reader.bad
    lists = {name: catalogue.kinds[kind] for name, kind in catalogue.lists.items()}
    lists = {name: kind for name, kind in lists.items() if kind.bounded_fields and name != "flows"}
    found: dict[str, dict[str, Claim]] = {}
    for name, stated in data.items():
        at = [*loc, name]
        if name not in lists:
            bad(at, f"others can't be stated of '{clean(name)}'", did_you_mean(name, lists, "name a list"), key=True)
        elif not isinstance(stated, dict):
            bad(at, "expected a mapping of fields", "write {share_of_revenue: {high: 0.1}, source: …}")
        else:
            fields, claims = lists[name].bounded_fields, {}
            whole = {key: value for key, value in stated.items() if key in OF_ALL_FIELDS and value is not None}
            for key, value in stated.items():
                if key in fields:
                    claim = (
                        None if value is None else reader.claim([*at, key], value, fields[key], whole, of_others=True)
                    )
                    if claim is not None and not claim.is_empty:
                        claims[key] = claim
                elif key not in OF_ALL_FIELDS:
                    hint = did_you_mean(key, fields, "known are " + ", ".join(fields))
                    bad([*at, key], f"'{clean(key)}' can't be stated of others", hint, key=True)
            if claims:
                found[name] = claims
    return found
