"""The demo's campaigns and reports in every state, moved there by the verbs that people use."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import comments, forms, reports, sheet
from admin_app.reporting.reports import Unready
from models import Campaign, FormVersion, Level, Organization, PeriodKind, Report
from seed.demo.filling import Filler
from seed.demo.people import Cast, acting
from seed.demo.tree import Tree
from seed.periods import bounds, period

REJECTIONS = (
    "Численность обучающихся в разделе 2.1.1 не сходится с приказами о зачислении: проверьте 1-е классы.",
    "В разделе 3.1 не показаны внутренние совместители. Уточните и отправьте снова.",
    "Проверьте раздел 2.9: вторая смена в вашей организации есть, а в отчете её нет.",
    "Не заполнена справка о педагогических работниках. Пожалуйста, дополните.",
)
RETURNS = (
    "Организация просит исправить возраст обучающихся в разделе 2.14.",
    "Уточнение по запросу министерства: стаж работников.",
)
REMARKS = (
    "Проверено, замечаний нет.",
    "По сравнению с прошлым годом стало больше первоклассников: открыт ещё один класс.",
    "Данные сверены с электронным журналом.",
    "Прошу посмотреть раздел 3.4: двое работников переведены из филиала.",
)
EXPLANATIONS = (
    "Занятия идут в две смены и в арендованном здании.",
    "Данные верны: с начала года открыт новый класс.",
    "Всё сверено с приказами, ошибки нет.",
)
STATES = ("empty", "draft", "submitted", "accepted", "rejected", "returned")
NOW_WEIGHTS = (16, 18, 26, 30, 6, 4)
PASSPORT_WEIGHTS = (80, 5, 7, 6, 1, 1)
ACCEPTED_ONLY = (0, 0, 0, 1, 0, 0)


@dataclass
class Demo:
    """What the making of reports needs all the time."""

    session: Session
    tree: Tree
    cast: Cast
    filler: Filler
    luck: Random


def fill(
    session: Session,
    tree: Tree,
    cast: Cast,
    versions: list[FormVersion],
    today: date,
    luck: Random,
    say: Callable[[str], object],
) -> None:
    """Last year's campaign with everything accepted, this year's in the middle, and the same of the half-yearly passport."""
    demo = Demo(session, tree, cast, Filler(luck), luck)
    oo1, passport = versions
    school1, first, second, *_others = tree.schools("Иркутск")
    school2 = tree.schools("Братск")[0]
    fixed = {school1.id: "empty", school2.id: "draft", first.id: "rejected", second.id: "submitted"}
    types = [school1.type_id or 0]
    year, _end = bounds(PeriodKind.SCHOOL_YEAR, today)
    before = campaign(
        demo, oo1, PeriodKind.SCHOOL_YEAR, year - timedelta(days=1), "Отчет ОО-1 за {}", types, date(year.year - 1, 10, 15)
    )
    run(demo, before, ACCEPTED_ONLY, {})
    settle_dates(session, before)
    reports.close_campaign(session, before)
    say("  last school year: every report accepted")
    deadline = max(date(year.year, 10, 15), today + timedelta(days=10))
    now = campaign(demo, oo1, PeriodKind.SCHOOL_YEAR, today, "Отчет ОО-1 за {}", types, deadline)
    run(demo, now, NOW_WEIGHTS, fixed)
    say("  this school year: reports in every state")
    start, end = bounds(PeriodKind.HALF_YEAR, today)
    last = campaign(
        demo, passport, PeriodKind.HALF_YEAR, start - timedelta(days=1), "Паспорт организации, {}", [], start + timedelta(days=20)
    )
    shown = [*tree.schools("Иркутск"), *tree.schools("Братск")]  # the demo's people are theirs: the period before isn't empty
    run(demo, last, (85, 0, 0, 15, 0, 0), {school.id: "accepted" for school in shown})
    settle_dates(session, last)
    reports.close_campaign(session, last)
    half = campaign(demo, passport, PeriodKind.HALF_YEAR, today, "Паспорт организации, {}", [], end + timedelta(days=20))
    run(demo, half, PASSPORT_WEIGHTS, {school1.id: "draft"})
    say("  passports of the half-year")


def campaign(
    demo: Demo, version: FormVersion, kind: PeriodKind, day: date, title: str, types: list[int], deadline: date
) -> Campaign:
    """An open campaign for the period that holds this day."""
    when = period(demo.session, kind, day)
    made = Campaign(form_version=version, period=when, title=title.format(when.title), deadline=deadline, type_ids=types)
    made.filing_levels = [Level.ORGANIZATION, Level.BRANCH] if kind is PeriodKind.HALF_YEAR else [Level.ORGANIZATION]
    made.review_levels = [Level.MUNICIPALITY]
    demo.session.add(made)
    demo.session.flush()
    reports.open_campaign(demo.session, made)
    return made


def run(demo: Demo, which: Campaign, weights: tuple[int, ...], fixed: Mapping[int, str]) -> None:
    """Bring every report of a campaign as far as is fixed for its organization, or as luck with these weights has it."""
    found = demo.session.execute(
        select(Report.id, Organization).join(Report.organization).where(Report.campaign_id == which.id).order_by(Report.id)
    )
    for report_id, organization in found.all():
        state = fixed.get(organization.id) or demo.luck.choices(STATES, weights)[0]
        if state != "empty":
            bring(demo, which, report_id, organization, state)


def bring(demo: Demo, which: Campaign, report_id: int, organization: Organization, state: str) -> None:
    """Fill in one report and send it on its way."""
    program = forms.program(which.form_version)
    values = demo.filler.values(program, organization, partly=state == "draft")
    with acting(demo.session, demo.cast.clerks[organization.id]):
        sheet.save(demo.session, report_id, values, 0, uuid.UUID(int=demo.luck.getrandbits(128), version=4))
        if state == "draft":
            return
        submit(demo, report_id)
    if state == "submitted":
        return
    reviewer = demo.cast.operators.get(organization.parent_id or 0) or demo.cast.users["central"]
    if organization.level is Level.BRANCH:
        reviewer = demo.cast.operators[(organization.parent and organization.parent.parent_id) or 0]
    with acting(demo.session, reviewer):
        if state == "rejected":
            reports.reject(demo.session, report_id, demo.luck.choice(REJECTIONS))
            return
        reports.accept(demo.session, report_id)
        if demo.luck.random() < 0.05:
            comments.add(demo.session, demo.session.get_one(Report, report_id), demo.luck.choice(REMARKS))
        if state == "returned":
            reports.return_for_editing(demo.session, report_id, demo.luck.choice(RETURNS))


def submit(demo: Demo, report_id: int) -> None:
    """Submit; what looks odd in the numbers is explained, as a clerk would."""
    try:
        reports.submit(demo.session, report_id)
    except Unready as unready:
        for finding in unready.findings:
            sheet.explain(demo.session, report_id, finding.key, demo.luck.choice(EXPLANATIONS))
        reports.submit(demo.session, report_id)


def settle_dates(session: Session, which: Campaign) -> None:
    """Past reports were filed in time, not at the moment this demo was made."""
    filed = datetime.combine(which.deadline - timedelta(days=4), time(4), UTC)
    for number, report in enumerate(
        session.scalars(select(Report).where(Report.campaign_id == which.id, Report.submitted_at.is_not(None)))
    ):
        report.submitted_at = filed - timedelta(hours=number % 60)
        report.accepted_at = filed + timedelta(hours=30 + number % 40)
    session.flush()
