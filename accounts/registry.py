"""What parts above tell one below, which may not import them."""

from typing import TypeVar

T = TypeVar("T")


class Registry(list[T]):
    """Functions that are asked in the order of their registration."""

    def register(self, asked: T) -> T:
        """Safe to repeat; also a decorator."""
        if asked not in self:
            self.append(asked)
        return asked
