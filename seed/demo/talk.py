"""The demo's requests, and messages that have been read."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import requests, scope
from admin_app.reporting.wishes import Wish
from models import Campaign, Message, Report, ReportState, RequestKind
from seed.demo.people import Cast, acting
from seed.demo.tree import Tree

UNREAD = 5  # messages that a person has not read yet


def talk(session: Session, tree: Tree, cast: Cast) -> None:
    """Requests of each fate; of everybody's messages the last few are new."""
    school1, school2, other = tree.schools("Иркутск")[0], *tree.schools("Братск")[:2]
    accepted = session.scalars(
        select(Report.id)
        .join(Campaign)
        .where(Report.organization_id == school1.id, Report.state == ReportState.ACCEPTED)
        .order_by(Report.id)
    ).first()
    filed(
        session,
        cast,
        "newcomer",
        Wish(RequestKind.ATTACH_USER, "Работаю секретарём, заполняю отчёты.", place=other.inn or ""),
    )
    card = filed(
        session, cast, "school1", Wish(RequestKind.EDIT_CARD, "Сменился телефон приёмной: +7 (3952) 90-11-22.", school1.id)
    )
    filed(
        session,
        cast,
        "school1",
        Wish(RequestKind.RETURN_REPORT, "В разделе 3.5 перепутаны возрастные группы.", report_id=accepted),
    )
    wrong = filed(
        session, cast, "school2", Wish(RequestKind.ADD_ORGANIZATION, "Открывается филиал в посёлке.", place="Филиал в п. Таёжный")
    )
    filed(session, cast, "school2", Wish(RequestKind.EDIT_CARD, "Новый директор с 1 ноября.", school2.id))
    with acting(session, cast.users["irkutsk"]):
        requests.grant(session, card, "Исправлено, спасибо.")
    with acting(session, cast.users["central"]):
        requests.refuse(session, wrong, "Пришлите, пожалуйста, заявление по форме: карточка филиала заводится по нему.")
    with scope.unscoped("messages that have been read"):
        seen: dict[int, int] = {}
        for message in session.scalars(select(Message).order_by(Message.id.desc())):
            seen[message.recipient_id] = seen.get(message.recipient_id, 0) + 1
            if seen[message.recipient_id] > UNREAD:
                message.read_at = datetime.now(UTC)


def filed(session: Session, cast: Cast, login: str, wish: Wish) -> int:
    """A request by this person; its number."""
    with acting(session, cast.users[login]):
        return requests.file(session, wish).id
