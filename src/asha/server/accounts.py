"""Accounts of a public service: a name, an owner, and what scrypt leaves of the password."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from asha.core.errors import AshaError, BadInput, NotFound

FILE = "accounts.json"
MIN_CHARS, MAX_CHARS = 10, 256  # of a password; longer ones only cost time
MAX_NAME_CHARS = 64
SALT_BYTES, KEY_BYTES = 16, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs, in scrypt's own numbers; it stands beside every password.

    The default is one of OWASP's cheat sheet on password storage: 32 MB, a third of a second.
    """

    n: int = 2**15
    r: int = 8
    p: int = 3

    def key(self, password: str, salt: bytes) -> bytes:
        """What scrypt makes of a password."""
        return hashlib.scrypt(
            password.encode(),
            salt=salt,
            n=self.n,
            r=self.r,
            p=self.p,
            maxmem=2 * 128 * self.n * self.r,
            dklen=KEY_BYTES,
        )


USUAL = Cost()


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in; `password` is scrypt$n$r$p$salt$key."""

    name: str
    owner: str
    password: str

    @property
    def stamp(self) -> str:
        """Changes with the password, and ends every login made before."""
        return hashlib.sha256(self.password.encode()).hexdigest()[:16]


class Accounts:
    """The accounts in one file; another process may change it while the service runs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._read_ns = -1
        self._accounts: list[Account] = []

    def all(self) -> list[Account]:
        """Every account, in the order they were made. Raises AshaError for a broken file."""
        try:
            changed_ns = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            self._accounts, self._read_ns = [], -1
            return []
        if changed_ns != self._read_ns:
            try:
                rows = json.loads(self.path.read_text(encoding="utf-8"))
                self._accounts = [Account(**row) for row in rows]
            except (ValueError, TypeError) as broken:
                raise AshaError(
                    f"{self.path} cannot be read; delete it and add the accounts again."
                ) from broken
            self._read_ns = changed_ns
        return self._accounts

    def by_owner(self, owner: str) -> Account | None:
        """The account whose things carry `owner`."""
        return next((account for account in self.all() if account.owner == owner), None)

    def add(self, name: str, password: str, *, cost: Cost = USUAL) -> Account:
        """A new account, or a new password for an old one. Raises BadInput."""
        if not name.isprintable() or not 0 < len(name.strip()) <= MAX_NAME_CHARS:
            raise BadInput(f"A name has 1 to {MAX_NAME_CHARS} printable characters.", param="name")
        if not MIN_CHARS <= len(password) <= MAX_CHARS:
            raise BadInput(
                f"A password has {MIN_CHARS} to {MAX_CHARS} characters; take several words.",
                param="password",
            )
        with self._held():
            old = next((account for account in self.all() if account.name == name), None)
            owner = old.owner if old else f"account_{secrets.token_hex(12)}"
            account = Account(name, owner, hashed(password, cost))
            self._write([*(it for it in self.all() if it.name != name), account])
        return account

    def remove(self, name: str) -> None:
        """Nobody logs in as `name` any more, and who has is out. Raises NotFound."""
        with self._held():
            left = [account for account in self.all() if account.name != name]
            if len(left) == len(self.all()):
                raise NotFound(f"There is no account {name!r}; `asha account list` shows them.")
            self._write(left)

    def proved(self, name: str, password: str) -> Account | None:
        """The account, if this is its password. Unknown names take as long as known ones."""
        account = next((account for account in self.all() if account.name == name), None)
        kept = account or next(iter(self.all()), None)
        is_right = kept is not None and matches(password, kept.password)
        return account if is_right else None

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """Two programs that change the file do so one after the other."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            with contextlib.suppress(ImportError):  # Windows has no such lock
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, accounts: list[Account]) -> None:
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([asdict(account) for account in accounts], file, ensure_ascii=False)
        new.replace(self.path)
        self._read_ns = -1


def hashed(password: str, cost: Cost) -> str:
    """What is kept of a password."""
    salt = secrets.token_bytes(SALT_BYTES)
    costs = [str(cost.n), str(cost.r), str(cost.p)]
    return "$".join(["scrypt", *costs, _text(salt), _text(cost.key(password, salt))])


def matches(password: str, kept: str) -> bool:
    """Whether `kept` was made from `password`."""
    _, n, r, p, salt, key = kept.split("$")
    made = Cost(int(n), int(r), int(p)).key(password, base64.b64decode(salt))
    return hmac.compare_digest(made, base64.b64decode(key))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
