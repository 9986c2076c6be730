"""Reports in Chinese have no English but names, symbols and what the profiles themselves say in English."""

import json
import re
from pathlib import Path

import pytest
from commands import FIXTURES, screener

PROFILES = sorted(FIXTURES.glob("*.json"))
NAMES = {"AI", "API", "Active", "Directory", "Azure", "Studio", "BBB", "ChatGPT", "Copilot", "Maia", "MaaS", "Office", "Windows"}
NAMES |= {"OpenAI", "Cerebras", "Groq", "Adobe", "Meta", "Mistral", "Llama", "Piotroski", "Altman", "Zmijewski", "Beneish", "Springate"}
SYMBOLS = {"EBITDA", "FFO", "FY", "USD", "F", "Q", "HHI", "Z", "EBIT", "GPU", "H", "K"}
IDENTIFIERS = {"screener", "core", "classic", "ai", "era", "revenue"}  # of packs and figures
STATED = {"Legal", "document", "Medical", "imaging", "Paying", "users", "Compute", "models"}  # names of products in the profiles


def english_words(text: str) -> set[str]:
    text = re.sub(r"\b[0-9a-f]{16}\b", "", re.sub(r"“[^”]*”|[A-Za-z]+…", "", text))
    return set(re.findall(r"[A-Za-z]+", re.sub(r"^(?:报告|screener).*$", "", text, flags=re.MULTILINE)))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.stem)
@pytest.mark.parametrize("words", [("--format", "md", "--out", "-"), ("--verbose",)], ids=["markdown", "terminal"])
def test_no_english_word_stands_in_a_chinese_report(profile: Path, words: tuple[str, ...], here: Path) -> None:
    ticker = json.loads(profile.read_text("utf-8")).get("ticker") or ""
    shown = english_words(screener("run", str(profile), "--lang", "zh", *words).out)
    assert shown - NAMES - SYMBOLS - IDENTIFIERS - STATED - {ticker} == set()
