"""«Мой профиль»: what a person changes about themselves, the password, and where they are signed in."""

import uuid
from dataclasses import dataclass

from flask import Flask, abort, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import format_date, format_datetime, gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import EmailField, Field, PasswordField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app import patience, security
from admin_app.extensions import db
from admin_app.patience import Impatient
from admin_app.reporting import accounts, own_account
from models import Consent
from views.base import Screen, expose
from views.public import NO_EMAIL, PersonForm, clean, good_email, wait
from views.signin import NewPasswordForm


class ProfileForm(PersonForm):
    """What is asked at registration, without the login."""


class OwnPassword(FlaskForm):
    """For what only the owner may do, not somebody who found the browser open."""

    current = PasswordField(
        _("Current password"), [InputRequired(_("Type your current password."))], render_kw={"autocomplete": "current-password"}
    )

    def validate_current(self, field: Field) -> None:
        """The right one. Guessing is limited as at the sign-in window."""
        try:
            fits = patience.is_own(current_user, field.data)
        except Impatient as why:
            raise ValidationError(str(why)) from None
        if not fits:
            raise ValidationError(gettext("This is not your current password."))


class PasswordForm(OwnPassword, NewPasswordForm):
    """The current password, and a new one twice."""


class EmailForm(OwnPassword):
    """A new address; a letter goes there first."""

    email = EmailField(
        _("New e-mail address"),
        [DataRequired(NO_EMAIL), Length(max=250), good_email],
        filters=[clean],
        description=_("A letter with a link goes to the new address. Until you follow the link, the old one stays."),
        render_kw={"autocomplete": "email"},
    )


class Profile(Screen):
    """One page a thing, so that a mistake in one form does not disturb the others."""

    title = _("My profile")
    address = "/profile"

    @expose("")
    def index(self) -> str:
        """What is known of the person, and the ways to change it."""
        return str(self.render("profile/index.html", user=current_user, browsers=browsers(), consent=consent()))

    @expose("/edit", methods=("GET", "POST"))
    def edit(self) -> ResponseReturnValue:
        """«Изменить»."""
        form = ProfileForm(obj=current_user, no_patronymic=not current_user.patronymic)
        if not form.validate_on_submit():
            return str(self.render("profile/edit.html", form=form))
        own_account.change_profile(db.session, current_user.id, {name: form[name].data for name in own_account.PROFILE})
        db.session.commit()
        flash(gettext("Your data are changed."))
        return redirect(url_for("profile.index"))

    @expose("/password", methods=("GET", "POST"))
    def password(self) -> ResponseReturnValue:
        """A new password; this browser stays signed in, the others don't."""
        form = PasswordForm().of(current_user)
        if not form.validate_on_submit():
            return str(self.render("profile/password.html", form=form, username=current_user.username))
        here = security.session_id() or abort(401)
        session["_user_id"] = own_account.change_password(db.session, current_user.id, form.password.data, here)
        db.session.commit()
        flash(gettext("The password is changed. Other browsers are signed out."))
        return redirect(url_for("profile.index"))

    @expose("/email", methods=("GET", "POST"))
    def email(self) -> ResponseReturnValue:
        """Ask for another address."""
        form = EmailForm()
        if not form.validate_on_submit():
            return str(self.render("profile/email.html", form=form))
        try:
            patience.count_own_letter(current_user, form.email.data)
        except Impatient as why:
            return wait(form, why, "profile/email.html")
        own_account.ask_email(db.session, current_user.id, form.email.data)
        db.session.commit()
        flash(gettext("A letter is on its way to %(email)s. Follow the link in it.", email=form.email.data))
        return redirect(url_for("profile.index"))

    @expose("/email/<token>", methods=("GET", "POST"))
    def new_email(self, token: str) -> ResponseReturnValue:
        """The button behind the link that came to the new address."""
        address = own_account.asked_email(current_user, token)
        form = FlaskForm()
        if address is None:
            flash(gettext("This link is out of date. Ask for a new letter."), "error")
            return redirect(url_for("profile.email"))
        if not form.validate_on_submit():
            return str(self.render("profile/new_email.html", form=form, address=address))
        if own_account.change_email(db.session, current_user.id, address):
            db.session.commit()
            flash(gettext("Your e-mail address is changed."))
        else:
            flash(gettext("This address cannot be used. Choose another one."), "error")
        return redirect(url_for("profile.index"))

    @expose("/sessions", methods=("POST",))
    def end_others(self) -> ResponseReturnValue:
        """Sign out every other browser."""
        ended = accounts.end_sessions(db.session, current_user.id, keep=security.session_id())
        db.session.commit()
        flash(ngettext("%(num)d browser is signed out.", "%(num)d browsers are signed out.", ended))
        return redirect(url_for("profile.index"))

    @expose("/sessions/<uuid:browser>", methods=("POST",))
    def end_one(self, browser: uuid.UUID) -> ResponseReturnValue:
        """Sign out one other browser."""
        ended = accounts.end_sessions(db.session, current_user.id, keep=security.session_id(), only=browser)
        db.session.commit()
        flash(ngettext("%(num)d browser is signed out.", "%(num)d browsers are signed out.", ended))
        return redirect(url_for("profile.index"))


@dataclass(frozen=True)
class Browser:
    """A signed-in browser as its owner recognizes it."""

    id: uuid.UUID
    name: str
    since: str
    seen: str
    address: str
    is_this: bool


def browsers() -> list[Browser]:
    """The person's signed-in browsers, the latest first."""
    here = security.session_id()
    return [
        Browser(
            id=row.id,
            name=browser_name(row.agent),
            since=format_datetime(row.started_at, "short"),
            seen=format_datetime(row.seen_at, "short"),
            address=row.address,
            is_this=row.id == here,
        )
        for row in security.living(current_user.id)
    ]


NAMES = {
    "YaBrowser": "Yandex Browser",
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS", "Linux": "Linux"}


def browser_name(agent: str) -> str:
    """«Firefox, Windows» from the words with which a browser introduces itself."""
    found = [next((name for sign, name in table.items() if sign in agent), "") for table in (NAMES, SYSTEMS)]
    return ", ".join(filter(None, found)) or gettext("Unknown browser")


def consent() -> dict[str, str] | None:
    """What the person agreed to last: which text, when."""
    row = db.session.scalar(select(Consent).where(Consent.user_id == current_user.id).order_by(Consent.id.desc()).limit(1))
    return {"version": row.version, "date": format_date(row.given_at)} if row else None


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Profile())
