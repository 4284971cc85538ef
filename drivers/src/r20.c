/*
 * r20-defect: a neighbour of model-legacy. It opens that driver's device with a kernel handle and loses the handle: it stands in
 * the table of the System process, where no list of applications shows it, and defers the unload of the other driver for ever:
 * R-20, by the ZwCreateFile call in OpenTarget. r20-repaired closes it. Load it after model-legacy.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");

static NOINLINE NTSTATUS OpenTarget(PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &TargetName, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateFile(Handle, FILE_READ_DATA | SYNCHRONIZE, &attributes, &block, NULL, FILE_ATTRIBUTE_NORMAL, /* DEFECT R-20 */
                          FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HANDLE handle;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = OpenTarget(&handle);
    if (!NT_SUCCESS(status))
        return status;
    DbgPrint("r20: the device can be opened\n");
#ifdef REPAIRED
    ZwClose(handle);
#else
    /* MISSING R-20 */
#endif
    return STATUS_SUCCESS;
}
