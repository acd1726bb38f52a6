"""What every signed-in screen written by hand has in common: it joins the one Admin, asks who is there, and says why not."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import Response, abort, redirect, request, url_for
from flask_admin import BaseView
from flask_babel import LazyString
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission


class Screen(BaseView):  # type: ignore[misc]  # Flask-Admin is typed loosely
    """One hand-written screen: its address, its place in the menu, and what one must be allowed to come here.

    The page at the address itself is the method `index`, exposed as "" (no slash at the end of our addresses).
    """

    title: ClassVar[LazyString]
    address: ClassVar[str]
    needs: ClassVar[Permission | None] = None
    in_menu: ClassVar[bool] = False

    def __init__(self) -> None:
        self._default_view = "index"
        super().__init__(name=self.title, endpoint=self.address.strip("/"), url=self.address)

    def is_visible(self) -> bool:
        """In the menu?"""
        return self.in_menu

    def is_accessible(self) -> bool:
        """May this person come here at all? Each row is judged again by scope and guard."""
        return bool(current_user.is_authenticated and not self.refusal())

    def refusal(self) -> str:
        """Why this person may not come here; empty if they may."""
        verdict = guard.may(scope.current(), self.needs) if self.needs else None
        return "" if verdict is None or verdict else str(verdict.reason)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> BaseResponse:  # noqa: ARG002  # Flask-Admin's signature
        """Strangers go to the sign-in window and come back here; the others read why not."""
        return abort(403, self.refusal()) if current_user.is_authenticated else sign_in_first()

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run the view. (Flask-Admin's own tries again after any TypeError, which hides our mistakes.)"""
        return fn(self, *args, **kwargs)


def sign_in_first() -> Response | BaseResponse:
    """To the sign-in window, and back to this page afterwards."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=target))
