"""What every signed-in screen written by hand has in common: it joins the one Admin, asks who is there, and says why not."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

import flask_admin
from flask import abort, request
from flask_admin import BaseView
from flask_babel import LazyString
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission
from admin_app.security import sign_in_first

LARGEST = 2**31 - 1  # of the numbers that name rows


View = TypeVar("View", bound=Callable[..., Any])


def expose(address: str, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """Flask-Admin's decorator for the pages of a screen, with types."""
    return cast("Callable[[View], View]", flask_admin.expose(address, methods))


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that can name a row; a larger one is no page."""

    def __init__(self, map: Map, max: int = LARGEST, **options: Any) -> None:
        super().__init__(map, max=max, **options)


def asked(name: str) -> int | None:
    """The row that ?name= asks for, if it is a number; 404 if it can't name a row."""
    number = request.args.get(name, type=int)
    return abort(404) if number is not None and not 0 <= number <= LARGEST else number


class Screen(BaseView):
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
