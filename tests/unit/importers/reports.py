"""Makes small reports in inline XBRL and text for tests."""

from html import escape
from pathlib import Path
from typing import Any

from screener.importers.filing.filing_import import import_filing
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.filer_profile import Imported
from screener.rules.rulebook_loader import load_rulebook

CATALOGUE = load_rulebook(packs=[]).catalogue
YEAR = "2024-01-01/2024-12-31"
BEFORE = "2023-01-01/2023-12-31"
END = "2024-12-31"
NAMESPACES = " ".join(
    f'xmlns{":" + prefix if prefix else ""}="{uri}"'
    for prefix, uri in {
        "": "http://www.w3.org/1999/xhtml",
        "ix": "http://www.xbrl.org/2013/inlineXBRL",
        "ixt": "http://www.xbrl.org/inlineXBRL/transformation/2020-02-12",
        "xbrli": "http://www.xbrl.org/2003/instance",
        "xbrldi": "http://xbrl.org/2006/xbrldi",
        "us-gaap": "http://fasb.org/us-gaap/2024",
        "srt": "http://fasb.org/srt/2024",
        "dei": "http://xbrl.sec.gov/dei/2024",
        "ifrs-full": "https://xbrl.ifrs.org/taxonomy/2024-03-27/ifrs-full",
        "acme": "http://acme.example/20241231",
    }.items()
)
AUDIT = "Report of Independent Registered Public Accounting Firm"
WHOLE = f"<p>{AUDIT}</p><p>We have audited the accompanying balance sheets.</p><p>Notes to Consolidated Financial Statements</p>"


class Report:
    """A report to which facts and text are added; `render` returns its bytes."""

    def __init__(self, form: str = "10-K", end: str = END, name: str = "Acme Corp.", cik: str = "0000000009") -> None:
        self.contexts: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        self.body: list[str] = []
        self.end, self.cik = end, cik
        year = f"{end[:4]}-01-01/{end}"
        for concept, text in (("DocumentType", form), ("EntityRegistrantName", name), ("EntityCentralIndexKey", cik)):
            self.text(f"dei:{concept}", text, year)

    def context(self, period: str, dimensions: dict[str, str]) -> str:
        return self.contexts.setdefault((period, tuple(dimensions.items())), f"c{len(self.contexts) + 1}")

    def text(self, concept: str, text: str, period: str = YEAR, number_format: str = "") -> "Report":
        shown = f' format="{number_format}"' if number_format else ""
        self.body.append(
            f'<p><ix:nonNumeric name="{concept}" contextRef="{self.context(period, {})}"{shown}>{escape(text)}</ix:nonNumeric></p>'
        )
        return self

    def fact(self, concept: str, printed: Any, period: str = YEAR, unit: str = "USD", **named: Any) -> "Report":
        """Returns a fact as printed; `dimensions` are axis=member with `__` for the colon; other keywords are attributes."""
        dimensions = {k.replace("__", ":").replace("_", "-"): v for k, v in named.pop("dimensions", {}).items()}
        concept = concept if ":" in concept else f"us-gaap:{concept}"
        attributes = {"format": "ixt:num-dot-decimal", "decimals": "INF", "scale": "0"} | {
            k: str(v) for k, v in named.items()
        }
        shown = " ".join(f'{key}="{value}"' for key, value in attributes.items())
        reference = self.context(period, dimensions)
        self.body.append(
            f'<p><ix:nonFraction name="{concept}" contextRef="{reference}" unitRef="{unit}" {shown}>{printed}</ix:nonFraction></p>'
        )
        return self

    def customer(
        self, member: str, share: Any, benchmark: str = "us-gaap:SalesRevenueNetMember", period: str = YEAR, **more: str
    ) -> "Report":
        dimensions = {
            "srt__MajorCustomersAxis": member,
            "us_gaap__ConcentrationRiskByTypeAxis": "us-gaap:CustomerConcentrationRiskMember",
            "us_gaap__ConcentrationRiskByBenchmarkAxis": benchmark,
            **more,
        }
        return self.fact("ConcentrationRiskPercentage1", share, period, "pure", scale=-2, dimensions=dimensions)

    def html(self, markup: str) -> "Report":
        self.body.append(markup)
        return self

    def render(self, head: str = "") -> bytes:
        contexts = "".join(_context(key, reference, self.cik) for key, reference in self.contexts.items())
        units = "".join(
            f'<xbrli:unit id="{unit}"><xbrli:measure>{measure}</xbrli:measure></xbrli:unit>'
            for unit, measure in (
                ("USD", "iso4217:USD"),
                ("EUR", "iso4217:EUR"),
                ("pure", "xbrli:pure"),
                ("shares", "xbrli:shares"),
            )
        )
        hidden = f"<ix:header><ix:resources>{contexts}{units}</ix:resources></ix:header>"
        page = f'<html {NAMESPACES}><head><title>x</title></head><body><div style="display:none">{hidden}</div>{"".join(self.body)}</body></html>'
        return f"<?xml version='1.0' encoding='UTF-8'?>{head}{page}".encode()


def _context(key: tuple[str, tuple[tuple[str, str], ...]], reference: str, cik: str) -> str:
    start, _, end = key[0].rpartition("/")
    time = (
        f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
        if start
        else f"<xbrli:instant>{end}</xbrli:instant>"
    )
    members = "".join(
        f'<xbrldi:explicitMember dimension="{axis}">{member}</xbrldi:explicitMember>' for axis, member in key[1]
    )
    segment = f"<xbrli:segment>{members}</xbrli:segment>" if members else ""
    return (
        f'<xbrli:context id="{reference}"><xbrli:entity><xbrli:identifier scheme="x">{cik}</xbrli:identifier>{segment}</xbrli:entity>'
        f"<xbrli:period>{time}</xbrli:period></xbrli:context>"
    )


def annual(*body: str) -> Report:
    """Returns a complete annual report with revenue and assets."""
    report = Report().html(WHOLE)
    for period, revenue in ((YEAR, "1,000"), (BEFORE, "800")):
        report.fact("Revenues", revenue, period, scale=6)
    report.fact("Assets", "2,000", END, scale=6).fact("StockholdersEquity", "900", END, scale=6)
    return report.html("".join(f"<p>{text}</p>" for text in body))


def profile(tmp_path: Path, *contents: bytes | str, **options: Any) -> Imported:
    """Returns the profile of reports, each written to a file."""
    files = []
    for n, content in enumerate(contents, 1):
        path = tmp_path / f"report-{n}.htm"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        files.append(str(path))
    return import_filing(files, CATALOGUE, FilingOptions(**options))


def claim(made: Imported, figure: str) -> Any:
    """Returns the value of the first claim of a figure, or None."""
    claims = made.document["figures"].get(figure)
    return claims[0].get("value") if claims else None
