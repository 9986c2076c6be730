"""Users' changes (parameters, disabled and replaced rules) and additions (figures, metrics, kinds)."""

import pytest

from screener.engine.durable.engine import DurableEngine
from screener.engine.protocol import Decision
from screener.engine.search import SearchEngine
from screener.errors import RulesError
from screener.expression.interval import Truth
from screener.facts.builder import build
from screener.io.document import parse_documents
from screener.profile.loader import read_profile
from screener.rules.compiler import compile_rules
from screener.rules.packs import DEFAULT_PACKS
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from tests.conftest import LoadRules
from tests.unit.rules.test_errors import RULE, rule


def decision(book: Rulebook, profile: str, name: str = "mine") -> Decision:
    program = compile_rules(book.rules, book.catalogue, book.metrics)
    world = build(
        read_profile(parse_documents(profile, "p.yaml")[0], book.catalogue), book.catalogue, book.metrics, program.placeholders
    )
    found, plain = (engine(program).run(world).of(name, world.main) for engine in (DurableEngine, SearchEngine))
    assert found == plain
    return found


LEAF = "valuation-versus-revenue"  # a rule of the built-in pack on which no other depends
DEBT = "name: X\nfigures: {total_debt: 20, revenue: 10}\n"


@pytest.mark.parametrize(
    ("settings", "sector", "outcome"),
    [
        ([], "software", Truth.TRUE),
        (["mine.most=2"], "software", Truth.FALSE),
        (["mine.most.software=2"], "software", Truth.FALSE),
        (["mine.most.software=2"], "banks", Truth.TRUE),
        (["mine.most.technology=2"], "software", Truth.FALSE),
    ],
)
def test_parameters_can_be_set(rules: LoadRules, settings: list[str], sector: str, outcome: Truth) -> None:
    book = rules(RULE, settings=settings)
    assert decision(book, DEBT + f"sector: {sector}\n").outcome is outcome


def test_a_parameter_is_set_once(rules: LoadRules) -> None:
    with pytest.raises(RulesError, match=r"'mine\.most' is set twice"):
        rules(RULE, settings=["mine.most=3", "mine.most=1"])


def test_a_file_can_set_and_disable(rules: LoadRules) -> None:
    two = RULE + "---\n" + rule(rule="yours") + "---\nset: {mine.most: 2}\ndisable: [yours]\n"
    book = rules(two)
    assert set(book.rules) == {"mine"}
    assert book.rules["mine"].params["most"].value == 2


def test_settings_make_another_digest(rules: LoadRules) -> None:
    digests = {rules(RULE, settings=s).digest for s in ([], ["mine.most=2"], ["mine.most=3"])}
    digests.add(rules(RULE + "---\n" + rule(rule="yours"), disabled=["yours"]).digest)
    assert len(digests) == 4
    assert rules(RULE).digest == rules(RULE).digest


def test_rules_can_be_disabled(rules: LoadRules) -> None:
    built_in = load_rulebook()
    assert LEAF in built_in.rules
    assert set(built_in.rules) - set(load_rulebook(disabled=[LEAF]).rules) == {LEAF}
    assert set(rules(RULE, packs=DEFAULT_PACKS, disabled=["mine"]).rules) == set(built_in.rules)


def test_a_rule_can_replace_another(rules: LoadRules) -> None:
    own = rule(rule=LEAF, replaces=LEAF)
    assert rules(own, packs=["ai-era"]).rules[LEAF].title.en == "T"
    other = rules(rule(replaces=LEAF), packs=["ai-era"]).rules
    assert "mine" in other
    assert LEAF not in other


def test_figures_metrics_and_kinds_can_be_added(rules: LoadRules) -> None:
    book = rules(
        "figures:\n  order_book: {unit: money, domain: [0, null], title: Backlog}\n"
        "metrics:\n  order_book_cover: {formula: 'order_book / revenue + count(patents)', unit: multiple, title: Cover}\n"
        "kinds:\n  patent: {list: patents, title: Patent, fields: {from: {unit: company, title: From},"
        " years: {unit: years, title: Years}}}\n"
        "  citation: {list: citations, within: patent, title: Citation, fields: {patent: {unit: company, given: false,"
        " title: Patent}, weight: {unit: number, title: Weight}}}\n"
        "  stronghold: {concluded: true, title: Stronghold, fields: {by: {unit: company, title: By}}}\n---\n"
        + rule("patent as p: 'years > 5 and from == company.id'\ncompany: 'order_book_cover > 1'",
               concludes="{stronghold: {by: p.from}}")
        + "---\n" + rule("stronghold: 'by == company.id'", rule="second")
    )
    profile = "name: X\nfigures: {order_book: 5, revenue: 10}\npatents: [{from: x, years: 9}]\n"
    assert decision(book, profile).outcome is Truth.TRUE
    assert decision(book, profile, "second").outcome is Truth.TRUE
    assert decision(book, profile.replace("from: x", "from: y"), "second").outcome is Truth.FALSE
    assert decision(book, "name: X\n").outcome is Truth.UNKNOWN


def test_parameters_of_words_and_truth_values(rules: LoadRules) -> None:
    text = rule("plan: 'what == params.what and (not params.strict or amount > 5)'",
                params="{what: {value: borrow, unit: word}, strict: {value: true, unit: truth}}")
    profile = "name: X\nplans: [{what: build, amount: 4}]\n"
    assert decision(rules(text), profile).outcome is Truth.FALSE
    assert decision(rules(text, settings=["mine.what=build"]), profile).outcome is Truth.FALSE
    assert decision(rules(text, settings=["mine.what=build", "mine.strict=false"]), profile).outcome is Truth.TRUE


def test_strata_follow_negations_and_conclusions(rules: LoadRules) -> None:
    book = rules(
        "---\n".join([
            rule("not flag: b", rule="a"),
            rule("supplier as s: true", rule="b", concludes="{second_source: {supplier: s.party}}"),
            rule("second_source: true\nflag: a", rule="c"),
            rule("flag: c", rule="d"),
        ])
    )
    assert compile_rules(book.rules, book.catalogue, book.metrics).strata == (("b",), ("a", "c", "d"))


def test_a_folder_is_read_with_all_below_it(rules: LoadRules, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pack")
    (folder / "deep").mkdir()
    (folder / "deep" / "a.yaml").write_text(RULE, "utf-8")
    (folder / "b.yml").write_text(rule(rule="yours"), "utf-8")
    (folder / "notes.txt").write_text("no rule", "utf-8")
    assert set(load_rulebook([str(folder)], packs=[]).rules) == {"mine", "yours"}
