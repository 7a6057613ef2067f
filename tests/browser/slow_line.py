"""A phone's line to the server and its slower processor, as the developer tools make them."""

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Line:
    """A line to the server and a slower processor."""

    name: str
    bits_per_s: float
    round_trip_ms: float
    cpu_slower: int


SLOW_LINES = [
    Line("CPU 4x slower, 1.6 Mbit/s and 150 ms", 1.6e6, 150, 4),
    Line("CPU 4x slower, 400 kbit/s and 300 ms", 4e5, 300, 4),
]


def throttle(page: Page, line: Line) -> None:
    """From now on the page lives with them."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": line.cpu_slower})
    tools.send("Network.enable")
    speed = line.bits_per_s / 8
    limits = {"offline": False, "latency": line.round_trip_ms}
    tools.send(
        "Network.emulateNetworkConditions",
        {**limits, "downloadThroughput": speed, "uploadThroughput": speed},
    )
