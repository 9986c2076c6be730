"""Wordings on customers and going concern that were collected before the patterns were tried on them."""

from datetime import date

import pytest

from screener.importers.filing.customer_sentences import denies_others, stated_customers
from screener.importers.filing.sentence_rules import read_sentence_table
from screener.importers.filing.stated_claims import FoundTopics, find_topics, stated_figures
from screener.importers.filing.text_blocks import TextBlock

END = date(2024, 12, 31)
TABLE = read_sentence_table()
MATCHERS = TABLE.matchers("Acme Corp.")
DOUBT = {"going_concern_doubt": True}
RELIEVED = {"going_concern_doubt": False, "going_concern_alleviated": True}


def topics(sentence: str, section: str) -> FoundTopics:
    return find_topics([TextBlock(sentence, section)], MATCHERS, END)


GOING_CONCERN = [
    (
        "The Company's continuation as a going concern is dependent on its ability to obtain financing, and there is substantial doubt as to its ability to do so.",
        DOUBT,
    ),
    (
        "The substantial doubt about our ability to continue as a going concern may adversely affect our stock price.",
        DOUBT,
    ),
    (
        "Any substantial doubt about our ability to continue as a going concern may adversely affect our stock price.",
        {},
    ),
    (
        "These factors, among others, raise substantial doubt about Acme's ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "The Company's significant operating losses raise substantial doubt about its ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "Our recurring losses, accumulated deficit and need for additional financing have raised substantial doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "Our independent auditors have issued a report raising substantial doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "We have concluded that there is substantial doubt about our ability to continue as a going concern for at least one year from the date that these financial statements were issued.",
        DOUBT,
    ),
    (
        "Because of these conditions, substantial doubt exists as to whether the Company can continue as a going concern.",
        DOUBT,
    ),
    (
        "There can be no assurance that such financing will be available, and therefore there is substantial doubt about the Company's ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "The Company has a stockholders' deficit of $4.2 million, which together raise substantial doubt as to the Company's ability to continue operations as a going concern.",
        DOUBT,
    ),
    (
        "The Partnership's liquidity position and mortgage defaults raise substantial doubt about the Partnership's ability to continue as a going concern.",
        DOUBT,
    ),
    ("These factors create substantial doubt as to our ability to continue as a going concern.", DOUBT),
    (
        "The Bank's capital deficiency and recurring losses raise substantial doubt about the Bank's ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "These conditions give rise to substantial doubt about the Trust's ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "While management believes its plans will succeed, substantial doubt about the Company's ability to continue as a going concern remains.",
        DOUBT,
    ),
    (
        "Notwithstanding these plans, there remains substantial doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    ("Such matters raise substantial doubt about the Registrant's ability to continue as a going concern.", DOUBT),
    (
        "In the opinion of our auditors, there is a substantial doubt as to our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "The opinion of our independent auditors on our 2024 financial statements contains an explanatory paragraph which states that our recurring losses raise substantial doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "These circumstances indicate that there is a material uncertainty related to going concern which casts significant doubt over the Group's ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "We have a history of losses, and our auditor has expressed doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "Our auditor has indicated in its report that our lack of revenues raises substantial doubt about our ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "The Company is in the development stage and has no established source of revenue; this raises substantial doubt about the Company's ability to continue as a going concern.",
        DOUBT,
    ),
    ("This raises substantial doubt about the ability of the Company to continue as a going concern.", DOUBT),
    (
        "The Company's bankruptcy filing raises substantial doubt about its ability to continue as a going concern.",
        DOUBT,
    ),
    (
        "The Debtors' Chapter 11 cases raise substantial doubt about the Company's ability to continue as a going concern.",
        DOUBT,
    ),
    ("These matters raise substantial doubt that the Company will be able to continue as a going concern.", DOUBT),
    ("There is substantial doubt that the Company will continue as a going concern.", DOUBT),
    (
        "As a result of the refinancing, there is no longer substantial doubt about our ability to continue as a going concern.",
        RELIEVED,
    ),
    (
        "As a result of the offering, management concluded that substantial doubt about the Company's ability to continue as a going concern no longer exists.",
        RELIEVED,
    ),
    (
        "The Company's plans have alleviated the substantial doubt about its ability to continue as a going concern.",
        RELIEVED,
    ),
    (
        "With the proceeds of the merger, the substantial doubt about our ability to continue as a going concern was removed.",
        RELIEVED,
    ),
    ("Management believes these actions mitigate the substantial doubt raised by our historical results.", RELIEVED),
    ("Accordingly, substantial doubt that previously existed has been resolved.", RELIEVED),
    (
        "As of the issuance date, the previously reported substantial doubt about the Company's ability to continue as a going concern has been alleviated.",
        RELIEVED,
    ),
    (
        "If adequate funds are not available, our auditors could express substantial doubt about our ability to continue as a going concern.",
        {},
    ),
    (
        "In the event we do not obtain financing, there would be substantial doubt as to our ability to continue as a going concern.",
        {},
    ),
    (
        "A going concern qualification in our auditor's report would constitute an event of default under our credit facility.",
        {},
    ),
    (
        "We were required to deliver audited financial statements without a going concern explanatory paragraph, and we did so.",
        {},
    ),
    ("Our customer Bolt Corp. has received a going concern opinion from its auditors.", {}),
    (
        "Bolt Corp., which accounted for 14% of our revenue, disclosed in its annual report that there is substantial doubt about its ability to continue as a going concern.",
        {},
    ),
    (
        "Our joint venture partner's recurring losses raise substantial doubt about its ability to continue as a going concern.",
        {},
    ),
    (
        "Our clinical-stage collaborator has stated that there is substantial doubt about its ability to continue as a going concern.",
        {},
    ),
    (
        "The audited financial statements of our 40%-owned affiliate contain an explanatory paragraph that raises substantial doubt about the affiliate's ability to continue as a going concern.",
        {},
    ),
    (
        "The report of our auditors for the year ended December 31, 2022 contained an explanatory paragraph regarding substantial doubt about our ability to continue as a going concern.",
        {},
    ),
    (
        "Our auditor's report on our 2023 financial statements expressed substantial doubt about our ability to continue as a going concern.",
        {},
    ),
    ("In the prior year, there was substantial doubt about the Company's ability to continue as a going concern.", {}),
    ("Last year, our auditors raised substantial doubt about our ability to continue as a going concern.", {}),
    (
        "The Company evaluated these conditions and concluded they did not raise substantial doubt about its ability to continue as a going concern.",
        {},
    ),
    (
        "Management concluded that the conditions do not, individually or in the aggregate, raise substantial doubt about our ability to continue as a going concern.",
        {},
    ),
    ("We have no substantial doubt about our ability to continue as a going concern.", {}),
    ("There is not substantial doubt about the Company's ability to continue as a going concern.", {}),
    (
        "The Company believes there is currently no substantial doubt about its ability to continue as a going concern.",
        {},
    ),
    (
        "The directors are satisfied that there are no material uncertainties related to events or conditions that may cast significant doubt on the Company's ability to continue as a going concern.",
        {},
    ),
    (
        "ASC 205-40 defines substantial doubt about an entity's ability to continue as a going concern as existing when conditions indicate that it is probable that the entity will be unable to meet its obligations.",
        {},
    ),
    (
        "Substantial doubt about an entity's ability to continue as a going concern exists when relevant conditions and events indicate that it is probable that the entity will be unable to meet its obligations as they become due within one year.",
        {},
    ),
    (
        "In August 2014, the FASB issued guidance on management's responsibility to evaluate whether there is substantial doubt about an organization's ability to continue as a going concern.",
        {},
    ),
    (
        "The financial statements have been prepared on a going concern basis, which contemplates the realization of assets and the satisfaction of liabilities in the normal course of business.",
        {},
    ),
    (
        "Any perception that there is substantial doubt about our ability to continue as a going concern could harm our stock price.",
        {},
    ),
    (
        "We will need to raise capital, and if we do not, there will be substantial doubt about our ability to continue as a going concern.",
        {},
    ),
    (
        "Unless we refinance the notes before March 2026, substantial doubt will exist about our ability to continue as a going concern.",
        {},
    ),
    (
        "The Company's subsidiary, Acme Mining Ltd., has recurring losses that raise substantial doubt about the subsidiary's ability to continue as a going concern.",
        {},
    ),
    ("The seller's financial statements contained a going concern paragraph at the time we acquired it.", {}),
    ("Our predecessor auditor's report for 2022 contained a going concern paragraph.", {}),
    (
        "The accompanying consolidated financial statements have been prepared assuming that the Company will continue as a going concern; as discussed in Note 1, the Company has suffered recurring losses from operations that raise substantial doubt about its ability to continue as a going concern.",
        DOUBT,
    ),
]
CUSTOMERS = [
    (
        "Our five largest customers accounted for 61% of revenue in 2024, the largest of which accounted for 24%.",
        [0.24],
    ),
    ("Our ten largest customers represented 61% of revenue in 2024, the largest of which is in Japan.", []),
    ("Our five largest customers accounted for 61% of revenue in 2023, the largest of which accounted for 24%.", []),
    ("Two customers accounted for 34% and 12% of net revenue in 2024, respectively.", [0.34, 0.12]),
    ("Our largest customer, Walmart, represented approximately one-third of our net sales in 2024.", [0.333]),
    ("Sales to the U.S. government accounted for 63% of our revenue in 2024.", [0.63]),
    ("Sales to the U.S. Government, principally the Department of Defense, were 63% of total sales in 2024.", [0.63]),
    (
        "The U.S. government accounted for approximately 63%, 60% and 58% of our total revenue in 2024, 2023 and 2022, respectively.",
        [0.63],
    ),
    ("Approximately half of our revenue in 2024 came from one customer.", [0.5]),
    ("One customer accounted for over half of our revenue in 2024.", [0.5]),
    ("A quarter of our 2024 revenue was derived from a single customer.", [0.25]),
    ("No customer exceeded 10% of revenue in 2024.", []),
    ("Ingram Micro and Synnex, two distributors, accounted for 22% and 18% of our net revenue in 2024.", [0.22, 0.18]),
    (
        "Two of our resellers, CDW and Insight, represented 15% and 11% of total revenue, respectively, in 2024.",
        [0.15, 0.11],
    ),
    ("Our distributor Arrow accounted for 30% of net sales in 2024.", [0.3]),
    ("Sales through our largest distributor, Avnet, accounted for 21% of our net sales in 2024.", [0.21]),
    ("One reseller accounted for 17% of revenue in 2024.", [0.17]),
    (
        "Three customers represented 45% of accounts receivable and two customers represented 21% and 13% of revenue in 2024.",
        [0.21, 0.13],
    ),
    ("As of December 31, 2024, two customers accounted for 24% and 18% of accounts receivable.", []),
    ("In 2024, one customer accounted for 15% of revenue, compared to 22% in 2023.", [0.15]),
    (
        "One customer accounted for 15% of revenue in 2024, compared with 22% and 19% in 2023 and 2022, respectively.",
        [0.15],
    ),
    ("Revenue from one customer was 13%, 22% and 19% of total revenue for 2024, 2023 and 2022.", [0.13]),
    ("One customer accounted for 13% of revenue in 2024 while a different customer accounted for 22% in 2023.", [0.13]),
    ("In 2023, Customer A accounted for 22% of revenue; in 2024, Customer A accounted for 13% of revenue.", [0.13]),
    ("Our sales to Walmart Inc. and its affiliated companies were 22% of our consolidated net sales in 2024.", [0.22]),
    ("Net sales to our largest customer, Costco, were 19.5% of net sales for fiscal 2024.", [0.195]),
    (
        "The Company's five largest customers accounted for 61% of revenue in 2024, and no single customer accounted for more than 20%.",
        [],
    ),
    (
        "One customer accounted for 12% of the Company's revenues for each of the years ended December 31, 2024 and 2023.",
        [0.12],
    ),
    (
        "Customer A represented 19% of revenue for the year ended December 31, 2024; no customer represented more than 10% in 2023.",
        [0.19],
    ),
    (
        "Revenues from our largest client were $3.2 million, or 19% of total revenues, for the year ended December 31, 2024.",
        [0.19],
    ),
    ("Our largest tenant accounted for 18% of our rental revenue in 2024.", [0.18]),
    (
        "Medicare and Medicaid accounted for 42% and 18%, respectively, of our net patient revenue in 2024.",
        [0.42, 0.18],
    ),
    ("Agencies of the U.S. Government accounted for 63% of revenue in 2024.", [0.63]),
    ("Contracts with the Department of Veterans Affairs accounted for 41% of our revenue in 2024.", [0.41]),
    ("Customers in the automotive industry accounted for 43% of our revenue in 2024.", []),
    ("Sales of Product X accounted for 43% of our revenue in 2024.", []),
    ("Sales to customers in Japan accounted for 43% of our revenue in 2024.", []),
    ("Export sales accounted for 43% of revenue in 2024.", []),
    ("Sales to existing customers accounted for 83% of revenue in 2024.", []),
    ("Sales to our distributors accounted for 73% of revenue in 2024.", []),
    ("Sales through distributors represented 73% of our net sales in 2024.", []),
    ("Sales to OEM customers accounted for 73% of our revenue in 2024.", []),
    ("The loss of one customer that accounted for 14% of revenue in 2024 would hurt us.", [0.14]),
    ("We believe that one customer may account for 14% of revenue in 2025.", []),
    ("Bolt Inc., a supplier, accounted for 34% of our purchases in 2024.", []),
    ("One supplier accounted for 34% of our cost of sales in 2024.", []),
    ("One customer accounted for 14% of segment revenue in our Industrial segment in 2024.", []),
    ("One customer accounted for 14% of the Industrial segment's revenue in 2024.", []),
    ("One customer, a wholesaler, accounted for 14% of consolidated revenue in 2024.", [0.14]),
    ("Cardinal Health, McKesson and Cencora each accounted for more than 10% of our revenue in 2024.", []),
    ("Approximately 34% and 12% of our revenue in 2024 was from Apple and Google, respectively.", [0.34, 0.12]),
    ("During fiscal 2024, the Company had sales to two customers of 34% and 12% of total net sales.", [0.34, 0.12]),
    ("The Company had two significant customers in 2024, representing 34% and 12% of revenue.", [0.34, 0.12]),
    (
        "For the year ended December 31, 2024, the Company had one customer that accounted for approximately 34% of total revenue.",
        [0.34],
    ),
    (
        "For the year ended December 31, 2024, approximately 34% of total revenue was concentrated in one customer.",
        [0.34],
    ),
    ("A significant portion of our revenue, 34% in 2024, is derived from one customer.", [0.34]),
    ("Our business depends on Bolt Corp., which accounted for 34% of our total revenue in 2024.", [0.34]),
    ("We depend on a limited number of customers; in 2024 Bolt Corp. accounted for 34% of our total revenue.", [0.34]),
    ("A major customer accounted for 34% of the Group's revenue in 2024 (2023: 31%).", [0.34]),
    (
        "Revenue of approximately RMB 1,240 million was derived from sales to a single customer, representing 34% of the Group's total revenue in 2024.",
        [0.34],
    ),
    (
        "Revenues from one customer of the Group's Power segment represented approximately EUR 120 million of the Group's total revenues.",
        [],
    ),
    ("Customer A contributed 34% of the total revenue of the Group for the year ended December 31, 2024.", [0.34]),
    ("Customer 1 and Customer 2 accounted for 34% and 12% of total revenue in 2024.", [0.34, 0.12]),
    ("Client A accounted for 34% of revenue in 2024.", [0.34]),
    ("Distributor A and Distributor B accounted for 34% and 12% of revenue in 2024.", [0.34, 0.12]),
    ("Concentration percentages for receivables: Customer A accounted for 34% of receivables.", []),
]
NO_CUSTOMER = [
    ("No customer exceeded 10% of revenue in 2024.", True),
    ("No one customer exceeded ten percent of net sales in 2024.", True),
    ("We did not have any single customer that exceeded 10% of revenue in 2024.", True),
    ("No customers exceeded 10% of total revenue for the years ended December 31, 2024 and 2023.", True),
    ("There were no customers who accounted for 10% or more of total revenues in 2024.", True),
    ("Revenue from no single customer exceeded 10% of total revenue in 2024.", True),
    ("None of the Company's customers accounted for 10% or more of net sales.", True),
    ("No single customer or group of affiliated customers accounted for more than 10% of revenue.", True),
    ("No customer represented 10 percent or more of total net sales in 2024.", True),
    ("We had no customer that individually comprised greater than 10% of total revenues in 2024.", True),
    ("The Company has no single customer representing greater than 10% of its net sales.", True),
    ("We do not have any customer that represents more than 10% of revenue.", True),
    ("No customer accounted for as much as 10% of our sales in 2024.", True),
    ("No material portion of our business depends on a single customer.", False),
    ("Besides Walmart, no customer accounted for 10% or more of net sales in 2024.", False),
    ("No customer accounted for more than 10% of revenue of the Industrial segment.", False),
    ("There were no individual customers with sales exceeding 10% of consolidated revenue in 2024.", True),
    ("During 2024 and 2023, no customer's purchases exceeded 10% of our revenue.", True),
    ("No single customer contributed 10% or more to the Group's revenue in either 2024 or 2023.", True),
    ("The Group does not rely on any single customer: no customer contributes 10% or more of revenue.", True),
]


@pytest.mark.parametrize(("sentence", "stated"), GOING_CONCERN)
def test_what_is_stated_of_going_concern(sentence: str, stated: dict[str, bool]) -> None:
    found = {s.figure: s.value for s in stated_figures(TABLE.topics, topics(sentence, "Item 8, Note 1"), False)}
    assert {figure: value for figure, value in found.items() if figure.startswith("going")} == stated


@pytest.mark.parametrize(("sentence", "shares"), CUSTOMERS)
def test_what_is_stated_of_customers(sentence: str, shares: list[float]) -> None:
    found = topics(sentence, "Item 8, Note 2 (Major customers)")
    assert [round(c.share, 3) for c in stated_customers(found, END)] == shares


@pytest.mark.parametrize(("sentence", "none"), NO_CUSTOMER)
def test_what_is_stated_of_no_customer(sentence: str, none: bool) -> None:
    assert (denies_others(topics(sentence, "Item 8, Note 2 (Major customers)"), END) is not None) is none


def test_each_clause_has_its_own_year() -> None:
    clauses = (
        "Customer A accounted for 19% of revenue in 2024; no customer accounted for 10% or more of revenue in 2023."
    )
    found = topics(clauses, "Item 8, Note 2 (Major customers)")
    assert [c.share for c in stated_customers(found, END)] == [0.19]
    assert denies_others(found, END) is None
    carried = "In 2023, Customer A accounted for 22% of revenue; Customer B accounted for 12% of revenue."
    assert stated_customers(topics(carried, "Item 8, Note 2 (Major customers)"), END) == []
