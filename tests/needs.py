"""What the tests need beside Python: a Chromium and a Node.js. ``python -m tests.needs`` gets them, or says what to do."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """The browser's program: the one that CHROMIUM names, Playwright's own, or the system's; None if there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if os.path.exists(own) else next(filter(None, map(shutil.which, CHROMIUMS)), None)


def node() -> str | None:
    """The program of Node.js, which runs what browsers would."""
    return shutil.which("node")


def get(package: str) -> None:
    """Install a package of the system, if this is root on Debian or a relative of it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    sys.stdout.write(f"Installing {package}…\n")
    sys.stdout.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        subprocess.run(["apt-get", "-qq", *command], check=False, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    """Get what is missing. 1 and a sentence if something can't be had."""
    for find, package, hint in (
        (chromium, "chromium", "run `.venv/bin/playwright install chromium` or set CHROMIUM to its program"),
        (node, "nodejs", "install Node.js 18 or newer"),
    ):
        if find() is None:
            get(package)
        if find() is None:
            sys.stderr.write(f"The tests need {package}, and there is none here: {hint}.\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
