"""The folder of reports: a full disk, links, permissions, existing files, names that lead elsewhere."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT, process, screener

from tests.waiting import PATIENCE

ORACLE = str(FIXTURES / "oracle.json")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, rights and disks of POSIX")

OLD = "<!doctype html><!-- written by screener --> as it was"


@pytest.fixture
def small_disk(here: Path) -> Iterator[Path]:
    """A disk of 300 KiB with a report and no space for another; skipped if nothing may be mounted."""
    disk = here / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_leaves_the_old_report_whole(small_disk: Path) -> None:
    old = OLD.encode() + b"old " * 40_000
    (small_disk / "oracle.html").write_bytes(old)
    (small_disk / "ballast").write_bytes(b"x" * 125_000)
    done = process("run", ORACLE, "--out", str(small_disk))
    assert done.code == 3
    assert done.err.splitlines()[-1].partition(": ")[2].startswith("can't be written: no space left on device")
    assert (small_disk / "oracle.html").read_bytes() == old
    assert [p.name for p in small_disk.iterdir() if p.name.startswith(".screener-")] == []


def test_a_limit_on_files_leaves_the_old_report_whole(here: Path) -> None:
    """Simulates a full disk, if nothing can be mounted, by a limit on the size of files."""
    (here / "out").mkdir()
    (here / "out" / "oracle.html").write_text(OLD)
    code = ("import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.argv[1:] = sys.argv[1:]; "
            "runpy.run_module('screener', run_name='__main__')")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCREENER_CACHE": ""}
    done = subprocess.run([sys.executable, "-c", code, "run", ORACLE, "--out", "out"], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 3
    assert "can't be written: file too large" in done.stderr
    assert (here / "out" / "oracle.html").read_text() == OLD
    assert [p.name for p in (here / "out").iterdir()] == ["oracle.html"]


def test_a_link_is_replaced_and_what_it_leads_to_left_alone(here: Path) -> None:
    (here / "out").mkdir()
    (here / "precious.txt").write_text("precious")
    (here / "precious.txt").chmod(0o600)
    (here / "out" / "oracle.html").symlink_to(here / "precious.txt")
    (here / "out" / "groq.html").symlink_to(here / "nowhere")
    assert screener("run", ORACLE, str(FIXTURES / "groq.json"), "--out", "out", "-q").code == 0
    assert (here / "precious.txt").read_text() == "precious"
    for name in ("oracle.html", "groq.html"):
        assert not (here / "out" / name).is_symlink()
        assert stat.S_IMODE((here / "out" / name).lstat().st_mode) == 0o644 & ~_umask() | 0o600


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_of_a_report_stays_its_owner(here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "oracle.html").write_text(OLD)
    os.chown(here / "out" / "oracle.html", 12345, 12345)
    (here / "out" / "oracle.html").chmod(0o4640)
    assert screener("run", ORACLE, "--out", "out", "-q").code == 0
    found = (here / "out" / "oracle.html").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 12345, 0o640)


@pytest.mark.parametrize("own", ["../evil", "/etc/evil", "..", "a/b", "a\\b", ".hidden", "COM1", "a" * 81, "a\0b", "-x", "~"])
def test_ids_that_lead_elsewhere(own: str, here: Path) -> None:
    (here / "a.json").write_text(json.dumps({"name": "A", "id": own}))
    before = sorted(p.name for p in here.iterdir())
    done = screener("run", "a.json", "--out", "out")
    assert done.code == 3
    assert done.errors[0].startswith("a.json:1:")
    assert sorted(p.name for p in here.iterdir()) == before


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "CON", "nul.", "..", "a\u202eb", "x" * 5000, "文" * 90])
def test_names_that_lead_elsewhere(name: str, here: Path) -> None:
    """A file's name is made from letters and digits of the company's name only, at most 80."""
    (here / "a.json").write_text(json.dumps({"name": name}))
    screener("run", "a.json", "--out", "out", "-q")
    made = [p.relative_to(here) for p in here.rglob("*.html") if "fixtures" not in p.parts and "examples" not in p.parts]
    assert all(p.parent == Path("out") and len(p.stem) <= 80 and p.stem not in ("con", "nul") for p in made)


def test_settings_that_lie_beside_profiles_are_reported(here: Path) -> None:
    """A folder of profiles may come with settings; output and report name the rules in force."""
    (here / "sent").mkdir()
    (here / "sent" / "oracle.json").write_bytes(Path(ORACLE).read_bytes())
    (here / "sent" / "screener.yaml").write_text("params:\n  leverage-versus-revenue: {most: 1000}\n")
    done = screener("run", "sent/oracle.json", "--format", "md,html,json")
    assert done.errors[0].endswith("sent/screener.yaml changes the rules; --config none ignores it")
    message = "The rules are not as their packs have them"
    assert message in (here / "reports" / "oracle.json").read_text("utf-8")
    assert message in (here / "reports" / "oracle.html").read_text("utf-8")
    quiet = screener("run", "sent/oracle.json", "-q")
    assert (quiet.out, quiet.errors) == ("", done.errors)
    plain = screener("run", "sent/oracle.json", "--format", "json", "--config", "none", "--out", "plain")
    assert plain.err == ""
    assert message not in (here / "plain" / "oracle.json").read_text("utf-8")


def test_a_pack_in_a_folder_is_named_with_its_place(here: Path) -> None:
    """In page, JSON and terminal; if settings chose it, on standard error even with --quiet."""
    (here / "sent" / "mine").mkdir(parents=True)
    (here / "sent" / "mine" / "pack.yaml").write_text("name: ai-era2\nversion: 1.0.0\ntitle: {en: Mine, zh: 我的}\n", "utf-8")
    rule = (ROOT / "rules/ai-era/cost-exceeds-revenue.yaml").read_bytes()
    (here / "sent" / "mine" / "cost-exceeds-revenue.yaml").write_bytes(rule)
    (here / "sent" / "oracle.json").write_bytes(Path(ORACLE).read_bytes())
    (here / "sent" / "screener.yaml").write_text("packs: [./mine]\n")
    place = str(Path("sent") / "mine")
    done = screener("run", "sent/oracle.json", "--format", "md,html,json")
    assert f"pack ai-era2 from {place}" in done.out
    assert done.errors == [f"{Path('sent/screener.yaml')} changes the rules, with the pack ai-era2 in {place}; --config none ignores it"]
    for form in ("md", "html"):
        text = (here / "reports" / f"oracle.{form}").read_text("utf-8").replace("\\", "")
        assert f"pack ai-era2 from {place}" in text
    assert "The rules are not as their packs have them" in text
    origins = json.loads((here / "reports" / "oracle.json").read_text("utf-8"))["pack"]["origins"]
    assert {"part": "pack", "name": "ai-era2", "origin": "folder", "path": place} in origins
    assert screener("run", "sent/oracle.json", "-q").errors == done.errors
    named = screener("run", "sent/oracle.json", "--config", "none", "--pack", "sent/mine")
    assert named.err == ""
    assert f"pack ai-era2 from {place}" in named.out


def test_whatever_lies_in_a_folder_is_screened_or_reported(here: Path) -> None:
    """No company may be missing without a message."""
    (here / "all").mkdir()
    for name in ("a.json", "b.JSON", "c.yaml", "d.YAML", "e.yml", "f.Yml"):
        (here / "all" / name).write_text(json.dumps({"name": name.replace(".", " ")}))
    (here / "all" / "g.jsonl").write_text('{"name": "G 1"}\n\n{"name": "G 2"}\n')
    (here / "all" / "h.NDJSON").write_text('{"name": "H 1"}\n')
    (here / "all" / "empty.jsonl").write_text("\n")
    for name in ("lost.json", "lost.YAML", "lost.jsonl"):
        (here / "all" / name).symlink_to(here / "nowhere")
    done = screener("run", "all", "--out", "out", "-q")
    assert done.code == 3
    lost = [line for line in done.errors if line.startswith("all/lost.")]
    assert len(lost) == 3
    assert all("is a link to a file that does not exist; remove the link" in line for line in lost)
    pages = {p.stem for p in (here / "out").glob("*.html")} - {"index"}
    assert pages == {"a-json", "b-json", "c-yaml", "d-yaml", "e-yml", "f-yml", "g-1", "g-2", "h-1"}


def test_a_line_without_end(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "zero.jsonl").symlink_to("/dev/zero")
    done = screener("run", "zero.jsonl", "-q")
    assert (done.code, done.errors[0]) == (3, "zero.jsonl:1: is larger than 32 MiB; split it, or put it into a table")
