/*
 * r46-defect: a legacy driver that leaves its pool block and its symbolic link behind. The image goes; the memory is lost, and
 * the next load finds the link name taken: R-46, by the ExAllocatePoolWithTag and IoCreateSymbolicLink calls in DriverEntry.
 * r46-repaired frees both. r46-pool-defect and r46-pool-repaired (POOL_ONLY): the link is deleted, only the block is lost.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR46");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR46");

static PVOID Table;

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    ExFreePoolWithTag(Table, POOL_TAG);
#else
    Table = NULL; /* MISSING R-46 */
#endif
#if defined(REPAIRED) || defined(POOL_ONLY)
    IoDeleteSymbolicLink(&LinkName);
#endif
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Table = ExAllocatePoolWithTag(NonPagedPool, 4000, POOL_TAG); /* DEFECT R-46 */
    if (Table == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(Table, POOL_TAG);
        return status;
    }
    status = IoCreateSymbolicLink(&LinkName, &DeviceName); /* DEFECT R-46 link */
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        ExFreePoolWithTag(Table, POOL_TAG);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
