"""Every error a user may meet. Each message is one clear sentence with the way out.

AshaError                 shown to the user as it stands; the programs exit with 2
├── BadInput              what was given cannot be used
│   ├── BadSound          not a sound file, empty, truncated, too long
│   ├── BadText           empty, too long
│   ├── TooLarge          more bytes than are accepted
│   └── BadCheckpoint     missing keys, a wrong shape, a truncated file
├── UnknownLanguage       no file under core/languages has this tag
├── BadLanguageFile       a language file with a typo: names file, key and remedy
├── NotFound              a session, item, model or voice that is not there (or not yours)
├── Conflict              a request that contradicts what has already happened
├── Busy                  the engine's queue is full: try again
├── OverBudget            the money that may be spent today has been spent
└── ProviderError         a replaceable part failed
    ├── ProviderBusy      429, 5xx, a stall: the same call may succeed later
    ├── ProviderRefused   key, quota, plan: it will not succeed until someone acts
    ├── ProviderUnfit     this one does not take such a request; another may
    ├── ProviderCut       the reply broke off
    └── ProviderSilent    "success" without sound or text
"""

from typing import Literal

BusyKind = Literal["rate", "overload", "connect", "stall"]  # what docs/faults.md treats differently


class AshaError(Exception):
    """Base of all errors that are told to a user; `code` is stable and machine-readable."""

    code = "asha_error"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(AshaError):
    """What was given cannot be used; `param` names the field."""

    code = "bad_input"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class BadSound(BadInput):
    """Sound that cannot be read."""

    code = "bad_sound"


class BadText(BadInput):
    """Text that cannot be used."""

    code = "bad_text"


class BadCheckpoint(BadInput):
    """Weights that cannot be loaded."""

    code = "bad_checkpoint"


class TooLarge(BadInput):
    """More than is accepted."""

    code = "too_large"


class UnknownLanguage(BadInput):
    """No such language."""

    code = "unknown_language"


class BadLanguageFile(AshaError):
    """A language file that does not follow the schema."""

    code = "bad_language_file"


class NotFound(AshaError):
    """Not there, or not yours: the two are never told apart."""

    code = "not_found"


class Conflict(AshaError):
    """Contradicts what has already happened."""

    code = "conflict"


class Busy(AshaError):
    """The bounded queue is full."""

    code = "busy"
    retryable = True

    def __init__(self, message: str, *, retry_after_ms: int = 1_000) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class OverBudget(AshaError):
    """Only vendors that are paid could answer, and the budget is used up."""

    code = "over_budget"


class ProviderError(AshaError):
    """A provider failed; the message never carries the user's text or a key."""

    code = "provider_error"

    def __init__(self, provider: str, message: str, *, retry_after_ms: int | None = None) -> None:
        super().__init__(f"{provider}: {message}")
        self.provider = provider
        self.retry_after_ms = retry_after_ms


class ProviderBusy(ProviderError):
    """Overloaded or stalled; another try or another provider may succeed."""

    code = "provider_busy"
    retryable = True

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        retry_after_ms: int | None = None,
        kind: BusyKind = "overload",
    ) -> None:
        super().__init__(provider, message, retry_after_ms=retry_after_ms)
        self.kind: BusyKind = kind


class ProviderRefused(ProviderError):
    """Key, quota or plan: a person has to act, so it is never retried."""

    code = "provider_refused"


class ProviderUnfit(ProviderError):
    """Language, length or a field that this provider does not take; another may."""

    code = "provider_unfit"


class ProviderCut(ProviderError):
    """The reply broke off after it had begun."""

    code = "provider_cut"
    retryable = True


class ProviderSilent(ProviderError):
    """Empty success: no sound for text that is not empty, no text for sound that is not silent."""

    code = "provider_silent"
    retryable = True
