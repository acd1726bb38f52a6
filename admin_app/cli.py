"""The commands of an administrator; ``flask --help`` lists them. Each is one transaction, done as the system."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from admin_app import backup, migrations
from admin_app.extensions import db
from admin_app.reporting import accounts, codes, dated, days, forms, jobs, letters, reports, scope
from admin_app.reporting.accounts import Person
from admin_app.reporting.formula import FormError
from admin_app.reporting.imports import command
from admin_app.reporting.planned import FromDay
from admin_app.reporting.refusal import Refused
from models import Level, Organization, PeriodKind, RoleName, RowOutcome
from seed import campaigns as seed_campaigns
from seed import demo as demo_region
from seed import forms as seed_forms
from seed import lists as seed_lists

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
LENGTHS = click.Choice([kind.value for kind in PeriodKind])
LEVELS = click.Choice([level.value for level in Level])


class Spoken(click.Command):
    """A command whose mistakes are one sentence each and exit code 1, never a trace."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except OperationalError as error:
            raise click.ClickException(f"The database doesn't answer: {' '.join(str(error.orig).split())}") from error
        except DataError as error:
            raise click.ClickException(f"The database refuses a value: {' '.join(str(error.orig).split())}.") from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or ''} {error.strerror}.".strip()) from error
        except (Refused, FormError, backup.Failed) as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def acting(name: str) -> Iterator[Session]:
    """The scoped session as the system, under this name in the log; what verbs say is English, as commands are."""
    with force_locale("en"), scope.acting(scope.everything(name)):
        yield db.session


@contextmanager
def transaction(name: str) -> Iterator[Session]:
    """The same, committed at the end; undone if something goes wrong."""
    with acting(name) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


# ── Database ─────────────────────────────────────────────────────────────────────────────────────────────────────────

database = AppGroup("database", help="Upgrade or downgrade the schema.")


@database.command("upgrade", cls=Spoken)
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (the newest one)."""
    migrations.upgrade(db.engine, revision)
    click.echo("The schema is up to date.")


@database.command("downgrade", cls=Spoken)
@click.argument("revision")
@click.confirmation_option(prompt="Data that the older schema has no place for will be lost. Go on?")
def downgrade(revision: str) -> None:
    """Bring the schema down to REVISION (“base”: nothing is left). Back up first."""
    migrations.downgrade(db.engine, revision)
    click.echo(f"The schema is at {revision}.")


@database.command("revision", cls=Spoken)
@click.argument("message")
def revision(message: str) -> None:
    """For developers: write a migration from the difference between models.py and the database."""
    migrations.make(db.engine, message)


# ── Reference lists, forms, organizations ────────────────────────────────────────────────────────────────────────────


@click.command("load-lists", cls=Spoken)
@with_appcontext
def load_lists() -> None:
    """Load the reference lists of MODO.

    What people changed in them stays.
    """
    with transaction("flask load-lists") as session:
        click.echo(f"Items added: {seed_lists.load(session)}.")


@click.command("load-forms", cls=Spoken)
@click.argument("files", nargs=-1, type=FILE)
@click.option("--draft", is_flag=True, help="Leave the edition a draft instead of publishing it.")
@with_appcontext
def load_forms(files: tuple[Path, ...], draft: bool) -> None:
    """Load forms from YAML FILES.

    Without FILES: the forms that come with MODO. Loading the same edition twice changes nothing.
    """
    paths = sorted([path.resolve() for path in files] or seed_forms.HERE.glob("*.yaml"))
    documents = [seed_forms.document(str(path.with_suffix(""))) for path in paths]
    with transaction("flask load-forms") as session:
        versions = forms.load_forms(session, documents, publish=not draft)
        for version in versions:
            click.echo(f"{version.form.code}: edition {version.number}, {version.state.title}.")
            for problem in forms.astray(session, version, versions) if draft else ():
                click.echo(f"Warning: {version.form.code}: {forms.sentence(problem)}", err=True)


@click.command("import-organizations", cls=Spoken)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check the file and say what would change, without changing anything.")
@click.option("--from-day", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), help="From which day changes count, if not today's.")
@click.option("--correction", is_flag=True, help="It was so all the time: the past is put right too.")
@with_appcontext
def import_organizations(file: Path, dry_run: bool, from_day: datetime | None, correction: bool) -> None:
    """Import organizations from CSV, XLSX or JSON.

    All of the FILE or, if something in it is wrong, nothing. Columns are the fields of an organization (short_name, inn, kpp,
    parent, type…); docs/commands.md describes them. Changes for a day to come are planned: the worker makes them.
    """
    if from_day and correction:
        raise click.UsageError("Changes count either from a day or as a correction.")
    since = FromDay(dated.ALWAYS if correction else from_day.date() if from_day else None)
    with transaction("flask import-organizations") as session:
        found, batch = command.bring(session, file, dry_run, since)
    added, changed = found[RowOutcome.NEW], found[RowOutcome.CHANGE]
    planned = f" (planned for {since.planned})" if since.planned else ""
    click.echo(f"{'Would be added' if dry_run else 'Added'}: {added}, changed: {changed}{planned}.")
    if added + changed and not dry_run:
        click.echo(f"It can be undone as a whole: /admin/event/batch/?batch={batch}")


# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@click.command("create-admin", cls=Spoken)
@click.option("--login", prompt=True, help="The login name.")
@click.option("--email", prompt=True, help="The mailbox, for password resets.")
@click.option("--surname", prompt=True, help="The surname.")
@click.option("--name", prompt=True, help="The given name.")
@click.option("--patronymic", default="", help="The patronymic, if any.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given; MODO_PASSWORD.")
@with_appcontext
def create_admin(login: str, email: str, surname: str, name: str, patronymic: str, password: str) -> None:
    """Create an administrator.

    An active account with the rights of an administrator and a central operator in the whole region.
    """
    with force_locale("en"):
        if why := codes.problem("email", codes.clean("email", email)):
            raise click.ClickException(str(why))
    person = Person(login, codes.clean("email", email), surname, name, patronymic, "", "")
    with transaction("flask create-admin") as session:
        region = session.scalar(select(Organization).where(Organization.level == Level.REGION))
        if region is None:
            raise click.ClickException("There is no region yet: import the organizations first (flask import-organizations).")
        user = accounts.create(session, person, password)
        accounts.attach(session, user, region, RoleName.ADMIN)
        accounts.attach(session, user, region, RoleName.CENTRAL)
    click.echo(f"{login} may sign in.")


# ── Campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────────


@click.command("open-campaign", cls=Spoken)
@click.argument("form")
@click.argument("day", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]))
@click.option("--kind", type=LENGTHS, help="The period's length, if not the form's.")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), required=True, help="The last day to submit.")
@click.option("--title", help="What people see; by default the form and the period.")
@click.option("--who", multiple=True, type=LEVELS, help="Places in the tree that file (organization); repeat.")
@click.option("--type", "types", multiple=True, help="Only organizations of this type (a code of the list); repeat.")
@click.option("--reviewer", multiple=True, type=LEVELS, help="Places that review, from below (municipality); repeat.")
@with_appcontext
def open_campaign(form: str, day: Any, deadline: Any, **options: Any) -> None:
    """Open a campaign for a form and a period.

    FORM is its code, the period the one that holds DAY. Opening again admits organizations added since and may move the deadline;
    who files and who reviews stays as it was.
    """
    with transaction("flask open-campaign") as session:
        campaign = seed_campaigns.campaign_of(session, form, day.date(), deadline.date(), options)
        made = reports.open_campaign(session, campaign)
    click.echo(f"{campaign.title}: {made} reports opened.")


# ── Running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@click.command("worker", cls=Spoken)
@click.option("--once", is_flag=True, help="Do what is waiting now, then end.")
@with_appcontext
def worker(once: bool) -> None:
    """Run the worker: letters, reminders, long work.

    Until it is asked to end (SIGTERM, Ctrl+C); several may run at once.
    """
    jobs.run_worker(current_app._get_current_object(), wait=not once)  # type: ignore[attr-defined]


@click.command("back-up", cls=Spoken)
@click.argument("file", type=NEW_FILE, required=False)
@with_appcontext
def back_up(file: Path | None) -> None:
    """Back up everything into one file.

    The database and the attachments, into FILE (modo-<date>.tar). MODO may run meanwhile.
    """
    target = (file or Path(time.strftime("modo-%Y-%m-%d-%H%M.tar"))).resolve()
    size = backup.back_up(db.engine, current_app.extensions["settings"].files, target)
    click.echo(f"{target}: {size / 2**20:.1f} MB.")


@click.command("restore", cls=Spoken)
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Throw away what the database has now.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Restore everything from a backup.

    The database and the attachments, from FILE. Stop the server and the worker first.
    """
    backup.restore(db.engine, current_app.extensions["settings"].files, file.resolve(), replace)
    click.echo("Restored.")


@click.command("demo", cls=Spoken)
@with_appcontext
def demo() -> None:
    """Make the demo region.

    In an empty database; all of it or, if it is stopped, nothing.
    """
    with scope.acting(scope.everything("MODO")), letters.silence():
        if db.session.scalar(select(Organization.id).limit(1)) is not None:
            raise click.ClickException("There are organizations in this database already; the demo region needs an empty one.")
        demo_region.make(db.session, days.today(), click.echo)
        db.session.commit()


COMMANDS = (database, load_lists, load_forms, import_organizations, create_admin, open_campaign, worker, back_up, restore, demo)
