"""Documents of rule files other than rules, which extend the catalogue, change parameters or disable rules."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from screener.errors import Problem
from screener.io.document import Document, ValuePath
from screener.profile.catalogue import Catalogue, Figure, Kind
from screener.profile.model import ProfileHeader
from screener.profile.strict_model import Strict, validate
from screener.rules.metric_reader import RESERVED_NAMES, MetricFile
from screener.text import did_you_mean


class Additions(Strict):
    """A document of a rule file that is not a rule: it extends the catalogue, changes parameters or disables rules."""

    figures: dict[str, Figure] = Field({}, description="Figures or statements that profiles may give in addition.")
    metrics: dict[str, MetricFile] = Field({}, description="Formulas over figures, other metrics and lists.")
    kinds: dict[str, Kind] = Field({}, description="Kinds of relations, or of facts that rules conclude.")
    disable: list[str] = Field([], description="Rules that are not used.")
    set: dict[str, float | bool | str] = Field(
        {}, description="New values of parameters, in the form RULE.PARAM: VALUE or RULE.PARAM.SECTOR: VALUE."
    )


Added = tuple[Document, Additions]


def split_documents(
    documents: Iterable[Document], problems: list[Problem]
) -> tuple[list[Document], list[Added], list[Document]]:
    """Rules, additions, and additions that can't be read; adds to `problems` what is neither."""
    rules, additions, broken = [], list[Added](), []
    keys = sorted(Additions.model_fields)
    for document in documents:
        if isinstance(document.data, dict) and "rule" in document.data:
            rules.append(document)
        elif not isinstance(document.data, dict) or not set(document.data) & set(keys):
            what = "is neither a rule nor additions to a pack"
            hint = "start with rule: ID, or one of " + ", ".join(f"{key}:" for key in keys)
            problems.append(document.problem([], what, hint, code="not-a-rule"))
        elif (added := validate(Additions, document.data, document, [], problems)) is not None:
            additions.append((document, added))
        else:
            broken.append(document)
    return rules, additions, broken


def extend_catalogue(catalogue: Catalogue, additions: Iterable[Added], problems: list[Problem]) -> Catalogue:
    """The catalogue with the figures and kinds that documents add; adds to `problems` names that are taken or no names."""
    figures, kinds = dict(catalogue.figures), dict(catalogue.kinds)
    reserved = {*figures, *kinds, *catalogue.aliases, *RESERVED_NAMES}
    lists = {*catalogue.all_lists, "figures", "metrics", "parties"}
    lists |= {field.alias or name for name, field in ProfileHeader.model_fields.items()}
    for document, added in additions:
        figures.update({k: v for k, v in added.figures.items() if k not in reserved})
        kinds.update({k: v for k, v in added.kinds.items() if k not in reserved})
        for name, figure in added.figures.items():
            problems.extend(_take_names(document, ["figures", name], [name, *figure.aliases], reserved))
        for name, kind in added.kinds.items():
            problems.extend(_take_names(document, ["kinds", name], [name], reserved))
            if kind.list_name:
                problems.extend(_take_names(document, ["kinds", name, "list"], [kind.list_name], lists))
            parents = [k for k, entry in kinds.items() if entry.list_name and not entry.within]
            if kind.within is not None and kind.within not in parents:
                hint = did_you_mean(kind.within, parents, "name a kind with a list")
                what = f"there is no kind '{kind.within}' with a list of its own"
                problems.append(document.problem(["kinds", name, "within"], what, hint, code="unknown-kind"))
    return Catalogue(figures, kinds, catalogue.sectors, catalogue.categories)


def _take_names(document: Document, path: ValuePath, names: Sequence[str], reserved: set[str]) -> list[Problem]:
    """Adds names to those that are taken; problems where one is taken already, or is not a name."""
    problems = []
    hint = "choose another name of lower-case letters, digits and _"
    for name in names:
        if name in reserved:
            what, code = f"'{name}' exists already", "name-taken"
            problems.append(document.problem(path, what, hint, key=path[-1] == name, code=code))
        elif not name.isidentifier() or not name.islower():
            what, code = f"'{name}' is not a name", "bad-value"
            problems.append(document.problem(path, what, hint, key=path[-1] == name, code=code))
        reserved.add(name)
    return problems
