"""What is kept of machines that hold rubber seals."""

from privyseal.devices.models.cabinets import CabinetOpening
from privyseal.devices.models.machines import Device, DeviceSlot, EnrolmentCode
from privyseal.devices.models.pairs import Mounting, Unlocking
from privyseal.devices.models.told import DeviceCertificate, DeviceEvent, DeviceOrder, DevicePicture, DeviceRequest
from privyseal.devices.models.uses import CodeWords, Confirmation, MachineUse

__all__ = [
    "CabinetOpening",
    "CodeWords",
    "Confirmation",
    "Device",
    "DeviceCertificate",
    "DeviceEvent",
    "DeviceOrder",
    "DevicePicture",
    "DeviceRequest",
    "DeviceSlot",
    "EnrolmentCode",
    "MachineUse",
    "Mounting",
    "Unlocking",
]
