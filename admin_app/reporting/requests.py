"""«Сервис заявок»: a person asks for what they may not do themselves; an operator grants or refuses, with an answer.

Verbs: file → withdraw | grant | refuse; each check → change → record → tell, in the caller's transaction. A request is seen by
its author and by those who reach its organization; one that names no organization of the registry is the region's. Granting
does what can be done at once (`EFFECTS`); the rest is the operator's own change of the card, which the answer stands for.
"""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import audit, days, entries, guard, memberships, notices, scope, tree
from admin_app.reporting.actor import full_name, short_name
from admin_app.reporting.formula.errors import N_
from admin_app.reporting.guard import Permission
from admin_app.reporting.notices import Kind
from admin_app.reporting.refusal import Refused
from admin_app.reporting.wishes import EFFECTS, NEEDS, Unfit, Wish
from models import Level, Membership, Organization, Report, Request, RequestState, Role, RoleName, User

DECIDERS = (RoleName.SUPERVISOR, RoleName.CENTRAL)
LONGEST = entries.LONGEST
AT_ONCE = timedelta(minutes=1)  # the same words again within it are a second click, not a second request
DECISIONS = {
    RequestState.GRANTED: (
        N_("Your request is granted: %(what)s"),
        N_("Your request No. %(number)s “%(what)s” is granted.\n\nAnswer: %(answer)s"),
    ),
    RequestState.REFUSED: (
        N_("Your request is refused: %(what)s"),
        N_("Your request No. %(number)s “%(what)s” is refused.\n\nReason: %(answer)s"),
    ),
}


def file(session: Session, wish: Wish) -> Request:
    """File a request and tell those who decide on it; a second click gets what the first has filed. Raises Unfit, Refused."""
    actor = scope.current()
    if actor.user_id is None:
        raise Refused(_("Sign in to file a request."))
    request = Request(kind=wish.kind, author_id=actor.user_id, text=fitting("text", wish.text), details={})
    NEEDS[wish.kind](session, request, wish)
    one_at_a_time(session, actor.user_id)
    if twin := same(session, request):
        if twin.text == request.text and days.now() - twin.created_at < AT_ONCE:
            return twin
        raise Refused(_("You have filed such a request already: No. %(number)s. It is under consideration.", number=twin.id))
    with scope.unscoped("a request names an organization that its author may not see"):
        session.add(request)
        session.flush()
        audit.record(session, "request.filed", request)
        tell_deciders(session, request)
    return request


def fitting(field: str, text: str) -> str:
    """What was typed into the field, clean. Raises Unfit if it is too long."""
    text = entries.clean(text)
    if len(text) > LONGEST:
        raise Unfit(field, _("Please say it in at most %(count)s signs.", count=LONGEST))
    return text


def one_at_a_time(session: Session, user_id: int) -> None:
    """Until the transaction ends this person files nothing else: two clicks at once come one after the other."""
    with scope.unscoped("one request of a person at a time"):
        session.scalars(select(User.id).where(User.id == user_id).with_for_update(key_share=True)).one()


def withdraw(session: Session, request_id: int) -> Request:
    """The author no longer asks. Raises Refused."""
    request = lock(session, request_id)
    if request.author_id != scope.current().user_id:
        raise Refused(_("Only the person who filed a request can withdraw it."))
    request.state = RequestState.WITHDRAWN
    session.flush()
    audit.record(session, "request.withdrawn", request)
    return request


def grant(
    session: Session, request_id: int, answer: str = "", place: str = "", role: RoleName = RoleName.ORGANIZATION
) -> Request:
    """Grant: do what the request asks for, where the system can, and tell the author.

    ``place`` names the organization where the request didn't (an id or INN); ``role`` is what an attached person becomes.
    Raises Unfit, Refused; nothing has changed then.
    """
    request = lock(session, request_id)
    guard.require(Permission.REQUEST_DECIDE, request)
    with audit.together(f"request:{request.id}"):
        if effect := EFFECTS.get(request.kind):
            effect(session, request, place, role)
        return decide(session, request, RequestState.GRANTED, answer)


def refuse(session: Session, request_id: int, answer: str) -> Request:
    """Refuse, saying why. Raises Unfit, Refused."""
    request = lock(session, request_id)
    guard.require(Permission.REQUEST_DECIDE, request)
    if not entries.clean(answer):
        raise Unfit("answer", _("Say why the request is refused: its author reads it."))
    return decide(session, request, RequestState.REFUSED, answer)


def lock(session: Session, request_id: int) -> Request:
    """The open request, its row held until the transaction ends. Raises Refused if it is decided already, or not in sight."""
    query = select(Request).where(Request.id == request_id).with_for_update().execution_options(populate_existing=True)
    request = session.scalar(query)
    if request is None:
        raise Refused(_("There is no such request, or it belongs to another part of the organizations."))
    if request.state is not RequestState.OPEN:
        raise Refused(_("This request is no longer under consideration: its state is “%(state)s”.", state=request.state.title))
    return request


def decide(session: Session, request: Request, state: RequestState, answer: str) -> Request:
    """Write the decision down and tell the author."""
    request.state, request.answer = state, fitting("answer", answer)
    request.decided_at, request.decided_by_id = days.now(), scope.current().user_id
    session.flush()
    audit.record(session, f"request.{state}", request, {"answer": request.answer})
    words = {"what": request.kind.title, "answer": request.answer or "—", "number": request.id}
    subject, body = (lazy_gettext(text, **words) for text in DECISIONS[state])
    notices.tell(session, [request.author_id], Kind.REQUEST_DECIDED, subject, body, link(request))
    return request


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def tell_deciders(session: Session, request: Request) -> None:
    """A request came in: tell those nearest above its organization who can do what it asks for."""
    people = deciders(session, request)
    words = {"what": request.kind.title, "number": request.id, "who": scope.current().name, "text": request.text or "—"}
    subject = lazy_gettext("New request: %(what)s", **words)
    body = lazy_gettext("%(who)s has filed the request No. %(number)s “%(what)s”.\n\n%(text)s", **words)
    notices.tell(session, people, Kind.REQUEST_FILED, subject, body, link(request))


def deciders(session: Session, request: Request) -> set[int]:
    """The operators of the nearest node above the request's organization who may grant it; the administrators if there are none.

    Of a request that names no organization those of the region; never its author, nor the person whom it would remove.
    """
    region = session.scalar(select(Organization).where(Organization.level == Level.REGION))
    asked = session.get(Organization, request.organization_id) if request.organization_id else None
    node = asked or region
    ids = tree.nodes(node.path) if node else []
    removed = request.details.get("user_id")
    held = roles_of(session, removed) if removed else set()
    nodes = [(above, DECIDERS) for above in reversed(ids[:-1] or ids)] + [(top, (RoleName.ADMIN,)) for top in ids[:1]]
    for above, roles in nodes:
        people = set(notices.people_of(session, above, roles)) - {request.author_id, removed}
        if people := {one for one in people if not held or held <= guard.grants(scope.actor_of(one, session))}:
            return people
    return set()


def roles_of(session: Session, user_id: int) -> set[RoleName]:
    """Every role that the person holds: who removes the person must be able to give them all (`guard.equal_or_below`)."""
    held = select(Role.name).join(Membership, Membership.role_id == Role.id)
    return set(session.scalars(held.where(Membership.user_id == user_id, memberships.lasting())))


def link(request: Request) -> str:
    """The request's own page."""
    return f"/requests/{request.id}"


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def mine() -> Select[Request]:
    """The requests that the actor has filed, newest first."""
    return listed().where(Request.author_id == scope.current().user_id)


def others(state: RequestState | None = None) -> Select[Request]:
    """The requests of others in the actor's reach, newest first; of one state, or all."""
    statement = listed().where(Request.author_id != scope.current().user_id)
    return statement.where(Request.state == state) if state else statement


def listed() -> Select[Request]:
    """Requests with what a list shows of them."""
    report = joinedload(Request.report).joinedload(Report.campaign)
    return select(Request).options(joinedload(Request.organization), report).order_by(Request.id.desc())


def same(session: Session, request: Request) -> Request | None:
    """The author's open request for the same, if there is one."""
    return session.scalar(
        select(Request)
        .where(
            Request.author_id == request.author_id,
            Request.kind == request.kind,
            Request.state == RequestState.OPEN,
            Request.organization_id.is_not_distinct_from(request.organization_id),
            Request.report_id.is_not_distinct_from(request.report_id),
            Request.details == request.details,
        )
        .order_by(Request.id.desc())
        .limit(1)
    )


def author_of(session: Session, request: Request) -> tuple[str, str, str]:
    """The author's full name, e-mail and phone, for those who decide (a newcomer is otherwise seen by nobody)."""
    with scope.unscoped("who filed a request"):
        user = session.get_one(User, request.author_id)
        return full_name(user), user.email, user.phone


def authors(session: Session, rows: Iterable[Request]) -> dict[int, str]:
    """The authors of these requests by id, «Фамилия И. О.»."""
    with scope.unscoped("who filed the requests of a list"):
        users = session.scalars(select(User).where(User.id.in_({row.author_id for row in rows})))
        return {user.id: short_name(user.surname, user.name, user.patronymic) for user in users}
