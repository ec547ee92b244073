"""What keeps the product from running on this machine."""

from privyseal.kernel.errors import Refused


class CannotStart(Refused):
    """The product cannot run here as things are; ``reason`` says why and what helps."""

    code = "cannot-start"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)

    def __str__(self) -> str:
        return str(self.facts["reason"])
