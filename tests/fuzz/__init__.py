"""Readers of hostile bytes, fed by a fuzzer that watches which branches they take."""
