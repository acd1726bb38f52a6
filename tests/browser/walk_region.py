"""A small region for the walk through the manual and the look at every screen: made as the demo region is, but of eight schools.

Real ОО-1, real rules, the demo's accounts and password; ready in some seconds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.reporting import forms, letters, reports, scope
from models import FormVersion, Level, PeriodKind
from seed import forms as seed_forms
from seed import lists
from seed.demo import people, reporting, tree
from seed.demo.filling import Filler
from seed.periods import bounds

TOWNS: tuple[dict[str, Any], ...] = (
    {
        "name": "Иркутск",
        "office": "города Иркутска",
        "type": "городской округ",
        "center": "Иркутск",
        "oktmo": "25701000",
        "size": 9,
    },
    {"name": "Братск", "office": "города Братска", "type": "городской округ", "center": "Братск", "oktmo": "25714000", "size": 2},
)
SEED = 38
NOT_BEGUN = (1, 0, 0, 0, 0, 0)  # weights as of reporting.STATES


@dataclass(frozen=True)
class Region:
    """The running product with this region: its address, its outbox, and what a clerk types into a consistent ОО-1."""

    url: str
    outbox: Path
    sample: dict[str, str]


def make(app: Flask, engine: Engine, today: date) -> dict[str, str]:
    """Fill a migrated, empty database; nothing is mailed. Returns the sample: what is typed, by address."""
    with app.app_context(), scope.ScopedSession(engine) as session, scope.acting(scope.everything("MODO")), letters.silence():
        version = fill(session, today)
        session.commit()
        cells = forms.program(version).cells
    typed = ((address, value) for address, value in seed_forms.sample("oo1").items() if value and cells[address].kind == "input")
    return {address: f"{value:.10g}" for address, value in typed}


def fill(session: Session, today: date) -> FormVersion:
    """Lists, form, organizations, people, last year's reports and this year's."""
    luck = Random(SEED)
    lists.load(session)
    version = forms.load_form(session, seed_forms.document("oo1"))
    grown = grow(session, luck)
    demo = reporting.Demo(session, grown, people.gather(session, grown, luck), Filler(luck), luck)
    schools = [one for one in grown.organizations if one.type is not None and one.type.code == "school"]
    year, _end = bounds(PeriodKind.SCHOOL_YEAR, today)
    open_campaign = partial(reporting.campaign, demo, version, PeriodKind.SCHOOL_YEAR)
    before = open_campaign(year - timedelta(days=1), "Отчет ОО-1 за {}", [schools[0].type_id], date(year.year - 1, 10, 10))
    reporting.run(demo, before, reporting.ACCEPTED_ONLY, {})
    reporting.settle_dates(session, before)
    reports.close_campaign(session, before)
    now = open_campaign(today, "Отчет ОО-1 за {}", [schools[0].type_id], today + timedelta(days=20))
    states = ("empty", "submitted", "accepted", "draft", "submitted", "rejected")
    reporting.run(demo, now, NOT_BEGUN, {one.id: state for one, state in zip(schools, states, strict=False)})
    return version


def grow(session: Session, luck: Random) -> tree.Tree:
    """The region, two education offices and what is below them."""
    gardener = tree.Gardener(session, lists.codes(session), luck)
    kind = gardener.items(
        type="office", legal_form="state", legal_position="treasury", settlement_type="town", structural_level="independent"
    )
    name, full_name = "Иркутская область", "Министерство образования Иркутской области"
    grown = tree.Tree(
        gardener.node(Level.REGION, None, name, full_name, oktmo="25000000", head_position="Министр образования", **kind)
    )
    for town in TOWNS:
        office = tree.municipal_office(gardener, grown.region, town)
        grown.offices[town["name"]] = office
        grown.below[town["name"]] = [tree.member(gardener, office, town, place) for place in range(town["size"])]
    session.flush()
    return grown
