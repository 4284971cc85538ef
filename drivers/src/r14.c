/*
 * r14-defect: a legacy driver that asks to be told of file systems and never takes that back. The registration references the
 * driver object, so DriverUnload runs and the image stays: R-14, by the IoRegisterFsRegistrationChange call in StartWatching.
 * r14-repaired unregisters in DriverUnload.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

/* ntifs.h, which does not go together with ntddk.h. */
typedef VOID(NTAPI *FS_NOTIFICATION)(PDEVICE_OBJECT DeviceObject, BOOLEAN FsActive);
__declspec(dllimport) NTSTATUS NTAPI IoRegisterFsRegistrationChange(PDRIVER_OBJECT DriverObject, FS_NOTIFICATION Routine);
__declspec(dllimport) VOID NTAPI IoUnregisterFsRegistrationChange(PDRIVER_OBJECT DriverObject, FS_NOTIFICATION Routine);

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR14");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR14");

static LONG FileSystems;

static VOID NTAPI FileSystemChanged(PDEVICE_OBJECT DeviceObject, BOOLEAN FsActive)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedExchangeAdd(&FileSystems, FsActive ? 1 : -1);
}

static NOINLINE NTSTATUS StartWatching(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status;

    status = IoRegisterFsRegistrationChange(DriverObject, FileSystemChanged); /* DEFECT R-14 */
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    IoUnregisterFsRegistrationChange(DriverObject, FileSystemChanged);
#else
    FileSystems = 0; /* MISSING R-14 */
#endif
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
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
    status = StartWatching(DriverObject);
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
