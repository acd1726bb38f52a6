"""«Why does somebody see a row, or not»: the verdict, the steps of the rule, what would help, and what may be done with the row.

For those who read the data of users. They choose among people and rows that they see themselves, and read of nothing else.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import Form

from admin_app.crud import pickers
from admin_app.crud.base import Answer, SchemaView
from admin_app.crud.fields import field_of
from admin_app.crud.forming import NO_ROW
from admin_app.crud.pickers import Picker
from admin_app.crud.rights import Entrance
from admin_app.extensions import db
from admin_app.reporting import consequences, deeds, explain, guard, opening, scope
from admin_app.reporting.actor import full_name
from admin_app.reporting.explain import Explained, Remedy
from admin_app.reporting.guard import Permission
from models import Membership, Organization, Report, Request, User

MOST = 10  # further rows of the organization
BESIDE: tuple[tuple[Any, Any], ...] = (
    (Report, (joinedload(Report.campaign), joinedload(Report.organization))),
    (Request, ()),
)


class AskForm(Form):
    """About whom, and about which organization (where the row isn't given already)."""

    user_id = Picker(N_("User"), spec=field_of(Membership, "user_id"))
    organization_id = Picker(N_("Organization"), spec=field_of(Membership, "organization_id"))


@dataclass(frozen=True)
class Way:
    """A remedy as the page shows it: what to do, what else that opens, and where it is done (if the reader may)."""

    words: str
    opens: str
    address: str


@dataclass(frozen=True)
class Beside:
    """Another row of the organization, and whether the person sees it."""

    kind: str
    title: str
    sees: bool
    address: str


class WhyView(Entrance):
    """Where the question is asked and answered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(name=N_("Who sees what"), endpoint="why", url="/admin/why", **options)

    def why_not(self) -> str:
        """For those who read the data of users."""
        return str(guard.may(scope.current(), Permission.USER_READ).reason)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the view. (Flask-Admin's own tries again after any TypeError, which hides our mistakes.)"""
        return fn(self, *args, **kwargs)

    @expose("/")
    def index(self) -> Answer:
        """Choose a person and an organization."""
        form = self.form()
        if "organization_id" not in request.args or not self.chosen(form, "user_id", "organization_id"):
            return self.page(form)
        return redirect(self.get_url(".verdict", table="organization", row=form.organization_id.data, user=form.user_id.data))

    @expose("/<table>/<int:row>/")
    def of_row(self, table: str, row: int) -> Answer:
        """Choose a person for a row that is given."""
        view, found = self.row(table, row)
        form = self.form()
        if "user_id" in request.args and self.chosen(form, "user_id"):
            return redirect(self.get_url(".verdict", table=table, row=row, user=form.user_id.data))
        facts = {"view": view, "row_id": row, "title": view.title(found), "card": card_of(view, row)}
        return self.page(form, **facts)

    @expose("/<table>/<int:row>/<int:user>/")
    def verdict(self, table: str, row: int, user: int) -> Answer:
        """The answer. What is said of the row's further rights is asked last, as that person."""
        view, found = self.row(table, row)
        person = db.session.scalar(select(User).where(User.id == user)) or abort(404, NO_ROW)
        told = explain.explain(db.session, person, found)
        facts: dict[str, Any] = {
            "told": told,
            "ends": self.ends(told),
            "ways": [self.way(told, remedy, person) for remedy in told.remedies],
            "beside": self.beside(found, told) if isinstance(found, Organization) else [],
            "person": full_name(person),
            "person_card": card_of(self.screen(User), user),
            "title": view.title(found),
            "card": card_of(view, row),
        }
        form = self.form(user_id=user)
        facts["deeds"] = deeds.deeds(db.session, user, found) if told.sees else []
        db.session.expunge_all()  # what that person has loaded is not what the reader sees
        return self.page(form, view=view, **facts)

    # ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def form(self, **preset: Any) -> AskForm:
        """The form, its pickers looking among attachments' own (the same right opens both)."""
        form = AskForm(request.args if request.args else None, **preset)
        pickers.ready(form, db.session, url_for("membership.index_view") + "lookup/")
        return form

    def chosen(self, form: AskForm, *names: str) -> bool:
        """Are these fields filled in with what the reader sees?"""
        for name in names:
            field = form[name]
            if field.validate(form) and field.data is None:
                field.errors = [_("Fill in “%(label)s”.", label=field.label.text)]
        return not any(form[name].errors for name in names)

    def page(self, form: AskForm, **facts: Any) -> str:
        """The page."""
        return str(self.render("admin/why.html", form=form, **facts))

    def screen(self, model: Any) -> SchemaView:
        """The screen of a table. Raises 404."""
        return next((view for view in self.screens() if view.model is model), None) or abort(404, NO_ROW)

    def row(self, table: str, key: int) -> tuple[SchemaView, Any]:
        """The table's screen and the row, if the reader sees both. Raises 404."""
        view = next((view for view in self.screens() if view.endpoint == table), None) or abort(404, NO_ROW)
        found = db.session.scalar(select(view.model).where(view.model.id == key).options(*view.together))
        return (view, found) if found is not None else abort(404, NO_ROW)

    def ends(self, told: Explained) -> dict[int, str]:
        """Where the attachments that open the row are ended, if the reader may."""
        opening = [step.membership_id for step in told.steps if step.membership_id and step.holds]
        seats = [db.session.get(Membership, key) for key in opening]
        may = [seat for seat in seats if seat and guard.may(scope.current(), Permission.USER_ATTACH, seat)]
        return {seat.id: url_for("membership.end_view", id=seat.id) for seat in may}

    def way(self, told: Explained, remedy: Remedy, person: User) -> Way:
        """One remedy with its side effect."""
        if remedy.reach is None:
            may = not person.active and guard.may(scope.current(), Permission.USER_EDIT, person)
            return Way(str(remedy.words), "", url_for("user.edit_view", id=person.id) if may else "")
        after = consequences.with_reach(told.actor, remedy.reach)
        opens = opening.counted(consequences.opened(db.session, told.actor, after))
        place, role = remedy.reach.organization_id, remedy.reach.role
        mine = person.id == scope.current().user_id
        node = db.session.get(Organization, place)
        may = not mine and role in guard.grants(scope.current()) and guard.may(scope.current(), Permission.USER_ATTACH, node)
        address = url_for("user.details_view", id=person.id, organization_id=place, role=role.value, _anchor="attachments")
        return Way(str(remedy.words), opens, address if may else "")

    def beside(self, home: Organization, told: Explained) -> list[Beside]:
        """The latest reports and requests of the organization, each with its verdict."""
        made = []
        for model, together in BESIDE:
            view = next((one for one in self.screens() if one.model is model), None)
            if view is None:
                continue
            newest = select(model).where(model.organization_id == home.id).order_by(model.id.desc()).limit(MOST)
            rows = db.session.scalars(newest.options(*together)).all()
            traces = explain.traces(db.session, told.actor, model, [row.id for row in rows]) if rows else {}
            for row in rows:
                address = self.get_url(".verdict", table=view.endpoint, row=row.id, user=told.actor.user_id)
                made.append(Beside(str(model.__label__), view.title(row), traces[row.id].sees, address))
        return made


def card_of(view: SchemaView, key: int) -> str:
    """The card of a row of another screen."""
    return url_for(f"{view.endpoint}.details_view", id=key)
