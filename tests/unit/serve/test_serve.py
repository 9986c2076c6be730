"""The server: every page and action, its refusals, and that it writes only where it may."""

import errno
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra serve is not installed")
pytest.importorskip("multipart", reason="the extra serve is not installed")

from click.testing import CliRunner
from starlette.testclient import TestClient

from screener import Screener
from screener.cli import group
from screener.report.wording import load_wording
from screener.serve import app as server_app
from screener.serve import shock_pages
from screener.serve.app import Server
from screener.serve.workspace import Workspace
from tests.unit.importers.reports import annual

ROOT = Path(__file__).parents[3]
HOST = "127.0.0.1:8000"
HERE = {"origin": f"http://{HOST}"}
SCREENER = Screener.load(packs=["ai-era"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    served.mkdir()
    for name in ("nvidia", "openai", "oracle"):
        shutil.copy(ROOT / f"fixtures/{name}.json", served)
    return served


def client_of(folder: Path, *, write: bool = False, token: bool = True) -> TestClient:
    application = Server(Workspace(folder, SCREENER, write), load_wording("en")).application(
        "secret", frozenset({HOST})
    )
    client = TestClient(application, base_url=f"http://{HOST}")
    if token:
        client.get("/?token=secret")
    return client


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(folder) as opened:
        yield opened


def cell_texts(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


def test_the_first_page_links_to_every_company(client: TestClient) -> None:
    page = client.get("/").text
    assert {"/company/nvidia", "/company/openai", "/company/oracle"} <= set(re.findall(r'href="([^"]+)"', page))


def test_what_if_by_the_address(client: TestClient) -> None:
    page = cell_texts(client.get("/company/oracle?total_debt=10e9&revenue=").text)
    assert "as assumed" in page
    assert SCREENER.rulebook.rules["leverage-versus-revenue"].title.en in page
    assert "as assumed" not in cell_texts(client.get("/company/oracle").text)
    assert "Assumed" in client.get("/company/oracle/report?total_debt=10e9").text


def test_the_whole_report_is_that_of_run(client: TestClient) -> None:
    assert "<h1>Oracle</h1>" in client.get("/company/oracle/report").text.replace("\n", "")
    assert client.get("/company/oracle/compare?with=nvidia").status_code == 200
    assert "No run in the database" in client.get("/company/oracle/history").text


def test_a_shock_by_the_address(client: TestClient) -> None:
    empty = client.get("/shock").text
    suggested = re.findall(r'href="(/shock\?[^"]+)">([^<]+)<', empty)
    assert "OpenAI stops paying" in [name for _, name in suggested]
    assert "Before and after" not in empty
    hit = client.get({name: address for address, name in suggested}["OpenAI stops paying"]).text
    assert "If openai: stops paying" in hit
    assert "Circular financing" in hit
    assert 'href="/company/oracle"' in hit
    assert "<svg" in hit


def test_a_shock_keeps_what_was_written(client: TestClient) -> None:
    lines = "nvidia.revenue: -30%\n\noracle: loses openai"
    page = client.get("/shock", params={"if": lines, "rounds": "0", "pass_through": "0.5"}).text
    assert re.search(r"<textarea[^>]*>nvidia.revenue: -30%\noracle: loses openai</textarea>", page)
    assert '<option value="0" selected>' in page
    assert "Results and cash flows fall by 50 % of lost revenue." in page
    page = client.get("/shock", params={"if": lines, "rounds": "0", "pass_through": "0.5..0.8"}).text
    assert "Results and cash flows fall by between 50 % and 80 % of lost revenue." in page


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"if": "nonsense"}, "is not a shock"),
        ({"if": "oracle.revenue: much"}, "&#39;much&#39; is not a number"),
        ({"if": "openai: stops paying", "rounds": "99"}, "from 0 to 10"),
        ({"if": "openai: stops paying", "rounds": "-1"}, "from 0 to 10"),
        ({"if": "openai: stops paying", "pass_through": "2"}, "not a share between 0 and 1"),
        ({"if": "\n".join(f"c{n}: stops paying" for n in range(101))}, "at most 100"),
    ],
)
def test_a_shock_that_cannot_be_read_says_so_above_the_form(
    parameters: dict[str, str], message: str, client: TestClient
) -> None:
    page = client.get("/shock", params=parameters).text
    assert message in page
    assert "Before and after" not in page
    assert "<textarea" in page


def test_a_folder_that_is_too_large_for_a_request_is_not_shocked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shock_pages, "MOST_COMPANIES", 2)
    assert "run `screener shock` on the folder" in client.get("/shock?if=openai: stops paying").text


def test_the_history_of_a_company(folder: Path, tmp_path: Path) -> None:
    database = tmp_path / "results.sqlite"
    for day in ("2026-01-31", "2026-02-06"):
        command = ["run", str(folder), "--db", str(database), "--out", str(tmp_path / day), "--as-of", day, "-q"]
        assert CliRunner().invoke(group, [*command, "--pack", "ai-era"]).exit_code == 0
    server = Server(Workspace(folder, SCREENER), load_wording("en"), database)
    client = TestClient(server.application("secret", frozenset({HOST})), base_url=f"http://{HOST}")
    client.get("/?token=secret")
    page = client.get("/company/oracle/history").text
    assert "31 January 2026" in cell_texts(page)
    assert "6 February 2026" in cell_texts(page)
    assert "<svg" in page
    assert 'href="/company/oracle"' in page


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/company/oracl", "did you mean &#39;oracle&#39;"),
        ("/company/..%2f..%2fetc%2fpasswd", ""),
        ("/company/oracle?total_debt=much", "&#39;much&#39; is not a number"),
        ("/company/oracle?debts=1", "unknown figure"),
        ("/company/oracle/compare?with=", "there is no company"),
        ("/company/oracle?" + "&".join(f"x{n}=1" for n in range(99)), "at most 40"),
    ],
)
def test_what_is_wrong_is_a_page_that_says_so(address: str, message: str, client: TestClient) -> None:
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    assert message in answer.text


def test_the_security_of_answers(client: TestClient) -> None:
    answer = client.get("/")
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', answer.text)[0]
    assert "default-src &#39;none&#39;" in policy
    assert "form-action &#39;self&#39;" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"


def test_the_token_is_needed_and_kept_in_a_cookie(folder: Path) -> None:
    client = client_of(folder, token=False)
    assert client.get("/").status_code == 403
    assert client.get("/?token=wrong").status_code == 403
    first = client.get("/company/oracle?token=secret&total_debt=10e9", follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/company/oracle?total_debt=10e9")
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "SameSite=strict" in first.headers["set-cookie"]
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:9", "127.0.0.1:8000.evil.example", ""])
def test_another_host_is_refused(host: str, client: TestClient) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8000", "http://127.0.0.1:9"])
def test_another_origin_is_refused(origin: str, client: TestClient) -> None:
    assert client.get("/", headers={"origin": origin}).status_code == 403
    assert client.post("/rules", data={"text": ""}, headers={"origin": origin}).status_code == 403


def test_a_request_that_changes_something_needs_an_origin(client: TestClient) -> None:
    assert client.post("/rules", data={"text": ""}).status_code == 403


def test_what_is_too_large_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    length = {"content-length": str(10**12), **HERE}
    assert client.post("/rules", content=b"x", headers=length).status_code == 413
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_app, "MOST_UPLOAD_BYTES", 1000)
        with client_of(client.app and ROOT / "fixtures") as small:
            chunks = (b"x" * 100 for _ in range(50))
            headers = {**HERE, "content-type": "application/x-www-form-urlencoded", "transfer-encoding": "chunked"}
            assert small.post("/rules", content=chunks, headers=headers).status_code == 413


def test_a_rule_file_is_checked(client: TestClient) -> None:
    text = (ROOT / "examples/my-rules/capital-intensity.yaml").read_text("utf-8")
    assert "2 rules: no errors" in client.post("/rules", data={"text": text}, headers=HERE).text
    broken = client.post("/rules", data={"text": "rule: [<b>"}, headers=HERE).text
    assert "is not YAML" in broken
    assert "[&lt;b&gt;" in broken


def test_a_rule_in_force_is_edited_and_tried_on_all_companies(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # in a folder without `rules`
    assert "/rules?rule=circular-financing" in client.get("/rules").text
    page = cell_texts(client.get("/rules?rule=circular-financing").text)
    assert "replaces: circular-financing" in page
    assert "1 rule: no errors, all examples as expected" in page
    text = client.app and Workspace(ROOT / "fixtures", SCREENER).rule_text("circular-financing").replace(
        "value: 3", "value: 4"
    )
    tried = client.post("/rules", data={"text": text}, headers=HERE).text
    assert "2 examples are not as expected" in tried
    rows = [cell_texts(row).split() for row in re.findall(r"<tr>.*?</tr>", tried, re.DOTALL)]
    assert ["circular-financing", "boundary", "fired", "clear"] in rows
    assert ["Oracle", "circular-financing", "fired", "clear", "–"] in rows
    assert "did you mean" in client.get("/rules?rule=circular-financin").text


def test_a_company_has_its_flags_and_look_ups_lead_to_the_claim(folder: Path, client: TestClient) -> None:
    page = client.get("/company/oracle").text
    assert SCREENER.rulebook.rules["circular-financing"].title.en in page
    assert "#claim" not in page
    with client_of(folder, write=True) as writing:
        page = writing.get("/company/oracle").text
        link = re.findall(r'href="(/company/oracle\?claim=([^#"]+)#claim)"', page)[0]
        claimed = writing.get(link[0]).text
    assert f'<option value="{link[1]}" selected>' in claimed
    assert "as assumed" not in claimed


def test_a_statement_is_a_choice(client: TestClient) -> None:
    name = next(n for n, figure in SCREENER.rulebook.catalogue.claimable.items() if figure.unit == "truth")
    page = client.get(f"/company/oracle?{name}=false").text
    chosen = re.findall(rf'name="{name}">(.*?)</select>', page, re.DOTALL)[0]
    assert re.findall(r'value="(\w*)"( selected)?', chosen) == [("", ""), ("true", ""), ("false", " selected")]


def test_the_first_page_draws_who_pays_whom(client: TestClient) -> None:
    assert "OpenAI pays Oracle" in client.get("/").text


def test_holdings_of_the_folder_weigh_the_companies(folder: Path, client: TestClient) -> None:
    assert "each company counts the same" in client.get("/").text
    (folder / "holdings.csv").write_text("company,exposure,currency\noracle,1e6,USD\nnvidia,3e6,USD\n", "utf-8")
    assert "Exposure: USD 4 m." in client.get("/").text
    (folder / "holdings.csv").write_text("company,exposure\nnobody,1\n", "utf-8")
    page = client.get("/")
    assert "no profile is of &#39;nobody&#39;" in page.text
    assert page.status_code == 200


def test_a_filing_is_screened_and_kept(folder: Path) -> None:
    with client_of(folder, write=True) as client:
        files = {"file": ("report.htm", annual().render())}
        page = cell_texts(client.post("/add", files=files, data={"keep": "yes"}, headers=HERE).text)
        assert "Acme Corp." in page
        assert "What to look up" in page
        assert "Written: acme" in page
        (kept,) = folder.glob("acme*.json")
        assert json.loads(kept.read_text("utf-8"))["sources"]
        assert "now 1 bn" in client.get(f"/company/{kept.stem}").text


def test_read_only_writes_nothing(client: TestClient, folder: Path) -> None:
    before = sorted(p.name for p in folder.rglob("*"))
    data = {"figure": "cash", "value": "1e9", "title": "Annual report", "kind": "filed"}
    assert client.post("/company/oracle/claims", data=data, headers=HERE).status_code == 400
    file = {"file": ("new.json", b'{"name": "New"}', "application/json")}
    assert "read-only" in client.post("/add", files=file, data={"keep": "yes"}, headers=HERE).text
    assert sorted(p.name for p in folder.rglob("*")) == before
    assert "Add a claim" not in client.get("/company/oracle").text


def test_a_claim_goes_into_a_copy_with_its_source(folder: Path) -> None:
    original = (folder / "oracle.json").read_bytes()
    with client_of(folder, write=True) as client:
        data = {
            "figure": "cash",
            "value": "11.2e9",
            "title": "Annual report 2025",
            "kind": "filed",
            "date": "2026-01-31",
            "url": "",
        }
        answer = client.post("/company/oracle/claims", data=data, headers=HERE)
        assert answer.status_code == 200
        assert "Written: oracle.json" in answer.text
        copy = json.loads((folder / "edited/oracle.json").read_text("utf-8"))
        (claim,) = copy["figures"]["cash"]
        assert claim["value"] == 11.2e9
        assert copy["sources"][claim["source"]] == {
            "title": "Annual report 2025",
            "kind": "filed",
            "date": "2026-01-31",
        }
        assert (folder / "oracle.json").read_bytes() == original
        assert "11.2 bn" in client.get("/company/oracle").text
        client.post("/company/oracle/claims", data={**data, "figure": "equity", "value": "9e9"}, headers=HERE)
        assert {"cash", "equity"} <= json.loads((folder / "edited/oracle.json").read_text("utf-8"))["figures"].keys()
        client.post("/company/nvidia/claims", data={**data, "original": "yes"}, headers=HERE)
        assert "cash" in json.loads((folder / "nvidia.json").read_text("utf-8"))["figures"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"figure": "cassh"}, "unknown figure"),
        ({"value": "a lot"}, "is not a number"),
        ({"value": "1e400"}, ""),
        ({"title": " "}, "has no source"),
        ({"kind": "gossip"}, "kind"),
        ({"date": "yesterday"}, "is not a day"),
        ({"figure": "profitable", "value": "1"}, "neither true nor false"),
    ],
)
def test_a_claim_that_can_not_be_read_writes_nothing(changed: dict[str, str], message: str, folder: Path) -> None:
    data = {"figure": "cash", "value": "1e9", "title": "Annual report", "kind": "filed", "date": "", "url": ""}
    with client_of(folder, write=True) as client:
        answer = client.post("/company/oracle/claims", data={**data, **changed}, headers=HERE)
    assert answer.status_code == 400
    assert message in answer.text
    assert not (folder / "edited/oracle.json").exists()


def test_files_are_screened_at_once(folder: Path) -> None:
    profile = json.dumps({"name": "Newcomer", "currency": "USD", "figures": {"revenue": {"value": 1e9}}}).encode()
    table = b"Company,Revenue,Total debt\nAlpha,1000000,500000\nBeta,2000000,100000\n"
    with client_of(folder, write=True) as client:
        kept = client.post("/add", files={"file": ("n.json", profile)}, data={"keep": "yes"}, headers=HERE).text
        assert "Written: newcomer.json" in kept
        assert (folder / "newcomer.json").exists()
        again = client.post("/add", files={"file": ("n.json", profile)}, data={"keep": "yes"}, headers=HERE).text
        assert "there is a profile of &#39;newcomer&#39; already" in again
        found = client.post("/add", files={"file": ("t.csv", table)}, headers=HERE).text
        assert "Alpha" in found
        assert "Beta" in found
        for name, content in (
            ("x.exe", b"MZ"),
            ("t.xlsx", b"no workbook"),
            ("p.json", b"{"),
            ("x.htm", b"\0\1"),
            ("../../a.json", b"[]"),
        ):
            answer = client.post("/add", files={"file": (name, content)}, headers=HERE)
            assert answer.status_code in (200, 400), name
            assert 'role="alert"' in answer.text, name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("x.\0", "&#39;x.&#39; is neither"), ("x.json\0", "&#39;x.json&#39; is neither"), ("p.json", "p.json:1:2: "), ("x.xlsx", "x.xlsx: "),
     ("a b.csv", "a b.csv: "), ("x.csv.gz", "x.csv.gz: "), ("x.parquet", "x.parquet: "), ("x.htm", "x.htm: ")],
)
def test_a_file_that_can_not_be_read_is_named_as_it_was_sent(name: str, shown: str, client: TestClient) -> None:
    body = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + b"{\r\n--B--\r\n"
    answer = client.post("/add", content=body, headers={**HERE, "content-type": "multipart/form-data; boundary=B"})
    assert (answer.status_code, shown in answer.text) == (400, True), cell_texts(answer.text)
    assert tempfile.gettempdir() not in answer.text


@pytest.mark.parametrize("size", [100, 2_000_000], ids=["small", "kept in a file while it is received"])
def test_without_room_for_temporary_files(size: int, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    monkeypatch.setattr("tempfile._TemporaryFileWrapper", full)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    answer = client.post("/add", files={"file": ("a.json", b" " * size)}, headers=HERE)
    assert (answer.status_code, "the system: no space left on device; " in answer.text) == (500, True)
    assert client.get("/company/oracle").status_code == 200


def test_an_address_with_two_slashes_leads_to_no_other_host(client: TestClient) -> None:
    answer = client.get(f"http://{HOST}//example.org/x?token=secret", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/example.org/x")


def test_a_profile_that_can_not_be_read_is_named_and_the_others_are_served(client: TestClient, folder: Path) -> None:
    (folder / "broken.json").write_text('{"name": "Broken", "figures": {"revenu": 1}}', "utf-8")
    page = client.get("/").text
    assert "broken.json" in page
    assert "/company/oracle" in page


def test_fifty_clients(client: TestClient) -> None:
    def ask(n: int) -> tuple[int, bool]:
        answer = client.get(f"/company/oracle?total_debt={n}e9")
        return answer.status_code, f'value="{n}e9"' in answer.text

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(1, 101))) == {(200, True)}
