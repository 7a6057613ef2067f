"""Plots as SVG text: bars with their intervals, and how many answers came within a time."""

from collections.abc import Sequence
from html import escape

WIDTH, LABEL, VALUE = (
    640,
    96,
    110,
)  # of a plot, of the names at its left, of the figures at its right
ROW, PAD = 30, 8
CURVE_HEIGHT, TICKS = 210, 4

Bar = tuple[str, float, float, float, str]  # name, value, low, high, the figure as it is shown


def bars(rows: Sequence[Bar], *, title: str) -> str:
    """Horizontal bars from zero; the thin line is the interval."""
    most = max((high for _, _, _, high, _ in rows), default=0.0) or 1.0
    scale = (WIDTH - LABEL - VALUE) / most
    parts = []
    for number, (name, value, low, high, shown) in enumerate(rows):
        y = PAD + number * ROW
        middle = y + ROW / 2 - 2
        left, right = LABEL + low * scale, LABEL + high * scale
        parts.append(
            f'<text class="name" x="{LABEL - 10}" y="{middle + 5:.1f}">{escape(name)}</text>'
            f'<rect class="bar" x="{LABEL}" y="{y + 4}" width="{max(1.0, value * scale):.1f}" '
            f'height="{ROW - 12}" rx="4"/>'
            f'<path class="whisker" d="M{left:.1f} {middle:.1f}H{right:.1f}'
            f'M{left:.1f} {middle - 5:.1f}v10M{right:.1f} {middle - 5:.1f}v10"/>'
            f'<text class="figure" x="{right + 10:.1f}" y="{middle + 5:.1f}">{escape(shown)}</text>'
        )
    height = 2 * PAD + len(rows) * ROW
    return _svg(parts, height=height, title=title)


def within(series: Sequence[tuple[str, Sequence[float]]], *, title: str) -> str:
    """The share of answers that had begun after so many ms, one curve a series."""
    longest = max((max(values) for _, values in series if values), default=1.0) or 1.0
    left, top, bottom = 48, 14, CURVE_HEIGHT - 34
    right = WIDTH - 32  # room for the last number of the axis
    parts = []
    for tick in range(TICKS + 1):
        y = bottom - (bottom - top) * tick / TICKS
        x = left + (right - left) * tick / TICKS
        parts.append(
            f'<path class="grid" d="M{left} {y:.1f}H{right}"/>'
            f'<text class="name" x="{left - 6}" y="{y + 4:.1f}">{100 * tick // TICKS} %</text>'
            f'<text class="axis" x="{x:.1f}" y="{bottom + 20}">{longest * tick / TICKS:,.0f}</text>'
        )
    for number, (name, values) in enumerate(series):
        parts.append(_curve(sorted(values), number, (left, right, top, bottom), longest))
        parts.append(
            f'<text class="legend c{number % 7}" x="{right - 8}" y="{bottom - 10 - 15 * number}">'
            f"{escape(name)}</text>"
        )
    return _svg(parts, height=CURVE_HEIGHT, title=title)


def _curve(
    values: Sequence[float], number: int, box: tuple[int, int, int, int], longest: float
) -> str:
    left, right, top, bottom = box
    points = [f"M{left} {bottom}"]
    for place, value in enumerate(values, start=1):
        x = left + (right - left) * value / longest
        y = bottom - (bottom - top) * place / len(values)
        points.append(f"H{x:.1f}V{y:.1f}")
    return f'<path class="curve c{number % 7}" d="{"".join(points)}H{right}"/>'


def _svg(parts: Sequence[str], *, height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
