/*
 * r33-defect: a legacy driver that references its device once and dereferences it twice, so that the device dies while it is
 * still in the driver's list and IoDeleteDevice touches a dead object: R-33, by the second ObDereferenceObject call, in
 * ReleaseDevice. r33-repaired dereferences once.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR33");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR33");

static NOINLINE VOID ReleaseDevice(PDEVICE_OBJECT Device)
{
    ObDereferenceObject(Device);
#ifndef REPAIRED
    ObDereferenceObject(Device); /* DEFECT R-33 */
#endif
    DbgPrint("r33: released\n");
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

    ReleaseDevice(device);
    DeleteNamedDevice(device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (NT_SUCCESS(status))
        ObReferenceObject(device);
    return status;
}
