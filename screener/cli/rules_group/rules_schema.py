"""`screener rules schema`."""

from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import json_text, output_option, rule_files_option
from screener.text import clean

if TYPE_CHECKING:
    from screener.rules.rulebook import Rulebook


@click.command()
@click.argument("what", type=click.Choice(["rule", "pack", "evidence", "settings"]), default="rule")
@rule_files_option("Rule files whose names an editor offers too.")
@output_option
def schema(*, what: str, rules: tuple[str, ...], out: TextOutput) -> None:
    """Print the JSON Schema of rule files, of pack.yaml, or of screener.yaml, for editors.

    A file names its schema in its first line: # yaml-language-server: $schema=rule.schema.json

    \b
    Examples:
      screener rules schema -o rule.schema.json
      screener rules schema settings > settings.schema.json
    """
    out.write_document(schema_text(what, rules))
    out.confirm(f"{clean(str(out.path))} is written")


def schema_text(what: str, rules: tuple[str, ...] = ()) -> str:
    """Returns the schema as it is printed."""
    from screener.rules import rule_schemas as schemas

    made = {
        "rule": schemas.rule_schema,
        "pack": schemas.pack_schema,
        "evidence": schemas.evidence_schema,
        "settings": schemas.settings_schema,
    }[what]
    return json_text(made(_books(rules))) + "\n"


def _books(rules: tuple[str, ...]) -> list["Rulebook"]:
    """Returns the rulebook of the default packs and the given rule files, and those of the other built-in packs."""
    from screener.rules.packs import DEFAULT_PACKS, built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    others = [load_rulebook(packs=[pack]) for pack in built_in_packs() if pack not in DEFAULT_PACKS]
    return [load_rulebook(rules, packs=list(DEFAULT_PACKS)), *others]
