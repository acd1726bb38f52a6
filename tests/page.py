"""A client that reads pages as a careful visitor: every page it gets is checked against the rules of the house."""

from collections import Counter
from typing import Any, Self

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Visitor(FlaskClient):
    """A client whose every request has an application context of its own, as on a server, also inside a test's context."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*arguments, **options)


class Page:
    """The last page read (`soup`, `status`, `text`), and what one can do on it: `get`, `post`, `submit`, `sign_in`."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.response: TestResponse
        self.soup = BeautifulSoup("", "html.parser")

    @property
    def status(self) -> int:
        """The HTTP status of the last answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a reader reads, white space folded."""
        return " ".join(self.soup.get_text(" ").split())

    def get(self, address: str, status: int = 200, follow: bool = True) -> Self:
        """Read a page and check the rules of the house on it."""
        return self._read(self.client.get(address, follow_redirects=follow), status)

    def post(self, address: str, data: dict[str, Any] | None = None, status: int = 200, follow: bool = True) -> Self:
        """Send a form's data with the CSRF token of the page read last."""
        token = self.soup.find("input", {"name": "csrf_token"})
        sent = {**({"csrf_token": token["value"]} if isinstance(token, Tag) else {}), **(data or {})}
        return self._read(self.client.post(address, data=sent, follow_redirects=follow), status)

    def submit(self, form: str = "main form", status: int = 200, **typed: Any) -> Self:
        """Fill in and send a form of this page; `form` is a CSS selector."""
        found = self.soup.select_one(form)
        assert isinstance(found, Tag), f"no form {form!r} on this page:\n{self.text[:500]}"
        data = fields(found) | typed
        address = str(found.get("action") or self.response.request.path)
        return self._read(self.client.post(address, data=data, follow_redirects=True), status)

    def sign_in(self, name: str, password: str) -> Self:
        """Through the real window."""
        self.get("/login")
        form = next(form for form in self.soup.find_all("form") if form.find("input", {"type": "password"}))
        names = [
            str(field["name"]) for field in form.find_all("input") if field.get("type") in {None, "text", "email", "password"}
        ]
        data = fields(form) | dict(zip(names, (name, password), strict=False))
        self._read(self.client.post(str(form.get("action") or "/login"), data=data, follow_redirects=True), 200)
        assert not self.soup.find("input", {"type": "password"}), f"could not sign in as {name}: {self.text[:300]}"
        return self

    def _read(self, response: TestResponse, status: int) -> Self:
        self.response = response
        is_page = response.mimetype == "text/html"
        self.soup = BeautifulSoup(response.get_data(as_text=True) if is_page else "", "html.parser")
        assert response.status_code == status, f"{response.request.path}: {response.status_code}\n{self.text[:800]}"
        if is_page and self.soup.find("html"):
            check(self.soup, response)
        return self


def fields(form: Tag) -> dict[str, Any]:
    """What the form would send as it stands."""
    data: dict[str, Any] = {}
    for field in form.select("input[name]"):
        if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        if field.get("type") not in {"submit", "button", "file"}:
            data[str(field["name"])] = field.get("value", "")
    for area in form.select("textarea[name]"):
        data[str(area["name"])] = area.get_text().removeprefix("\n")
    for choice in form.select("select[name]"):
        chosen = choice.select("option[selected]") or choice.select("option")[:1]
        values = [option.get("value", option.get_text()) for option in chosen]
        data[str(choice["name"])] = values if choice.has_attr("multiple") else (values or [""])[0]
    return data


def check(soup: BeautifulSoup, response: TestResponse) -> None:
    """The rules of the house for a page. Each failure says what to do."""
    where = response.request.path
    headings = soup.find_all("h1")
    assert len(headings) == 1, f"{where}: a page has one h1, this has {len(headings)}"
    assert soup.title is not None, f"{where}: give the page a title"
    assert soup.title.get_text(strip=True), f"{where}: the title is empty"
    assert soup.html is not None, f"{where}: no html element"
    assert soup.html.get("lang") in {"ru", "en"}, f"{where}: say the language on <html lang>"
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    assert not (double := [name for name, times in ids.items() if times > 1]), f"{where}: ids must be unique: {double}"
    assert not soup.select("[style]"), f"{where}: no style attributes (CSP): {str(soup.select('[style]')[0])[:100]}"
    inline = [tag for tag in soup.find_all("script") if not tag.get("src") and tag.get("type") != "application/json"]
    assert not inline, f"{where}: no inline scripts (CSP): {str(inline[0])[:100]}"
    handlers = [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert not handlers, f"{where}: no inline handlers (CSP): {str(handlers[0])[:100]}"
    for field in soup.select("input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"):
        assert named(soup, field), f"{where}: a field needs a label: {str(field)[:120]}"
    assert "Content-Security-Policy" in response.headers, f"{where}: send the Content-Security-Policy"


def named(soup: BeautifulSoup, field: Tag) -> bool:
    """Has the field an accessible name?"""
    if field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label"):
        return True
    return bool(field.get("id")) and soup.find("label", {"for": field["id"]}) is not None
