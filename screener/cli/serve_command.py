"""`screener serve`: a local web server for a folder of profiles."""

import secrets
import socket
from pathlib import Path

import click

from screener.cli.output import print_text
from screener.cli.shared_options import RuleSelection, engine_option, language_option, rule_options
from screener.errors import Problem, UnavailableError
from screener.text import Language

HOST = "127.0.0.1"
TOKEN_VARIABLE = "SCREENER_TOKEN"


@click.command()
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port.  [default: a free one]")
@click.option(
    "--write", is_flag=True, help="Let the page add claims (to copies of profiles) and profiles to the folder."
)
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show the history of companies from this SQLite file, which `screener run --db` wrote.",
)
@click.option(
    "--token", envvar=TOKEN_VARIABLE, metavar="TEXT", help="The token of the address.  [default: a random one]"
)
@click.option(
    "--holdings",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The exposure to each company, as for `screener portfolio`.  [default: holdings.csv or portfolio.yaml in DIR]",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@rule_options
@engine_option
@language_option
def serve(
    *,
    folder: Path,
    port: int,
    write: bool,
    database: Path | None,
    token: str | None,
    holdings: Path | None,
    open_page: bool,
    selection: RuleSelection,
    language: Language,
) -> None:
    """Serve the profiles of DIR (the current folder by default) as pages on this machine.

    The pages show the portfolio, each company with a form for assumptions, what to look up, comparisons, the history,
    and a check for rule files; a profile, filing or spreadsheet can be screened from the page. Assumptions are part of
    the address, so that it can be bookmarked. The server listens on
    127.0.0.1 only, and answers only the browser that opened the address with the token. It needs the extra `serve`
    (docs/serve.md).

    \b
    Examples:
      screener serve fixtures/
      screener serve profiles/ --write --db results.sqlite --port 8765 --open
      screener serve fixtures/ --holdings holdings.csv
    """
    try:
        import multipart  # noqa: F401 (starlette needs it for forms)
        import uvicorn

        from screener.serve.app import Server
    except ModuleNotFoundError as error:
        hint = "install the extra `serve` of risk-screener"
        raise UnavailableError(Problem(f"the package {error.name} is not installed", hint)) from error
    from screener.report.wording import load_wording
    from screener.serve.workspace import Workspace

    screener = selection.screener([str(folder)])
    screener.program  # noqa: B018 (rules that are wrong are reported before the page is opened)
    options = {
        "packs": selection.packs,
        "beside": selection.rules,
        "settings": selection.settings,
        "disabled": selection.disabled,
        "config": selection.settings_file([str(folder)]),
    }
    workspace = Workspace(folder, screener, write, holdings_file=holdings, trial_options=options)
    workspace.profiles()
    token = token or secrets.token_urlsafe(24)
    listening = _listening_socket(port)
    number = listening.getsockname()[1]
    hosts = frozenset({f"{HOST}:{number}", f"localhost:{number}"})
    address = f"http://{HOST}:{number}/?token={token}"
    print_text(f"{address}\nCtrl-C ends the server\n")
    if open_page:
        click.launch(address)
    application = Server(workspace, load_wording(language), database).application(token, hosts)
    config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def _listening_socket(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()  # a browser that connects before the server is ready waits
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise UnavailableError(Problem(f"port {port} can't be used: {reason}", "choose another with --port")) from error
    return listening
