"""The program asha. Heavy imports stay inside the commands, so that each starts at once."""

import os
import sys
from importlib import import_module

import typer

from asha.core.errors import AshaError
from asha.core.opt_outs import opt_out

# command -> module:name of a function, or of a group of commands. A new one is a file and a line.
COMMANDS = {
    "hello": "asha.cli.say:hello",
    "say": "asha.cli.say:say",
    "normalize": "asha.cli.front_end:normalize",
    "doctor": "asha.cli.doctor:doctor",
    "data": "asha.cli.data:data",
    "score": "asha.cli.score:score",
    "eval": "asha.cli.evaluate:evaluate",
    "infer": "asha.cli.infer:infer",
    "train": "asha.cli.train:train",
    "weights": "asha.cli.weights:weights",
    "push": "asha.cli.weights:push",
    "serve": "asha.cli.serve:serve",
    "account": "asha.cli.account:account",
    "setup": "asha.cli.setup:setup",
    "models": "asha.cli.models:models",
    "talk": "asha.cli.talk:talk",
    "hear": "asha.cli.hear:hear",
    "export": "asha.cli.export:export",
    "phrases": "asha.cli.text:phrases",
    "identify": "asha.cli.text:identify",
    "mask": "asha.cli.text:mask",
    "coqui": "asha.cli.coqui:coqui",
}
EXIT_TOLD = 2  # an error that was told in one sentence


def build_app(wanted: str | None = None) -> typer.Typer:
    """All commands, or only the one that is wanted: the others cost start-up time."""
    app = typer.Typer(
        help="Asha hears and speaks seven language tracks of India.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_asha)
    for name, where in COMMANDS.items():
        if wanted in COMMANDS and name != wanted:
            continue
        module, attribute = where.split(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _asha() -> None:
    """Asha hears and speaks seven language tracks of India."""


def _told(sentence: str) -> None:
    print(f"asha: {sentence}", file=sys.stderr)  # noqa: T201 - the program's own voice
    sys.exit(EXIT_TOLD)


def main() -> None:
    """Run a command; a known error is one sentence on stderr and exit code 2."""
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    code: int | str | None = 0
    opt_out()
    try:
        try:
            build_app(wanted)()
        except SystemExit as ended:
            code = ended.code
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk must not look like success
    except AshaError as error:
        _told(error.message)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as refused:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _told(f"The output cannot be written ({refused.strerror}); make room and try again.")
    sys.exit(code)
