/*
 * several-link-defect: a legacy driver with two mistakes that meet. DriverUnload leaves the symbolic link, so the next start finds
 * its name taken; and the error path of DriverEntry leaves the device, by the IoCreateDevice call: R-07 from the second start on. The
 * image of the first start is gone, that of the second stays. several-link-repaired undoes both.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefSeveralLink");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefSeveralLink");

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    IoDeleteSymbolicLink(&LinkName);
#endif
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device); /* DEFECT R-07 */
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&LinkName, &DeviceName); /* DEFECT R-46 */
    if (!NT_SUCCESS(status)) {
#ifdef REPAIRED
        IoDeleteDevice(device);
#endif
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
