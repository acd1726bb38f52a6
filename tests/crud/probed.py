"""A process of its own in which models.py has one column more, and nothing else: what do the screens make of it?

`python -m tests.crud.probed DATABASE_URL DATA_DIR` prints what it has found as JSON: each page's text, by name. Run by
test_probe.py on a database that has the column too.
"""

import json
import sys
from pathlib import Path

from flask_babel import lazy_gettext as _
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

import models
from admin_app.config import Settings
from tests.page import Page, Visitor, fields
from tests.people import PASSWORD

# One column with its words, as it would stand in models.py. Its label is one that the catalogue knows already.
models.Organization.probe = mapped_column(  # type: ignore[attr-defined]
    String(40), doc=_("Media type"), info=models.words(_("Checksum"), list=True, search=True, filter=True, section="codes")
)


def main(url: str, folder: str) -> None:
    """Fill the column in through the form, then read it everywhere."""
    from wsgi import create_app  # noqa: PLC0415  # not before the column is there

    app = create_app(Settings(data_dir=Path(folder), database_url=url, secret_key="probe-" * 8))
    app.testing, app.test_client_class = True, Visitor
    page = Page(app.test_client()).sign_in("irkutsk", PASSWORD)
    address = "/admin/organization/"
    page.get(address + "?q=СОШ+№+3")
    key = page.soup.select_one("tbody a[href*='id=']")["href"].partition("id=")[2]  # type: ignore[index]
    found = {"form": page.get(f"{address}edit/?id={key}").soup.select_one(".field:has([name=probe])").get_text(" ")}  # type: ignore[union-attr]
    data = fields(page.soup.select_one("form.sheet"))  # type: ignore[arg-type]
    found["wrong"] = page.post(f"{address}edit/?id={key}", {**data, "probe": "x" * 41}).soup.select_one("#probe-wrong").get_text()  # type: ignore[union-attr]
    found["card"] = page.post(f"{address}edit/?id={key}", {**data, "probe": "канарейка"}).soup.main.get_text(" ")  # type: ignore[union-attr]
    for name, query in {
        "list": "",
        "search": "?q=канарейка",
        "miss": "?q=канарейки",
        "filter": "?probe=канар",
        "sort": "?sort=-probe",
    }.items():
        page.get(address + query)
        found[name] = page.soup.select_one("main table").get_text(" ") if page.soup.select_one("main table") else ""  # type: ignore[union-attr]
    found["panel"] = str(page.get(address + "?add=probe&filters=1").soup.main)
    found["export"] = page.client.get(address + "export/csv/").get_data(as_text=True)
    page.get(f"{address}details/?id={key}").submit("form[action='/language']", locale="en")
    found["english"] = page.get(f"{address}details/?id={key}").soup.main.get_text(" ")  # type: ignore[union-attr]
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
