"""Who may open which generated screen and do what on it. Every row is judged again by the scope and on each flush."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask import abort, current_app
from flask_admin import BaseView
from flask_admin.model import BaseModelView
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission
from models import RoleName


def sign_in_first() -> Response:
    """What a stranger gets: the sign-in window and the way back (`admin_app.security` has told Flask-Login how)."""
    manager: LoginManager = current_app.login_manager  # type: ignore[attr-defined]
    return manager.unauthorized()


class Entrance(BaseView):
    """Who comes in: strangers sign in first, the others read why not."""

    def why_not(self) -> str:
        """Why the person may not open the screen; empty if they may."""
        raise NotImplementedError

    def is_accessible(self) -> bool:
        """May the person open it?"""
        return bool(current_user.is_authenticated and not self.why_not())

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:  # noqa: ARG002  # Flask-Admin's signature
        """The sign-in window, or the reason."""
        return abort(403, self.why_not()) if current_user.is_authenticated else sign_in_first()

    def screens(self) -> list[Any]:
        """The generated screens that the person may open."""
        views = self.admin._views if self.admin else []
        return [view for view in views if isinstance(view, GuardedView) and view.is_accessible()]


class GuardedView(Entrance, BaseModelView):
    """A screen for operators. `rights`: the permission that each of list, create, edit, delete needs (None: any operator).

    What is missing from `rights` is not offered to anybody.
    """

    rights: ClassVar[Mapping[str, Permission | None]] = {}

    def refusal(self, verb: str, row: Any = None) -> str:
        """Why the person may not do this; empty if they may."""
        actor = scope.current()
        if actor.roles <= {RoleName.ORGANIZATION}:
            return str(_("These screens are for operators. What you need is in your cabinet."))
        if verb not in self.rights:
            return str(_("This is not done here."))
        needed = self.rights[verb]
        answer = guard.may(actor, needed, row) if needed else guard.YES
        return "" if answer else str(answer.reason)

    def demand(self, verb: str, row: Any = None) -> None:
        """Go on only if the person may. Raises 403 with the reason."""
        if reason := self.refusal(verb, row):
            abort(403, reason)

    def require(self, permission: Permission, row: Any) -> None:
        """Go on only if the person has this further permission. Raises 403 with the reason."""
        if not (answer := guard.may(scope.current(), permission, row)):
            abort(403, str(answer.reason))

    def why_not(self) -> str:
        """Why the person may not see the list."""
        return self.refusal("list")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run the view. (Flask-Admin's own tries again after any TypeError, which hides our mistakes.)"""
        return fn(self, *args, **kwargs)
