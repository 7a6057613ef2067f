"""What is wrong with a request, in one sentence that names the field and the remedy."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError
from pydantic_core import PydanticCustomError

from asha.core.errors import BadInput

OURS = "sentence"  # the type of errors whose message is a whole sentence
# By pydantic's type of error; `field` and the values of its context are filled in.
_SENTENCES = {
    "missing": "`{field}` is missing; send it.",
    "extra_forbidden": "There is no field `{field}` here; leave it out.",
    "string_type": "`{field}` must be text.",
    "string_unicode": "`{field}` is not valid Unicode (a lone surrogate); send whole characters.",
    "string_too_long": "`{field}` is too long; send at most {max_length:,} characters.",
    "string_too_short": "`{field}` is empty; give some words.",
    "bool_parsing": "`{field}` must be true or false.",
    "bool_type": "`{field}` must be true or false.",
    "int_parsing": "`{field}` must be a whole number.",
    "int_type": "`{field}` must be a whole number.",
    "int_from_float": "`{field}` must be a whole number.",
    "float_parsing": "`{field}` must be a number.",
    "float_type": "`{field}` must be a number.",
    "finite_number": "`{field}` must be a finite number.",
    "greater_than_equal": "`{field}` must be {ge} or more.",
    "less_than_equal": "`{field}` must be {le} or less.",
    "literal_error": "`{field}` must be {expected}.",
    "list_type": "`{field}` must be a list.",
    "too_short": "`{field}` is empty; send at least one.",
    "dict_type": "`{field}` must be a JSON object.",
    "model_type": "`{field}` must be a JSON object.",
    "model_attributes_type": "`{field}` must be a JSON object.",
}


def sentence_of(error: Mapping[str, Any]) -> tuple[str, str]:
    """(sentence, field) of one of pydantic's errors."""
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    field = ".".join(where) or "body"
    kind, message = str(error["type"]), str(error["msg"])
    if kind == OURS:
        return message, field
    if kind == "json_invalid":
        return "The body is not JSON; send one JSON object.", "body"
    if kind == "missing" and field == "body":
        return "The body is missing; send a JSON object.", field
    if known := _SENTENCES.get(kind):
        return known.format(field=field, **error.get("ctx", {})), field
    return f"`{field}`: {message[:1].lower()}{message[1:]}.", field


def bad_input(wrong: ValidationError) -> BadInput:
    """The first thing that is wrong, as an error of ours."""
    sentence, field = sentence_of(dict(wrong.errors()[0]))
    return BadInput(sentence, param=field)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError(OURS, "The text holds a NUL character; leave it out.")
    return text


PlainText = Annotated[str, AfterValidator(_without_nul)]  # what people write
