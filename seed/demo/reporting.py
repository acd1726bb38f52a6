"""The demo's campaigns and reports in every state, moved there by the verbs that people use, each in its time."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import comments, forms, reports, sheet
from admin_app.reporting.reports import Unready
from models import Campaign, FormVersion, Level, Organization, PeriodKind, Report
from seed.demo.diary import EVENING, Diary, Span, at, steps
from seed.demo.filling import Filler
from seed.demo.people import Cast, acting
from seed.demo.seasons import Season, seasons
from seed.demo.tree import Tree
from seed.periods import period

REJECTIONS = {
    "ОО-1": (
        "Численность обучающихся в разделе 2.1.1 не сходится с приказами о зачислении: проверьте 1-е классы.",
        "В разделе 3.1 не показаны внутренние совместители. Уточните и отправьте снова.",
        "Проверьте раздел 2.9: вторая смена в вашей организации есть, а в отчете её нет.",
        "Не заполнена справка о педагогических работниках. Пожалуйста, дополните.",
    ),
    "Паспорт": (
        "Площадь здания не сходится с техническим паспортом. Уточните и отправьте снова.",
        "Число компьютеров меньше, чем в прошлом полугодии: поясните или исправьте.",
    ),
}
RETURNS = {
    "ОО-1": (
        "Организация просит исправить возраст обучающихся в разделе 2.14.",
        "Уточнение по запросу министерства: стаж работников.",
    ),
    "Паспорт": ("Организация просит исправить год постройки здания.",),
}
SAID_BY_CLERKS = (
    "По сравнению с прошлым годом стало больше первоклассников: открыт ещё один класс.",
    "Данные сверены с электронным журналом.",
    "Прошу посмотреть раздел 3.4: двое работников переведены из филиала.",
)
SAID_BY_OPERATORS = ("Проверено, замечаний нет.", "Принято. Спасибо, что сдали раньше срока.", "Численность сверена с приказами.")
EXPLANATIONS = (
    "Занятия идут в две смены и в арендованном здании.",
    "Данные верны: с начала года открыт новый класс.",
    "Всё сверено с приказами, ошибки нет.",
)
STATES = ("empty", "draft", "submitted", "accepted", "rejected", "returned")
DOUBTED = {
    "ОО-1": ("2.1.1.1/02/4", "По приказам о зачислении здесь другое число."),
    "Паспорт": ("3/02/3", "Площадь как у соседей?"),
}


@dataclass
class Demo:
    """What the making of reports needs all the time."""

    session: Session
    tree: Tree
    cast: Cast
    filler: Filler
    luck: Random
    diary: Diary


def plan(demo: Demo, versions: Mapping[str, FormVersion], today: date, span: Span, say: Callable[[str], object]) -> None:
    """Enter into the diary: last year's campaign with everything accepted, this year's in the middle, the passports.

    ``span`` ends now.
    """
    school1, first, second, *others = demo.tree.schools("Иркутск")
    school2 = demo.tree.schools("Братск")[0]
    now = {school1.id: "empty", school2.id: "draft", first.id: "rejected", second.id: "submitted"}
    shown = {school.id: "accepted" for school in (school1, first, second, *others, *demo.tree.schools("Братск"))}
    words = ("last school year: every report accepted", "", "passports of the half-year before", "")
    for season, fixed, done in zip(seasons(today), ({}, now, shown, {school1.id: "draft"}), words, strict=True):
        demo.diary.enter(at(season.opened), partial(run, demo, versions[season.form], season, fixed, span))
        if season.closed:
            demo.diary.enter(at(season.closed, EVENING), partial(close, demo, season, partial(say, f"  {done}")))


def run(demo: Demo, version: FormVersion, season: Season, fixed: Mapping[int, str], span: Span) -> None:
    """Open a campaign and enter what becomes of its reports: what is fixed for the organization, or what luck has it."""
    which = campaign(demo, version, season)
    working = Span(season.opened, min(at(season.deadline, time(17)), span.moment(span.length)))
    lately = Span(max(season.opened, working.days[-1] - timedelta(days=14)), working.moment(working.length))
    found = demo.session.execute(
        select(Report.id, Organization).join(Report.organization).where(Report.campaign_id == which.id).order_by(Report.id)
    )
    for report_id, organization in found.all():
        state = fixed.get(organization.id) or demo.luck.choices(STATES, season.weights)[0]
        if state != "empty":
            during = lately if organization.id in fixed and not season.closed else working  # what the demo's people look at
            times = [during.moment(when) for when in steps(state, demo.luck, during.length)]
            happens = story(demo, which, report_id, organization, state)
            for moment, step in zip(times, happens, strict=True):
                demo.diary.enter(moment, step)
    demo.session.flush()  # while it is this hour


def campaign(demo: Demo, version: FormVersion, season: Season) -> Campaign:
    """An open campaign for the season."""
    when = period(demo.session, season.kind, season.day)
    types = [demo.tree.schools("Иркутск")[0].type_id] if season.schools_only else []
    made = Campaign(form_version=version, period=when, title=season.title.format(when.title), deadline=season.deadline)
    made.type_ids = [one for one in types if one is not None]
    made.filing_levels = [Level.ORGANIZATION, Level.BRANCH] if season.kind is PeriodKind.HALF_YEAR else [Level.ORGANIZATION]
    made.review_levels = [Level.MUNICIPALITY]
    demo.session.add(made)
    demo.session.flush()
    reports.open_campaign(demo.session, made)
    return made


def close(demo: Demo, season: Season, done: Callable[[], object]) -> None:
    """Close the season's campaign."""
    when = period(demo.session, season.kind, season.day)
    reports.close_campaign(demo.session, demo.session.scalars(select(Campaign).where(Campaign.period_id == when.id)).one())
    demo.session.flush()
    done()


def story(demo: Demo, which: Campaign, report_id: int, organization: Organization, state: str) -> Sequence[Callable[[], object]]:
    """What happens to one report, step by step."""
    reviewer = demo.cast.reviewer(organization)
    fill = partial(typed, demo, which, report_id, organization, state == "draft")
    send = partial(submit, demo, report_id, organization.id)
    decide = partial(reject if state == "rejected" else accept, demo, report_id, reviewer)
    back = partial(take_back, demo, report_id, reviewer)
    return {"draft": [fill], "submitted": [fill, send], "returned": [fill, send, decide, back]}.get(state, [fill, send, decide])


def typed(demo: Demo, which: Campaign, report_id: int, organization: Organization, partly: bool) -> None:
    """The clerk fills in the report."""
    values = demo.filler.values(forms.program(which.form_version), organization, partly)
    with acting(demo.session, demo.cast, demo.cast.clerks[organization.id]):
        sheet.save(demo.session, report_id, values, 0, uuid.UUID(int=demo.luck.getrandbits(128), version=4))


def submit(demo: Demo, report_id: int, organization: int) -> None:
    """The clerk submits; what looks odd in the numbers is explained first."""
    with acting(demo.session, demo.cast, demo.cast.clerks[organization]):
        try:
            reports.submit(demo.session, report_id)
        except Unready as unready:
            for finding in unready.findings:
                sheet.explain(demo.session, report_id, finding.key, demo.luck.choice(EXPLANATIONS))
            reports.submit(demo.session, report_id)
        remark(demo, report_id, SAID_BY_CLERKS)


def accept(demo: Demo, report_id: int, reviewer: int) -> None:
    """The operator accepts."""
    with acting(demo.session, demo.cast, reviewer):
        reports.accept(demo.session, report_id)
        remark(demo, report_id, SAID_BY_OPERATORS)


def reject(demo: Demo, report_id: int, reviewer: int) -> None:
    """The operator sends back what doesn't convince, with a word at a cell."""
    with acting(demo.session, demo.cast, reviewer):
        report = demo.session.get_one(Report, report_id)
        cell, doubt = DOUBTED[report.campaign.form_version.form.code]
        comments.add(demo.session, report, doubt, cell)
        reports.reject(demo.session, report_id, demo.luck.choice(REJECTIONS[report.campaign.form_version.form.code]))


def take_back(demo: Demo, report_id: int, reviewer: int) -> None:
    """The operator opens an accepted report again."""
    with acting(demo.session, demo.cast, reviewer):
        form = demo.session.get_one(Report, report_id).campaign.form_version.form.code
        reports.return_for_editing(demo.session, report_id, demo.luck.choice(RETURNS[form]))


def remark(demo: Demo, report_id: int, words: tuple[str, ...]) -> None:
    """One report in twenty is worth a word."""
    if demo.luck.random() < 0.05:
        comments.add(demo.session, demo.session.get_one(Report, report_id), demo.luck.choice(words))
