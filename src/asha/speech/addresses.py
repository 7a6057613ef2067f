"""E-mail addresses, URLs and UPI ids, said part by part."""

from asha.core.language import Language
from asha.speech.expression import Expression
from asha.speech.patterns import Patterns, Said

_ENDINGS = "com|in|org|net|gov|co|io|ai|edu|info|app|nic|ac|me|dev|ly|uk|us|biz|tv|shop|online|xyz"
_SCHEME = Expression(r"(?:https?://(?:www\.)?|www\.)(?P<rest>[^\s<>()\[\]\"']{1,500})")
_MAIL = Expression(r"(?P<rest>[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,252})")
_DOMAIN = Expression(
    rf"(?P<rest>(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,5}}(?:{_ENDINGS})(?![A-Za-z]|\.[A-Za-z])"
    r"(?:/[^\s<>()\[\]\"']{0,300})?)"
)
_PART = Expression(r"[A-Za-z]+|\d|[^A-Za-z\d]")
_TRAILING = ".,;:!?/।-"


def read_address(text: str, position: int, p: Patterns) -> Said | None:
    """An address that begins here, without http:// and www."""
    for expression in (_SCHEME, _MAIL, _DOMAIN):
        if found := expression.match(text, position):
            rest = found["rest"].rstrip(_TRAILING)
            if not rest:
                continue
            end = found.start("rest") + len(rest)
            if text[end : end + 1] == "/":
                end += 1
            return address_words(rest, p.language), end
    return None


def address_words(address: str, language: Language) -> str:
    """ "ravi.k@gmail.com" as ravi dot k at gmail dot com."""
    words, numbers = language.words, language.numbers
    signs = {
        ".": words["dot"],
        "@": words["at"],
        "-": words["dash"],
        "_": words["underscore"],
        "/": words["slash"],
        "#": words["hash"],
        "*": words["star"],
        "+": numbers.plus,
        "=": numbers.equals,
        "&": words["and"],
        "%": words["percent"],
    }
    said = []
    for part in _PART.findall(address):
        if part.isdecimal():
            said.append(numbers.digits[int(part)])
        elif part.isalpha():
            said.append(language.web.get(part.lower()) or _name(part.lower(), language))
        else:
            said.append(signs.get(part, ""))
    return " ".join(word for word in said if word)


def _name(part: str, language: Language) -> str:
    """A part that is no known word of addresses: as the language says it elsewhere, or itself."""
    abbreviations = language.abbreviations
    return (
        language.brands.get(part) or abbreviations.get(part) or abbreviations.get(f"{part}.", part)
    )
