"""The columns that a person has chosen last for a list, kept by the browser (a cookie per list) with the person's number.

An address that names columns wins; who opens somebody's view so loses nothing of their own.
"""

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin_app.crud.listing import COLUMN
from admin_app.reporting import scope

KEEP = "keep"  # parameter of an address: its columns are to be remembered; without columns the usual ones
A_YEAR = 365 * 24 * 3600
MOST = 60  # columns


def cookie(table: str) -> str:
    """The name of a list's cookie."""
    return f"columns-{table}"


def remembered(table: str) -> list[str]:
    """The names of the columns that this person has chosen last; none: the usual ones. Nobody has looked at what they say."""
    person, *names = request.cookies.get(cookie(table), "").split(".")[: MOST + 1]
    return names if person == str(scope.current().user_id) else []


def asked(table: str) -> MultiDict[str, str]:
    """What the address asks for, with the remembered columns if it names none."""
    names = [] if COLUMN in request.args else remembered(table)
    return MultiDict([*request.args.items(multi=True), *((COLUMN, name) for name in names)]) if names else request.args


def keep(table: str, path: str) -> Response:
    """Remember the columns of this address and show its list."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != KEEP]
    answer = redirect(path + ("?" + urlencode(pairs) if pairs else ""))
    if names := request.args.getlist(COLUMN)[:MOST]:
        value = ".".join([str(scope.current().user_id), *names])
        answer.set_cookie(
            cookie(table), value[:3000], max_age=A_YEAR, path=path, samesite="Lax", secure=request.is_secure, httponly=True
        )
    else:
        answer.delete_cookie(cookie(table), path=path)
    return answer
