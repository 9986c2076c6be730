"""A base class for frozen records with slots."""

from typing import Any, ClassVar


class PickledByValues:
    """Base of frozen dataclasses with slots that are read from caches by the thousand.

    They are pickled as a call of their class with their fields in order, and read in a third of the time that the pickling of
    `dataclass(slots=True)` takes, which looks up the names of the fields for every object.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """The class, and the fields that its constructor takes."""
        return type(self), tuple([getattr(self, name) for name in self.__match_args__])
