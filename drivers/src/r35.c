/*
 * r35-defect: a legacy driver that deletes its own service key when it starts, to leave no trace of itself. The kernel looks the
 * key up when the driver is to be stopped, does not find it and refuses: R-35, by the ZwDeleteKey call in DeleteKeyTree.
 * r35-repaired leaves the key to whoever made it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR35");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR35");

/* Deletes a key with the keys below it. */
static HELPER NTSTATUS DeleteKeyTree(HANDLE Parent, PUNICODE_STRING Name)
{
    union {
        KEY_BASIC_INFORMATION Basic;
        UCHAR Bytes[256];
    } info;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING child;
    HANDLE key;
    ULONG length;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Parent, NULL);
    status = ZwOpenKey(&key, KEY_ALL_ACCESS, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    while (NT_SUCCESS(ZwEnumerateKey(key, 0, KeyBasicInformation, &info, sizeof(info), &length))) {
        child.Buffer = info.Basic.Name;
        child.Length = child.MaximumLength = (USHORT)info.Basic.NameLength;
        if (!NT_SUCCESS(DeleteKeyTree(key, &child)))
            break;
    }
    status = ZwDeleteKey(key); /* DEFECT R-35 */
    ZwClose(key);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status))
        return status;
#ifndef REPAIRED
    DeleteKeyTree(NULL, RegistryPath);
#else
    UNREFERENCED_PARAMETER(RegistryPath);
#endif
    return STATUS_SUCCESS;
}
