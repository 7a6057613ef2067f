"""Forms with files (multipart/form-data), as the OpenAI client sends them."""

from dataclasses import dataclass

from asha.core.errors import BadInput

_NOT_A_FORM = "Send multipart/form-data with a `file` and a `model`, as the OpenAI client does."


@dataclass(frozen=True, slots=True)
class FormPart:
    """One field: its bytes, and the file's name where it is one."""

    name: str
    body: bytes
    filename: str | None = None


def form_parts(body: bytes, content_type: str | None) -> dict[str, FormPart]:
    """The fields of a form by name (RFC 7578); of repeated ones the last.

    Raises:
        BadInput: not a form, or a broken one.
    """
    boundary = _parameter(content_type or "", "boundary")
    if not (content_type or "").lower().startswith("multipart/form-data") or not boundary:
        raise BadInput(_NOT_A_FORM, param="content-type")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise BadInput(_NOT_A_FORM, param="body")
    parts = {}
    for piece in pieces[1:-1]:
        head, gap, content = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            raise BadInput(_NOT_A_FORM, param="body")
        disposition = _disposition(head.decode("utf-8", "replace"))
        if name := _parameter(disposition, "name"):
            parts[name] = FormPart(name, content, _parameter(disposition, "filename"))
    return parts


def _disposition(head: str) -> str:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            return value
    return ""


def _parameter(header: str, wanted: str) -> str | None:
    for part in header.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == wanted:
            return value.strip().strip('"')
    return None
