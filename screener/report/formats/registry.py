"""The output formats of results, by the name that `--format` takes.

To add one: a module beside this with a class derived from `OutputFormat`, and its name in `FORMATS`.
"""

from screener.report.formats.csv_format import CsvFormat
from screener.report.formats.html_format import HtmlFormat
from screener.report.formats.json_format import JsonFormat
from screener.report.formats.markdown_format import MarkdownFormat
from screener.report.formats.output_format import OutputFormat
from screener.report.formats.parquet_format import ParquetFormat
from screener.report.formats.pdf_format import PdfFormat
from screener.report.formats.xlsx_format import XlsxFormat

FORMATS: dict[str, type[OutputFormat]] = {
    form.name: form
    for form in (HtmlFormat, JsonFormat, MarkdownFormat, CsvFormat, XlsxFormat, ParquetFormat, PdfFormat)
}
"""In the order of `--help`; of the formats of a run, the first one with an overview has the report to open."""
