"""Makes the pictures of the README: a report and an index, light and dark, as small PNG files.

    python tools/screenshots.py [FOLDER]       # docs/images by default; needs Chromium and Playwright

They show the fixtures as the current version screens them.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.gallery import ROOT, gallery

WIDE, HIGH = 1280, 800
SHOTS = {"report": "en/oracle", "index": "en/index"}


def main(folder: Path) -> int:
    """Takes the pictures; returns 2 if Chromium is not found."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        print("no chromium found: apt-get install chromium (or set CHROMIUM to its path)", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as site, sync_playwright() as playwright:
        gallery(Path(site), ["en"], hundred=0)
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu", "--hide-scrollbars"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme=scheme)
            for name, address in SHOTS.items():
                page.goto((Path(site) / f"{address}.html").as_uri())
                path = folder / f"{name}-{scheme}.png"
                page.screenshot(path=str(path))
                print(f"{path} {path.stat().st_size / 1e3:.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/images"))
