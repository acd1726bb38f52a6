"""What tests of the report page say about its table."""

from playwright.sync_api import Locator, Page, Route, expect


def cell(page: Page, address: str) -> Locator:
    """The cell's element."""
    return page.locator(f'[data-cell="{address}"]')


def field(page: Page, address: str) -> Locator:
    """The field of a grey cell."""
    return cell(page, address).locator("input")


def here(page: Page) -> str:
    """The address of the cell that has the focus."""
    found: str = page.evaluate("document.activeElement.closest('[data-cell]')?.dataset.cell ?? ''")
    return found


def reads(page: Page, address: str, text: str) -> None:
    """The white cell reads this, thin spaces as plain ones."""
    expect(cell(page, address)).to_have_text(text.replace(" ", "\u2009"))


def state(page: Page, name: str) -> None:
    """Until the save state is this."""
    expect(page.locator("#save")).to_have_attribute("data-state", name)


def saved(page: Page) -> None:
    """Until everything typed is on the server."""
    state(page, "saved")


def paste(page: Page, text: str) -> None:
    """What Ctrl+V does with this on the clipboard."""
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer(); clipboardData.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def hold(page: Page, addresses: str, times: int | None = None) -> list[Route]:
    """The requests to these addresses, held until the test lets them go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(addresses, keep, times=times)
    return held
