"""Holdings in CSV with either column name, names instead of ids, YAML; and errors in these files."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from screener import Screener
from screener.errors import DocumentError
from screener.portfolio.holdings import Holdings, equal_holdings, read_holdings
from screener.profile.model import Profile

SCREENER = Screener.load(packs=["ai-era"])
PROFILES: list[Profile] = [
    SCREENER.profile({"id": "alpha", "name": "Alpha Inc.", "ticker": "ALF"}),
    SCREENER.profile({"id": "beta", "name": "Beta", "aliases": ["Old Beta"]}),
]


def read(tmp_path: Path, text: str, name: str = "h.csv") -> Holdings:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read_holdings(path, PROFILES)


@pytest.mark.parametrize(
    "text",
    [
        "company,exposure\nalpha,100\nbeta,300\n",
        "company;exposure\nAlpha Inc.;100\nOld Beta;300\n",
        "\ufeffTicker,Weight\nALF,100\nbeta,300\n",
        'name\tamount\nalpha\t"100"\nbeta\t200\n\nbeta\t100\n',
    ],
)
def test_a_csv_file_by_any_of_its_column_names(text: str, tmp_path: Path) -> None:
    holdings = read(tmp_path, text)
    assert dict(holdings.exposures) == {"alpha": 100.0, "beta": 300.0}
    assert holdings.share(["beta"]) == 0.75


def test_amounts_with_separators_and_a_currency(tmp_path: Path) -> None:
    holdings = read(tmp_path, 'company,exposure,currency\nalpha,"1,250,000.50",usd\nbeta,40 000,USD\n')
    assert (dict(holdings.exposures), holdings.currency) == ({"alpha": 1_250_000.5, "beta": 40_000.0}, "USD")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("company;exposure\nalpha;1.000.000,50\nbeta;3.000.001,50\n", None),
        ('company,exposure\nalpha,"1000000,5"\nbeta,"3000001,5"\n', None),
        ("Company,Market value,Currency\nALPHA,$1000000.5,USD\nBeta Corp.,3.0000015m,USD\n", "USD"),
        ('company,exposure\nalpha,"EUR 1,000,000.50"\nbeta,"3,000,001.50 €"\n', "EUR"),
    ],
)
def test_numbers_as_spreadsheets_write_them(text: str, currency: str | None, tmp_path: Path) -> None:
    holdings = read(tmp_path, text)
    assert dict(holdings.exposures) == pytest.approx({"alpha": 1_000_000.5, "beta": 3_000_001.5})
    assert holdings.currency == currency


def test_percentages(tmp_path: Path) -> None:
    assert dict(read(tmp_path, "company,weight\nalpha,60 %\nbeta,40%\n").exposures) == {"alpha": 0.6, "beta": 0.4}


def test_a_name_that_two_companies_may_have_is_nobodys(tmp_path: Path) -> None:
    profiles = [SCREENER.profile({"id": "a1", "name": "Same Inc."}), SCREENER.profile({"id": "a2", "name": "Same Corp."})]
    path = tmp_path / "h.csv"
    path.write_text("company,exposure\nSame,1\n")
    with pytest.raises(DocumentError, match="no profile is of 'Same'"):
        read_holdings(path, profiles)


def test_an_excel_file(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Company", "Exposure", "Currency"])
    for row in (["Alpha Inc.", 1_250_000.5, "USD"], ["beta", "40,000", "USD"]):
        book.active.append(row)
    book.save(tmp_path / "h.xlsx")
    holdings = read_holdings(tmp_path / "h.xlsx", PROFILES)
    assert (dict(holdings.exposures), holdings.currency) == ({"alpha": 1_250_000.5, "beta": 40_000.0}, "USD")


def test_a_yaml_file(tmp_path: Path) -> None:
    holdings = read(tmp_path, "currency: EUR\nholdings: {alpha: 1e6, Beta: 3e6}\n", "p.yaml")
    assert (dict(holdings.exposures), holdings.currency) == ({"alpha": 1e6, "beta": 3e6}, "EUR")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("company,exposure\nalhpa,1\n", "no profile is of 'alhpa'.*did you mean 'alpha'"),
        ("company,exposure\nalpha,1\nbeta,-2\n", r"h\.csv:3: '-2' is not an exposure"),
        ("company,exposure\nalpha,nan\n", "there is no exposure|'nan' is not an exposure"),
        ("company,exposure\nalpha,\nbeta,soon\n", "'soon' is not an exposure"),
        ("company,exposure\nalpha,1\nbeta,n.m.\n", r"h\.csv:3: there is no exposure"),  # as tables write a missing value
        ("company,weight\nalpha,60%\nbeta,0.4\n", "some exposures are percentages"),
        ("company,exposure\nalpha,USD 5\nbeta,EUR 5\n", "several currencies: USD, EUR"),
        ("company,exposure\nalpha,USD 5\nbeta,5\n", "several currencies: USD, none"),
        ("company,exposure,currency\nalpha,€5,USD\n", "'€5' is not in USD"),
        ("company,exposure\nalpha,¥5\nbeta,¥6\n", "may be any of CNY, JPY; add a column currency"),
        ("company,exposure\nalpha,0\n", "all exposures are 0"),
        ("company,exposure,currency\nalpha,1,USD\nbeta,1,JPY\n", "several currencies: USD, JPY"),
        ("company,size\nalpha,1\n", "no column 'exposure'; its columns are: company, size"),
        ("company,exposure\n", "has no holdings"),
    ],
)
def test_what_is_wrong_with_a_file(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=message):
        read(tmp_path, text)


def test_without_holdings_each_company_counts_the_same() -> None:
    assert equal_holdings(PROFILES).share(["alpha"]) == 0.5
