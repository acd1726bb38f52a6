"""Row-level security in PostgreSQL: the roles and policies on which `reporting/rowlevel.py` stands.

`make` may be run again at any time. Migration 0004 runs it, and so does the restoring of a backup: neither roles, which belong
to the server, nor privileges are in a dump. Who changes a policy here adds a migration that calls `make`.
"""

import logging

from sqlalchemy import Connection, text

log = logging.getLogger(__name__)

ROLES = ("modo_rows", "modo_area", "modo_support")
# Another MODO on the same server may have made a role, at this moment even.
ROLE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
)
MAY = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
ARE = """
SELECT count(*) = 3 FROM pg_roles
WHERE rolname IN ('modo_rows', 'modo_area', 'modo_support') AND pg_has_role(current_user, oid, 'MEMBER')
"""
# Every setting stands in a SELECT of its own: it is then read once a statement, not once a row.
ME = "(SELECT nullif(current_setting('modo.user', true), '')::int)"
LOW = "(SELECT current_setting('modo.low', true))"
HIGH = "(SELECT current_setting('modo.high', true))"
PATHS = "ARRAY(SELECT unnest(string_to_array(nullif(current_setting('modo.paths', true), ''), ',')))"
VALUES = "ARRAY(SELECT unnest(string_to_array(nullif(current_setting('modo.values', true), ''), ',')))"
AREA = "area = (SELECT current_setting('modo.area', true))"  # in the model's column, which an index orders
NODE = f"path >= {LOW} AND path < {HIGH} AND path ^@ ANY ({PATHS})"
AT = "EXISTS (SELECT FROM organization o WHERE o.id = {})"  # the organization's own policy judges that one
PLACED = AT.format("organization_id")
VALUED = f"""EXISTS (SELECT FROM report r JOIN organization o ON o.id = r.organization_id
    WHERE r.id = report_id AND o.path ^@ ANY ({VALUES}))"""
PERSON = f"""id = {ME} OR EXISTS (SELECT FROM membership m JOIN organization o ON o.id = m.organization_id
    WHERE m.user_id = "user".id)"""
POLICIES = {  # table: what modo_rows sees and writes, what modo_support does
    "organization": (NODE, "true"),
    '"user"': (PERSON, "true"),
    "report": (PLACED, "true"),
    "comment": (VALUED, VALUED),
    "attachment": (VALUED, VALUED),
    "request": (f"author_id = {ME} OR {PLACED}", "true"),
    "message": (f"recipient_id = {ME}", f"recipient_id = {ME}"),
    "organization_fact": (PLACED, "true"),
    "succession": (f"{AT.format('predecessor_id')} OR {AT.format('successor_id')}", "true"),
    "told_apart": (f"{AT.format('first_id')} OR {AT.format('second_id')}", "true"),
}


def make(connection: Connection) -> bool:
    """Roles, privileges, policies; False, with a line in the log, where the login role may neither make the roles nor be them."""
    may = connection.scalar(text(MAY))
    if not may and not connection.scalar(text(ARE)):
        log.warning("PostgreSQL's row-level security is off: the database user can't make the roles %s", ", ".join(ROLES))
        return False
    for role in ROLES:
        if may:
            connection.execute(text(ROLE.format(role=role)))
            connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
        for grant in GRANTS:
            connection.execute(text(grant.format(role=role)))
    drop(connection)
    for table, (rows, support) in there(connection):
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        area = AREA if table == "organization" and has_area(connection) else rows
        for role, condition in zip(ROLES, (rows, area, support), strict=True):
            connection.exec_driver_sql(f"CREATE POLICY {role} ON {table} TO {role} USING ({condition})")
    return True


def there(connection: Connection) -> list[tuple[str, tuple[str, str]]]:
    """The policies of the tables that are there: an earlier migration makes those of its own time."""
    made = "SELECT to_regclass(:name) IS NOT NULL"
    return [(name, pair) for name, pair in POLICIES.items() if connection.scalar(text(made), {"name": name})]


def has_area(connection: Connection) -> bool:
    """Has the table of organizations its areas already? They came with migration 0015."""
    made = "SELECT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'organization' AND column_name = 'area')"
    return bool(connection.scalar(text(made)))


def drop(connection: Connection) -> None:
    """Take the policies off; the roles stay, other databases of the server may use them."""
    for table, _conditions in there(connection):
        for role in ROLES:
            connection.execute(text(f"DROP POLICY IF EXISTS {role} ON {table}"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
