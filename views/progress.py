"""«Ход сдачи»: by municipality, then by organization, how many reports are in which state."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, abort, url_for
from flask_admin import Admin
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.reporting import days, progress, scope
from admin_app.reporting.guard import Permission
from models import Campaign, Level, Organization
from views.base import Screen, asked, expose
from views.organization import above

WIDTH, BESIDE, HEIGHT = 1130, 640, 190  # of the curve's field in its own units, alone and beside the tiles


class Progress(Screen):
    """A truthful table: every number is a link to the reports that it counts."""

    title = _("Progress of filing")
    address = "/progress"
    needs = Permission.PROGRESS_READ
    in_menu = True

    @expose("")
    def index(self) -> str:
        """?campaign= which one (else the running one with the nearest deadline), ?under= which node of the tree."""
        choices = progress.campaigns(db.session)
        campaign = chosen(choices)
        node = node_of(asked("under"))
        place = progress.Place.of(db.session, campaign, node) if campaign else None
        lines = progress.lines(db.session, place) if place else []
        deeper = node.level == Level.REGION
        width = BESIDE if deeper else WIDTH
        curve = curve_of(campaign, place, progress.total(lines).total, width) if campaign and place else None
        return str(
            self.render(
                "progress/table.html",
                campaigns=choices,
                campaign=campaign,
                node=node,
                above=above(node),
                lines=lines,
                total=progress.total(lines),
                curve=curve,
                deeper=deeper,
                day=place.day if place else None,
                single=not deeper and all(line.total == 1 for line in lines),
                S=progress.S,
                to_review=to_review,
            )
        )


def chosen(choices: list[Campaign]) -> Campaign | None:
    """The campaign asked for, the first one if none is; 404 if there is no such."""
    wanted = asked("campaign")
    if wanted is None:
        return choices[0] if choices else None
    return next((one for one in choices if one.id == wanted), None) or abort(404)


def node_of(under: int | None) -> Organization:
    """The node asked for, else the topmost that the person is attached to."""
    if under is not None:
        return db.session.get(Organization, under) or abort(404)
    own = select(Organization).where(Organization.id.in_(scope.current().organization_ids)).order_by(Organization.path)
    return db.session.scalars(own).first() or abort(404)


def to_review(state: str, under: int, campaign: Campaign, below: bool = True) -> str:
    """The list of the reports that a number counts: of a node and all below it, or of the node itself."""
    return url_for("review.index", state=state, under=under, own=None if below else 1, campaign=campaign.id)


@dataclass(frozen=True)
class Curve:
    """The curve «Принято по дням» in the units of its picture, and the words that say the same."""

    width: int
    points: str
    last: tuple[float, float]
    deadline: float | None
    ticks: list[tuple[float, date]]
    accepted: int
    total: int
    until: date


def curve_of(campaign: Campaign, place: progress.Place, total: int, width: int) -> Curve | None:
    """Accepted reports by day, if there are any."""
    counts = progress.accepted_by_day(db.session, place)
    if not counts or not total:
        return None
    first, last = counts[0][0] - timedelta(days=1), counts[-1][0]
    if campaign.closed_at is None and (days.today() - first).days < 400:
        last = max(last, days.today())  # while reports are still coming in, a day without any is a day too
    end = max(last, campaign.deadline) if (campaign.deadline - first).days < 400 else last
    span = max(1, (end - first).days)

    def x(day: date) -> float:
        return round((day - first).days / span * width, 1)

    def y(count: int) -> float:
        return round(HEIGHT - count / total * HEIGHT, 1)

    points = [(0.0, float(HEIGHT))]
    for day, count in counts:
        points += [(x(day), points[-1][1]), (x(day), y(count))]
    points.append((x(last), points[-1][1]))
    ticks = [first + timedelta(days=round(span * part / 4)) for part in range(5)]
    return Curve(
        width=width,
        points=" ".join(f"{across},{down}" for across, down in points),
        last=points[-1],
        deadline=x(campaign.deadline) if first <= campaign.deadline <= end else None,
        ticks=[(x(day), day) for day in ticks],
        accepted=counts[-1][1],
        total=total,
        until=last,
    )


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Progress())
