"""A complete seal machine without metal: disk, parts that break on command, a way to the gateway, a console.

It speaks ``docs/device-protocol.md`` by ``privyseal.device`` and knows nothing of the product.
"""
