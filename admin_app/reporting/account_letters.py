"""What letters about an account say. Each names the login, so that a person with several accounts knows which one it is."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext as ngettext
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from admin_app.reporting.letters import Words
from models import User

CONFIRM_DAYS = 3
RESET_HOURS = 2
HELP_PHONE = "8(3952)500-287 (286)"
NOT_ME = _("If you asked for nothing, do nothing: without the link nobody can do anything with your address.")


def activation(user: User) -> Words:
    """To a person who has just registered."""
    return Words(
        subject=_("Activate your account"),
        greeting=greeting(user),
        paragraphs=(
            _(
                "You registered in the AIS “Monitoring of general and additional education” with the login %(login)s.",
                login=user.username,
            ),
            ngettext(
                "Open the page by the link and press the button «Activate» there. The link works for %(num)s day.",
                "Open the page by the link and press the button «Activate» there. The link works for %(num)s days.",
                CONFIRM_DAYS,
            ),
        ),
        link=f"/confirm/{confirmation(user)}",
        action=_("Activate the account"),
        after=(NOT_ME,),
    )


def already_here(user: User) -> Words:
    """To the owner of an address with which somebody has tried to register again."""
    if user.confirmed_at is None:
        return unfinished(user)
    return Words(
        subject=_("You are registered already"),
        greeting=greeting(user),
        paragraphs=(
            _("Somebody, probably you, has just tried to register with this e-mail address. It has an account already."),
            _("Your login: %(login)s. Sign in with it or with this address. A new account was not made.", login=user.username),
            ngettext(
                "If you forgot the password, choose a new one by the link. The link works for %(num)s hour.",
                "If you forgot the password, choose a new one by the link. The link works for %(num)s hours.",
                RESET_HOURS,
            ),
        ),
        link=f"/reset/{password_link(user)}",
        action=_("Choose a new password"),
        after=(_("If you need a second account, register it with another e-mail address."), NOT_ME),
    )


def unfinished(user: User) -> Words:
    """The same for an account that was never activated: a new password by the mailed link activates it too.

    (Not the activation link: the account's password may be one that a stranger chose.)
    """
    return Words(
        subject=_("Your registration is not finished"),
        greeting=greeting(user),
        paragraphs=(
            _("An account with this e-mail address was registered earlier but not activated. A new one was not made."),
            _("Your login: %(login)s. Choose a password by the link, and the account becomes active.", login=user.username),
            ngettext("The link works for %(num)s hour.", "The link works for %(num)s hours.", RESET_HOURS),
        ),
        link=f"/reset/{password_link(user)}",
        action=_("Choose a password and activate"),
        after=(NOT_ME,),
    )


def login_taken(name: str, username: str) -> Words:
    """To a person whose chosen login belongs to somebody else."""
    return Words(
        subject=_("This login is taken, choose another one"),
        greeting=_("Hello, %(name)s!", name=name),
        paragraphs=(
            _(
                "You tried to register with the login %(login)s. It belongs to another person, so no account was made.",
                login=username,
            ),
            _("Go back to the registration page: what you typed is still there. Change the login and send the data again."),
        ),
        link="/register",
        action=_("To the registration page"),
        after=(NOT_ME,),
    )


def password_letter(user: User) -> Words:
    """To a person who forgot the password."""
    return Words(
        subject=_("A new password"),
        greeting=greeting(user),
        paragraphs=(
            _("Somebody, probably you, asked for a new password for the login %(login)s.", login=user.username),
            ngettext(
                "Choose it by the link. The link works once and for %(num)s hour.",
                "Choose it by the link. The link works once and for %(num)s hours.",
                RESET_HOURS,
            ),
        ),
        link=f"/reset/{password_link(user)}",
        action=_("Choose a new password"),
        after=(NOT_ME,),
    )


def switched_off(user: User) -> Words:
    """To a person whose account an operator has switched off."""
    return Words(
        subject=_("Your account is switched off"),
        greeting=greeting(user),
        paragraphs=(
            _("The account with the login %(login)s is switched off, so its password cannot be changed.", login=user.username),
            _("Call the operator: %(phone)s.", phone=HELP_PHONE),
        ),
    )


def password_set(user: User) -> Words:
    """To the owner, after the password has been changed."""
    return Words(
        subject=_("Your password was changed"),
        greeting=greeting(user),
        paragraphs=(_("The password of the login %(login)s was changed. Other browsers were signed out.", login=user.username),),
        after=(_("If it was not you, ask for a new password at once and call the operator: %(phone)s.", phone=HELP_PHONE),),
        link="/reset",
        action=_("It was not me"),
    )


def address_change(user: User, link: str) -> Words:
    """To a new address that a person wants to use."""
    return Words(
        subject=_("Confirm the new e-mail address"),
        greeting=greeting(user),
        paragraphs=(
            _("You asked to use this address for the login %(login)s.", login=user.username),
            ngettext(
                "Open the page by the link and press the button there. The link works for %(num)s hour.",
                "Open the page by the link and press the button there. The link works for %(num)s hours.",
                RESET_HOURS,
            ),
        ),
        link=link,
        action=_("Confirm the address"),
        after=(NOT_ME,),
    )


def address_changed(user: User, new: str) -> Words:
    """To the old address, after it has been replaced."""
    return Words(
        subject=_("Your e-mail address was changed"),
        greeting=greeting(user),
        paragraphs=(_("Letters for the login %(login)s now go to %(address)s.", login=user.username, address=new),),
        after=(_("If it was not you, call the operator at once: %(phone)s.", phone=HELP_PHONE),),
    )


def confirmation(user: User) -> str:
    """The signed part of an activation link."""
    return str(generate_confirmation_token(user))  # type: ignore[no-untyped-call]


def password_link(user: User) -> str:
    """The signed part of a link to choose a password."""
    return str(generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def greeting(user: User) -> LazyString:
    """By name and patronymic, as one writes to a colleague."""
    return _("Hello, %(name)s!", name=f"{user.name} {user.patronymic}".strip())
