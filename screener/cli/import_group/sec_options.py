"""Options of the commands that download filings from the SEC."""

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


def sec_download_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --contact, --refresh and --server, as the parameters `contact`, `refresh` and `server`."""
    return _contact(_refresh(_server(command)))
