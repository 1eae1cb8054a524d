"""The commands `peea users`: who has an account, and the way back in for the only administrator."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from peea.access import ROLE_NAMES
from peea.access.account_store import AccountStore
from peea.commands.shared import BadInputError, By, Database, err, login_name, out
from peea.settings import load_settings

users_app = typer.Typer(help="List accounts, give a new one-time code.", no_args_is_help=True, rich_markup_mode=None)


@users_app.command("list")
def list_users(by: By = "", database: Database = None) -> None:
    """List accounts with role, wards and state."""
    with AccountStore(database, actor=by or login_name()) as store:
        accounts = store.accounts()
    if not accounts:
        err.print("No accounts. PEEA prints the first administrator's one-time code when it starts with accounts.")
        return
    table = Table("Sign-in name", "Name", "Role", "Wards", "State", box=None, header_style="dim")
    for one in accounts:
        cells = (one.sign_in_name, one.name, ROLE_NAMES[one.role], ", ".join(sorted(one.wards)), one.state.value)
        table.add_row(*map(Text, cells))
    out.print(table)


@users_app.command("new-code")
def new_code(
    sign_in_name: Annotated[str, typer.Argument(help="Of the account.")], by: By = "", database: Database = None
) -> None:
    """Take the password of an account away and print a one-time code for the next one.

    The way back in for the only administrator whose password is forgotten; signs the person out everywhere.
    """
    rules = load_settings().access
    with AccountStore(database, actor=by or login_name()) as store:
        found = [one for one in store.accounts() if one.sign_in_name.casefold() == sign_in_name.strip().casefold()]
        if not found:
            raise BadInputError(f"There is no account with the sign-in name {sign_in_name}. See: peea users list")
        code = store.new_code(found[0].account_id, rules)
    err.print(Text(f"One-time code of {found[0].name}; works once, within {rules.code_h} h, and is not shown again:"))
    out.print(Text(code))
