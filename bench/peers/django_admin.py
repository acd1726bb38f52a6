"""Django admin on the same tables: unmanaged models, a usual ModelAdmin, its own users and sessions in a schema of their own.

"(raw)": relations as they come, a <select> of every row; the other edit form is the better configured one: `autocomplete_fields`
for big relations, `limit_choices_to` for the small lists. Django exports nothing by itself: the customary action of a list.
"""

import csv
import os
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import django
import psycopg
from django.apps import AppConfig
from django.conf import settings
from sqlalchemy import make_url

from bench.peers.modo import PAGE
from bench.peers.region import MISS, WORD, Region
from bench.peers.side import CENTRAL, OPERATOR, Action

CONFIGURED, RAW = "registry", "raw"  # Django's names for its two sets of models


class Configured(AppConfig):
    """Where the configured models stand; Django wants an application for them."""

    name, label = "bench.peers", CONFIGURED


class Raw(AppConfig):
    """Where the raw models stand."""

    name, label = "bench.peers.django_admin", RAW


CONTEXT = ("contrib.auth.context_processors.auth", "contrib.messages.context_processors.messages")
urlpatterns: list[Any] = []  # what Django looks for; `sites` fills it


def configure(address: str) -> None:
    """Django's settings, its own tables in the schema `peers`."""
    url = make_url(address)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute("DROP SCHEMA IF EXISTS peers CASCADE")
        connection.execute("CREATE SCHEMA peers")
    host = url.host or url.query.get("host")
    options = {"options": "-c search_path=peers,public"}
    where = {"NAME": url.database, "USER": url.username, "PASSWORD": url.password or "", "HOST": host, "PORT": url.port or ""}
    backend = "django.template.backends.django.DjangoTemplates"
    processors = [f"django.{name}" for name in ("template.context_processors.request", *CONTEXT)]
    settings.configure(
        SECRET_KEY="stock",  # noqa: S106
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **where, "OPTIONS": options, "CONN_MAX_AGE": None}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        STATIC_URL="/static/",
        LANGUAGE_CODE="ru",
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")),
            f"{__name__}.Configured",
            f"{__name__}.Raw",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{"BACKEND": backend, "APP_DIRS": True, "OPTIONS": {"context_processors": processors}}],
    )
    django.setup()


class Door:
    """Two admin sites (the operator's, the whole region's), each with a raw twin for its edit form."""

    ROW = 'class="action-select"'

    def __init__(self, address: str, region: Region, folder: Path) -> None:  # noqa: ARG002  # the other sides keep files
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        configure(address)
        from django.contrib.auth.models import User  # noqa: PLC0415  # Django's models need its settings first
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        self.statements: list[tuple[str, Any]] = []
        sites(region)
        person = User.objects.create_superuser("stock", "stock@modo.example", "stock")
        client = Client()
        client.force_login(person)
        connection.execute_wrappers.append(self.note)
        self.actions: dict[tuple[str, str], Action] = {}
        for who, count in ((OPERATOR, region.hundredth), (CENTRAL, region.size)):
            self.actions |= {(who, what): reading(client, path) for what, path in pages(region, who, count).items()}
            self.actions[who, "export CSV"] = exporting(client, who)

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Keep a statement and go on."""
        self.statements.append((sql, params))
        return execute(sql, params, many, context)


def sites(region: Region) -> None:
    """The models, and the addresses of the four sites."""
    from django.contrib.admin import AdminSite, ModelAdmin, action  # noqa: PLC0415
    from django.http import HttpResponse  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    class OrganizationAdmin(ModelAdmin):
        """What a developer writes for this table in an afternoon."""

        reach: ClassVar[Region | None] = None
        list_display = ("short_name", "parent", "level", "phone", "inn", "type", "settlement_type")
        list_select_related = ("parent", "type", "settlement_type")
        list_filter = ("level", "type", "settlement_type", "legal_form", "closed_on")
        search_fields = ("short_name", "full_name", "address", "phone", "email", "inn", "ogrn", "okpo", "head_name")
        ordering = ("short_name",)
        list_per_page = PAGE
        show_full_result_count = False  # the better of its two ways
        readonly_fields = ("path", "created_at", "updated_at")
        actions = ("export",)

        def get_queryset(self, request: Any) -> Any:
            """The operator's part of the tree, by the same range over the path as MODO's own rule."""
            found = super().get_queryset(request)
            return found if self.reach is None else found.filter(path__gte=self.reach.low, path__lt=self.reach.high)

        @action(description="Export as CSV")
        def export(self, request: Any, queryset: Any) -> HttpResponse:  # noqa: ARG002  # Django's signature
            """The columns of the list, every row."""
            answer = HttpResponse(content_type="text/csv")
            writer = csv.writer(answer)
            writer.writerow(self.list_display)
            for row in queryset.select_related(*self.list_select_related).iterator():
                writer.writerow([getattr(row, name) for name in self.list_display])
            return answer

    class ItemAdmin(ModelAdmin):
        """Django wants to know where to search items."""

        search_fields = ("title", "code")

    better = {"autocomplete_fields": ("parent", "okved_main", "okved_additional")}
    for label, more in ((CONFIGURED, better), (RAW, {})):
        item, organization = tables(label)
        for who, reach in ((OPERATOR, region), (CENTRAL, None)):
            site = AdminSite(name=f"{who}-{label}")
            site.register(organization, type("Registry", (OrganizationAdmin,), {"reach": reach, **more}))
            site.register(item, ItemAdmin)
            urlpatterns.append(path(f"{who}/{label}/", site.urls))


def tables(label: str) -> tuple[Any, Any]:
    """Django's models of the tables: items of lists, organizations; configured or as they come."""
    from django.db import models  # noqa: PLC0415

    def model(name: str, table: str, words: str, /, **fields: Any) -> Any:
        meta = type("Meta", (), {"app_label": label, "db_table": table, "managed": False})
        more = {"__str__": lambda row: getattr(row, words), "__module__": __name__, "Meta": meta}
        return type(name, (models.Model,), fields | more)

    def listed(code: str) -> Any:
        limit = {"limit_choices_to": {"classifier__code": code}} if label == CONFIGURED else {}
        return models.ForeignKey(item, models.PROTECT, null=True, blank=True, related_name="+", **limit)

    classifier = model("Classifier", "classifier", "code", code=models.CharField(max_length=40))
    own = {"code": models.CharField(max_length=40), "title": models.CharField(max_length=250)}
    item = model("Item", "classifier_item", "title", classifier=models.ForeignKey(classifier, models.PROTECT), **own)
    levels = [(one, one) for one in ("region", "municipality", "organization", "branch")]
    organization = model(
        "Organization",
        "organization",
        "short_name",
        parent=models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children"),
        level=models.CharField(max_length=20, choices=levels),
        **{field: models.CharField(max_length=size, blank=True, null=True) for field, size in TEXTS.items()},
        **{field: listed(code) for field, code in CLASSIFIED.items()},
        closed_on=models.DateField(null=True, blank=True),
        created_at=models.DateTimeField(),
        updated_at=models.DateTimeField(),
        okved_additional=models.ManyToManyField(item, db_table="organization_okved", blank=True),
    )
    return item, organization


TEXTS = {
    "path": 250, "short_name": 250, "full_name": 500, "address": 500, "site": 250, "phone": 100, "email": 250, "inn": 12,
    "kpp": 9, "ogrn": 15, "okpo": 14, "oktmo": 11, "head_name": 250, "head_position": 250,
}  # fmt: skip
CLASSIFIED = {
    "type": "organization_type", "legal_form": "legal_form", "legal_position": "legal_position",
    "settlement_type": "settlement_type", "structural_level": "structural_level", "okved_main": "okved",
}  # fmt: skip


def pages(region: Region, who: str, count: int) -> dict[str, str]:
    """What is read and where."""

    def listed(**asked: Any) -> str:
        return f"/{who}/{CONFIGURED}/{CONFIGURED}/organization/?{urlencode(asked)}"

    narrowed = {"type__id__exact": region.school_type}
    return {
        "list": listed(),
        "search hit": listed(q=WORD),
        "search miss": listed(q=MISS),
        "search by INN": listed(q=region.inn),
        "filter, sort by name": listed(**narrowed, o="-1"),
        "filter, sort by INN": listed(**narrowed, o="-5"),
        "last page": listed(p=-(-count // PAGE)),
        "edit form": f"/{who}/{CONFIGURED}/{CONFIGURED}/organization/{region.school}/change/",
        "edit form (raw)": f"/{who}/{RAW}/{RAW}/organization/{region.school}/change/",
    }


def reading(client: Any, path: str) -> Action:
    """Read one address."""

    def read() -> tuple[int, bytes]:
        answer = client.get(path)
        return answer.status_code, answer.content

    return read


def exporting(client: Any, who: str) -> Action:
    """The action over everything, as the list's button sends it."""

    def read() -> tuple[int, bytes]:
        data = {"action": "export", "select_across": "1", "_selected_action": "1", "index": "0"}
        answer = client.post(f"/{who}/{CONFIGURED}/{CONFIGURED}/organization/", data)
        return answer.status_code, answer.content

    return read
