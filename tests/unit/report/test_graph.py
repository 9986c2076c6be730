"""Graphs of rules as SVG, for Graphviz and for Mermaid; hostile titles stay text."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import lru_cache

import pytest

from screener.report.rule_docs.graph_formats import graphviz, mermaid
from screener.report.rule_docs.graph_picture import graph_svg
from screener.report.wording import load_wording
from screener.rules.dependency_graph import dependency_graph
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from screener.text import Text
from tests.waiting import PATIENCE

EN = load_wording("en")
NASTY = '</text><script>alert(1)</script> "]; x -> y; & #quot; `**a**` \\n \x00\u202e %% click n0 "javascript:x" ]]>'
_SVG = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=1)
def book() -> Rulebook:
    return load_rulebook()


def hostile() -> Rulebook:
    rules = {k: replace(r, title=Text(NASTY, NASTY)) for k, r in book().rules.items()}
    return replace(book(), rules=rules)


def test_what_feeds_a_pattern() -> None:
    found = dependency_graph(book(), ["levered-on-a-loss-making-customer"])
    edges = {(e.source, e.target) for e in found.edges}
    assert ("figure:net_income", "rule:loss-making") in edges
    assert ("rule:loss-making", "rule:loss-making-customer") in edges
    assert ("rule:loss-making-customer", "rule:levered-on-a-loss-making-customer") in edges
    assert ("figure:revenue", "metric:debt_to_revenue") in edges
    assert ("list:plan", "metric:planned_debt") in edges
    layers = {n.id: n.layer for n in found.nodes}
    assert all(layers[e.source] < layers[e.target] for e in found.edges)
    assert "rule:circular-financing" not in layers


def test_what_a_rule_feeds() -> None:
    found = dependency_graph(book(), ["capacity-gap"])
    names = {n.name for n in found.nodes}
    assert {"rival", "units_shipped", "credible-second-source", "back-up-that-cannot-deliver", "second_source"} <= names
    assert any(e.negated for e in found.edges)


def test_every_rule_is_in_the_whole() -> None:
    found = dependency_graph(book())
    assert {n.name for n in found.nodes if n.id.startswith("rule:")} == set(book().rules)
    bands = [n.band for n in sorted(found.nodes, key=lambda n: n.layer)]
    assert bands == sorted(bands, key=["input", "metric", "rule", "pattern"].index)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_titles_are_inert(language: str) -> None:
    text = graph_svg(dependency_graph(hostile()), NASTY, load_wording(language))  # type: ignore[arg-type]
    root = ET.fromstring(text)
    assert {e.tag.removeprefix(_SVG) for e in root.iter()} == {"svg", "title", "style", "rect", "text", "path", "g"}
    allowed = {"class", "d", "x", "y", "rx", "width", "height", "viewBox", "role", "font-family", "font-size", "stroke"}
    assert {k for e in root.iter() for k in e.attrib} == allowed
    assert "\x00" not in text
    assert "\u202e" not in text
    assert sum("alert(1)" in (t.text or "") for t in root.iter(f"{_SVG}title")) > 50
    assert re.search(r"url\(|@import|http", re.sub(r'xmlns="[^"]+"', "", text)) is None


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert graph_svg(dependency_graph(book()), "t", EN) == graph_svg(dependency_graph(load_rulebook()), "t", EN)


def test_dot_is_quoted() -> None:
    text = graphviz(dependency_graph(hostile()), NASTY, EN)
    statements = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    assert not re.search(r"script|alert|click|javascript", statements)
    assert statements.count('""') > 100
    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tplain"], input=text.encode(), capture_output=True, timeout=PATIENCE, check=True)
        assert done.stdout.startswith(b"graph ")


def test_mermaid_labels_hold_no_syntax() -> None:
    text = mermaid(dependency_graph(hostile()), EN)
    for label in re.findall(r'"([^"]*)"', text):
        assert re.fullmatch(r"(?:[\w ,.:'/%×+-]|#[0-9]+;)*", label)
    assert text.count("-->") + text.count("-.->") == len(dependency_graph(book()).edges)
    assert text.startswith("%% written by screener\nflowchart LR\n")


def test_rules_that_rest_on_each_other_stand_side_by_side() -> None:
    """Flags of other companies may form a circle, which has no order; nothing fails."""
    rules = dict(book().rules)
    other = rules["loss-making-customer"]
    rules["loss-making"] = replace(rules["loss-making"], when=other.when[:1] + tuple(
        replace(p, flag="loss-making-customer") for p in other.when[1:]))  # type: ignore[type-var]
    found = dependency_graph(replace(book(), rules=rules))
    layers = {n.name: n.layer for n in found.nodes}
    assert layers["loss-making"] == layers["loss-making-customer"]
    ET.fromstring(graph_svg(found, "t", EN))


def test_an_empty_rulebook_is_an_empty_picture() -> None:
    ET.fromstring(graph_svg(dependency_graph(replace(book(), rules={})), "t", EN))
