"""Every built-in rule has four examples, two languages, reasons, references, and claims that exist."""

import re
from collections import Counter
from typing import Any

import pytest
import yaml
from commands import FIXTURES, ROOT, built_in, screener

from screener.io.document import read_documents
from screener.profile.word_titles import WORD_TITLES
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook

PACK = built_in().rulebook
NAMES = sorted(p.parent.name for p in (ROOT / "rules").glob("*/pack.yaml"))
BOOKS = {name: load_rulebook(packs=[name]) for name in NAMES}
RULES = {rule: found for book in BOOKS.values() for rule, found in book.rules.items()}
FILES = sorted(p for name in NAMES for p in (ROOT / "rules" / name).glob("*.yaml") if p.name != "pack.yaml")
IN_FILES = {p: [d.data for d in read_documents(p) if "rule" in d.data] for p in FILES}
WRITTEN = {rule["rule"]: rule for rules in IN_FILES.values() for rule in rules}
CLAIMS = {c["id"]: c for c in yaml.safe_load((ROOT / "seeds/claims.yaml").read_text("utf-8"))}
TEXTS = ("title", "clear_title", "says", "why", "clears", "false_alarms")
HAN = re.compile("[\u4e00-\u9fff]")

each_rule = pytest.mark.parametrize("rule", sorted(WRITTEN))
each_pack = pytest.mark.parametrize("name", NAMES)


def bilingual(text: Any, place: str) -> None:
    assert isinstance(text, dict), f"{place}: one language only"
    assert set(text) == {"en", "zh"}, place
    assert text["en"].strip(), place
    assert HAN.search(text["zh"]), f"{place}: no Chinese"
    assert not HAN.search(re.sub("«[^»]*»", "", text["en"])), f"{place}: Chinese in English"


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{([^}:]+)", text))


def test_every_file_is_read() -> None:
    assert set(WRITTEN) == set(RULES)
    assert len(RULES) == sum(len(book.rules) for book in BOOKS.values()), "two packs share the id of a rule"
    for path, rules in IN_FILES.items():
        if len(rules) == 1:
            assert path.stem == rules[0]["rule"], "a rule stands in the file of its name"


@each_rule
def test_four_examples(rule: str) -> None:
    assert {"fires", "boundary", "clear", "unknown"} <= set(WRITTEN[rule]["examples"])
    expected = {e.name: e.expect for e in RULES[rule].examples}
    assert expected["fires"] == "fired"
    assert expected["clear"] == "clear"


@each_rule
def test_both_languages(rule: str) -> None:
    written = WRITTEN[rule]
    for key in TEXTS:
        bilingual(written[key], key)
    if "headline" in written:
        assert set(written["headline"]) == {"en", "zh"}
    for key in ("says", "headline"):
        if key in written:
            assert placeholders(written[key]["en"]) == placeholders(written[key]["zh"]), f"{key}: not the same values"


@each_rule
def test_parameters_have_reasons(rule: str) -> None:
    for name, param in WRITTEN[rule].get("params", {}).items():
        bilingual(param.get("why"), f"params.{name}.why")
        for sector, value in param.get("by_sector", {}).items():
            bilingual(value.get("why"), f"params.{name}.by_sector.{sector}.why")
        used = [*map(str, WRITTEN[rule]["when"]), str(WRITTEN[rule].get("applies"))]
        assert any(f"params.{name}" in text for text in used), f"params.{name} is not used"


@each_rule
def test_no_bare_threshold(rule: str) -> None:
    """A number in a comparison, other than 0, is a parameter, so that it has a reason and can be set."""
    for text in RULES[rule].conditions:
        assert not re.search(r"[<>]=?\s*-?(?!0\b(?!\.))[0-9]", text), text


@each_rule
def test_reference_or_claim(rule: str) -> None:
    written = WRITTEN[rule]
    assert written.get("references") or written.get("claims")
    for claim in written.get("claims", []):
        assert claim in CLAIMS, f"{claim} is not in seeds/claims.yaml"


@each_rule
def test_softened_rules_are_red(rule: str) -> None:
    for softened in WRITTEN[rule].get("softens", []):
        assert RULES[softened].flag == "red"


def test_causes_are_shared() -> None:
    """A cause groups flags on the same problem, or is named by a relief; otherwise it has no effect."""
    rules = [rule for book in BOOKS.values() for rule in book.rules.values()]
    causes = Counter(rule.cause for rule in rules if rule.cause)
    relieved = {cause for rule in rules for cause in rule.relieves}
    assert all(rule.flag in ("red", "green") for rule in rules if rule.cause)
    assert causes
    assert {cause for cause, number in causes.items() if number < 2} <= relieved
    assert relieved <= set(causes)


def test_categories_are_used() -> None:
    assert {r.category for r in RULES.values()} <= set(PACK.catalogue.categories)


def test_titles_differ() -> None:
    for language in ("en", "zh"):
        titles = [r.title.get(language) for r in RULES.values()]  # type: ignore[arg-type]
        assert len(titles) == len(set(titles))


# The catalogue


@pytest.mark.parametrize("part", ["figures", "kinds", "sectors", "categories", "metrics"])
def test_catalogue_has_both_languages(part: str) -> None:
    (document,) = read_documents(ROOT / f"rules/catalog/{part}.yaml")
    assert document.data
    for name, entry in document.data.items():
        title = entry if part == "categories" else entry["title"]
        assert set(title) == {"en", "zh"}, name
        assert title["en"].strip(), name
        assert HAN.search(title["zh"]) or title["zh"].isascii(), name
        for field, entry_field in entry.get("fields", {}).items() if part == "kinds" else ():
            bilingual(entry_field["title"], f"{name}.{field}")


def test_words_of_the_catalogue_are_chinese_in_chinese() -> None:
    done = screener("run", str(FIXTURES / "oracle.json"), "--lang", "zh", "--format", "md", "--out", "-")
    catalogue = PACK.catalogue
    typed = [*catalogue.figures.values(), *(f for k in catalogue.kinds.values() for f in k.fields.values() if f.given)]
    words = {w for t in typed for w in t.words}
    assert {"borrow", "lay-offs", "invests"} <= words
    assert words <= set(WORD_TITLES)
    assert all(HAN.search(title.zh) and not HAN.search(title.en) for title in WORD_TITLES.values())
    assert {w for w in words if re.search(rf"(?<![A-Za-z-]){w}(?![A-Za-z-])", done.out)} == set()


def test_names_of_the_catalogue_do_not_collide() -> None:
    for catalogue in (book.catalogue for book in BOOKS.values()):
        names = [*catalogue.figures, *(a for f in catalogue.figures.values() for a in f.aliases), *catalogue.metrics]
        assert len(names) == len(set(names))


@each_pack
def test_a_pack_speaks_of_itself(name: str) -> None:
    book: Rulebook = BOOKS[name]
    (document,) = read_documents(ROOT / "rules" / name / "pack.yaml")
    bilingual(document.data["title"], "title")
    bilingual(document.data["about"], "about")
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", document.data["version"])
    assert (book.name, book.version) == (document.data["name"], document.data["version"])


def test_no_space_stands_before_a_per_cent_sign_in_chinese() -> None:
    """In titles, reasons and sentences of rules, figures and metrics, as in the numbers that pages show."""
    texts = [
        tail
        for path in sorted((ROOT / "rules").rglob("*.yaml"))
        for line in path.read_text("utf-8").splitlines()
        if (tail := line.partition("zh:")[2])
    ]
    assert len(texts) > 1000
    assert [t for t in texts if re.search(r"\d\s%", t)] == []
