"""What changes in the demo's registry: names, now and to come, and a school that somebody enters a second time."""

from datetime import date
from functools import partial

from admin_app.reporting import dated, days, organizations, planned
from models import Organization
from seed.demo.diary import Span
from seed.demo.people import acting
from seed.demo.reporting import Demo


def plan(demo: Demo, span: Span) -> None:
    """One school became a lyceum half a year ago, another one will on the first of January; a third was entered twice."""
    _first, _second, was, will, twice, *_more = [one for one in demo.tree.schools("Иркутск") if "СОШ" in one.short_name]
    moment = span.moment(span.length - 120)
    demo.diary.enter(moment, partial(renamed, demo, was, moment.date()))
    today = span.moment(span.length).date()
    demo.diary.enter(span.moment(span.length - 2.5), partial(renamed, demo, will, date(today.year + 1, 1, 1)))
    demo.diary.enter(span.moment(span.length - 3.3), partial(entered_again, demo, twice))


def renamed(demo: Demo, school: Organization, day: date) -> None:
    """The school is called a lyceum from the day on, entered now by its office."""
    with acting(demo.session, demo.cast, demo.cast.users["irkutsk"]):
        row = demo.session.get_one(Organization, school.id)
        full = row.full_name.replace("Средняя общеобразовательная школа", "Лицей")
        names = {"short_name": (row.short_name, row.short_name.replace("СОШ", "Лицей")), "full_name": (row.full_name, full)}
        if day > days.today():
            planned.plan(demo.session, row, names, day)
            return
        with dated.from_day(day):
            for name, (_old, new) in names.items():
                setattr(row, name, new)


def entered_again(demo: Demo, school: Organization) -> None:
    """The region adds a school that is there already, from a letter that calls it otherwise."""
    with acting(demo.session, demo.cast, demo.cast.users["central"]):
        there = demo.session.get_one(Organization, school.id)
        number = there.short_name.rpartition("№")[2].strip()
        again = Organization(
            parent_id=there.parent_id,
            level=there.level,
            short_name=f"Средняя школа № {number} г. Иркутска",
            full_name=f"Средняя общеобразовательная школа № {number} города Иркутска",
            address=there.address,
            inn=there.inn,
            type_id=there.type_id,
        )
        demo.session.add(again)
        organizations.settle(demo.session, again)
