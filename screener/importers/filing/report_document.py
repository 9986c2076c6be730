"""Reads one report from a file: its form, company, period, facts and text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.filing.cover_page import CoverPage, read_cover, signed_on
from screener.importers.filing.inline_facts import InlineReport, read_inline_facts
from screener.importers.filing.markup import decode, parse_html, parse_xhtml
from screener.importers.filing.submission import Submission, read_submission
from screener.importers.filing.text_blocks import TextBlock, blocks_of_html, blocks_of_text
from screener.importers.sec.companyfacts import cik_number
from screener.importers.sec.tags import Forms
from screener.io.file_kind import FileKind, file_kind

ESEF_FORM = "AFR"
"""Stands for the form of an annual financial report under the European Single Electronic Format (ESEF), which has none."""

_AUDITED = re.compile(
    r"\bwe have audited\b|\bwe audited the\b|\bour audits? (?:of|also|includ\w+|provides?|was|were|in accordance)\b"
    r"|\bin our opinion\b[^.]{0,120}\b(?:statements|accounts)\b",
    re.IGNORECASE,
)
"""Matches phrases of an auditor's report; other reports mention "our audit committee"."""
_NOTES = re.compile(r"\bnotes? to (?:the )?(?:\w+[ ,]+){0,4}financial statements?\b", re.IGNORECASE)
LISTED_ON = "dei:SecurityExchangeName"
_MARKUP = re.compile(rb"<(?:html|body|tr|td|p|div|br|font)\b", re.IGNORECASE)
"""Matches markup of an HTML report; plain text of the 1990s has tags such as <TABLE>, but its lines are its layout."""
_NO_REPORT = {
    FileKind.PDF: "take the report as .htm or .txt from where it was filed; a PDF has no tagged figures",
    FileKind.ARCHIVE: "unpack it and give the report inside (.htm, .xhtml); a table goes into screener import table",
    FileKind.XBRL_INSTANCE: "give the report (.htm), which has the same facts and the text",
    FileKind.JSON: "give the report, or a companyfacts document (screener import sec)",
    FileKind.PROFILE: "screener run takes it as it is",
    FileKind.PICTURE: "give the report as .htm or .txt",
    FileKind.BINARY: "give the report as .htm or .txt",
}


@dataclass(slots=True)
class ReportDocument:
    """A report; None for what could not be found. `filed_exactly` says whether the filing date is stated."""

    path: str
    kind: FileKind
    form: str | None = None
    name: str | None = None
    cik: int | None = None
    period_end: date | None = None
    filed: date | None = None
    filed_exactly: bool = False
    accession: str | None = None
    industry_code: str | None = None
    ticker: str | None = None
    inline: InlineReport = field(default_factory=InlineReport)
    blocks: Sequence[TextBlock] = ()
    schedule: str | None = None  # the text of its financial data schedule

    @property
    def file(self) -> str:
        """The file's name without its folder."""
        return Path(self.path).name

    @property
    def is_listed(self) -> bool:
        """Whether the tags of its cover name an exchange."""
        exchange = self.inline.text(LISTED_ON)
        return exchange is not None and exchange.lower() not in ("none", "n/a", "not applicable")

    def part(self, forms: Forms) -> str | None:
        """Returns annual, interim or other; None if the form is unknown or does not count."""
        return forms.part(self.form) if self.form else None

    def is_whole_annual_report(self, forms: Forms) -> bool:
        """Whether it is an annual report with notes and an auditor's report: only there the absence of a statement counts."""
        if self.part(forms) != "annual" or (self.form or "").endswith("/A"):
            return False
        audited = any(_AUDITED.search(block.text) for block in self.blocks)
        return audited and any(_NOTES.search(block.text) for block in self.blocks)


def report_from_bytes(raw: bytes, path: str) -> ReportDocument:
    """Reads a report from the content of a file or a download; `path` is its name in messages. Raises DocumentError."""
    kind = file_kind(raw)
    if kind in _NO_REPORT:
        raise DocumentError(Problem(f"is {kind.value}, not a report", _NO_REPORT[kind], path))
    report = ReportDocument(path, kind)
    submission = read_submission(raw) if kind is FileKind.SUBMISSION else None
    if submission is not None:
        _read_header(report, submission)
        parts = submission.report_parts if submission.parts else ()
        report.blocks = [block for part in parts for block in _read_part(report, part.raw)] or list(
            _read_part(report, raw)
        )
    else:
        report.blocks = list(_read_part(report, raw))
    if not report.blocks:
        raise DocumentError(Problem("holds no text", "check that the file is whole", path))
    _read_tagged_cover(report)
    _fill_from_cover(report, read_cover(report.blocks))
    return report


def _read_part(report: ReportDocument, raw: bytes) -> Iterator[TextBlock]:
    """Yields the text of a document, and adds its facts to the report."""
    _refuse_too_much(raw, report.path)
    kind = file_kind(raw) if raw.strip() else FileKind.TEXT
    if kind is FileKind.INLINE_XBRL:
        root = parse_xhtml(raw, report.path)
        report.inline.add(read_inline_facts(root))
        return iter(blocks_of_html(root))
    if kind is FileKind.HTML and _MARKUP.search(raw):
        return iter(blocks_of_html(parse_html(raw, report.path)))
    return iter(blocks_of_text(decode(raw)))


def _refuse_too_much(raw: bytes, path: str) -> None:
    if len(raw) > limits.REPORT_BYTES:
        what = f"holds a report larger than {limits.REPORT_BYTES >> 20} MiB"
        raise DocumentError(Problem(what, "give the report itself, without exhibits and pictures", path))
    facts = raw.count(b"contextRef=")
    if facts > limits.FILING_FACTS:
        what = f"states {facts:,} facts, more than {limits.FILING_FACTS:,}"
        raise DocumentError(Problem(what, "give one report; the largest state some 20,000", path))


def _read_header(report: ReportDocument, submission: Submission) -> None:
    header = submission.header
    report.form = header.get("CONFORMED SUBMISSION TYPE") or (submission.parts[0].form if submission.parts else None)
    report.name = header.get("COMPANY CONFORMED NAME")
    report.accession = header.get("ACCESSION NUMBER")
    report.period_end = submission.day("CONFORMED PERIOD OF REPORT")
    report.filed = submission.day("FILED AS OF DATE")
    report.filed_exactly = report.filed is not None
    report.industry_code = submission.industry_code
    report.schedule = decode(submission.schedule.raw) if submission.schedule else None
    report.cik = cik_number(header.get("CENTRAL INDEX KEY"))


def _read_tagged_cover(report: ReportDocument) -> None:
    """Reads the tags of the cover, which are more reliable than its text."""
    inline = report.inline
    if (form := inline.texts.get("dei:DocumentType")) is not None:
        report.form = form[0] + ("/A" if inline.flags.get("dei:AmendmentFlag") and not form[0].endswith("/A") else "")
        report.period_end = form[1].end
    elif any(fact.concept.startswith("ifrs-full:") for fact in inline.numbers) and report.form is None:
        report.form = ESEF_FORM
        years = [
            f.context.end for f in inline.numbers if f.context.start and (f.context.end - f.context.start).days > 340
        ]
        report.period_end = max(years, default=None)
    name = inline.text("dei:EntityRegistrantName") or inline.text(
        "ifrs-full:NameOfReportingEntityOrOtherMeansOfIdentification"
    )
    report.name = name or report.name
    report.cik = cik_number(inline.text("dei:EntityCentralIndexKey")) or report.cik
    report.ticker = inline.text("dei:TradingSymbol")


def _fill_from_cover(report: ReportDocument, cover: CoverPage) -> None:
    report.form = report.form or cover.form
    report.name = report.name or cover.name
    report.period_end = report.period_end or cover.period_end
    if report.filed is None and report.period_end is not None:
        end = report.period_end
        tagged = [f.context.end for f in report.inline.numbers if f.concept.startswith("dei:")]
        known = [day for day in (*tagged, signed_on(report.blocks, end)) if day and 0 <= (day - end).days <= 366]
        report.filed = max(known, default=None)
