"""The command line: parse, call, print. Heavy imports wait until a command needs them."""

from __future__ import annotations

import errno
import gc
import sys
from typing import Any, Final

import click

from qn_coverage import __version__
from qn_coverage.commands import EXIT_MENDABLE
from qn_coverage.commands.compare import compare_models
from qn_coverage.commands.exchange_in import import_, template
from qn_coverage.commands.exchange_out import export
from qn_coverage.commands.fetch import fetch
from qn_coverage.commands.inform import claims, data, models, rules
from qn_coverage.commands.plan import plan, plan_compare
from qn_coverage.commands.study import run
from qn_coverage.commands.verify import verify
from qn_coverage.core.errors import CoverageError

_NEW_OBJECTS: Final = 100_000
"""Python looks for garbage after 700 by itself: a fifth of the time of compiling the engine."""


class _Group(click.Group):
    """Prints what the user can mend without a traceback: a `CoverageError`, files out of reach."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CoverageError as error:
            _complain(str(error))
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read the output has gone: click's matter
                raise
            _complain(
                f"{error.filename or 'tệp / a file'}: {error.strerror or error}. "
                "Kiểm tra đường dẫn, quyền và chỗ trống, đóng tệp ở chương trình khác / "
                "Mend: check path, rights and free space, and close the file in other programs."
            )
        return ctx.exit(EXIT_MENDABLE)


def _complain(what: str) -> None:
    click.secho("Lỗi / Error", fg="red", bold=True, err=True)
    click.echo(what, err=True)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  qn-coverage run                          the default study, into ./qn-coverage-out
  qn-coverage run my.toml --out results    one's own scenario
  qn-coverage verify results               are inputs and outputs still the same?
  qn-coverage data                         what ships with the toolkit, and its limits
""",
)
@click.version_option(__version__, prog_name="qn-coverage")
def main() -> None:
    """Vùng phủ sóng di động Quảng Ninh / Mobile coverage of Quảng Ninh province.

    Is there signal in each commune and village, how sure are we, and why not?
    """
    gc.set_threshold(_NEW_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        # A cp1252 console must not stop a run over an accent.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


for command in (
    run,
    verify,
    data,
    models,
    rules,
    claims,
    compare_models,
    fetch,
    import_,
    export,
    template,
    plan,
    plan_compare,
):
    main.add_command(command)
