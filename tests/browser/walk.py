"""Who walks through the manual, in which windows, and the camera."""

import email
import os
import re
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ready, sign_in
from tests.browser.walk_region import Region

PICTURES = Path(__file__).resolve().parents[2] / "docs"
WANTED = bool(os.environ.get("MODO_PICTURES"))
SIZE = {"width": 1440, "height": 900}
MAIL = "kuznetsova@school.example"
PERSON = {
    "Фамилия": "Кузнецова",
    "Имя": "Елена",
    "Отчество": "Павловна",
    "Должность": "Секретарь учебной части",
    "Телефон": "+7 (3952) 12-34-56",
    "Логин": "kuznetsova",
    "Электронная почта": MAIL,
}
PASSWORD = "шесть синих сов летят"
FRAME = """(element, on) => {
    element.style.outline = on ? "3px solid #c2185b" : "";
    element.style.outlineOffset = on && element.matches("td, li, .menu, nav a") ? "-3px" : on ? "3px" : "";
}"""
SAVE = """async (cells) => {
    const {url, csrf} = JSON.parse(document.getElementById("report-data").textContent);
    const {revision} = await (await fetch(`${url}/values`)).json();
    const headers = {"Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf};
    const body = JSON.stringify({base: revision, key: crypto.randomUUID(), cells});
    return (await fetch(`${url}/cells`, {method: "POST", headers, body})).status;
}"""


@dataclass
class Story:
    """The windows of those who take part, by login, and what one chapter tells the next."""

    region: Region
    browser: Browser
    windows: dict[str, Page] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    link: str = ""
    report: str = ""

    def window(self, person: str) -> Page:
        """The window of a person: a stranger's is not signed in; the others sign in with the demo's password."""
        if person not in self.windows:
            context = self.browser.new_context(base_url=self.region.url, viewport=SIZE)  # type: ignore[arg-type]
            context.set_default_timeout(60_000)
            context.on("weberror", lambda error: self.wrong.append(str(error.error)))
            self.windows[person] = context.new_page()
            if person != "stranger":
                sign_in(self.windows[person], person)
        return self.windows[person]

    def close(self) -> None:
        """Close all windows; a mistake of a page's scripts fails the walk."""
        for page in self.windows.values():
            page.context.close()
        assert not self.wrong, self.wrong


def shot(page: Page, name: str, *marked: Locator, whole: bool = False) -> None:
    """A picture for docs/, with frames around what it is about; only where pictures are asked for (`make pictures`)."""
    for one in marked:
        expect(one).to_be_visible()
    if not WANTED:
        return
    page.evaluate("document.fonts.ready")
    for one in marked:
        one.evaluate(FRAME, True)
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / name, full_page=whole, animations="disabled", caret="hide")
    for one in marked:
        one.evaluate(FRAME, False)


def letter(story: Story, recipient: str, subject: str, seconds: float = 120) -> EmailMessage:
    """The letter in the outbox, as soon as the worker has let it leave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in story.region.outbox.glob("*.eml"):
            found = email.message_from_bytes(path.read_bytes(), policy=default)
            if isinstance(found, EmailMessage) and recipient in str(found["To"]) and subject in str(found["Subject"]):
                return found
        time.sleep(0.2)
    raise AssertionError(f"no letter «{subject}» to {recipient} in {seconds:.0f} s")


def body(message: EmailMessage, kind: str = "plain") -> str:
    """What a letter says: its text, or its HTML."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def sender(message: EmailMessage) -> str:
    """Who has sent it, as programs for mail show it: the name without the address."""
    return str(message["From"]).rpartition(" <")[0]


def as_mail_program(page: Page, message: EmailMessage, address: str) -> None:
    """The letter on a page, as programs for mail show it; for the picture, with the product at ``address``."""
    letter = re.sub(r">https?://[^/<]+", f">{address}", body(message, "html"))
    page.set_content(
        f"<title>{message['Subject']}</title><body style='margin:0;background:#f3f4f8;font:15px sans-serif'>"
        "<article style='max-width:760px;margin:40px auto;background:#fff;border:1px solid #d5dbe5;border-radius:10px'>"
        "<header style='padding:20px 28px;border-bottom:1px solid #d5dbe5'>"
        f"<h1 style='margin:0 0 10px;font-size:20px'>{message['Subject']}</h1>"
        f"<p id='from' style='margin:0;display:inline-block'><b>От кого:</b> {sender(message)}</p>"
        f"<p style='margin:6px 0 0;color:#445'><b>Кому:</b> {message['To']}</p></header>"
        f"<div style='padding:8px 28px 24px'>{letter}</div></article>"
    )


def fill_in(page: Page, cells: dict[str, str]) -> None:
    """Much at once: through the page's own address for saving, with the page's own token; then the page is read again."""
    assert page.evaluate(SAVE, cells) == 200
    page.reload()
    ready(page)


def arrived(page: Page, address: str) -> None:
    """Until the cursor stands in this cell."""
    expect(
        page.locator(f'[data-cell="{address}"]').locator("input").or_(page.locator(f'td[data-cell="{address}"]:not(:has(input))'))
    ).to_be_focused()


def act(page: Page, words: str) -> None:
    """«Действия» → …"""
    page.locator("#actions > summary").click()
    page.locator("#actions").get_by_role("button", name=words).click()
