"""Options of the commands that import filings."""

from collections.abc import Callable
from typing import Any

import click

_contact = click.option(
    "--contact",
    envvar="SCREENER_CONTACT",
    metavar="TEXT",
    help="Your name and e-mail address, which the SEC requires for downloads.  [env: SCREENER_CONTACT]",
)
_refresh = click.option("--refresh", is_flag=True, help="Download again what was downloaded within the last day.")
_server = click.option(
    "--server",
    envvar="SCREENER_SEC_SERVER",
    metavar="URL",
    help="A copy of the SEC's service to download from.  [env: SCREENER_SEC_SERVER]",
)

sector_option = click.option(
    "--sector",
    metavar="NAME",
    help="The company's sector (rules/catalog/sectors.yaml) or its industry code, such as naics:513210.",
)
basis_option = click.option(
    "--basis",
    type=click.Choice(["annual", "ttm"]),
    default="annual",
    show_default=True,
    help="Fiscal years; with ttm also the twelve months up to the latest quarter.",
)
years_option = click.option(
    "--years", type=click.IntRange(1, 30), default=5, show_default=True, help="How many years back."
)


def sec_download_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --contact, --refresh and --server, as the parameters `contact`, `refresh` and `server`."""
    return _contact(_refresh(_server(command)))
