"""The sign-in window, signing out, and a new password by the mailed link."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app import patience, security
from admin_app.extensions import db
from admin_app.patience import Impatient
from admin_app.reporting import accounts, passwords
from admin_app.reporting.account_letters import HELP_PHONE, RESET_HOURS
from models import User
from views.public import NO_PASSWORD, NOT_AGAIN, IdentityForm, clean, wait
from views.shell import own

screen = Blueprint("security", __name__)


class SignInForm(FlaskForm):
    """Login or address, and the password."""

    identity = StringField(
        _("Login or e-mail"),
        [DataRequired(_("Type your login or your e-mail address.")), Length(max=250)],
        filters=[clean],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"), [InputRequired(_("Type your password."))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class NewPasswordForm(FlaskForm):
    """A new password, twice. `about` is what a stranger would try too."""

    password = PasswordField(
        _("New password"),
        [InputRequired(NO_PASSWORD)],
        description=_("At least %(count)s signs. A few words are easier to remember than signs.", count=passwords.SHORTEST),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_("New password once more"), [InputRequired(NOT_AGAIN)], render_kw={"autocomplete": "new-password"})
    about: tuple[str, ...] = ()

    def of(self, user: User) -> "NewPasswordForm":
        """For this person."""
        self.about = (user.username, user.email, user.surname, user.name)
        return self

    def validate_password(self, field: Field) -> None:
        """Good enough, and not made of what is known of the person."""
        if weak := passwords.weakness(field.data, self.about):
            raise ValidationError(weak)

    def validate_again(self, field: Field) -> None:
        """Twice the same."""
        if self.password.data and field.data != self.password.data:
            raise ValidationError(gettext("The two passwords differ. Type both once more."))


@screen.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """The sign-in window."""
    if current_user.is_authenticated:
        return redirect(after_sign_in())
    form = SignInForm(next=request.args.get("next", ""))
    ended = request.method == "GET" and "sid" in session
    if not form.validate_on_submit():
        return render_template("security/login.html", form=form, ended=ended)
    try:
        user = patience.recognize(form.identity.data, form.password.data)
    except Impatient as why:
        return wait(form, why, "security/login.html")
    if user is None:
        form.form_errors.append(gettext("The login or the password does not fit. Check the keyboard layout and Caps Lock."))
        return render_template("security/login.html", form=form)
    return sign_in(form, user)


def sign_in(form: SignInForm, user: User) -> ResponseReturnValue:
    """The password was right: in, or why not yet."""
    if not user.active:
        form.form_errors.append(gettext("This account is switched off. Call the operator: %(phone)s.", phone=HELP_PHONE))
    elif user.confirmed_at is None:
        sent = gettext(
            "This account is not activated yet. Follow the link in the letter that came to %(email)s.", email=user.email
        )
        form.form_errors.append(sent)
    else:
        failed = user.failed_logins
        security.start(user)
        if failed:
            flash(guesses(failed), "warning")
        return redirect(after_sign_in(form.next.data or ""))
    return render_template("security/login.html", form=form, not_activated=user.active and user.confirmed_at is None)


def guesses(count: int) -> str:
    """What the owner should know about somebody who guessed."""
    return str(
        ngettext(
            "There was %(num)d failed attempt to sign in before.", "There were %(num)d failed attempts to sign in before.", count
        )
    )


def after_sign_in(target: str | None = None) -> str:
    """The page asked for before, if it is one of ours; else the cabinet."""
    asked = own(request.args.get("next", "") if target is None else target)
    return "/cabinet" if asked == "/" or asked.startswith(("/login", "/logout")) else asked


@screen.route("/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    """Signing out by a button; reading the page only shows the button."""
    if request.method == "POST" and current_user.is_authenticated:
        security.end()
        flash(gettext("You have signed out."))
        return redirect(url_for("public.first"))
    if not current_user.is_authenticated:
        return redirect(url_for("public.first"))
    return render_template("security/logout.html", form=FlaskForm())


@screen.route("/reset", methods=["GET", "POST"])
def forgot() -> ResponseReturnValue:
    """Ask for a letter with a link; the answer is the same for names that exist and names that don't."""
    form = IdentityForm()
    if not form.validate_on_submit():
        return render_template("security/forgot.html", form=form)
    try:
        patience.count_letter(db.get_session("auth"), form.identity.data)
    except Impatient as why:
        return wait(form, why, "security/forgot.html")
    accounts.request_reset(db.session, form.identity.data)
    db.session.commit()
    return render_template("security/forgot_sent.html", identity=form.identity.data, hours=RESET_HOURS)


@screen.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """A new password by the mailed link. The link dies with its use."""
    user = security.resetting(token).user
    if user is None:
        return render_template("security/link_is_old.html", form=IdentityForm())
    form = NewPasswordForm().of(user)
    if not form.validate_on_submit():
        return render_template("security/new_password.html", form=form, user=user)
    accounts.reset(db.session, user.id, form.password.data)
    db.session.commit()
    patience.forgive(user)
    flash(gettext("The new password is set. Sign in with it."))
    return redirect(url_for("security.login"))


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the window."""
    app.register_blueprint(screen)
