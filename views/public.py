"""What a stranger sees: the first page, registration, activation, the consent text, and whether the server lives."""

import re
import unicodedata

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from wtforms import BooleanField, EmailField, Field, Form, PasswordField, StringField, TelField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app.extensions import db
from admin_app.patience import Impatient, client, count_letter
from admin_app.reporting import accounts, codes, consent, passwords, registration
from admin_app.reporting.account_letters import CONFIRM_DAYS, HELP_PHONE
from admin_app.security import confirming

screen = Blueprint("public", __name__)


def clean(text: str | None) -> str:
    """What was typed, without signs that cannot be seen and without doubled spaces."""
    seen = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text or "")
    return " ".join(unicodedata.normalize("NFC", seen).split())


def good_username(form: Form, field: Field) -> None:  # noqa: ARG001  # WTForms' signature
    """Letters, digits, dot, dash and underscore; no @, because one may sign in by address too."""
    if not re.fullmatch(r"[\w.-]{3,64}", field.data):
        raise ValidationError(gettext("A login has 3 to 64 signs: letters, digits, a dot, a dash or an underscore, no spaces."))


def good_email(form: Form, field: Field) -> None:  # noqa: ARG001  # the same
    """Looks like an address that a letter can reach. (Whether it does, the letter itself finds out.)"""
    if problem := codes.problem("email", codes.clean("email", field.data)):
        raise ValidationError(str(problem))


def good_phone(form: Form, field: Field) -> None:  # noqa: ARG001  # the same
    """Any usual way to write a number."""
    if problem := codes.problem("phone", field.data):
        raise ValidationError(str(problem))


def typed(complete: str, length: int, missing: object) -> dict[str, object]:
    """How a field behaves in the browser; ``missing`` is what `register.js` says when it is left empty."""
    return {"autocomplete": complete, "maxlength": length, "data-missing": missing}


def name_field(label: object, missing: object, hint: object, complete: str, length: int = 100) -> StringField:
    """A required line of text."""
    too_long = _("This is too long: at most %(max)d signs.", max=length)
    checks = [DataRequired(missing), Length(max=length, message=too_long)]
    return StringField(label, checks, filters=[clean], description=hint, render_kw=typed(complete, length, missing))


NO_PATRONYMIC = _("Type your patronymic, or tick «I have no patronymic».")
NO_PHONE = _("Type a telephone number at which you can be reached.")
NO_EMAIL = _("Type your e-mail address.")
NO_PASSWORD = _("Think of a password.")
NOT_AGAIN = _("Type the password once more.")
NO_CONSENT = _("Without your agreement the system may not keep your data. Read the text and tick the box.")


class PersonForm(FlaskForm):
    """What a person says about themselves, when registering and later."""

    surname = name_field(_("Surname"), _("Type your surname."), "", "family-name")
    name = name_field(_("Given name"), _("Type your given name."), "", "given-name")
    patronymic = StringField(
        _("Patronymic"), [Length(max=100)], filters=[clean], render_kw=typed("additional-name", 100, NO_PATRONYMIC)
    )
    no_patronymic = BooleanField(_("I have no patronymic"))
    position = name_field(
        _("Position"), _("Type your position."), _("For example: secretary, deputy head"), "organization-title", 250
    )
    phone = TelField(
        _("Telephone"),
        [DataRequired(NO_PHONE), Length(max=40), good_phone],
        filters=[clean],
        description=_("A work telephone with the area code, for example +7 (3952) 12-34-56"),
        render_kw=typed("tel", 40, NO_PHONE),
    )

    def validate_patronymic(self, field: Field) -> None:
        """Either the patronymic or the tick that there is none."""
        if self.no_patronymic.data:
            field.data = ""
        elif not field.data:
            raise ValidationError(str(NO_PATRONYMIC))


class RegistrationForm(PersonForm):
    """«Регистрация»: every field is required."""

    username = name_field(
        _("Login"), _("Think of a login."), _("Letters, digits, dot, dash. You sign in with it."), "username", 64
    )
    email = EmailField(
        _("E-mail"),
        [DataRequired(NO_EMAIL), Length(max=250), good_email],
        filters=[clean],
        description=_("The link for activation comes to this address."),
        render_kw=typed("email", 250, NO_EMAIL),
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(NO_PASSWORD)],
        description=_("At least %(count)s signs. A few words are easier to remember than signs.", count=passwords.SHORTEST),
        render_kw=typed("new-password", passwords.LONGEST, NO_PASSWORD),
    )
    again = PasswordField(
        _("Password once more"), [InputRequired(NOT_AGAIN)], render_kw=typed("new-password", passwords.LONGEST, NOT_AGAIN)
    )
    consent = BooleanField(
        _("I agree to the processing of my personal data"),
        [InputRequired(NO_CONSENT)],
        render_kw={"data-missing": NO_CONSENT},
    )

    def validate_username(self, field: Field) -> None:
        """See `good_username`."""
        good_username(self, field)

    def validate_password(self, field: Field) -> None:
        """Good enough, and not made of what the form says."""
        about = [self.username.data, self.email.data, self.surname.data, self.name.data]
        if weak := passwords.weakness(field.data, filter(None, about)):
            raise ValidationError(weak)

    def validate_again(self, field: Field) -> None:
        """Twice the same."""
        if self.password.data and field.data != self.password.data:
            raise ValidationError(gettext("The two passwords differ. Type both once more."))

    def person(self) -> accounts.Person:
        """What the verb needs."""
        names = ("username", "email", "surname", "name", "patronymic", "position", "phone")
        locale = get_locale()
        return accounts.Person(**{name: self[name].data for name in names}, locale=locale.language if locale else "ru")


class IdentityForm(FlaskForm):
    """«Who are you?», for letters asked for by a stranger."""

    identity = StringField(
        _("Login or e-mail"),
        [DataRequired(_("Type your login or your e-mail address.")), Length(max=250)],
        filters=[clean],
        render_kw={"autocomplete": "username", "maxlength": 250},
    )


def wait(form: FlaskForm, why: Impatient, template: str, **context: object) -> ResponseReturnValue:
    """The same page with everything typed, and how long to wait."""
    form.form_errors.append(str(why))
    page = render_template(template, form=form, **context)
    return page, 429, {"Retry-After": str(why.seconds)}


@screen.get("/")
def first() -> str:
    """The public page."""
    return render_template("public/first.html", phone=HELP_PHONE)


@screen.route("/register", methods=["GET", "POST"])
def register_person() -> ResponseReturnValue:
    """The registration form. What comes after a right one says the same whether the login or the address are taken or not."""
    if current_user.is_authenticated:
        return redirect("/cabinet")
    form = RegistrationForm()
    if not form.validate_on_submit():
        return render_template("public/register.html", form=form)
    try:
        count_letter(db.get_session("auth"), form.email.data)
    except Impatient as why:
        return wait(form, why, "public/register.html")
    registration.register(db.session, form.person(), form.password.data, client())
    db.session.commit()
    return render_template("public/registered.html", form=form, days=CONFIRM_DAYS)


@screen.get("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """The activation page. Reading it changes nothing, so that mail scanners may follow the link."""
    link = confirming(token)
    if link.user is None:
        return render_template("public/link_is_old.html", form=IdentityForm(), expired=link.expired)
    if link.user.confirmed_at is not None:
        return render_template("public/activated.html", user=link.user, phone=HELP_PHONE, already=True)
    return render_template("public/activate.html", user=link.user, form=FlaskForm())


@screen.post("/confirm/<token>")
def activate(token: str) -> ResponseReturnValue:
    """The button of the activation page."""
    link = confirming(token)
    if link.user is None:
        return render_template("public/link_is_old.html", form=IdentityForm(), expired=link.expired)
    registration.activate(db.session, link.user.id)
    db.session.commit()
    return render_template("public/activated.html", user=link.user, phone=HELP_PHONE, already=False)


@screen.route("/confirm", methods=["GET", "POST"])
def resend() -> ResponseReturnValue:
    """Ask for the activation letter again; the answer is the same for names that exist and names that don't."""
    form = IdentityForm()
    if not form.validate_on_submit():
        return render_template("public/resend.html", form=form)
    try:
        count_letter(db.get_session("auth"), form.identity.data)
    except Impatient as why:
        return wait(form, why, "public/resend.html")
    registration.resend(db.session, form.identity.data)
    db.session.commit()
    flash(gettext("If this account exists, a letter is on its way. Not there in a few minutes? Look into the folder «Spam» too."))
    return redirect(url_for("public.resend"))


@screen.get("/privacy")
def privacy() -> str:
    """The text that one agrees to when registering."""
    locale = get_locale()
    text = consent.text(locale.language if locale else "ru")
    return render_template("public/privacy.html", text=text, version=consent.VERSION, digest=consent.digest())


@screen.get("/healthz")
def healthz() -> ResponseReturnValue:
    """For those who watch over the server: does it live, and does the database answer?"""
    try:
        db.get_session("auth").scalar(select(func.now()))
    except SQLAlchemyError:
        current_app.logger.exception("The database does not answer")
        return {"status": "unavailable", "error": "The database does not answer. Look at its log and try again."}, 503
    return {"status": "ok"}


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the public pages."""
    app.register_blueprint(screen)
