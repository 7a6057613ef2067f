"""asha account: who may log in to a public service."""

from pathlib import Path
from typing import Annotated

import typer

from asha.cli.standard_input import standard_input
from asha.core.errors import BadInput
from asha.core.settings import Settings

DataDir = Annotated[Path | None, typer.Option(help="Where the service keeps its things.")]
Name = Annotated[str, typer.Argument(help="What one logs in with.")]

account = typer.Typer(help="Who may log in to `asha serve --public`.", no_args_is_help=True)


@account.command()
def add(
    name: Name,
    data_dir: DataDir = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read it from standard input.")
    ] = False,
) -> None:
    """A new account; of one that is there, a new password, which ends its logins."""
    from asha.server.accounts import Accounts

    _accounts = Accounts(_folder(data_dir))
    _accounts.add(name, _password(is_piped=password_stdin))
    typer.echo(f"{name} may log in; {_accounts.path} keeps what scrypt leaves of the password.")


@account.command("list")
def list_accounts(data_dir: DataDir = None) -> None:
    """Every account, one line each."""
    from asha.server.accounts import Accounts

    for entry in Accounts(_folder(data_dir)).all():
        typer.echo(entry.name)


@account.command()
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Nobody logs in with this name any more; what was said stays in the database."""
    from asha.server.accounts import Accounts

    Accounts(_folder(data_dir)).remove(name)
    typer.echo(f"{name} is out.")


def _folder(given: Path | None) -> Path:
    return given or Settings().data_dir


def _password(*, is_piped: bool) -> str:
    if is_piped:
        return standard_input().readline().rstrip("\n")
    try:
        entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    except typer.Abort as closed:
        raise BadInput("No password was given; type one, or use --password-stdin.") from closed
    return entered
