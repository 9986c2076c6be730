"""A result as JSON in its documented form, `screener/result/1`."""

from typing import TYPE_CHECKING, Any

from screener.report.formats.output_format import OutputFormat
from screener.result.detail import Detail

if TYPE_CHECKING:
    from screener.report.views.result_view import ResultView
    from screener.result.model import ResultDocument


class JsonFormat(OutputFormat):
    """One JSON document per company, the input of `screener report` and `screener compare`."""

    name, suffix, detail = "json", ".json", Detail.FULL

    def render(self, view: "ResultView") -> bytes:
        """Returns the result, in the order of its fields."""
        return result_json(view.result)


def result_json(result: "ResultDocument") -> bytes:
    """Returns a result in its documented form, indented, with a final newline.

    Halves of surrogate pairs are left out, as on pages, so that the result gives the same pages when it is read back.
    """
    from pydantic_core import PydanticSerializationError, to_json

    from screener.result.model import to_dict

    data = to_dict(result)
    try:
        return to_json(data, indent=2) + b"\n"
    except PydanticSerializationError:
        return to_json(_without_surrogates(data), indent=2) + b"\n"


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return [_without_surrogates(v) for v in value] if isinstance(value, list) else value
