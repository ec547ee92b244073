"""What custody keeps."""

from privyseal.custody.models.uses import HandUse, Turn

__all__ = ["HandUse", "Turn"]
