"""Generated screens: what the schema says becomes lists, cards, forms, filters, search and export, on Flask-Admin's routes.

`register(admin)` adds them all; `Home` is their first page. A new table needs a line in `SCREENS` and, where the schema cannot
say it, a class of its own.
"""

from flask import abort, jsonify, request
from flask_admin import Admin, AdminIndexView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_login import current_user
from werkzeug.wrappers import Response

from admin_app.crud import palette
from admin_app.crud.base import SchemaView
from admin_app.crud.bulk_task import register as takes_bulk
from admin_app.crud.classifiers import ClassifierItemView, ClassifierView
from admin_app.crud.duplicates import DuplicatesView
from admin_app.crud.importing import ImportView
from admin_app.crud.importing import register as takes_files
from admin_app.crud.people import MembershipView, UserView
from admin_app.crud.registries import AttributeView, OrganizationView
from admin_app.crud.reporting import (
    CampaignView,
    FormVersionView,
    FormView,
    MessageView,
    PeriodView,
    ReportView,
    RequestView,
)
from admin_app.crud.rights import sign_in_first
from admin_app.crud.tasks import TaskView
from admin_app.crud.undoing import LogView
from admin_app.crud.why import WhyView
from admin_app.extensions import db
from admin_app.reporting import entries
from models import (
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    Event,
    Form,
    FormVersion,
    Membership,
    Message,
    Organization,
    Period,
    Report,
    Request,
    User,
)

REGISTRIES, REPORTING, SERVICE = N_("Registries"), N_("Reporting"), N_("Service")
SCREENS: tuple[tuple[type[SchemaView], type[Base], object], ...] = (
    (OrganizationView, Organization, REGISTRIES),
    (UserView, User, REGISTRIES),
    (MembershipView, Membership, REGISTRIES),
    (ClassifierView, Classifier, REGISTRIES),
    (ClassifierItemView, ClassifierItem, REGISTRIES),
    (AttributeView, Attribute, REGISTRIES),
    (FormView, Form, REPORTING),
    (FormVersionView, FormVersion, REPORTING),
    (PeriodView, Period, REPORTING),
    (CampaignView, Campaign, REPORTING),
    (ReportView, Report, REPORTING),
    (RequestView, Request, SERVICE),
    (MessageView, Message, SERVICE),
    (LogView, Event, SERVICE),
)


class Home(AdminIndexView):
    """The page that leads to every generated screen the person may open."""

    def __init__(self) -> None:
        super().__init__(name=N_("Registries and reporting"), url="/admin")
        self.static_folder = None  # none of Flask-Admin's own scripts and styles is served

    def is_visible(self) -> bool:
        """Not in the menu: its categories are."""
        return False

    @expose()
    def index(self) -> str | Response:
        """The screens by category."""
        if not current_user.is_authenticated:
            return sign_in_first()
        groups: dict[str, list[SchemaView]] = {}
        for view in self.admin._views if self.admin else ():
            if isinstance(view, SchemaView) and view.is_accessible():
                groups.setdefault(str(view.category), []).append(view)
        if not groups:
            abort(403, _("These screens are for operators. What you need is in your cabinet."))
        return str(self.render("admin/index.html", groups=groups))

    @expose("/palette")
    def palette_view(self) -> Response:
        """What Ctrl+K offers for ?q=, as JSON [{title, hint, address}]; nothing to strangers and clerks."""
        if not current_user.is_authenticated:
            return sign_in_first()
        text = entries.clean(request.args.get("q", ""))[:100]
        return jsonify(palette.offered(self.admin._views if self.admin else (), text, db.session))


def register(admin: Admin) -> None:
    """Add the generated screens, in menu order. Needs an application context."""
    for view, model, category in SCREENS:
        made = view(model, category=category, endpoint=model.__tablename__)
        admin.add_view(made)
        takes_files(made)
        takes_bulk(made)
    admin.add_view(DuplicatesView(category=REGISTRIES))
    admin.add_view(ImportView(REGISTRIES))
    admin.add_view(TaskView(REGISTRIES))
    admin.add_view(WhyView(category=REGISTRIES))
