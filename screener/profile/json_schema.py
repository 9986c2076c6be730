"""Generates the JSON Schema of profiles from the catalogue, so that editors can complete and check them."""

from collections.abc import Mapping
from typing import Any, get_args

from screener.profile.catalogue import Catalogue, Figure, TypedEntry
from screener.profile.claims import SourceKind
from screener.units import CURRENCY_PATTERN, NUMERIC

_SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
_EVENT_DATE = r"^\d{4}(-\d{2}(-\d{2})?|-?Q[1-4])?$"
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_TEXT = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
            "minProperties": 1,
            "additionalProperties": False,
        },
    ]
}
_QUOTED = {"oneOf": [*_TEXT["oneOf"], {"type": "null"}], "description": "A text, or {zh: …, en: …} with a translation."}
_ABOUT = {
    "period": {
        "type": ["string", "null"],
        "description": "The period, such as 2025, FY2025, 2025-Q3, 2025-05-31 or 2024-06-01/2025-05-31.",
    },
    "source": {"type": ["string", "null"], "description": "A key of `sources`."},
    "quote": _QUOTED,
    "note": _QUOTED,
}


def profile_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Returns the schema (draft 2020-12) of a profile document."""
    lists = {name: {"$ref": f"#/$defs/{kind}"} for name, kind in catalogue.lists.items()}
    figures, metrics = {"$ref": "#/$defs/figures"}, {"$ref": "#/$defs/metrics"}
    open_lists = {
        "type": "array",
        "items": {"enum": sorted(catalogue.lists)},
        "description": "Lists that have further members, which are not known.",
    }
    common = {
        "currency": {"type": ["string", "null"], "pattern": CURRENCY_PATTERN},
        "sector": {"enum": [*sorted(catalogue.sectors), None]},
        "figures": figures,
        "metrics": metrics,
        "incomplete": open_lists,
        "others": {"$ref": "#/$defs/others"},
    }
    party = {
        "name": _TEXT,
        "unnamed": {"type": "boolean"},
        **common,
        **{k: v for k, v in lists.items() if k != "flows"},
    }
    properties = {
        "$schema": {"type": "string"},
        "id": {"type": "string", "pattern": _SLUG},
        "name": _TEXT,
        "aliases": {"type": "array", "items": {"type": "string"}},
        "ticker": {"type": ["string", "null"]},
        "as_of": _DAY,
        "fiscal_year_end": {"type": "string", "pattern": r"^\d{2}-\d{2}$"},
        "fiscal_year_named": {"enum": ["start", "end", None], "description": "Whether FY2025 starts or ends in 2025."},
        "summary": _TEXT,
        "sector_evidence": {"type": "array", "items": _sector_evidence(catalogue)},
        "rates": _rates(),
        "sources": {"type": "object", "additionalProperties": {"$ref": "#/$defs/source"}},
        **common,
        **lists,
        "parties": {"type": "object", "propertyNames": {"pattern": _SLUG}, "additionalProperties": _object(party)},
    }
    shapes: dict[str, Any] = {}
    kinds = {kind: _members(catalogue, kind, shapes) for kind, entry in catalogue.kinds.items() if entry.list_name}
    claimed = {"figures": _claimed(catalogue.figures, shapes), "metrics": _claimed(catalogue.metrics, shapes)}
    kinds["others"] = _others(catalogue, shapes)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "screener/profile/1",
        "title": "Company profile",
        **_object(properties, ["name"]),
        "$defs": {"source": _source(), **claimed, **kinds, **shapes},
    }


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Returns the schema of a mapping with these keys; optional keys may be null, which means the same as absent."""
    shown = {key: shape if key in (required or ()) else _or_null(shape) for key, shape in properties.items()}
    found: dict[str, Any] = {"type": "object", "properties": shown, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    if isinstance(shape.get("type"), str):
        return {**shape, "type": [shape["type"], "null"]}
    return {"anyOf": [shape, {"type": "null"}]} if "oneOf" in shape else shape


def _source() -> dict[str, Any]:
    kinds = {"enum": [kind.value for kind in get_args(SourceKind)]}
    text = {"type": ["string", "null"]}
    return _object({"title": _TEXT, "kind": kinds, "publisher": text, "date": _DAY, "url": text}, ["title", "kind"])


def _sector_evidence(catalogue: Catalogue) -> dict[str, Any]:
    """Returns the schema of sector evidence: {outside: [banks], note: TEXT}."""
    sectors = {"enum": sorted(catalogue.sectors)}
    return {
        "type": "object",
        "description": "What the form of the statements shows about the sector.",
        "properties": {
            "within": {**sectors, "description": "The sector, or a parent of it."},
            "outside": {
                "type": "array",
                "items": sectors,
                "description": "Sectors to which the company does not belong.",
            },
            "source": {"type": ["string", "null"], "description": "A key of `sources`."},
            "note": {"type": "string", "minLength": 1},
        },
        "required": ["note"],
        "anyOf": [{"required": ["within"]}, {"required": ["outside"]}],
        "additionalProperties": False,
    }


def _rates() -> dict[str, Any]:
    """Returns the schema of exchange rates: {JPY: {USD: 0.0067, source: KEY}}."""
    ends = {key: {"type": ["number", "null"], "exclusiveMinimum": 0} for key in ("value", "low", "high")}
    number = {"type": "number", "exclusiveMinimum": 0}
    row = {**_object(_ABOUT), "patternProperties": {CURRENCY_PATTERN: {"anyOf": [number, _object({**ends, **_ABOUT})]}}}
    return {
        "type": "object",
        "description": "Exchange rates: the units of other currencies that one unit of a currency is worth.",
        "propertyNames": {"pattern": CURRENCY_PATTERN},
        "additionalProperties": row,
    }


def _claimed(table: Mapping[str, Figure], shapes: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, figure in table.items():
        claim = _claim(figure, shapes)
        shown = {"title": figure.title.en, "description": f"{figure.unit}; {figure.title.zh}"}
        for key in (name, *figure.aliases):
            found[key] = {**shown, "anyOf": [claim, {"type": "array", "items": claim}, {"type": "null"}]}
    return {"type": ["object", "null"], "properties": found, "additionalProperties": False}


def _claim(typed: TypedEntry, shapes: dict[str, Any]) -> dict[str, Any]:
    """Returns a reference to the schema of claims with this unit, words and domain; the schema itself is added to `shapes`."""
    value = _value(typed)
    bounds = (
        {"low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]}} if typed.unit in NUMERIC else {}
    )
    shape = {"anyOf": [value, _object({"value": {"anyOf": [value, {"type": "null"}]}, **bounds, **_ABOUT})]}
    found = next((name for name, known in shapes.items() if known == shape), None)
    if found is None:
        found = f"claim-{len(shapes) + 1}"
        shapes[found] = shape
    return {"$ref": f"#/$defs/{found}"}


def _value(typed: TypedEntry) -> dict[str, Any]:
    if typed.unit in NUMERIC:
        low, high = typed.domain
        limits = {k: v for k, v in (("minimum", low), ("maximum", high)) if v is not None}
        return {"type": "number", **limits}
    if typed.unit == "truth":
        return {"type": "boolean"}
    if typed.unit == "company":
        return {"type": "string", "pattern": _SLUG}
    if typed.unit == "date":
        return {"type": "string", "pattern": _EVENT_DATE}
    return {"enum": list(typed.words)} if typed.words else {"type": "string"}


def _others(catalogue: Catalogue, shapes: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of `others`: claims that hold for members outside of the lists."""
    lists = {}
    for name, kind in catalogue.lists.items():
        entry = catalogue.kinds[kind]
        if name != "flows" and entry.bounded_fields:
            fields = {
                n: {"title": f.title.en, "anyOf": [_claim(f, shapes), *_excluded(f), {"type": "null"}]}
                for n, f in entry.bounded_fields.items()
            }
            lists[name] = _object({**fields, **_ABOUT})
    return {"description": "What holds for every member that a list does not name.", **_object(lists)}


def _excluded(typed: TypedEntry) -> list[dict[str, Any]]:
    """Returns the schema of a claim that excludes words of a field."""
    words = {"type": "array", "minItems": 1, "items": {"enum": list(typed.words)}}
    return [_object({"none_of": words, **_ABOUT}, ["none_of"])] if typed.words else []


def _members(catalogue: Catalogue, kind: str, shapes: dict[str, Any]) -> dict[str, Any]:
    entry = catalogue.kinds[kind]
    fields = {
        name: {"title": f.title.en, "anyOf": [_claim(f, shapes), {"type": "null"}]}
        for name, f in entry.fields.items()
        if f.given
    }
    nested = {name: {"$ref": f"#/$defs/{inner}"} for name, inner in catalogue.nested(kind).items()}
    inside = {"incomplete": {"type": "array", "items": {"enum": sorted(nested)}}} if nested else {}
    required = [name for name, f in entry.fields.items() if f.required]
    member = _object({**fields, **nested, **inside, **_ABOUT}, required)
    return {"title": entry.title.en, "type": ["array", "null"], "items": member}
