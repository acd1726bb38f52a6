"""Users and their attachments to organizations."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import Field, Form, ValidationError

from admin_app.crud import mistakes, pickers, searching
from admin_app.crud.base import Answer, SchemaView
from admin_app.crud.fields import FieldSpec, field_of
from admin_app.crud.inputs import ChoiceField, Filled
from admin_app.crud.pickers import Picker
from admin_app.extensions import db
from admin_app.reporting import accounts, entries, guard, opening, scope
from admin_app.reporting.actor import full_name
from admin_app.reporting.guard import Permission
from admin_app.reporting.imports.kinds import KINDS
from admin_app.reporting.opening import Effect
from models import Membership, Organization, RoleName, User

PLACE = field_of(Membership, "organization_id")


class AttachForm(Form):
    """To which organization, in which role."""

    effect: Effect | None = None  # what the attachment opens, once asked
    organization_id = Picker(N_("Organization"), [Filled()], spec=PLACE)
    role = ChoiceField(N_("Role"), [Filled()], choices=(), default=RoleName.ORGANIZATION.value)


def attach_form(address: str, sent: Any = None) -> AttachForm:
    """The form with the roles that the actor gives, filled as the address asks (?organization_id=5&role=…).

    `address` is the look-up's.
    """
    asked = {"organization_id": pickers.number(request.args.get("organization_id", "")), "role": request.args.get("role")}
    form = AttachForm(sent, **{name: value for name, value in asked.items() if value})
    given = guard.grants(scope.current())
    form.role.choices = [("", _("— not chosen —")), *((role.value, role.title) for role in RoleName if role in given)]
    pickers.ready(form, db.session, address)
    return form


def good_login(_form: Form, field: Field) -> None:
    """Raises ValidationError for a login that nobody could have registered. One that was there before stays."""
    if field.data and field.data != field.object_data and not re.fullmatch(r"[\w.-]{3,64}", field.data):
        raise ValidationError(_("A login has 3 to 64 signs: letters, digits, a dot, a dash or an underscore, no spaces."))


class UserView(SchemaView):
    """Accounts. A person is attached on the card, or among the newcomers; an account is switched off, never deleted."""

    rights: ClassVar = {"list": Permission.USER_READ, "create": Permission.USER_CREATE, "edit": Permission.USER_EDIT}
    extra_choices: ClassVar = {"locale": (("ru", "Русский"), ("en", "English"))}
    rules: ClassVar = {"username": good_login}
    lead = "surname"
    bulk = ("active", "locale", "position")
    card_template = "admin/user.html"
    together = (selectinload(User.memberships).options(joinedload(Membership.organization), joinedload(Membership.role)),)
    note = N_("A person who leaves is detached from the organization; an account that nobody needs is switched off.")

    def list_actions(self) -> list[tuple[str, str]]:
        """Those who have registered and are attached to nothing."""
        found = [(_("Newcomers"), str(self.get_url(".newcomers_view")))] if self.may_attach() else []
        many = self.endpoint in KINDS and not KINDS[str(self.endpoint)].refusal()
        return [(_("Import from files"), str(self.get_url("imports.index", table="user"))), *found] if many else found

    def may_attach(self) -> bool:
        """Does the actor attach people at all?"""
        return bool(guard.may(scope.current(), Permission.USER_ATTACH))

    def actions(self, row: User) -> list[tuple[str, str]]:
        """What does this person see?"""
        return [(_("Check the access"), url_for("why.index", user_id=row.id))]

    def more_pickers(self) -> tuple[FieldSpec, ...]:
        """The organization to attach to."""
        return (PLACE,)

    def fixed(self, row: Any) -> set[str]:
        """A new account may sign in; that is not asked."""
        return {"active"} if row is None else set()

    def beside(self, row: User) -> dict[str, Any]:
        """The attachments, and the form to add one."""
        form = attach_form(self.get_url(".index_view") + "lookup/") if self.may_attach() else None
        return super().beside(row) | self.attachments(row.id) | {"form": form, "person": row.id}

    def attachments(self, user_id: int) -> dict[str, Any]:
        """The person's attachments that the actor sees, lasting ones first; those that the actor may end."""
        query = select(Membership).where(Membership.user_id == user_id)
        together = query.options(joinedload(Membership.organization), joinedload(Membership.role), joinedload(Membership.made_by))
        found = db.session.scalars(together.order_by(Membership.valid_to.desc().nulls_first(), Membership.id.desc())).all()
        lasting = guard.lasting(found)
        ends = {row.id for row in lasting if may_end(row)}
        return {"memberships": found, "lasting": {row.id for row in lasting}, "may_end": ends}

    @expose("/attach/", methods=("POST",))
    def attach_view(self) -> Answer:
        """Attach a person; mistakes are shown where the form was."""
        form = attach_form(self.get_url(".index_view") + "lookup/", request.form)
        user_id, seen = self.person(request.form)
        if form.validate() and told(user_id, form) and attach(user_id, form):
            flash(_("The person is attached and has been told."), "success")
            return redirect(self.get_url(".details_view", id=user_id))
        if not seen:
            return self.newcomers(form, request.form.get("q", ""), user_id)
        row = db.session.scalars(select(User).where(User.id == user_id)).one()
        return self.card_page(row, form=form)

    @expose("/effect/")
    def effect_view(self) -> Answer:
        """What attaching the person would open, while the form is filled in: JSON {text, mark}, empty until it is full."""
        form = attach_form(self.get_url(".index_view") + "lookup/", request.args)
        user_id, _seen = self.person(request.args)
        effect = effect_of(user_id, form) if form.validate() else None
        return jsonify({"text": effect.words if effect else "", "mark": effect.mark if effect else ""})

    def person(self, sent: Mapping[str, str]) -> tuple[int, bool]:
        """The person that the form names, and whether the actor sees their card: one of those, or a newcomer. Raises 404."""
        key = pickers.number(sent.get("user_id", ""))
        if key is not None and db.session.scalar(select(User.id).where(User.id == key)) is not None:
            return key, True
        if key is not None and self.may_attach() and key in {one.id for one in self.found(sent.get("q", ""))}:
            return key, False
        return abort(404, _("There is no such person among those you see."))

    @expose("/newcomers/")
    def newcomers_view(self) -> Answer:
        """Look for a person who is attached to nothing."""
        if not self.may_attach():
            abort(403, str(guard.may(scope.current(), Permission.USER_ATTACH).reason))
        form = attach_form(self.get_url(".index_view") + "lookup/")
        return self.newcomers(form, request.args.get("q", ""), pickers.number(request.args.get("user", "")))

    def newcomers(self, form: AttachForm, text: str, user_id: int | None) -> str:
        """The page of newcomers; one of them may be chosen."""
        found = self.found(text)
        chosen = next((one for one in found if one.id == user_id), None)
        return str(self.render("admin/newcomers.html", found=found, chosen=chosen, form=form, text=text, person=user_id))

    def found(self, text: str) -> list[accounts.Newcomer]:
        """The newcomers that the text may mean."""
        text = entries.clean(text)[:200]
        return searching.either(text, lambda one: accounts.find_unattached(db.session, searching.clauses(User, one)))[0]

    def title(self, row: User) -> str:
        """The name. Asked of the row itself: its maker may not see an account that is attached to nothing yet."""
        return full_name(row)

    def write(self, form: Form, row: Any, created: bool) -> None:
        """A new account gets a letter with the link to choose a password; a switched-off one is signed out."""
        if created:
            self.invite(form, row)
            return
        if row.email != form["email"].data:
            accounts.tell_of_new_address(db.session, row, form["email"].data)
        super().write(form, row, created)
        if not row.active:
            accounts.end_sessions(db.session, row.id)

    def invite(self, form: Form, row: User) -> None:
        """Make the account; `row` says afterwards which it is. Raises Refused."""
        names = ("username", "email", "surname", "name", "patronymic", "position", "phone")
        told = {name: form[name].data or "" for name in names} | {"locale": form["locale"].data or "ru"}
        made = accounts.invite(db.session, accounts.Person(**told))
        row.id, row.surname, row.name, row.patronymic = made.id, made.surname, made.name, made.patronymic

    def card_address(self, row: Any) -> str:
        """The card, or for an account that is attached to nothing yet the newcomers, where its maker finds it."""
        if row.id and db.session.scalar(select(User.id).where(User.id == row.id)) is None:
            return str(self.get_url(".newcomers_view", user=row.id))
        return super().card_address(row)


def effect_of(user_id: int, form: AttachForm) -> Effect:
    """What the attachment would open. The form has found the organization to be one that the actor sees."""
    place = db.session.scalars(select(Organization).where(Organization.id == form.organization_id.data)).one()
    return opening.of_attachment(db.session, user_id, place, RoleName(form.role.data))  # type: ignore[call-arg]  # a look-up


def told(user_id: int, form: AttachForm) -> bool:
    """Has what this opens been shown? A role that opens a whole part of the tree is given on the second press."""
    form.effect = effect_of(user_id, form)
    return form.role.data == RoleName.ORGANIZATION or request.form.get("shown") == form.effect.mark


def attach(user_id: int, form: AttachForm) -> bool:
    """Attach, or say in the form why not. Is the person attached?"""
    with mistakes.at_fields(form, Membership):
        place = db.session.scalars(select(Organization).where(Organization.id == form.organization_id.data)).one()
        opens = form.effect.data if form.effect else {}
        accounts.attach(db.session, user_id, place, RoleName(form.role.data), opens=opens)  # type: ignore[call-arg]  # a look-up
        db.session.commit()
        return True
    return False


def may_end(membership: Membership) -> bool:
    """May the actor end this attachment?"""
    answer = guard.may(scope.current(), Permission.USER_ATTACH, membership)
    return bool(answer)


class MembershipView(SchemaView):
    """All attachments, past ones too. They are made on a person's card and ended here."""

    rights: ClassVar = {"list": Permission.USER_READ}
    note = N_("A person is attached on the card of the user.")

    def actions(self, row: Membership) -> list[tuple[str, str]]:
        """End it."""
        if row not in guard.lasting([row]) or not may_end(row):
            return []
        return [(_("End the attachment"), str(self.get_url(".end_view", id=row.id)))]

    def title(self, row: Membership) -> str:
        """Who, where."""
        hidden = _("outside your part of the region")
        who = full_name(row.user) if row.user else hidden
        return f"{who} · {row.organization.short_name if row.organization else hidden}"

    @expose("/end/", methods=("GET", "POST"))
    def end_view(self) -> Answer:
        """The question whether to end an attachment, and the end."""
        row: Membership = self.row()
        self.require(Permission.USER_ATTACH, row)
        user_id, name, sentence = row.user_id, self.title(row), ""
        effect = opening.of_ending(db.session, row)
        if request.method == "POST":
            try:
                accounts.detach(db.session, row, closes=effect.data)
                db.session.commit()
            except mistakes.KINDS as error:
                db.session.rollback()
                sentence = mistakes.sentence(error, Membership)[1]
            else:
                flash(_("The attachment has ended; the person has been told."), "success")
                return redirect(self.address_of(User, user_id) if self.sees(user_id) else self.get_url(".index_view"))
        return self.question("admin/end.html", name, sentence, row, effect=effect)

    def sees(self, user_id: int) -> bool:
        """Does the actor still see the person?"""
        return db.session.scalar(select(User.id).where(User.id == user_id)) is not None
