/*
 * r32-defect: a legacy driver that references its own device in DriverEntry, to be sure that it does not vanish, and never
 * dereferences it. DriverUnload runs and deletes the device, whose memory and image stay: R-32, by the ObReferenceObject call in
 * HoldObject. r32-repaired gives the reference back. r32-driver-defect and r32-driver-repaired (DRIVER): the same on the driver
 * object.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR32");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR32");

static PVOID Kept;

static NOINLINE VOID HoldObject(PVOID Object)
{
    ObReferenceObject(Object); /* DEFECT R-32 */
    Kept = Object;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
#ifdef REPAIRED
    ObDereferenceObject(Kept);
#else
    Kept = NULL; /* MISSING R-32 */
#endif
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status))
        return status;
#ifdef DRIVER
    HoldObject(DriverObject);
#else
    HoldObject(device);
#endif
    return STATUS_SUCCESS;
}
