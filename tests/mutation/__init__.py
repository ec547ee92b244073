"""Whether the tests of a module notice when one thing in it is done otherwise: ``python -m tests.mutation --help``."""
