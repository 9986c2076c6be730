"""The table of the index sorts and filters."""

from typing import Any

from window import Visit

COLUMNS = ("Company", "Verdict", "Score", "Decided", "First reason")


def column(page: Any, i: int) -> list[str]:
    """The shown cells of a column, from the top."""
    texts: list[str] = page.evaluate(
        f"""() => [...document.querySelectorAll(".list tbody tr")].filter((r) => !r.hidden)
            .map((r) => r.cells[{i}].dataset.v ?? r.cells[{i}].textContent.trim())"""
    )
    return texts


def press(page: Any, name: str) -> None:
    page.locator(".list thead button", has_text=name).click()


def test_numbers_sort_from_the_highest_and_back(visit: Visit) -> None:
    page = visit("en/hundred/index").page
    for i, name in ((2, "Score"), (3, "Decided")):
        press(page, name)
        values = [float(v) for v in column(page, i)]
        assert len(values) == 100
        assert values == sorted(values, reverse=True)
        assert values[0] > values[-1]
        press(page, name)
        assert [float(v) for v in column(page, i)] == sorted(values)


def test_names_sort_by_the_letter_and_verdicts_by_what_they_mean(visit: Visit) -> None:
    page = visit("en/index").page
    first = column(page, 0)
    press(page, "Company")
    assert column(page, 0) == sorted(first, key=str.lower)
    press(page, "Verdict")
    assert column(page, 0) == first
    press(page, "Verdict")
    assert column(page, 0) == first[::-1]


def test_only_the_sorted_column_says_so(visit: Visit) -> None:
    page = visit("en/index").page
    press(page, "Score")
    press(page, "Company")
    assert page.locator("[aria-sort]").count() == 1


def test_words_and_verdicts_filter(visit: Visit) -> None:
    page = visit("en/index").page
    shown = page.locator(".filters output")
    assert shown.inner_text() == "9 shown"
    page.locator("[type=search]").fill("CAPACITY orders")
    assert sorted(column(page, 0)) == ["Cerebras", "Groq"]
    assert shown.inner_text() == "2 shown"
    page.locator("[type=search]").fill("")
    page.get_by_label("Avoid").uncheck()
    assert len(column(page, 0)) == 5
    page.get_by_label("Worth watching").uncheck()
    assert column(page, 0) == []
    page.get_by_label("Avoid").check()
    assert sorted(column(page, 0)) == ["Cerebras", "Groq", "OpenAI", "Oracle"]


def test_a_sorted_table_stays_filtered(visit: Visit) -> None:
    page = visit("zh/hundred/index").page
    page.locator("[type=search]").fill("alder")
    found = column(page, 0)
    page.locator(".list thead button").nth(2).click()
    assert sorted(column(page, 0)) == sorted(found)
    assert len(found) < 20
