/*
 * r07-defect: a legacy driver whose DriverEntry leaves its device behind when a later step fails: the link name is taken, there
 * is no memory, or Parameters\FailEntry is not 0. DriverUnload is not called after a failed DriverEntry, so nobody deletes the
 * device and the image stays: R-07, by the IoCreateDevice call in DriverEntry. r07-repaired deletes it on the way out.
 * r07-always-defect and r07-always-repaired (ALWAYS) fail on every load.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR07");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR07");

static PVOID Scratch;

static NTSTATUS DispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

/* Reads Parameters\FailEntry; absent means 0. */
static NOINLINE ULONG FailEntryValue(PUNICODE_STRING RegistryPath)
{
#ifdef ALWAYS
    UNREFERENCED_PARAMETER(RegistryPath);
    return 1;
#else
    RTL_QUERY_REGISTRY_TABLE query[3];
    ULONG value = 0;
    PWSTR path = ExAllocatePoolWithTag(PagedPool, RegistryPath->Length + sizeof(WCHAR), POOL_TAG);

    if (path == NULL)
        return 0;
    RtlCopyMemory(path, RegistryPath->Buffer, RegistryPath->Length);
    path[RegistryPath->Length / sizeof(WCHAR)] = 0;

    RtlZeroMemory(query, sizeof(query));
    query[0].Flags = RTL_QUERY_REGISTRY_SUBKEY;
    query[0].Name = L"Parameters";
    query[1].Flags = RTL_QUERY_REGISTRY_DIRECT;
    query[1].Name = L"FailEntry";
    query[1].EntryContext = &value;
    query[1].DefaultType = REG_NONE;
    if (!NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, path, query, NULL, NULL)))
        value = 0;
    ExFreePoolWithTag(path, POOL_TAG);
    return value;
#endif
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&LinkName);
    ExFreePoolWithTag(Scratch, POOL_TAG);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;

    status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device); /* DEFECT R-07 */
    if (!NT_SUCCESS(status))
        return status;

    Scratch = ExAllocatePoolWithTag(NonPagedPool, 512, POOL_TAG);
    if (Scratch == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto Failed;
    }
    if (FailEntryValue(RegistryPath) != 0) {
        status = STATUS_DEVICE_CONFIGURATION_ERROR;
        goto Failed;
    }
    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(status))
        goto Failed;
    return STATUS_SUCCESS;

Failed:
    if (Scratch != NULL)
        ExFreePoolWithTag(Scratch, POOL_TAG);
#ifdef REPAIRED
    IoDeleteDevice(device);
#else
    /* MISSING R-07 */
#endif
    return status;
}
