"""The open protocol of machines that hold rubber seals, as both ends speak it. Pure: no network, no clock, no disk.

``docs/device-protocol.md`` says the same for those who build a device.
"""
