"""The commands `egov method`: list, check, show, diff. Heavy imports stay inside the commands.

Exit codes: 0 done; 1 a check has findings; 2 the call or a method file is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.session import FAILED, USAGE

if TYPE_CHECKING:
    from assets.method.model import Method

method_app = typer.Typer(help="Methods as data: list, check, show, diff.", no_args_is_help=True)


@contextmanager
def _told() -> Iterator[None]:
    """A method that cannot be read or found is told in a sentence, not a traceback."""
    from assets.method.model import MethodError

    try:
        yield
    except MethodError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


def _method(code: str) -> Method:
    from assets.method.load import find_method

    regime, _, block = code.partition("/")
    return find_method(regime, block)


@method_app.command("list")
def list_() -> None:
    """The methods held: regime and block, years, decision, size, hash."""
    with _told():
        from assets.method.load import methods

        for method in methods():
            nodes = [node for _, node in method.walk()]
            reconstructed = sum(node.basis == "reconstructed" for node in nodes)
            typer.echo(
                f"{method.code:30}  {method.valid_from}-{method.valid_to or '':<4}  "
                f"{len(nodes):3} nodes, {reconstructed:3} reconstructed  "
                f"{method.sha256[:12]}  {method.decision}"
            )


@method_app.command()
def check() -> None:
    """Check every method; findings name the node, the rule and what to do."""
    with _told():
        from assets.method.check import check as check_method
        from assets.method.load import methods

        failed = False
        for method in methods():
            findings = check_method(method)
            failed = failed or bool(findings)
            typer.echo(f"{method.code}: {f'{len(findings)} findings' if findings else 'sound'}")
            for finding in findings:
                typer.echo(f"  {method.file}: {finding}")
    if failed:
        raise typer.Exit(FAILED)


@method_app.command()
def show(
    regime: Annotated[str, typer.Argument(help="Regime, as assessment_2016.")],
    block: Annotated[str, typer.Argument(help="Block, as ministry.")],
) -> None:
    """The tree of a method with the basis of every node."""
    with _told():
        from assets.method.load import find_method
        from assets.method.show import as_text

        typer.echo(as_text(find_method(regime, block)))


@method_app.command()
def diff(
    before: Annotated[str, typer.Argument(help="Regime and block, as assessment_2016/ministry.")],
    after: Annotated[str, typer.Argument(help="Regime and block, as assessment_2017/ministry.")],
) -> None:
    """Nodes removed, added and changed by field from one method to another."""
    with _told():
        from assets.method.diff import diff as differences

        changes = differences(_method(before), _method(after))
        for change in changes:
            typer.echo(str(change))
        if not changes:
            typer.echo("no node differs")
