"""JSON Schemas of rule files, packs and settings, with which editors complete and check.

They are generated from the models that read the files, and from the catalogue. A rule file may add figures, metrics, kinds and
rules: names that it could have added pass here, and `screener rules check` tells whether they exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from screener.profile.catalogue import Catalogue
from screener.profile.json_schema import _SLUG, _TEXT, profile_schema
from screener.rules.additions import Additions
from screener.rules.pack_file import PackFile
from screener.rules.rule import EXAMPLE_OUTCOMES
from screener.rules.rule_evidence import EvidenceFile
from screener.rules.rule_file import RuleFile
from screener.rules.rulebook import Rulebook
from screener.rules.settings import Settings
from screener.vocabulary import Flag, Outcome, Severity

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "[a-z_][a-z0-9_]*"
_OWNER = rf"( of {_NAME}\.{_NAME})?"

Schema = dict[str, Any]


def rule_schema(books: Sequence[Rulebook]) -> Schema:
    """The schema of one document of a rule file; `books` hold the names that an editor may offer."""
    catalogue = _joined(books)
    rule, additions = _of(RuleFile), _of(Additions)
    definitions: Schema = {**rule.pop("$defs"), **additions.pop("$defs"), **_shared(books), **_fragments(catalogue)}
    own = rule["properties"]
    own["rule"] |= {"pattern": _SLUG, "maxLength": 80}
    own["category"] = _described(own["category"], {"enum": sorted(catalogue.categories)})
    own["when"]["items"] = {"$ref": "#/$defs/pattern"}
    for key in ("only_for", "not_for"):
        own[key]["items"] = {"$ref": "#/$defs/sector"}
    own["applies"] = _described(own["applies"], {"type": ["string", "boolean"]})
    for key in ("softens", "replaces", "replaced_by"):
        own[key] = _described(own[key], _list(_RULE) if key == "softens" else _RULE)
    fragment = {"$ref": "#/$defs/fragment"}
    own["examples"] |= {
        "properties": dict.fromkeys(EXAMPLE_OUTCOMES, fragment),
        "additionalProperties": {"allOf": [fragment, {"required": ["expect"]}]},
    }
    concluded = {
        kind: {"type": "object", "description": entry.title.en}
        for kind, entry in catalogue.kinds.items()
        if entry.concluded
    }
    own["concludes"] |= {"properties": concluded}
    rule["allOf"] = _between_keys()
    definitions["pattern"] = _pattern(catalogue)
    definitions["RuleParam"]["properties"]["by_sector"] |= {"propertyNames": {"$ref": "#/$defs/sector"}}
    definitions["RuleParam"]["allOf"] = _by_unit()
    additions["properties"]["disable"]["items"] = _RULE
    additions["properties"]["set"]["propertyNames"] = {"pattern": rf"^[a-z0-9-]+\.{_NAME}(\.[a-z0-9-]+)?$"}
    additions["minProperties"] = 1
    return {
        "$schema": DIALECT,
        "$id": "screener/rule/1",
        "title": "Rule, or additions to a pack",
        "type": "object",
        "properties": {
            "rule": {"description": RuleFile.model_fields["rule"].description}
        },  # offered in an empty document too
        "if": {"required": ["rule"]},
        "then": {"$ref": "#/$defs/rule"},
        "else": {"$ref": "#/$defs/additions"},
        "$defs": {"rule": rule, "additions": additions, **definitions},
    }


def pack_schema(books: Sequence[Rulebook]) -> Schema:
    """The schema of a pack.yaml."""
    found = _of(PackFile)
    found["properties"]["name"] |= {"pattern": _SLUG}
    found["$defs"]["Calibration"]["properties"]["sectors"]["items"] = {"$ref": "#/$defs/sector"}
    found["$defs"] |= {"sector": _shared(books)["sector"]}
    return {"$schema": DIALECT, "$id": "screener/pack/1", "title": "Rule pack", **found}


def evidence_schema(books: Sequence[Rulebook]) -> Schema:
    """The schema of an evidence.yaml."""
    found = _of(EvidenceFile)
    return {"$schema": DIALECT, "$id": "screener/evidence/1", "title": "Evidence of a rule pack", **found}


def settings_schema(books: Sequence[Rulebook]) -> Schema:
    """The schema of a screener.yaml."""
    found = _of(Settings)
    found["$defs"] |= _shared(books)
    chosen = {"anyOf": [{"type": ["number", "boolean", "string"]}, {"$ref": "#/$defs/ParameterChoice"}]}
    rules = {
        rule.id: {
            "type": "object",
            "description": rule.title.en,
            "properties": {n: {**chosen, "description": f"{p.unit}, now {p.value}"} for n, p in rule.params.items()},
            "additionalProperties": False,
        }
        for book in books
        for rule in book.rules.values()
        if rule.params
    }
    found["$defs"]["params"] = {
        "type": "object",
        "properties": rules,
        "additionalProperties": {"type": "object", "additionalProperties": chosen},
    }
    own = found["properties"]
    own["params"] = _described(own["params"], {"$ref": "#/$defs/params"})
    own["sector_params"] |= {
        "propertyNames": {"$ref": "#/$defs/sector"},
        "additionalProperties": {"$ref": "#/$defs/params"},
    }
    own["disable"]["items"] = _RULE
    packs = {"enum": sorted({pack.name for book in books for pack in book.packs})}
    own["packs"]["items"] = {"anyOf": [packs, {"type": "string"}]}
    waiver = found["$defs"]["Waiver"]["properties"]
    waiver["rule"] = _described(waiver["rule"], _RULE)
    waiver["company"] |= {"pattern": _SLUG}
    waiver["until"] |= {"pattern": r"^\d{4}-\d{2}-\d{2}$"}
    return {"$schema": DIALECT, "$id": "screener/settings/1", "title": "Settings (screener.yaml)", **found}


_RULE: Schema = {"$ref": "#/$defs/ruleId"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _described(before: Schema, after: Schema) -> Schema:
    """Another schema for a key, with its description."""
    return {**after, "description": before["description"]}


def _shared(books: Sequence[Rulebook]) -> Schema:
    rules = sorted({rule for book in books for rule in book.rules})
    return {
        "ruleId": {"anyOf": [{"enum": rules}, {"type": "string", "pattern": _SLUG}]},
        "sector": {"enum": sorted(books[0].catalogue.sectors)},
    }


def _joined(books: Sequence[Rulebook]) -> Catalogue:
    first = books[0].catalogue
    tables: list[dict[str, Any]] = [{}, {}, {}]
    for book in books:
        for table, added in zip(
            tables, (book.catalogue.figures, book.catalogue.kinds, book.catalogue.metrics), strict=True
        ):
            table.update(added)
    return Catalogue(tables[0], tables[1], first.sectors, first.categories, tables[2])


def _of(model: type[BaseModel]) -> Schema:
    """The schema that pydantic makes of a model, with texts as people write them."""
    found = model.model_json_schema()
    definitions = found.setdefault("$defs", {})
    for shape in (found, *definitions.values()):
        shape.pop("title", None)
        for inner in shape.get("properties", {}).values():
            inner.pop("title", None)
            if inner.get("default") in (None, [], {}, "", [None, None]):
                inner.pop("default", None)
    definitions["Text"] = {**_TEXT, "description": "A text, or one text for each language: {en: …, zh: …}."}
    return found


def _between_keys() -> list[Schema]:
    """The constraints between the keys of a rule."""

    def when(key: str, value: object, then: Schema, otherwise: Schema | None = None) -> Schema:
        condition = {"properties": {key: {"const": value}}, "required": [key]}
        return {"if": condition, "then": then, **({"else": otherwise} if otherwise else {})}

    def only(severities: Iterable[Severity]) -> Schema:
        return {"properties": {"severity": {"enum": [severity.value for severity in severities]}}}

    unweighted = {"properties": {"weight": False}}
    return [
        *(when("flag", flag.value, only(flag.severities)) for flag in Flag),
        *(when("flag", flag, {"properties": {"softens": {"maxItems": 0}}}) for flag in ("red", "data")),
        when("flag", "pattern", {"required": ["verdict"]}, {"properties": {"verdict": {"type": "null"}}}),
        *(when("flag", flag, unweighted) for flag in ("pattern", "data")),
        {
            "if": {"required": ["replaced_by"]},
            "then": {"properties": {"status": {"const": "deprecated"}}, "required": ["status"]},
        },
    ]


def _by_unit() -> list[Schema]:
    """The constraint that the value of a parameter fits its unit."""

    def value(units: Iterable[str], kind: str) -> Schema:
        condition = {"properties": {"unit": {"enum": list(units)}}, "required": ["unit"]}
        return {"if": condition, "then": {"properties": {"value": {"type": kind}}}}

    from screener.units import NUMERIC

    return [value(NUMERIC, "number"), value(["truth"], "boolean"), value(["word", "text", "company"], "string")]


def _pattern(catalogue: Catalogue) -> Schema:
    """One item of `when`: an object with one key."""
    expression: Schema = {"type": ["string", "boolean"]}
    known: Schema = {"company": {**expression, "description": "A condition on the company's figures and metrics."}}
    for kind, entry in catalogue.kinds.items():
        fields = ", ".join(entry.fields)
        known[kind] = {
            **expression,
            "description": f"{entry.title.en}: there is at least one for which this condition holds. Fields: {fields}.",
        }
        known[f"not {kind}"] = {
            **expression,
            "description": f"{entry.title.en}: there is none for which this condition holds.",
        }
    known["flag"] = {**_RULE, "description": "The named rule fired for the company."}
    known["not flag"] = {**_RULE, "description": "The named rule did not fire for the company."}
    inside = {
        "anyOf": [{"$ref": "#/$defs/pattern"}, {"type": "array", "items": {"$ref": "#/$defs/pattern"}, "minItems": 1}]
    }
    known["any"] = {
        "type": "array",
        "items": inside,
        "minItems": 1,
        "description": "At least one of these patterns holds.",
    }
    lists = "|".join(sorted(name for name, kind in catalogue.all_lists.items() if name != kind))
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": known,
        "patternProperties": {
            f"^(not )?flag{_OWNER}$": _RULE,
            rf"^(?!(any|flag|not flag)\b)(?!(not )?({lists})\b)(not )?[a-z][a-z0-9_]*{_OWNER}( as [a-z][a-z0-9_]*)?$": expression,
        },
        "additionalProperties": False,
    }


def _fragments(catalogue: Catalogue) -> Schema:
    """A fragment of a profile, as examples are; what a rule file may add to the catalogue passes."""
    profile = profile_schema(catalogue)
    definitions = profile["$defs"]
    added = {"type": ["array", "null"]}
    for name in catalogue.kinds:
        if name in definitions:
            definitions[name]["items"]["additionalProperties"] = added
    for name in ("figures", "metrics"):
        definitions[name]["additionalProperties"] = True
    party = profile["properties"]["parties"]["additionalProperties"]
    for shape in (profile, party):
        shape["additionalProperties"] = added
        shape["properties"]["incomplete"] = {"type": ["array", "null"], "items": {"type": "string"}}
    outcomes = [outcome.value for outcome in Outcome]
    expect = {"enum": outcomes, "description": "The expected outcome, if it is not the name of the example."}
    keys: Mapping[str, Any] = {"expect": expect, **profile["properties"]}
    fragment = {
        "type": "object",
        "properties": keys,
        "additionalProperties": added,
        "description": "A small profile, and the expected outcome of the rule.",
    }
    return {**definitions, "fragment": fragment}
