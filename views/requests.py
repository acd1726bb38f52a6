"""«Сервис заявок»: one's own requests and those to decide on; file, withdraw, grant, refuse."""

from flask import Flask, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user

from admin_app.extensions import db
from admin_app.reporting import guard, opening, requests, scope, wishes
from admin_app.reporting.guard import Permission
from admin_app.reporting.opening import Effect
from admin_app.reporting.refusal import Refused
from admin_app.reporting.wishes import Wish
from models import Request, RequestKind, RequestState, RoleName
from views import paging
from views.base import Screen, expose
from views.request_forms import FORMS, Asking, Deciding, say, started

K = RequestKind
ICONS = {
    K.EDIT_CARD: "edit",
    K.DELETE_ORGANIZATION: "trash",
    K.RETURN_REPORT: "back",
    K.ATTACH_USER: "key",
    K.REMOVE_USER: "user",
    K.ADD_ORGANIZATION: "plus",
}
ORDER = (K.RETURN_REPORT, K.EDIT_CARD, K.ATTACH_USER, K.REMOVE_USER, K.ADD_ORGANIZATION, K.DELETE_ORGANIZATION)


class Requests(Screen):
    """The request service. Anybody who is signed in may ask; a request is read by its author and those above."""

    title = _("Requests service")
    address = "/requests"
    in_menu = True

    @expose("")
    def index(self) -> str:
        """One's own requests; operators see those to decide on first (?list=mine|others, ?state=)."""
        decides = bool(guard.may(scope.current(), Permission.REQUEST_READ))
        listed = request.args.get("list", "others" if decides else "mine")
        state = state_of(request.args.get("state", RequestState.OPEN if listed == "others" else ""))
        statement = requests.others(state) if decides and listed == "others" else requests.mine()
        found = paging.listing(statement, Request.id)
        names = requests.authors(db.session, found.rows) if decides else {}
        return str(
            self.render(
                "requests/list.html",
                page=found,
                listed=listed,
                state=state,
                decides=decides,
                names=names,
                kinds=ORDER,
                icons=ICONS,
                states=RequestState,
                to_page=paging.address,
            )
        )

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """?kind= what is asked for; ?organization= or ?report= what it is about, chosen on another page."""
        kind = kind_of(request.args.get("kind", ""))
        if kind is None:
            return str(self.render("requests/kinds.html", kinds=ORDER, icons=ICONS))
        form = FORMS[kind](data=started())
        form.offer()
        if form.validate_on_submit() and (filed := self.filed(kind, form)):
            flash(gettext("The request No. %(number)s is filed. The answer comes to “My messages” and by mail.", number=filed.id))
            return redirect(url_for("requests.one", id=filed.id))
        return str(self.render("requests/new.html", form=form, kind=kind))

    def filed(self, kind: RequestKind, form: Asking) -> Request | None:
        """File it, or say at the field what does not fit."""
        typed = {name: form[name].data for name in form.fields}
        try:
            filed = requests.file(db.session, Wish(kind=kind, **typed))
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            say(form, refused)
            return None
        return filed

    @expose("/<int:id>")
    def one(self, id: int) -> str:
        """A request: what is asked, what was answered, what can be done."""
        asked = db.session.scalar(requests.listed().where(Request.id == id)) or abort(404)
        return self.show(asked, Deciding())

    def show(self, asked: Request, form: Deciding) -> str:
        """The page of a request; `form` is the operator's answer as typed so far."""
        own = asked.author_id == current_user.id
        answer = guard.may(scope.current(), Permission.REQUEST_DECIDE, asked)
        if answer:
            form.fit(asked)
            form.effect = form.effect or effect_of(asked, form)
        author = requests.author_of(db.session, asked)
        return str(
            self.render(
                "requests/one.html",
                asked=asked,
                own=own,
                may_decide=answer,
                form=form,
                author=author,
                card=card_of(asked),
                icons=ICONS,
                is_open=asked.state is RequestState.OPEN,
            )
        )

    @expose("/<int:id>/effect")
    def effect(self, id: int) -> ResponseReturnValue:
        """What attaching the author would open, while the answer is filled in: JSON {text, mark}, empty until it can be said."""
        asked = db.session.scalar(requests.listed().where(Request.id == id)) or abort(404)
        form = Deciding(request.args, meta={"csrf": False})
        effect = None
        if guard.may(scope.current(), Permission.REQUEST_DECIDE, asked):
            form.fit(asked)
            effect = effect_of(asked, form)
        return jsonify({"text": effect.words if effect else "", "mark": effect.mark if effect else ""})

    @expose("/<int:id>/withdraw", methods=("POST",))
    def withdraw(self, id: int) -> ResponseReturnValue:
        """The author no longer asks."""
        try:
            requests.withdraw(db.session, id)
            db.session.commit()
            flash(gettext("The request is withdrawn."))
        except Refused as refused:
            db.session.rollback()
            flash(refused.sentence, "error")
        return redirect(url_for("requests.one", id=id))

    @expose("/<int:id>/decide", methods=("GET", "POST"))
    def decide(self, id: int) -> ResponseReturnValue:
        """Grant or refuse; what does not fit is said at its field, with what was typed."""
        asked = db.session.scalar(requests.listed().where(Request.id == id)) or abort(404)
        if request.method == "GET":
            return redirect(url_for("requests.one", id=id))
        form = Deciding()
        form.fit(asked)
        if not form.validate() or not self.decided(asked, form, request.form.get("decision") == "grant"):
            return self.show(asked, form)
        card = card_of(asked) if asked.state is RequestState.GRANTED else ""
        return redirect(card or url_for("requests.one", id=id))

    def decided(self, asked: Request, form: Deciding, granted: bool) -> bool:
        """Write the decision down, or say at the field why it can't be."""
        answer = form.answer.data or ""
        if granted and not told(asked, form):
            return False
        try:
            if granted:
                requests.grant(db.session, asked.id, answer, form.place.data or "" if form.place else "", form.given())
            else:
                requests.refuse(db.session, asked.id, answer)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            say(form, refused)
            return False
        said = (gettext("The request is granted; its author is told."), gettext("The request is refused; its author is told."))
        flash(said[not granted])
        return True


def effect_of(asked: Request, form: Deciding) -> Effect | None:
    """What granting an attachment would open; None while it can't be said: another kind, no such organization, not one's role."""
    if not form.place or not form.role or form.given() not in guard.grants(scope.current()):
        return None
    try:
        place = wishes.organization_of(db.session, asked, form.place.data or "")
    except Refused:
        return None
    return opening.of_attachment(db.session, asked.author_id, place, form.given())


def told(asked: Request, form: Deciding) -> bool:
    """Has what this opens been shown? A role that opens a whole part of the tree is given on the second press."""
    form.effect = effect_of(asked, form)
    far = form.effect is not None and form.given() is not RoleName.ORGANIZATION
    form.again = far and form.effect is not None and request.form.get("shown") != form.effect.mark
    return not form.again


def state_of(value: str) -> RequestState | None:
    """The state asked for, or none: all of them."""
    return next((state for state in RequestState if state == value), None)


def kind_of(value: str) -> RequestKind | None:
    """The kind asked for, if there is such."""
    return next((kind for kind in RequestKind if kind == value), None)


def card_of(asked: Request) -> str:
    """Where the operator makes the change that the request is about; empty if granting it is all."""
    if asked.kind in (K.EDIT_CARD, K.DELETE_ORGANIZATION):
        return f"/admin/organization/edit/?id={asked.organization_id}"
    if asked.kind is K.REMOVE_USER:
        return f"/admin/user/edit/?id={asked.details.get('user_id')}"
    return "/admin/organization/new/" if asked.kind is K.ADD_ORGANIZATION else ""


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Requests())
