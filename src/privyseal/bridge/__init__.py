"""A machine that is reached through its maker's cloud alone, as a device of the open protocol.

It believes the signer and nobody else, as any device does. What lies behind it does not: the maker's cloud can open its
machines without us, and what it tells has its maker's word alone. So such a machine is marked wherever it is shown.
"""
