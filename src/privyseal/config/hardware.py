"""The hardware that a signer of ours makes its keys in, as the settings name it."""

from privyseal.config import env
from privyseal.signer.tokens import EVERY_TYPE, Algorithm


def certified_outside() -> list[str]:
    """Return how a signer of ours is told whose certificates count beside our own authority's."""
    roots = env.text("OUTSIDE_ROOTS")
    return ["--outside-roots", roots, "--outside-types", env.text("OUTSIDE_TYPES", EVERY_TYPE)] if roots else []


def named() -> list[str]:
    """Return how a signer of ours is told of it; nothing where keys are in software."""
    module, pin = env.text("TOKEN_MODULE"), env.text("TOKEN_PIN_FILE")
    if not module:
        return []
    if not pin:
        raise env.WrongSetting(name="PRIVYSEAL_TOKEN_PIN_FILE", expected="the path of a file with the token's user PIN")
    algorithm = env.choice("TOKEN_ALGORITHM", Algorithm.P256, tuple(Algorithm))
    words = ["--token-module", module, "--token", env.text("TOKEN", "privyseal"), "--token-pin-file", pin]
    return [*words, "--token-types", env.text("TOKEN_TYPES", EVERY_TYPE), "--token-algorithm", algorithm]
