"""Self-checks in a browser: right, wrong, malformed and empty answers, by mouse and by keyboard, kept and cleared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

PAGE = "selfchecks.html"


@pytest.fixture
def page(browser: Browser, gallery_address: str) -> Iterator[Page]:
    window = browser.new_context(viewport={"width": 360, "height": 800})
    opened = window.new_page()
    opened.goto(f"{gallery_address}/{PAGE}")
    yield opened
    window.close()


def check(page: Page, name: str) -> Locator:
    return page.locator(f"#q-g-{name}")


def answer(box: Locator, label: str = "Check") -> str:
    """Press the button and read what is said."""
    box.get_by_role("button", name=label, exact=True).click()
    return box.get_by_role("status").inner_text()


def test_one_choice(page: Page) -> None:
    box = check(page, "one")
    assert answer(box) == "Choose an answer first."
    box.get_by_label("The square of sums").check()
    assert answer(box).startswith("Not yet. A square of a sum")
    assert not box.locator(".selfcheck-hint").is_visible()
    answer(box)
    assert box.locator(".selfcheck-hint").is_visible(), "the hint comes with the second try"
    assert not box.locator("details[open]").count()
    answer(box)
    assert box.locator("details[open]").count(), "the answer comes with the third"
    assert box.locator(".selfcheck-see a").get_attribute("href") == "marks.html#fig-bars"
    box.get_by_label("The sum of squares").check()
    assert answer(box).startswith("Right.")


def test_a_formula_of_a_question_is_mathml(page: Page) -> None:
    formula = check(page, "one").locator("math").first
    assert formula.locator("msup").all_text_contents() == ["a2", "b2", "c2"]
    drawn = formula.bounding_box()
    assert drawn and drawn["width"] > 40
    assert page.locator("script[src*=mathjax i]").count() == 0


def test_several_choices(page: Page) -> None:
    box = check(page, "many")
    assert answer(box) == "Choose at least one answer first."
    box.get_by_label("2", exact=True).check()
    assert "1 more" in answer(box)
    box.get_by_label("3", exact=True).check()
    assert "Three leaves a rest." in answer(box)
    box.get_by_label("3", exact=True).uncheck()
    box.get_by_label("4", exact=True).check()
    assert answer(box).startswith("Right.")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3,800", "Right."), ("3800", "Right."), ("3 800", "Right."), ("38e2", "Right."), ("3.800,0", "Right."),
        ("USD 3.8 bn", "Right."), ("3.8 billion", "Right."), ("$3800 million", "Right."), ("3,8 bn", "Right."),
        ("3700", "Not yet."), ("52", "Not yet. That is the sum"), ("RMB 3800", "The question asks for USD million"),
        ("12%", "not for percent"), ("many", "does not read as a number"), ("3 or 4", "more than one number"),
        ("", "Write a number first."), ("−3800", "Not yet."), ("EUR 3800", "USD million, not for EUR"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(page: Page, written: str, said: str) -> None:
    box = check(page, "number")
    box.get_by_role("textbox").fill(written)
    found = answer(box)
    if found.startswith("Which do you mean?"):
        box.get_by_role("status").get_by_role("button", name="3,800", exact=True).click()
        found = box.get_by_role("status").inner_text()
    assert said in found


def test_two_readings_are_asked_about(page: Page) -> None:
    box = check(page, "number")
    box.get_by_role("textbox").fill("3.800")
    assert answer(box).startswith("Which do you mean?")


def test_a_reading_that_was_chosen_is_not_asked_about_again(page: Page) -> None:
    box = check(page, "guess")
    box.get_by_role("textbox").fill("12.345")
    assert "You guessed 12.345 USD billion" in answer(box, "Guess"), "12,345 is not on the scale"
    box = check(page, "number")
    box.get_by_role("textbox").fill("3,800")
    answer(box)
    buttons = box.get_by_role("status").get_by_role("button")
    assert buttons.all_inner_texts() == ["3,800", "3.8"]
    buttons.last.click()
    assert box.get_by_role("status").inner_text().startswith("Not yet.")


def test_a_guess_beyond_the_scale_is_refused_and_not_kept(page: Page) -> None:
    box = check(page, "guess")
    box.get_by_role("textbox").fill("400")
    assert answer(box, "Guess") == "A guess here lies between 0 and 50 USD billion. Guess again."
    page.reload()
    assert box.get_by_role("textbox").input_value() == ""
    box.get_by_role("textbox").fill("50")
    assert "You guessed 50 USD billion; it is 16." in answer(box, "Guess")


def test_short_text(page: Page) -> None:
    box = check(page, "text")
    box.get_by_role("textbox").fill("Public-private partnership!")
    assert answer(box).startswith("Not yet. That is another term")
    box.get_by_role("textbox").fill("purchasing  Power Parity")
    assert answer(box).startswith("Right.")


def test_order(page: Page) -> None:
    box = check(page, "order")
    assert answer(box) == "Give every item a place first."
    for name, place in (("speech", "1"), ("proposal", "1"), ("plan", "3")):
        box.get_by_label(name).select_option(place)
    assert "same place" in answer(box)
    box.get_by_label("proposal").select_option("2")
    assert answer(box).startswith("Right.")


def test_a_guess_comes_back(page: Page) -> None:
    box = check(page, "guess")
    box.get_by_role("textbox").fill("40")
    box.get_by_label("fairly sure").check()
    assert "You guessed 40 USD billion; it is 16." in answer(box, "Guess")
    mine, true = (box.locator(f".selfcheck-scale .{name}").bounding_box() for name in ("mine", "true"))
    assert mine and true and mine["x"] > true["x"]
    assert (
        page.locator(".selfcheck-recall")
        .inner_text()
        .startswith("Before you read, you guessed 40 USD billion; it is 16")
    )


def test_an_open_answer_is_marked_by_its_reader(page: Page) -> None:
    box = check(page, "open")
    assert answer(box, "Compare") == "Write a few words first; then compare."
    box.get_by_role("textbox").fill("Because.")
    answer(box, "Compare")
    box.get_by_label("two reasons", exact=False).first.check()
    page.reload()
    assert check(page, "open").get_by_label("two reasons", exact=False).first.is_checked()


def test_the_keyboard_is_enough(page: Page) -> None:
    box = check(page, "one")
    box.get_by_label("The square of sums").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert box.get_by_role("status").inner_text().startswith("Right.")
    number = check(page, "number").get_by_role("textbox")
    number.focus()
    page.keyboard.type("3800")
    page.keyboard.press("Enter")
    assert check(page, "number").get_by_role("status").inner_text().startswith("Right.")


def test_answers_are_kept_exported_and_cleared(page: Page) -> None:
    box = check(page, "number")
    box.get_by_role("textbox").fill("3800")
    answer(box)
    page.reload()
    assert check(page, "number").get_by_role("textbox").input_value() == "3800"
    assert page.locator(".selfcheck-tools p").inner_text().startswith("1 of 7")
    assert re.search(r"1/7", page.locator(".bd-links .selfcheck-mark").first.text_content() or "")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert saved["answers"]["g-number"]["value"] == "3800" and saved["answers"]["g-number"]["right"] is True
    page.get_by_role("button", name="Clear my answers").click()
    page.wait_for_load_state()
    assert check(page, "number").get_by_role("textbox").input_value() == ""


def test_a_summary_can_be_printed(page: Page) -> None:
    page.context.add_init_script("window.print = () => (document.body.dataset.printed = 'yes')")
    one, number = check(page, "one"), check(page, "number")
    one.get_by_label("The sum of squares").check()
    answer(one)
    number.get_by_role("textbox").fill("12")
    answer(number)
    order = check(page, "order")
    for item, place in (("speech", "1"), ("proposal", "2"), ("plan", "3")):
        order.get_by_label(item).select_option(place)
    answer(order)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Print a summary").click()
    sheet = opened.value.locator("pre").inner_text()
    assert "The sum of squares (right, 1 try)" in sheet
    assert "12 (not yet, 1 try)" in sheet
    assert "3 plan, 2 proposal, 1 speech (right, 1 try)" in sheet
    assert "(not answered)" in sheet


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after_answers(browser: Browser, gallery_address: str, scheme: str) -> None:
    window = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800})
    page = window.new_page()
    page.goto(f"{gallery_address}/{PAGE}")
    found = Axe().run(page, context=".selfcheck").response["violations"]
    for name, text in (("number", "1"), ("text", "x"), ("guess", "3"), ("open", "y")):
        check(page, name).locator("input[type=text], textarea").fill(text)
        check(page, name).locator("button").first.click()
    page.evaluate("document.querySelectorAll('.selfcheck details').forEach((part) => { part.open = true; })")
    found += Axe().run(page, context=".selfcheck").response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen
    small = page.locator(".selfcheck button, .selfcheck label, .selfcheck select").evaluate_all(
        "all => all.filter(each => each.offsetHeight && each.offsetHeight < 44).map(each => each.textContent)"
    )
    assert small == [], "touch targets under 44 px"
    window.close()


def test_without_scripts_the_answers_are_folded_under_the_questions(browser: Browser, gallery_address: str) -> None:
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{gallery_address}/{PAGE}")
    box = check(page, "one")
    box.locator("summary").click()
    assert box.get_by_text("It is the theorem").is_visible()
    lines = check(page, "many").locator("details li").all_text_contents()
    assert lines[1:3] == ["3: Three leaves a rest.", "All of these. Look at each of them."], "one mark between"
    assert not page.get_by_role("button", name="Check", exact=True).count()
    window.close()


def test_a_strict_content_policy_blocks_nothing_of_it(browser: Browser, gallery_address: str) -> None:
    window = browser.new_context()
    page = window.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "selfcheck" in message.text else None)

    def strict(route: object) -> None:
        answered = route.fetch()  # type: ignore[attr-defined]
        policy = {"content-security-policy": "script-src 'self'; style-src 'self'"}
        route.fulfill(response=answered, headers={**answered.headers, **policy})  # type: ignore[attr-defined]

    page.route(f"**/{PAGE}", strict)
    page.goto(f"{gallery_address}/{PAGE}")
    box = check(page, "guess")
    box.get_by_role("textbox").fill("40")
    assert "You guessed 40" in answer(box, "Guess")
    assert blocked == []
    window.close()


def test_reading_resumes_where_it_stopped(page: Page) -> None:
    assert not page.locator(".selfcheck-resume").count()
    page.get_by_role("heading", name="Three").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.reload()
    link = page.locator(".selfcheck-resume a")
    assert link.inner_text() in ("Two", "Three", "Summary")
    link.click()
    assert page.evaluate("scrollY") > 800


def test_the_first_page_leads_on_to_where_reading_stopped(page: Page, gallery_address: str) -> None:
    first, onward = f"{gallery_address}/index.html", page.locator(".reading-on a")
    page.goto(first)
    assert onward.inner_text() == "Self-checks"
    page.goto(f"{gallery_address}/{PAGE}?from=elsewhere")
    page.get_by_role("heading", name="Three").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.goto(first)
    onward.click()
    page.wait_for_url(re.compile(rf"/{PAGE}#(two|three|summary)$"))
    assert page.evaluate("scrollY") > 800


def test_without_a_past_or_a_store_the_first_page_offers_no_way_back(browser: Browser, gallery_address: str) -> None:
    for barred in (False, True):
        window = browser.new_context()
        if barred:
            window.add_init_script(
                "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
            )
        page = window.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(error.stack or ""))  # noqa: B023
        for name in ("index.html", PAGE, "index.html") if barred else ("index.html",):
            page.goto(f"{gallery_address}/{name}")
            page.wait_for_load_state("networkidle")
        assert page.locator(".reading-on").count() == 0
        assert [each for each in errors if "coursebook/" in each] == []
        window.close()
