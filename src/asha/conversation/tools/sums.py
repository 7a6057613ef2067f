"""Sums, percentages and units, exactly."""

from fractions import Fraction

from asha.conversation.tools.scene import Arguments, Prepare, Recipe, Scene, text, whole
from asha.conversation.tools.wording import Wording, number
from asha.core.errors import BadInput
from asha.core.ports import Prepared

LARGEST = 1_000_000_000
# One of the first is so many of the second. A foot is 30.48 cm and a mile 1.609344 km by
# definition (international yard, 1959).
PAIRS = {
    "km_m": Fraction(1_000),
    "m_cm": Fraction(100),
    "kg_g": Fraction(1_000),
    "l_ml": Fraction(1_000),
    "feet_cm": Fraction("30.48"),
    "inch_cm": Fraction("2.54"),
    "mile_km": Fraction("1.609344"),
    "hour_minute": Fraction(60),
    "dozen_count": Fraction(12),
    "c_f": Fraction(9, 5),
}
FREEZING_F = 32  # degrees Fahrenheit at 0 degrees Celsius


def _sum(name: str) -> Prepare:
    def prepare(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
        del scene
        a, b = (whole(arguments, key, low=-LARGEST, high=LARGEST) for key in ("a", "b"))
        if name == "divide" and b == 0:
            raise BadInput("Nothing can be divided by 0.", param="b")
        result = {
            "add": lambda: Fraction(a + b),
            "subtract": lambda: Fraction(a - b),
            "multiply": lambda: Fraction(a * b),
            "divide": lambda: Fraction(a, b),
        }[name]()
        values = {"a": number(a), "b": number(b), "result": number(float(result))}
        return Prepared(wording.line(name, **values), {"result": float(result)})

    return prepare


def _percent(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    p, n = (whole(arguments, key, low=0, high=LARGEST) for key in ("p", "n"))
    result = p * n / 100
    said = wording.line("percent", p=number(p), n=number(n), result=number(result))
    return Prepared(said, {"result": result})


def _convert(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    n = whole(arguments, "n", low=0, high=LARGEST)
    pair = text(arguments, "pair", known=list(PAIRS))
    result = float(n * PAIRS[pair] + (FREEZING_F if pair == "c_f" else 0))
    of, _, to = pair.partition("_")
    values = {"from": wording.slot("from", of), "to": wording.slot("to", to)}
    said = wording.line("convert", n=number(n), result=number(result), **values)
    return Prepared(said, {"result": result})


_NUMBER = {"type": "integer"}
_TWO = {"a": _NUMBER, "b": _NUMBER}
TOOLS = (
    Recipe("add", "a plus b.", _sum("add"), arguments=_TWO),
    Recipe("subtract", "a minus b.", _sum("subtract"), arguments=_TWO),
    Recipe("multiply", "a times b.", _sum("multiply"), arguments=_TWO),
    Recipe("divide", "a divided by b.", _sum("divide"), arguments=_TWO),
    Recipe("percent", "p percent of n.", _percent, arguments={"p": _NUMBER, "n": _NUMBER}),
    Recipe(
        "convert",
        "n of one unit in another.",
        _convert,
        arguments={"n": _NUMBER, "pair": {"type": "string", "enum": list(PAIRS)}},
    ),
)
