/*
 * r01-defect: a legacy driver without DriverUnload. A stop is refused and the image stays until the machine restarts: R-01,
 * by the assignment that is missing in DriverEntry. r01-repaired has it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR01");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR01");

#ifdef REPAIRED
static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}
#endif

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
#ifdef REPAIRED
    DriverObject->DriverUnload = DriverUnload;
#else
    /* MISSING R-01 */
#endif
    return CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
}
