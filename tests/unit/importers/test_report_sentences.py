"""Sentences of reports on customers, on the absence of major customers, and on going concern."""

from datetime import date

import pytest

from screener.importers.filing.customer_sentences import denies_others, excepts_some, stated_customers
from screener.importers.filing.sentence_rules import read_sentence_table
from screener.importers.filing.stated_claims import FoundTopics, find_topics, stated_figures
from screener.importers.filing.text_blocks import TextBlock

END = date(2024, 12, 31)
TABLE = read_sentence_table()
MATCHERS = TABLE.matchers("Acme Corp.")
DOUBT = {"going_concern_doubt": True}
RELIEVED = {"going_concern_doubt": False, "going_concern_alleviated": True}


def topics(sentence: str, section: str = "Item 8, Note 2 (Major customers)") -> FoundTopics:
    return find_topics([TextBlock(sentence, section)], MATCHERS, END)


@pytest.mark.parametrize(
    ("sentence", "shares"),
    [
        ("During 2024, two customers accounted for 24% and 11% of total revenue, respectively.", [0.24, 0.11]),
        (
            "During the year ended December 31, 2024, two customers accounted for 24% and 11%, respectively, of our total revenue.",
            [0.24, 0.11],
        ),
        ("Customer B represented 13% and 15% of total revenue for fiscal years 2024 and 2023, respectively.", [0.13]),
        ("Customer B represented 13% and 15% of revenue in 2023 and 2024, respectively.", [0.15]),
        ("Our largest customer, Walmart Inc., accounted for 14% of net sales in 2024.", [0.14]),
        ("Our largest customer, X Corp, 14% of revenue in 2024, buys under a framework contract.", [0.14]),
        ("In 2024, our largest customer represented 14% of total revenue.", [0.14]),
        ("One customer accounted for fourteen percent of our revenue in 2024.", [0.14]),
        ("Approximately twenty-two percent of our revenues in 2024 were derived from Boeing.", [0.22]),
        ("Sales to Apple and Samsung accounted for 31% and 12% of net sales, respectively, in 2024.", [0.31, 0.12]),
        (
            "For the years ended December 31, 2024, 2023 and 2022, sales to The Home Depot accounted for 18%, 17% and 16% of net sales, respectively.",
            [0.18],
        ),
        (
            "For the years ended December 31, 2022, 2023 and 2024, sales to The Home Depot accounted for 18%, 17% and 16% of net sales, respectively.",
            [0.16],
        ),
        (
            "The Company had two customers, Verizon and AT&T, that accounted for 23% and 19% of revenue in 2024.",
            [0.23, 0.19],
        ),
        (
            "Three customers individually accounted for 15%, 12% and 10% of our revenue for the year ended December 31, 2024.",
            [0.15, 0.12, 0.1],
        ),
        (
            "Customer A accounted for 35% of the Company's revenue for the year ended December 31, 2024 and Customer B accounted for 12%.",
            [0.35],
        ),
        ("Revenue from Customer A was 35% of total revenue in 2024.", [0.35]),
        ("Revenue from one customer amounted to $12.3 million, or 35% of total revenue, in 2024.", [0.35]),
        ("One customer accounted for $12.3 million, or 35%, of total revenue in 2024.", [0.35]),
        ("Sales to our largest customer totaled $45.2 million, representing 31% of revenues in 2024.", [0.31]),
        ("We had one customer whose revenue represented 11% of total revenue in 2024.", [0.11]),
        ("No customer accounted for 10% or more of revenue in 2024; one customer accounted for 12% in 2023.", []),
        ("One customer accounted for 12% of revenue in 2022.", []),
        ("Our top ten customers accounted for 52% of revenue in 2024.", []),
        ("Customers in Europe accounted for 22% of revenue in 2024.", []),
        ("Government customers accounted for 22% of revenue in 2024.", []),
        ("The U.S. Department of Defense accounted for 61% of our revenue in 2024.", [0.61]),
        ("Approximately 61% of our revenue in 2024 was derived from the U.S. Department of Defense.", [0.61]),
        (
            "McKesson Corporation, Cencora, Inc. and Cardinal Health, Inc. accounted for 33%, 29% and 23% of gross revenues in 2024.",
            [0.33, 0.29, 0.23],
        ),
        (
            "Net revenues from Customer A and Customer B accounted for 20% and 15%, respectively, of total net revenues in 2024.",
            [0.2, 0.15],
        ),
        ("Customers A, B and C accounted for 20%, 15% and 11% of total revenue in 2024.", [0.2, 0.15, 0.11]),
        ("One distributor, Arrow Electronics, accounted for 28% of net sales in fiscal 2024.", [0.28]),
        ("One customer accounted for 45% and 38% of accounts receivable at December 31, 2024 and 2023.", []),
        ("One customer accounted for 16% of revenue and 25% of accounts receivable in 2024.", [0.16]),
        (
            "In 2024 and 2023, one customer represented approximately 16% and 18% of our consolidated net sales, respectively.",
            [0.16],
        ),
        ("Toyota Motor Corporation, our largest customer, represented 16 percent of our 2024 sales.", [0.16]),
        ("Sales to General Motors represented approximately 31 percent of Acme's 2024 sales.", [0.31]),
        ("Ford Motor Company accounted for 16.5% of total sales in 2024, 17.2% in 2023 and 18% in 2022.", [0.165]),
        ("One customer accounted for 16.5% of total sales in 2024, 17.2% in 2023 and 18% in 2022.", [0.165]),
        ("We derived 43% of our revenue from one customer in 2024.", [0.43]),
        ("We derived approximately 43% of our revenues from Meta Platforms, Inc. in 2024.", [0.43]),
        ("Subscription revenue accounted for 83% of our revenue in 2024.", []),
        ("Hardware represented 43% of our revenue in 2024.", []),
        ("North America accounted for 43% of our revenue in 2024.", []),
        ("Aerospace accounted for 43% of our revenue in 2024.", []),
        ("iPhone accounted for 52% of net sales in 2024.", []),
        ("Texas accounted for 43% of our revenue in 2024.", []),
        ("Windows accounted for 30% of our revenue in 2024.", []),
        ("Christmas sales accounted for 43% of our revenue in 2024.", []),
        ("Medicare accounted for 38% of our net revenue in 2024.", [0.38]),
        ("Approximately 38% of our net patient revenue in 2024 was derived from Medicare.", [0.38]),
        ("One customer in our Aerospace segment accounted for 14% of consolidated revenue in 2024.", [0.14]),
        ("A single customer accounted for 14% of our total net revenue during 2024 (2023: 12%).", [0.14]),
        ("During the year the Group had one customer (2023: two) that contributed 22% of Group revenue.", [0.22]),
        (
            "Revenues of approximately EUR 124 million (2023: EUR 110 million) are derived from a single external customer.",
            [],
        ),
        ("Two customers each accounted for 12% of revenue in 2024.", [0.12, 0.12]),
        ("Two customers together accounted for 42% of revenue in 2024.", []),
        ("One customer accounted for less than 12% of revenue in 2024.", []),
        ("Our three largest customers accounted for 21%, 14% and 11% of revenue in 2024.", [0.21, 0.14, 0.11]),
        ("Our two largest customers represented 21% and 14% of revenue in 2024, respectively.", [0.21, 0.14]),
    ],
)
def test_shares_of_customers(sentence: str, shares: list[float]) -> None:
    assert [round(c.share, 3) for c in stated_customers(topics(sentence), END)] == shares


def test_two_customers_have_their_names() -> None:
    found = topics(
        "The Company had two customers, Verizon and AT&T, that accounted for 23% and 19% of revenue in 2024."
    )
    assert [(c.name, c.share) for c in stated_customers(found, END)] == [("Verizon", 0.23), ("AT&T", 0.19)]


def test_shares_of_a_group_over_years_are_nobodys() -> None:
    found = topics("Our two largest customers accounted for 41% and 34% of revenue in 2024 and 2023, respectively.")
    assert stated_customers(found, END) == []


def test_a_named_company_is_a_customer_where_the_text_is_about_customers() -> None:
    sentence = "Bolt Corporation accounted for 41% of our revenue in 2024."
    assert [c.name for c in stated_customers(topics(sentence), END)] == ["Bolt Corporation"]
    assert stated_customers(topics(sentence, "Item 7"), END) == []


@pytest.mark.parametrize(
    ("sentence", "none"),
    [
        ("No customer accounted for more than 10% of revenue in 2024, 2023 or 2022.", True),
        ("We had no customers that represented more than 10% of total revenue in 2024.", True),
        ("There were no customers that individually accounted for 10% or more of our revenue in 2024.", True),
        ("None of our customers accounted for 10% or more of net sales in 2024.", True),
        ("We do not have any customers that account for more than 10% of our net sales.", True),
        ("No single customer accounts for ten percent or more of consolidated revenues.", True),
        ("No individual customer represented 10% or more of revenue for any period presented.", True),
        ("The Company did not have any customers accounting for 10% or more of revenue in 2024.", True),
        ("No other customer accounted for greater than 10% of revenue in 2024.", True),
        ("No customer accounted for more than 10% of receivables in 2024.", False),
        ("No customer accounted for more than 5% of our revenues in 2024.", True),
        ("There is no single customer from which 10% or more of revenue is derived.", True),
        ("In 2023, no customer accounted for more than 10% of revenue.", False),
        ("Sales to any single customer did not exceed 10% of net sales in 2024.", True),
        ("The Group has no customer with revenue of 10% or more of total revenue (2023: none).", True),
        ("No customer accounted for more than 15% of our revenue in 2024.", False),
        ("The Company is not dependent upon any one customer for 10% or more of its revenue.", True),
    ],
)
def test_that_there_is_no_customer(sentence: str, none: bool) -> None:
    found = topics(sentence)
    assert (denies_others(found, END) is not None) is none
    assert stated_customers(found, END) == []


def test_an_exception_may_be_a_customer() -> None:
    found = topics(
        "Apart from the operator of our mining pool, no customer accounted for 10% or more of revenue in 2024."
    )
    assert denies_others(found, END) is None
    assert excepts_some(found, END) is not None


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("These conditions raise substantial doubt about the Company's ability to continue as a going concern.", DOUBT),
        (
            "These matters raise substantial doubt about the Company’s ability to continue as a going concern for a period of one year after the date of issuance.",
            DOUBT,
        ),
        ("There is substantial doubt about the Company's ability to continue as a going concern.", DOUBT),
        (
            "Management has concluded that substantial doubt exists about the Company's ability to continue as a going concern.",
            DOUBT,
        ),
        ("As a result, there is substantial doubt regarding our ability to continue as a going concern.", DOUBT),
        (
            "Our recurring losses from operations and negative cash flows raise substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "The Company has suffered recurring losses from operations and has a net capital deficiency that raise substantial doubt about its ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "Our independent registered public accounting firm has expressed substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "Our auditors' report includes an explanatory paragraph expressing substantial doubt as to our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "We have concluded that these circumstances raise substantial doubt about our ability to continue as a going concern within one year after the date the financial statements are issued.",
            DOUBT,
        ),
        ("These uncertainties cast significant doubt on the Group's ability to continue as a going concern.", DOUBT),
        (
            "A material uncertainty exists which may cast significant doubt on the Group's and the Company's ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "These events or conditions indicate that a material uncertainty exists that may cast significant doubt on the Company’s ability to continue as a going concern.",
            DOUBT,
        ),
        ("The Company's ability to continue as a going concern is in substantial doubt.", DOUBT),
        (
            "Substantial doubt about the Company's ability to continue as a going concern was not alleviated by management's plans.",
            DOUBT,
        ),
        (
            "Management's plans do not alleviate the substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "Accordingly, management has determined that there is substantial doubt about our ability to continue as a going concern through May 2025.",
            DOUBT,
        ),
        (
            "The Company has incurred net losses since inception, which raises substantial doubt about its ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "The foregoing raises substantial doubt about whether the Company will be able to continue as a going concern.",
            DOUBT,
        ),
        (
            "The accompanying statements do not include any adjustments that might result from the outcome of this uncertainty.",
            {},
        ),
        ("Our ability to continue as a going concern depends on raising capital.", {}),
        (
            "If we fail to raise capital, substantial doubt could exist about our ability to continue as a going concern.",
            {},
        ),
        (
            "Failure to obtain financing would raise substantial doubt about our ability to continue as a going concern.",
            {},
        ),
        (
            "Our auditors may express substantial doubt about our ability to continue as a going concern in future periods.",
            {},
        ),
        ("In 2022, our auditors expressed substantial doubt about our ability to continue as a going concern.", {}),
        ("The prior year's audit report contained a going concern paragraph.", {}),
        (
            "As of December 31, 2024, the conditions that raised substantial doubt about the Company's ability to continue as a going concern have been alleviated.",
            RELIEVED,
        ),
        (
            "Management's plans alleviated the substantial doubt about the Company's ability to continue as a going concern.",
            RELIEVED,
        ),
        (
            "Management believes that its plans alleviate the conditions that raise substantial doubt about the Company's ability to continue as a going concern.",
            RELIEVED,
        ),
        (
            "We believe the substantial doubt about our ability to continue as a going concern has been alleviated by the financing.",
            RELIEVED,
        ),
        ("The substantial doubt raised by these conditions was alleviated by management's plans.", RELIEVED),
        (
            "Our subsidiary Bolt LLC has incurred losses that raise substantial doubt about Bolt LLC's ability to continue as a going concern.",
            {},
        ),
        (
            "One of our subsidiaries received an audit opinion which raises substantial doubt about its ability to continue as a going concern.",
            {},
        ),
        (
            "Our equity-method investee has disclosed substantial doubt about its ability to continue as a going concern.",
            {},
        ),
        (
            "Our equity method investee's financial condition raises substantial doubt about the investee's ability to continue as a going concern.",
            {},
        ),
        ("The joint venture's losses raise substantial doubt about its ability to continue as a going concern.", {}),
        (
            "Certain of our tenants have disclosed substantial doubt about their ability to continue as a going concern.",
            {},
        ),
        (
            "Management is required to evaluate whether there is substantial doubt about the entity's ability to continue as a going concern within one year.",
            {},
        ),
        (
            "In preparing the financial statements, management is required to evaluate whether there are conditions or events, considered in the aggregate, that raise substantial doubt about the Company's ability to continue as a going concern.",
            {},
        ),
        (
            "Conclude on the appropriateness of the use of the going concern basis of accounting and whether a material uncertainty exists related to events or conditions that may cast significant doubt on the Group's ability to continue as a going concern.",
            {},
        ),
        (
            "If we conclude that a material uncertainty exists, we are required to draw attention in our auditor's report to the related disclosures.",
            {},
        ),
        (
            "The directors have not identified any material uncertainties that may cast significant doubt on the Group's ability to continue as a going concern.",
            {},
        ),
        (
            "We did not identify conditions that raise substantial doubt about our ability to continue as a going concern.",
            {},
        ),
        (
            "The Company determined that there was no substantial doubt about its ability to continue as a going concern.",
            {},
        ),
        (
            "Based on the foregoing, substantial doubt about our ability to continue as a going concern does not exist.",
            {},
        ),
        ("The Board has a reasonable expectation that the Group will continue as a going concern.", {}),
        (
            "The audit of going concern: we evaluated management's assessment whether substantial doubt exists about the Company's ability to continue as a going concern as a critical audit matter.",
            {},
        ),
        ("A default under the credit agreement includes an audit opinion with a going concern qualification.", {}),
        (
            "The credit agreement requires audited financial statements without a going concern qualification or exception.",
            {},
        ),
        ("Our auditors have included a going concern paragraph in their report.", DOUBT),
        ("We have received a going concern opinion from our auditors.", DOUBT),
        ("Our auditor has issued a going concern opinion.", DOUBT),
        ("Our auditors have raised substantial doubt as to our ability to continue as a going concern.", DOUBT),
        ("We may not be able to continue as a going concern.", {}),
        ("There is uncertainty about our ability to continue as a going concern.", {}),
        (
            "The Company's recurring losses and negative working capital raise a substantial doubt about its ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "There are no assurances that we will raise capital, which raises substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "We have no revenue and a working capital deficit, and these factors raise substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "We do not have sufficient cash to fund operations for twelve months, which raises substantial doubt about our ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "The Company does not have the necessary working capital to service its debt and for its planned activity, which raises substantial doubt about its ability to continue as a going concern.",
            DOUBT,
        ),
        (
            "Without additional funding the Company cannot operate, and this raises substantial doubt about its ability to continue as a going concern.",
            DOUBT,
        ),
    ],
)
def test_going_concern(sentence: str, stated: dict[str, bool]) -> None:
    found = {s.figure: s.value for s in stated_figures(TABLE.topics, topics(sentence, "Item 8, Note 1"), False)}
    assert {figure: value for figure, value in found.items() if figure.startswith("going")} == stated
