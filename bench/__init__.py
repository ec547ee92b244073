"""The product's figures beside their goals and beside what the machine itself can do: ``python -m bench``."""
