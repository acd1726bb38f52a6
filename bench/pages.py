"""Every page in its budget: SQL statements and milliseconds on the demo region, as each person would read it."""

import tempfile
import time
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app import migrations, postgres
from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import days, letters, scope
from models import Membership, Report, ReportState, User
from seed import demo
from tests.budgets import BUDGETS, counted
from tests.page import Page
from tests.people import PASSWORD
from wsgi import create_app

TIMES = 15


def region(folder: Path) -> Flask:
    """The application on a fresh demo region."""
    address = postgres.with_driver(postgres.embedded(folder / "postgres"))
    migrations.upgrade(create_engine(address))
    app = create_app(Settings(data_dir=folder, database_url=address, secret_key="bench" * 8))
    with app.app_context(), scope.acting(scope.everything("bench")), letters.silence():
        demo.make(db.session, days.today(), lambda _words: None)
        db.session.commit()
    return app


def places(app: Flask) -> dict[str, int]:
    """The school of school1 and its report of this year."""
    with app.app_context(), Session(db.engine) as session:
        school = session.scalars(select(Membership.organization_id).join(Membership.user).where(User.username == "school1")).one()
        query = select(Report.id).where(Report.organization_id == school, Report.state == ReportState.ACCEPTED)
        return {"organization": school, "report": session.scalars(query.order_by(Report.id)).first() or 0}


def measure(app: Flask, person: str, address: str) -> tuple[int, float, float]:
    """Statements of one reading, and the middle and the worst of TIMES readings in milliseconds."""
    page = Page(app.test_client())
    if person:
        page.sign_in(person, PASSWORD)
    page.client.get(address)
    with app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        assert page.client.get(address).status_code == 200, address
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        page.client.get(address).get_data()
        taken.append((time.perf_counter() - start) * 1000)
    return len(statements), median(taken), max(taken)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="modo-bench-") as scratch:
        folder = Path(scratch)
        app = region(folder)
        known = places(app)
        print("| person | page | statements | budget | p50, ms | worst, ms |\n|---|---|---|---|---|---|")
        for person, pattern, budget in BUDGETS:
            address = pattern.format(**known)
            statements, middle, worst = measure(app, person, address)
            print(f"| {person or 'stranger'} | {pattern} | {statements} | {budget} | {middle:.1f} | {worst:.1f} |", flush=True)
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
