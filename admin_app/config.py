"""Settings, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from click import ClickException

TIME_ZONE = "Asia/Irkutsk"


class Misset(ClickException):
    """A setting is not what it should be; the sentence says which. A command shows it and ends with code 1."""


@dataclass(frozen=True)
class Settings:
    """What differs between one running MODO and another. Nothing else does."""

    data_dir: Path
    database_url: str | None = None
    secret_key: str = ""
    public_url: str = ""
    mail_server: str | None = None
    mail_port: int = 25
    mail_username: str | None = None
    mail_password: str | None = None
    mail_tls: bool = False
    mail_from: str = "modo@localhost"
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    idle_minutes: int = 60
    session_hours: int = 12
    time_zone: str = TIME_ZONE
    lock_seconds: int = 0  # that a statement waits for what others hold; 0: as long as it takes. Not from the environment

    @property
    def home(self) -> str:
        """The product's own address, for letters that no page asked for."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104  # compared, not bound
        return self.public_url or f"http://{shown}:{self.port}"

    @property
    def outbox(self) -> Path:
        """Where letters lie as files while no mail server is set."""
        return self.data_dir / "outbox"

    @property
    def files(self) -> Path:
        """Where attachments lie, by checksum."""
        return self.data_dir / "files"

    @property
    def imports(self) -> Path:
        """Where uploaded registries lie until their import is over."""
        return self.data_dir / "imports"


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables; the secret key is made once and kept in the data directory."""
    data_dir = Path(environ.get("MODO_DATA_DIR", "instance")).resolve()
    return Settings(
        data_dir=data_dir,
        database_url=environ.get("DATABASE_URL") or None,
        secret_key=environ.get("SECRET_KEY") or kept_secret(data_dir),
        public_url=environ.get("MODO_PUBLIC_URL", "").rstrip("/"),
        mail_server=environ.get("MAIL_SERVER") or None,
        mail_port=int(environ.get("MAIL_PORT", "25")),
        mail_username=environ.get("MAIL_USERNAME") or None,
        mail_password=environ.get("MAIL_PASSWORD") or None,
        mail_tls=environ.get("MAIL_TLS", "") in {"1", "true", "yes"},
        mail_from=environ.get("MAIL_FROM", "modo@localhost"),
        demo=environ.get("MODO_DEMO", "") in {"1", "true", "yes"},
        host=environ.get("HOST", "127.0.0.1"),
        port=int(environ.get("PORT", "8000")),
        trusted_hosts=tuple(environ.get("MODO_TRUSTED_HOSTS", "").replace(",", " ").split()),
        proxies=int(environ.get("MODO_PROXIES", "0")),
        idle_minutes=int(environ.get("MODO_IDLE_MINUTES", "60")),
        session_hours=int(environ.get("MODO_SESSION_HOURS", "12")),
        time_zone=zone_of(environ.get("MODO_TIME_ZONE") or TIME_ZONE),
    )


def zone_of(name: str) -> str:
    """The name of a time zone, if there is such a zone. Raises Misset."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:  # no such file, a path that leads elsewhere, a folder
        raise Misset(f"MODO_TIME_ZONE names no time zone: “{name}”; one looks like {TIME_ZONE}.") from error


def kept_secret(data_dir: Path) -> str:
    """The secret key of this data directory, made at first need, readable by its owner only."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()
