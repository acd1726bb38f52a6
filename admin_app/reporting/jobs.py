"""Work in the background: a queue in the same PostgreSQL (Procrastinate, in the schema ``jobs``) and the worker that empties it.

A waiting letter gets its job from a trigger, in its own transaction (migration 0002); the worker is woken by the commit. A job of
a killed worker is taken up again within two minutes. Nothing is lost with the queue: the rows of our own tables are the truth.
"""

import asyncio
import logging
import time
from typing import Any

from flask import Flask
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError
from sqlalchemy import URL
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import accounts, attempts, behalf, days, letters, planned, registration, reminders, scope
from admin_app.reporting.imports import background, runs
from admin_app.reporting.tasks import verbs
from admin_app.reporting.tasks import work as background_tasks

PATIENCE = 5  # seconds before the worker asks for a database that went away
SILENT = 60  # seconds without a sign of life after which a worker counts as dead
MOST_ATTEMPTS = 10  # of a letter: after 3, 9, 27 … seconds, the last within a day
WAKING = range(9, 20)  # hours of the day at which people are reminded

tasks = App(connector=PsycopgConnector())  # what can be done; `work` connects it to a database
log = logging.getLogger(__name__)


def connector(url: URL) -> PsycopgConnector:
    """The queue's connections to this database; opened only when the queue is."""
    options = " ".join([str(url.query.get("options", "")), "-c search_path=jobs"])  # said here, they replace the address's own
    address = url.set(drivername="postgresql").difference_update_query(["options"]).render_as_string(hide_password=False)
    return PsycopgConnector(conninfo=address, kwargs={"options": options}, min_size=1, max_size=4)


def run_worker(app: Flask, wait: bool = True) -> None:
    """Do the jobs until the process is asked to end (SIGTERM, SIGINT: a job under way is finished first).

    Without ``wait`` it ends when there is nothing to do now. While the database is away, it tries again every few seconds.
    """
    with app.app_context():
        url = db.engine.url
    settings: Settings = app.extensions["settings"]
    letters.HOME.set(settings.home)
    while True:
        try:
            asyncio.run(work(url, app, wait))
        except (OperationalError, ConnectorException):
            if not wait:
                raise
            log.warning("The database does not answer; the worker tries again in %s s", PATIENCE)
            time.sleep(PATIENCE)
        else:
            return


async def work(url: URL, app: Flask, wait: bool) -> None:
    """One life of the worker."""
    with tasks.replace_connector(connector(url)) as queue:
        async with queue.open_async():
            await queue.run_worker_async(
                name="modo",
                concurrency=3,  # two long ones leave room for letters
                wait=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=letters.PATIENCE + 5,
                stalled_worker_timeout=SILENT,
                additional_context={"flask": app},
            )


# ── The jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@tasks.task(name="modo:send_letter", pass_context=True, retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=3))
def send_letter(context: JobContext, letter_id: int) -> None:
    """One letter leaves. After the last attempt it is marked as failed."""
    app = flask(context)
    with app.app_context():
        try:
            letters.send(db.session, letter_id, app.extensions["settings"])
        except Exception:
            if context.job.attempts >= MOST_ATTEMPTS:
                letters.give_up(db.session, letter_id)
            raise


@tasks.task(name="modo:import", pass_context=True)
def bring_in(context: JobContext, run_id: int, step: str) -> None:
    """A step of an import that is too long to wait for, done as its owner and in their language."""
    app = flask(context)
    with app.app_context(), Session(db.engine) as plain:
        background.step(db.session, plain, run_id, step, app.extensions["settings"].imports)


@tasks.task(name="modo:task", pass_context=True)
def do_task(context: JobContext, task_id: int) -> None:
    """A change of many rows, done as its owner and in their language."""
    app = flask(context)
    with app.app_context(), Session(db.engine) as plain:
        background_tasks.step(db.session, plain, task_id)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="modo:recover", pass_context=True, queueing_lock="recover")
async def recover(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the moment it was due, as Procrastinate gives it
    """Give the jobs of dead workers to the living."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        log.warning("Job %s (%s) was left by a dead worker and is taken up again", job.id, job.task_name)
        await manager.retry_job(job)


@tasks.periodic(cron="0 * * * *")  # of UTC; and what was missed while no worker ran is made up for within the hour
@tasks.task(name="modo:remind", pass_context=True, queueing_lock="remind")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Tell people about deadlines that are near or have passed, from nine in the morning of the product's day."""
    if days.local(days.now()).hour not in WAKING:
        return
    with flask(context).app_context(), scope.acting(scope.everything(behalf.SYSTEM)):
        told = reminders.remind(db.session)
        db.session.commit()
        log.info("Reminders of deadlines: %s", told)


@tasks.periodic(cron="1 * * * *")
@tasks.task(name="modo:carry_out", pass_context=True, queueing_lock="carry_out")
def carry_out(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Make the planned changes of organizations whose day has come."""
    with flask(context).app_context(), Session(db.engine) as plain:
        made, refused = planned.carry_out(db.session, plain)
        log.info("Planned changes carried out: %s, refused: %s", made, refused)


@tasks.periodic(cron="30 * * * *")
@tasks.task(name="modo:tidy", pass_context=True, queueing_lock="tidy")
def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Drop attempts that no limit looks at, sessions long over, and imports, tasks, registrations that nobody finished."""
    app = flask(context)
    with app.app_context(), scope.unscoped("tidying"):
        runs.sweep(db.session, app.extensions["settings"].imports)
        verbs.sweep(db.session)
        attempts.sweep(db.session)
        accounts.forget_sessions(db.session)
        gone = registration.forget_unfinished(db.session)
        db.session.commit()
        log.info("Unfinished registrations forgotten: %s", gone)


def flask(context: JobContext) -> Flask:
    """The application that the worker was started with."""
    found: dict[str, Any] = context.additional_context
    app: Flask = found["flask"]
    return app
