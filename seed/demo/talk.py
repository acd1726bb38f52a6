"""The demo's requests, and messages that have been read."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from babel.dates import format_date
from sqlalchemy import select

from admin_app.reporting import requests, scope
from admin_app.reporting.wishes import Wish
from models import Campaign, Message, Organization, Report, ReportState, RequestKind
from seed.demo.diary import Span
from seed.demo.people import acting, join
from seed.demo.reporting import Demo

UNREAD = 5  # messages that a person has not read yet


def plan(demo: Demo, span: Span) -> None:
    """Enter requests of each fate into the diary, all of the last two weeks. ``span`` ends now."""
    school1, (school2, other, *_more) = demo.tree.schools("Иркутск")[0], demo.tree.schools("Братск")
    phone = "+7 (3952) 90-11-22"
    month = format_date(span.moment(span.length - 5).date().replace(day=1), "d MMMM", "ru")
    branch = Wish(RequestKind.ADD_ORGANIZATION, "Открывается филиал в посёлке.", place="Филиал в п. Таёжный")
    card = Wish(RequestKind.EDIT_CARD, f"Сменился телефон приёмной: {phone}.", school1.id)
    happens: tuple[tuple[float, Callable[[], object]], ...] = (
        (9.31, partial(filed, demo, "school2", branch)),
        (8.17, partial(refused, demo, "Пришлите, пожалуйста, заявление по форме: карточка филиала заводится по нему.")),
        (6.42, partial(filed, demo, "school1", card)),
        (5.24, partial(granted, demo, school1, phone)),
        (1.73, partial(mistaken, demo, school1)),
        (1.38, partial(join, demo.session, demo.cast, "newcomer")),
        (1.21, partial(arrived, demo, other)),
        (0.86, partial(filed, demo, "school2", Wish(RequestKind.EDIT_CARD, f"Новый директор с {month}.", school2.id))),
    )
    for ago, one in happens:
        demo.diary.enter(span.moment(span.length - ago), one)


def filed(demo: Demo, login: str, wish: Wish) -> None:
    """A request by this person."""
    with acting(demo.session, demo.cast, demo.cast.users[login]):
        requests.file(demo.session, wish)


def arrived(demo: Demo, school: Organization) -> None:
    """The newcomer wants to be attached to a school."""
    filed(demo, "newcomer", Wish(RequestKind.ATTACH_USER, "Работаю секретарём, заполняю отчёты.", place=school.inn or ""))


def mistaken(demo: Demo, school: Organization) -> None:
    """A mistake was found in the first report that was accepted."""
    accepted = select(Report.id).join(Campaign).where(Report.organization_id == school.id, Report.state == ReportState.ACCEPTED)
    found = demo.session.scalars(accepted.order_by(Report.id)).first()
    filed(demo, "school1", Wish(RequestKind.RETURN_REPORT, "В разделе 3.5 перепутаны возрастные группы.", report_id=found))


def refused(demo: Demo, answer: str) -> None:
    """The last request gets this answer from the region."""
    with acting(demo.session, demo.cast, demo.cast.users["central"]):
        requests.refuse(demo.session, last(demo), answer)


def granted(demo: Demo, school: Organization, phone: str) -> None:
    """The last request is granted: the school has a new telephone number."""
    with acting(demo.session, demo.cast, demo.cast.users["irkutsk"]):
        demo.session.get_one(Organization, school.id).phone = phone
        requests.grant(demo.session, last(demo), "Исправлено, спасибо.")


def last(demo: Demo) -> int:
    """The newest request that the actor sees; its number."""
    return demo.session.scalars(requests.others().limit(1)).one().id


def read(demo: Demo) -> None:
    """Of everybody's messages the last few are new; the others were read within a day."""
    now, seen = demo.cast.clock.now, dict[int, int]()
    with scope.unscoped("messages that have been read"):
        for message in demo.session.scalars(select(Message).order_by(Message.id.desc())):
            seen[message.recipient_id] = seen.get(message.recipient_id, 0) + 1
            if seen[message.recipient_id] > UNREAD:
                message.read_at = min(now, message.at + timedelta(minutes=20 + 47 * message.id % 1300))
