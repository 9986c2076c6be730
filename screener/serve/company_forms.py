"""The forms on the page of a company: assumptions, comparison, and the claim to add."""

from collections.abc import Mapping

from screener.report import number_format as numbers
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.result.finding_records import Evidence
from screener.result.model import ResultDocument
from screener.serve.page_maker import PageMaker
from screener.serve.page_views import FormField, PageForm
from screener.units import NUMERIC, show_truth
from screener.vocabulary import ClaimKind

MOST_FIELDS = 16  # greatest number in the what-if form
CLAIM = "claim"  # parameter of an address: the figure that the claim form is pre-filled with
_SOURCE_KINDS = (ClaimKind.FILED, ClaimKind.REPORTED, ClaimKind.ESTIMATE)


class CompanyForms(PageMaker):
    """Makes the forms on the page of a company."""

    def what_if(self, stated: ResultDocument, facts: Mapping[str, str]) -> PageForm:
        """Returns the form of assumptions: figures that are assumed, then those that the profile states, then the
        unknown ones."""
        t = self.wording
        known = {e.figure: e for e in reversed(stated.facts) if self._is_own_figure(e, stated)}  # the first is in use
        known = dict(reversed(known.items()))
        open_figures = [i.key for i in stated.inputs if i.key in self.catalogue.claimable]
        names = list(dict.fromkeys([*facts, *known, *open_figures]))[: max(MOST_FIELDS, len(facts))]
        fields = tuple(self._figure_field(name, known.get(name), facts.get(name, "")) for name in names)
        action = f"/company/{stated.company.id}"
        return PageForm(
            t("serve.what_if"), t("serve.what_if_note"), action, "get", t("serve.screen"), fields, live=True
        )

    def _is_own_figure(self, evidence: Evidence, result: ResultDocument) -> bool:
        own = evidence.company == result.company.name and evidence.about is None
        return own and evidence.unit in NUMERIC and evidence.figure in self.catalogue.claimable

    def _figure_field(self, name: str, known: Evidence | None, assumed: str) -> FormField:
        t, title = self.wording, self.text(self.catalogue.claimable[name].title, TITLE_LENGTH)
        if self.catalogue.claimable[name].unit == "truth":
            choices = (
                ("", t("serve.as_stated")),
                *((word, show_truth(word == "true", t.language)) for word in ("true", "false")),
            )
            return FormField(name, title, "select", assumed, options=choices)
        hint = base = ""
        if known is not None:
            hint = t("serve.now", value=numbers.value(known.value, known.unit, t.language))
            point = getattr(known.value, "is_point", False)
            base = repr(float(known.value.lo)) if point and known.value.lo else ""  # type: ignore[union-attr]
        return FormField(name, title, "number", assumed, hint, slider_base=base)

    def compare(self, company: str) -> PageForm:
        """Returns the form that chooses the company to compare with."""
        t = self.wording
        others = [(p.id, self.text(p.subject.name, NAME_LENGTH)) for p in self.workspace.profiles().values()]
        fields = (FormField("with", t("serve.compare"), "select", "", "", tuple(o for o in others if o[0] != company)),)
        return PageForm(
            t("serve.compare_button"), "", f"/company/{company}/compare", "get", t("serve.compare_button"), fields
        )

    def claim(self, stated: ResultDocument, claimed: str) -> PageForm:
        """Returns the form that adds a claim with its source, pre-filled with the figure `claimed`."""
        t = self.wording
        missing = [i.key for i in stated.inputs if i.key in self.catalogue.claimable]
        names = [*missing, *(name for name in self.catalogue.claimable if name not in missing)]
        figures = tuple((name, self.text(self.catalogue.claimable[name].title, TITLE_LENGTH)) for name in names)
        kinds = tuple((str(kind), t.label("kind", kind)) for kind in _SOURCE_KINDS)
        fields = (
            FormField("figure", t("serve.figure"), "select", claimed, "", figures),
            FormField("value", t("serve.value"), hint=t("serve.value_hint")),
            FormField("title", t("serve.source_title")),
            FormField("kind", t("serve.kind"), "select", str(ClaimKind.REPORTED), "", kinds),
            FormField("date", t("serve.date"), "date"),
            FormField("url", t("serve.url"), "url"),
            FormField("original", t("serve.original"), "checkbox"),
        )
        action = f"/company/{stated.company.id}/claims"
        return PageForm(t("serve.claim"), t("serve.claim_note"), action, "post", t("serve.save"), fields)
