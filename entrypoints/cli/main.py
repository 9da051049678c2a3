"""The command tree."""

import typer

from entrypoints.cli import corpus, execution, keys, loading, template, user, workflow
from entrypoints.cli.api import api
from entrypoints.cli.demo import demo
from entrypoints.cli.doctor import doctor
from entrypoints.cli.migrate import migrate
from entrypoints.cli.scheduler import scheduler
from entrypoints.cli.up import up
from entrypoints.cli.worker import worker

EPILOG = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage, 3 invalid input, 4 not allowed, 5 not found, 6 conflict, "
    "7 limit exceeded, 8 unavailable, 9 the run did not complete, 10 refused to start, 11 trouble found."
)

app = typer.Typer(
    name="rex",
    help="The control plane for AI workflow automation.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(api)
app.command()(worker)
app.command()(scheduler)
app.command()(migrate)
app.command()(demo)
app.command()(doctor)
app.add_typer(user.app, name="user")
app.add_typer(workflow.app, name="workflow")
app.add_typer(template.app, name="template")
app.add_typer(execution.app, name="execution")
app.add_typer(corpus.app, name="corpus")
app.add_typer(keys.app, name="keys")


def main() -> None:
    loading.begins()
    app()
