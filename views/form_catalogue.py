"""«Отчетные формы»: the published forms, their editions, and each edition's tables as an empty report shows them."""

from flask import Flask, abort, request
from flask_admin import Admin
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin_app.extensions import db
from admin_app.reporting import forms, guard, scope
from admin_app.reporting.formula import Cell
from admin_app.reporting.guard import Permission
from models import Form, FormVersion, VersionState
from views.base import Screen, expose
from views.report_table import table


class Forms(Screen):
    """Read only; whoever is signed in may look at what is asked for, drafts excepted."""

    title = _("Reporting forms")
    address = "/forms"

    def is_visible(self) -> bool:
        """In the menu of those who work with forms."""
        return bool(guard.may(scope.current(), Permission.FORM_READ))

    @expose("")
    def index(self) -> str:
        """Every form with its published editions, the latest first."""
        statement = select(Form).options(selectinload(Form.versions)).order_by(Form.position, Form.code)
        found = [(form, editions) for form in db.session.scalars(statement) if (editions := published(form))]
        return str(self.render("forms/list.html", forms=found, retired=VersionState.RETIRED))

    @expose("/<int:id>")
    def edition(self, id: int) -> str:
        """One edition; ?section= which of its sections to show."""
        version = db.session.get(FormVersion, id)
        if version is None or version.state is VersionState.DRAFT:
            abort(404)
        program = forms.program(version)
        sections = program.form.sections
        code = request.args.get("section", sections[0].code)
        section = program.form.by_code.get(code) or abort(404)
        return str(
            self.render(
                "forms/edition.html",
                version=version,
                form=program.form,
                section=section,
                checks=[check for check in program.form.checks if check.section == code],
                table=table(program, section, nothing, {}, typed=False),
            )
        )


def nothing(_cell: Cell) -> str:
    """What an empty report shows in a cell."""
    return ""


def published(form: Form) -> list[FormVersion]:
    """The form's editions that have been published, the latest first."""
    return [version for version in reversed(form.versions) if version.state is not VersionState.DRAFT]


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Forms())
