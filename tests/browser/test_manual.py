"""The manual of the system that this one replaces, figure by figure, on the real ОО-1: one story, told in the order of the file.

A stranger registers, support attaches her to a school, she fills in, checks and sends a report, the supervising operator sends it
back, she corrects it, it is accepted. `make pictures` runs this and keeps a picture of each figure for docs/manual.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ready
from tests.browser.grid import cell, field, reads, saved
from tests.browser.walk import MAIL, PASSWORD, PERSON, Story, act, arrived, as_mail_program, body, fill_in, letter, sender, shot
from tests.browser.walk_region import Region

SCHOOL = "МБОУ г. Иркутска Лицей № 1"
TAKEN = "school1@edu38.example"
PASSWORDS = ("Пароль", "Пароль еще раз")
REASON = "В разделе 2.1.1.1 число девочек не сходится с приказами: в первых классах их 39, во вторых 36. Исправьте."


@pytest.fixture(scope="module")
def story(region: Region, browser: Browser) -> Iterator[Story]:
    """One story for the whole file."""
    told = Story(region, browser)
    yield told
    told.close()


@pytest.fixture
def stranger(story: Story) -> Page:
    """The window of Кузнецова, who begins as a stranger."""
    return story.window("stranger")


@pytest.fixture
def operator(story: Story) -> Page:
    """The window of the supervising operator."""
    return story.window("irkutsk")


def test_figure_1_the_first_page(stranger: Page) -> None:
    stranger.goto("/")
    enter = stranger.get_by_role("link", name="Вход в личный кабинет")
    shot(stranger, "manual/img/fig01.png", enter)
    enter.click()
    expect(stranger).to_have_url(re.compile("/login$"))


def test_figure_2_the_sign_in_window(stranger: Page) -> None:
    register = stranger.get_by_role("main").get_by_role("link", name="Регистрация")
    shot(stranger, "manual/img/fig02.png", register)
    register.click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Регистрация")


def test_figure_3_a_taken_address_loses_nothing(story: Story, stranger: Page) -> None:
    for label, value in (PERSON | dict.fromkeys(PASSWORDS, PASSWORD)).items():
        stranger.get_by_label(label, exact=True).fill(value)
    stranger.get_by_label("Я даю согласие").check()
    send = stranger.get_by_role("button", name="Отправить данные")
    shot(stranger, "manual/img/fig03.png", send, whole=True)
    stranger.get_by_label("Электронная почта", exact=True).fill(TAKEN)
    send.click()
    expect(stranger).to_have_url(re.compile("/register$"))
    assert "school1" in body(letter(story, TAKEN, "Вы уже зарегистрированы"))
    stranger.get_by_text("Изменить данные и отправить еще раз").click()
    for label, value in (PERSON | {"Электронная почта": TAKEN}).items():
        expect(stranger.get_by_label(label, exact=True)).to_have_value(value)


def test_figure_3_the_form_is_sent_again_with_another_address(stranger: Page) -> None:
    stranger.get_by_label("Электронная почта", exact=True).fill(MAIL)
    for label in PASSWORDS:
        stranger.get_by_label(label, exact=True).fill(PASSWORD)
    stranger.get_by_role("button", name="Отправить данные").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Проверьте почту")
    expect(stranger.get_by_role("main")).to_contain_text(MAIL)


def test_figure_4_the_letter(story: Story, stranger: Page) -> None:
    message = letter(story, MAIL, "Активация")
    assert sender(message) == "ЦОПМКиМКО"
    found = re.search(r"\S+/confirm/\S+", body(message))
    assert found is not None
    story.link = found[0]
    page = stranger.context.new_page()
    as_mail_program(page, message, "https://modo.example")
    shot(page, "manual/img/fig04.png", page.locator("#from"))
    assert page.get_by_role("link").first.get_attribute("href") == story.link
    page.close()


def test_figure_5_the_activation(story: Story, stranger: Page) -> None:
    stranger.goto(story.link)
    activate = stranger.get_by_role("button", name="Активировать")
    shot(stranger, "manual/img/fig05.png", activate)
    activate.click()
    expect(stranger.get_by_role("main")).to_contain_text("8(3952)500-287")
    stranger.get_by_role("main").get_by_role("link", name="Вход в личный кабинет").click()


def test_figure_6_the_first_sign_in_says_what_to_do_next(stranger: Page) -> None:
    stranger.get_by_label("Логин или электронная почта").fill("kuznetsova")
    stranger.get_by_label("Пароль").fill(PASSWORD)
    enter = stranger.get_by_role("button", name="Войти")
    shot(stranger, "manual/img/fig06.png", enter)
    enter.click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Личный кабинет пользователя")
    expect(stranger.locator("#reports")).to_contain_text("8(3952)500-287")
    shot(stranger, "manual/img/newcomer.png", stranger.locator("#reports"))


def test_support_finds_the_caller_and_attaches_her(story: Story) -> None:
    page = story.window("support")
    page.goto("/admin/user/")
    page.get_by_role("searchbox").fill("кузнецова")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("rowheader", name="Кузнецова").get_by_role("link").click()
    page.get_by_role("combobox", name="Организация").press_sequentially("лицей 1")
    page.locator(".offer", has_text=SCHOOL).first.click()
    page.get_by_label("Роль").select_option(label="Пользователь организации")
    attach = page.get_by_role("button", name="Прикрепить к организации")
    shot(page, "manual/img/attach.png", attach)
    attach.click()
    expect(page.get_by_role("row", name=SCHOOL)).to_contain_text("Антипина")


def test_figure_7_the_cabinet_has_five_blocks(story: Story, stranger: Page) -> None:
    stranger.goto("/cabinet")
    blocks = ("Мои отчеты", "Мои сообщения", "Мои организации", "Мои заявки", "Мой профиль")
    for block in blocks:
        expect(stranger.get_by_role("main").get_by_role("region", name=block)).to_be_visible()
    expect(stranger.locator("#messages")).to_contain_text(SCHOOL)
    assert SCHOOL in body(letter(story, MAIL, "прикреплен"))
    shot(stranger, "manual/img/fig07.png", whole=True)


def test_figure_8_two_ways_back_to_the_cabinet(stranger: Page) -> None:
    for way in ("Мой профиль", "Кузнецова"):
        stranger.goto("/messages")
        crumb, surname = stranger.locator(".crumbs").get_by_role("link", name="Мой профиль"), stranger.locator(".tools .me")
        if way == "Кузнецова":
            shot(stranger, "manual/img/fig08.png", crumb, surname)
        (surname if way == "Кузнецова" else crumb).click()
        expect(stranger).to_have_url(re.compile("/cabinet$"))


def test_the_block_of_requests_leads_to_their_service(stranger: Page) -> None:
    stranger.goto("/cabinet")
    stranger.locator("#requests").get_by_role("link", name="Сервис заявок").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Сервис заявок")
    stranger.get_by_role("main").get_by_role("link", name="Новая заявка").first.click()
    kinds = stranger.get_by_role("region", name="Виды заявок").get_by_role("link")
    expect(kinds.filter(has_text=re.compile("титульной|Удаление|Возвращение|Подключение"))).to_have_count(5)
    shot(stranger, "manual/img/requests.png")


def test_figure_9_the_bar_and_the_block_lead_to_the_organization(stranger: Page) -> None:
    stranger.goto("/cabinet")
    bar = stranger.get_by_role("navigation", name="Мои организации")
    block = stranger.get_by_role("region", name="Мои организации")
    shot(stranger, "manual/img/fig09.png", bar.get_by_role("link"), block)
    for way in (block, bar):
        stranger.goto("/cabinet")
        way.get_by_role("link", name=SCHOOL).click()
        expect(stranger.get_by_role("heading", level=1)).to_have_text(SCHOOL)


def test_figure_10_a_form_opens_its_periods(stranger: Page) -> None:
    activity = stranger.get_by_role("region", name="Отчеты о деятельности")
    expect(activity.locator("details")).to_have_attribute("open", "")
    activity.locator("summary").click()
    expect(activity.locator(".periods")).to_be_hidden()
    activity.locator("summary").click()
    shot(stranger, "manual/img/fig10.png", activity.locator(".periods"))
    activity.locator(".periods").get_by_role("link").first.click()


def test_figure_11_the_report(stranger: Page) -> None:
    ready(stranger)
    expect(stranger.locator(".menu [data-status]")).to_have_attribute("data-status", "empty")
    for words in ("Оглавление", "Действия", "Приложения", "Комментарии"):
        expect(stranger.locator(".menu .items").get_by_text(words, exact=True)).to_be_visible()
    shot(stranger, "manual/img/fig11.png", stranger.locator(".menu"))


def test_figure_12_grey_cells_are_typed_and_white_ones_computed(story: Story, stranger: Page) -> None:
    stranger.locator("#contents > summary").click()
    shot(stranger, "manual/img/contents.png")
    stranger.locator('#contents a[data-section="2.1.1.1"]').click()
    for row in ("01", "02", "11"):
        field(stranger, f"2.1.1.1/{row}/4").click()
        for column in range(4, 17):
            stranger.keyboard.type(story.region.sample.get(f"2.1.1.1/{row}/{column}", "0"))
            stranger.keyboard.press("Tab")
    arrived(stranger, "2.1.1.1/12/4")
    for address, value in (("01/3", "29"), ("09/3", "29"), ("02/3", "672"), ("10/4", "78")):
        reads(stranger, f"2.1.1.1/{address}", value)
    act(stranger, "Сохранить")
    saved(stranger)
    expect(stranger.locator(".menu [data-status]")).to_have_attribute("data-status", "draft")
    field(stranger, "2.1.1.1/02/4").click()
    shot(stranger, "manual/img/fig12.png", cell(stranger, "2.1.1.1/02/4"), cell(stranger, "2.1.1.1/02/3"))


def test_figure_13_the_check_shows_both_sides_and_leads_to_the_cell(story: Story, stranger: Page) -> None:
    field(stranger, "2.1.1.1/11/4").fill("77")
    act(stranger, "Выполнить проверку")
    finding = stranger.locator('.finding[data-check="2.1.1.1:3"]').filter(has_text="гр. 4: 78")
    expect(finding).to_contain_text("77")
    field(stranger, "2.1.1.1/20/9").click()
    finding.get_by_role("link").click()
    arrived(stranger, "2.1.1.1/10/4")
    shot(stranger, "manual/img/check.png", finding)
    field(stranger, "2.1.1.1/11/4").fill("78")
    expect(stranger.locator('.finding[data-check="2.1.1.1:3"]')).to_have_count(0)
    saved(stranger)


def test_figure_13_save_check_send(story: Story, stranger: Page) -> None:
    fill_in(stranger, story.region.sample)
    field(stranger, "2.1.1.1/11/4").fill("77")
    field(stranger, "2.1.1.1/02/5").click()
    saved(stranger)
    shot(stranger, "img/report.png")
    field(stranger, "2.1.1.1/11/4").fill("78")
    act(stranger, "Выполнить проверку")
    expect(stranger.locator("[data-panel=check] [data-note]")).to_contain_text("Проверено")
    expect(stranger.locator(".finding.error")).to_have_count(0)
    stranger.locator("#actions > summary").click()
    shot(stranger, "manual/img/fig13.png", stranger.locator("#actions > div"))
    stranger.locator("#actions").get_by_role("button", name="Отправить отчет").click()
    status = stranger.locator(".menu [data-status]")
    expect(status).to_have_text("На проверке в вышестоящей организации")
    expect(stranger.locator("#grid input")).to_have_count(0)
    shot(stranger, "manual/img/sent.png", status)
    story.report = stranger.url.partition("?")[0]


def test_figure_14_the_operator_comments_a_cell_and_rejects(story: Story, operator: Page) -> None:
    operator.get_by_role("navigation", name="Главное меню").get_by_role("link", name="На проверке").click()
    line = operator.get_by_role("row", name=SCHOOL)
    shot(operator, "manual/img/review.png", line)
    line.locator("a.btn").click()
    ready(operator)
    operator.goto(f"{story.report}?section=2.1.1.1")
    ready(operator)
    cell(operator, "2.1.1.1/15/4").click()
    operator.locator("[data-opens=comments]").click()
    operator.locator(".say textarea").fill("По приказам здесь 39.")
    operator.locator(".say button").click()
    expect(operator.locator(".comment")).to_contain_text("По приказам здесь 39.")
    act(operator, "Отклонить")
    operator.locator("#ask-reject textarea").fill(REASON)
    shot(operator, "manual/img/reject.png", operator.locator("#ask-reject"))
    operator.locator("#ask-reject").get_by_role("button", name="Отклонить").click()
    expect(operator.locator(".menu [data-status]")).to_have_text("Отклонено")


def test_figure_14_the_clerk_reads_the_reason(story: Story, stranger: Page) -> None:
    stranger.goto("/cabinet")
    stranger.locator("#messages").get_by_role("link", name=re.compile("отклонен", re.IGNORECASE)).first.click()
    expect(stranger.get_by_role("main")).to_contain_text(REASON)
    assert REASON in body(letter(story, MAIL, "отклонен")).replace("\n", " ")
    stranger.goto(story.report)
    ready(stranger)
    status = stranger.locator(".menu [data-status]")
    expect(status).to_have_text("Отклонено")
    stranger.locator("[data-opens=comments]").click()
    expect(stranger.locator("#side")).to_contain_text(REASON)
    stranger.locator(".comment [data-jump]").click()
    arrived(stranger, "2.1.1.1/15/4")
    shot(stranger, "manual/img/fig14.png", status, stranger.locator("#side .comment", has_text=REASON))


def test_after_figure_14_she_corrects_and_sends_again(stranger: Page) -> None:
    for column, girls in (("4", "39"), ("5", "36")):
        field(stranger, f"2.1.1.1/15/{column}").fill(girls)
    act(stranger, "Сохранить")
    saved(stranger)
    act(stranger, "Выполнить проверку")
    expect(stranger.locator("[data-panel=check] [data-note]")).to_contain_text("Проверено")
    act(stranger, "Отправить отчет")
    expect(stranger.locator(".menu [data-status]")).to_have_attribute("data-status", "submitted")


def test_after_figure_14_the_operator_sees_the_change_and_accepts(story: Story, stranger: Page, operator: Page) -> None:
    operator.goto(f"{story.report}?section=2.1.1.1")
    ready(operator)
    operator.locator("#actions > summary").click()
    operator.locator("[data-opens=changes]").click()
    expect(operator.locator('[data-changed="2.1.1.1/15/4"]')).to_contain_text("38 → 39")
    operator.locator('[data-changed="2.1.1.1/15/4"]').get_by_role("link").click()
    arrived(operator, "2.1.1.1/15/4")
    shot(operator, "manual/img/changes.png", operator.locator(".deltas"))
    act(operator, "Принять")
    expect(operator.locator(".menu [data-status]")).to_have_text("Принято")
    stranger.goto(story.report)
    expect(stranger.locator(".menu [data-status]")).to_have_text("Принято")
