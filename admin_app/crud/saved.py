"""Saved views of a generated list: the tabs above it, and the page on which one's own are renamed, shared, pinned and deleted."""

from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin_app.crud.links import Links
from admin_app.crud.listing import COLUMN
from admin_app.crud.pickers import number
from admin_app.crud.rights import GuardedView
from admin_app.extensions import db
from admin_app.reporting import saved_views, scope
from admin_app.reporting.refusal import Refused


class SavedViews(GuardedView):
    """The part of a screen that keeps views."""

    def tabs(self, links: Links) -> dict[str, Any]:
        """What the list shows: pinned views, and whether the list now is one of them."""
        found = saved_views.found(db.session, self.endpoint)
        now = links.query().lstrip("?")
        same = now if COLUMN in request.args else links.query(**{COLUMN: ""}).lstrip("?")  # but for remembered columns
        here = next((one.id for one in found if one.query == same), None)
        return {"views": found, "here": here, "query": now, "plain": not same, "sharings": saved_views.sharings(scope.current())}

    @expose("/views/", methods=("GET", "POST"))
    def saved_view(self) -> str | Response:
        """The views of this list; a new one is sent here."""
        if request.method == "POST":
            return self.tried(self.keep)
        return self.views_page()

    @expose("/views/change/", methods=("POST",))
    def change_saved_view(self) -> str | Response:
        """Rename, share, pin or delete one of one's own."""
        return self.tried(self.drop if "drop" in request.form else self.change)

    def tried(self, verb: Any) -> str | Response:
        """Do it and go where it leads; what is refused is said on the page of views, where what was typed still stands."""
        try:
            way = verb()
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            return self.views_page(str(error), request.form)
        return redirect(way)

    def keep(self) -> str:
        """A new view; it opens."""
        view = saved_views.keep(
            db.session, self.endpoint, request.form.get("title", ""), request.form.get("query", ""), *self.given()
        )
        flash(_("The view “%(title)s” is saved.", title=view.title), "success")
        return f"{self.get_url('.index_view')}?{view.query}".rstrip("?")

    def change(self) -> str:
        """A view of one's own."""
        key = number(request.form.get("view", "")) or 0
        view = saved_views.change(db.session, self.endpoint, key, request.form.get("title", ""), *self.given())
        flash(_("The view “%(title)s” is saved.", title=view.title), "success")
        return str(self.get_url(".saved_view"))

    def drop(self) -> str:
        """Delete one of one's own."""
        title = saved_views.drop(db.session, self.endpoint, number(request.form.get("view", "")) or 0)
        flash(_("The view “%(title)s” is deleted.", title=title), "success")
        return str(self.get_url(".saved_view"))

    def given(self) -> tuple[str, bool]:
        """Who finds it, and whether it is a tab."""
        return request.form.get("shared", ""), "pinned" in request.form

    def views_page(self, wrong: str = "", typed: Any = None) -> str:
        """The page of views."""
        found = saved_views.found(db.session, self.endpoint)
        facts = {"views": found, "sharings": saved_views.sharings(scope.current()), "wrong": wrong, "typed": typed or {}}
        return str(self.render("admin/views.html", **facts))
