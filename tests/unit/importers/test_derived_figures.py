"""Figures without a tag of their own: derived from others, bounded, summed from parts, or implied by other tags."""

from typing import Any

from filings import claims, fact, imported

Y25 = "2025-01-01/2025-12-31"


def of(figure: str, **stated: float) -> Any:
    """Returns the first claim of a figure from tags of one year, or of its balance sheet if they begin with At."""
    facts = [
        fact(tag.removeprefix("At"), v, "2025-12-31" if tag.startswith("At") else Y25, "2026-02-01")
        for tag, v in {"NetCashProvidedByUsedInOperatingActivities": 1.0, **stated}.items()
    ]
    found = claims(imported(*facts), figure)
    return found[0][0] if found else None


def test_operating_income_is_a_range_around_income_before_tax_and_interest() -> None:
    pretax = "IncomeLossFromContinuingOperationsBeforeIncomeTaxes"
    assert of("operating_income", **{pretax: 80, "InterestExpense": 20}) == (90, 110)
    assert of("operating_income", **{pretax: 80, "InterestExpense": 20, "InvestmentIncomeInterest": 15}) == (75, 110)
    assert of("operating_income", **{pretax: -80, "InterestExpense": 20}) == (-66, -54)
    assert of("operating_income", **{pretax: 80, "NonoperatingIncomeExpense": -20}) == (90, 110)
    assert of("operating_income", **{pretax: 80, "InterestExpense": 20, "OperatingIncomeLoss": 97}) == 97
    assert of("operating_income", GrossProfit=50, OperatingExpenses=30) == 20


def test_income_before_tax_is_net_income_and_tax() -> None:
    assert of("pretax_income", NetIncomeLoss=70, IncomeTaxExpenseBenefit=30) == 100
    discontinued = {"IncomeLossFromDiscontinuedOperationsNetOfTax": -5.0}
    assert of("pretax_income", ProfitLoss=72, NetIncomeLoss=70, IncomeTaxExpenseBenefit=30, **discontinued) == 107
    assert (
        of("pretax_income", IncomeLossFromContinuingOperations=75, NetIncomeLoss=70, IncomeTaxExpenseBenefit=30) == 105
    )


def test_net_interest_is_a_lower_bound_of_interest_expense() -> None:
    assert of("interest_expense", InterestIncomeExpenseNet=-40, InterestCostsIncurred=55) == (40, 55)
    assert of("interest_expense", InterestIncomeExpenseNet=40) is None  # more was earned than paid
    assert of("interest_expense", InterestExpense=50, InterestIncomeExpenseNet=-40) == 50


def test_the_largest_of_several_totals_of_depreciation() -> None:
    assert of("depreciation", DepreciationDepletionAndAmortization=10, DepreciationAndAmortization=35) == 35
    assert of("depreciation", Depreciation=10) == (10, None)


def test_a_purchase_obligation_is_at_least_the_largest_that_is_tagged() -> None:
    stated = {"AtPurchaseObligation": 45.0, "AtUnrecordedUnconditionalPurchaseObligationBalanceSheetAmount": 8.0}
    assert of("purchase_obligations", **stated) == (45, None)


def test_lines_of_capital_expenditure_that_may_stand_beside_raise_the_upper_bound() -> None:
    assert of(
        "capital_expenditure", PaymentsToAcquirePropertyPlantAndEquipment=50, PaymentsForCapitalImprovements=8
    ) == (50, 58)
    assert (
        of("capital_expenditure", PaymentsForCapitalImprovements=8, PaymentsToAcquireOilAndGasPropertyAndEquipment=3)
        == 11
    )


def test_plans_and_options_are_two_parts_of_the_shares_issued() -> None:
    assert of("share_issuance", ProceedsFromStockPlans=5, ProceedsFromStockOptionsExercised=3) == 8


def test_liabilities_subject_to_compromise_say_that_insolvency_proceedings_are_open() -> None:
    assert of("insolvency_proceedings", AtLiabilitiesSubjectToCompromise=5e8) is True
    assert of("insolvency_proceedings", AtLiabilitiesSubjectToCompromise=0) is None
    assert of("insolvency_proceedings", ReorganizationItems=5e8) is None  # it may be an old case


def test_maturities_leases_and_pensions() -> None:
    table = "AtLongTermDebtMaturitiesRepaymentsOfPrincipalIn"
    assert of("due_within_24_months", **{f"{table}NextTwelveMonths": 5, f"{table}YearTwo": 7}) == 12
    assert of("lease_liabilities", AtOperatingLeaseLiability=30, AtFinanceLeaseLiability=5) == (30, 35)
    assert of("pension_deficit", AtDefinedBenefitPensionPlanLiabilitiesNoncurrent=4,
              AtOtherPostretirementDefinedBenefitPlanLiabilitiesNoncurrent=2) == 6


def test_short_term_debt_under_no_tag_shows_in_what_was_repaid() -> None:
    """As Coca-Cola's companyfacts has it: loans and notes payable are missing, but they are borrowed and repaid."""
    lines = {"AtAssets": 48_671, "AtLongTermDebtNoncurrent": 5_059, "AtLongTermDebtCurrent": 51, "AtLiabilitiesCurrent": 13_721,
             "AtAccountsPayableAndAccruedLiabilitiesCurrent": 6_657, "AtAccruedIncomeTaxesCurrent": 264}
    assert of("total_debt", **lines, ProceedsFromIssuanceOfDebt=14_689, RepaymentsOfDebt=12_326) == (5_110, 11_859)
    assert of("total_debt", **lines, ProceedsFromIssuanceOfDebt=900) == 5_110
    assert of("total_debt", **lines, AtShortTermBorrowings=10, RepaymentsOfDebt=12_326) == 5_120


def test_figures_of_banks_that_stand_between_two_lines() -> None:
    securities = {"AtHeldToMaturitySecurities": 100.0, "AtHeldToMaturitySecuritiesFairValue": 85.0}
    assert of("htm_unrealised_loss", **securities) == 15
    assert of("htm_unrealised_loss", **{**securities, "AtHeldToMaturitySecuritiesFairValue": 104.0}) == -4
    income = {"InterestIncomeExpenseNet": 40.0, "InterestIncomeExpenseAfterProvisionForLoanLoss": 33.0}
    assert of("loan_loss_provision", **income) == 7
    assert of("wholesale_funding", AtDeposits=90, AtLongTermDebt=20, AtShortTermBorrowings=5) == 25
    assert of("wholesale_funding", AtLongTermDebt=20, AtShortTermBorrowings=5) is None  # no bank


def test_expenses_of_an_insurer_are_what_is_left_of_all_after_claims() -> None:
    stated = {
        "BenefitsLossesAndExpenses": 95.0,
        "PolicyholderBenefitsAndClaimsIncurredNet": 60.0,
        "InterestExpense": 5.0,
    }
    assert of("underwriting_expenses", **stated) == 30
    assert of("underwriting_expenses", DeferredPolicyAcquisitionCostAmortizationExpense=12) == (12, None)
    assert of("invested_assets", AtInvestments=70, AtCashAndCashEquivalentsAtCarryingValue=3) == 73


def test_loans_to_customers_are_read_after_the_allowance() -> None:
    new, old = (
        "FinancingReceivableExcludingAccruedInterestAfterAllowanceForCreditLoss",
        "LoansAndLeasesReceivableNetReportedAmount",
    )
    assert of("finance_receivables", **{f"At{new}": 30, f"At{old}": 29}) == 30
    assert of("finance_receivables", **{f"At{old}": 29}) == 29
    assert of("finance_receivables", AtNotesReceivableNet=7) is None, "notes may be of the sale of a business"
