"""The output formats of results, by their name in `--format`.

To add one, write a module in this package with a class derived from `OutputFormat`, and add the class to `FORMATS`.
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
"""The formats in the order of `--help`. The report to open is that of a run's first format with an overview."""
