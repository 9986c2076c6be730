"""The table of the index can be sorted and filtered."""

from typing import Any

from window import Visit, becomes

COLUMNS = ("Company", "Verdict", "Score", "Decided", "First reason", "Worst red flag")


def column(page: Any, i: int) -> list[str]:
    """Returns the visible cells of a column, from the top."""
    texts: list[str] = page.evaluate(
        f"""() => [...document.querySelectorAll(".list tbody tr")].filter((r) => !r.hidden)
            .map((r) => r.cells[{i}].dataset.v ?? (r.cells[{i}].querySelector("a") ?? r.cells[{i}]).textContent.trim())"""
    )
    return texts


def press(page: Any, name: str) -> None:
    """Sorts by the column `name`, and waits until its heading shows another order."""
    heading = page.locator(".list thead th", has_text=name)
    before = heading.get_attribute("aria-sort")
    heading.locator("button").click()
    becomes(page, lambda: heading.get_attribute("aria-sort") != before, True)


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
    becomes(page, shown.inner_text, "9 shown")
    page.locator("[type=search]").fill("INCUMBENT output")
    becomes(page, lambda: sorted(column(page, 0)), ["Cerebras", "Groq"])
    becomes(page, shown.inner_text, "2 shown")
    page.locator("[type=search]").fill("")
    page.get_by_label("Avoid").uncheck()
    becomes(page, lambda: len(column(page, 0)), 5)
    page.get_by_label("Worth following").uncheck()
    becomes(page, lambda: column(page, 0), [])
    page.get_by_label("Avoid").check()
    becomes(page, lambda: sorted(column(page, 0)), ["Cerebras", "Groq", "OpenAI", "Oracle"])


def test_a_sorted_table_stays_filtered(visit: Visit) -> None:
    page = visit("zh/hundred/index").page
    alders = [name for name in column(page, 0) if "alder" in name.lower()]
    assert 2 <= len(alders) < 20
    page.locator("[type=search]").fill("alder")
    becomes(page, lambda: sorted(column(page, 0)), sorted(alders))
    press(page, page.locator(".list thead th").nth(2).inner_text())
    assert sorted(column(page, 0)) == sorted(alders)
