/*
 * r31-defect: a legacy driver with a second device, registered for shutdown, that DriverUnload does not delete. DriverUnload
 * runs, the device and its image stay: R-31, by the IoRegisterShutdownNotification call in CreateShutdownDevice. r31-repaired
 * unregisters and deletes the second device too.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR31");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR31");

static PDEVICE_OBJECT Device;
static PDEVICE_OBJECT ShutdownDevice;

static NOINLINE NTSTATUS CreateShutdownDevice(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &ShutdownDevice);

    if (!NT_SUCCESS(status))
        return status;
    status = IoRegisterShutdownNotification(ShutdownDevice); /* DEFECT R-31 */
    if (!NT_SUCCESS(status))
        IoDeleteDevice(ShutdownDevice);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteNamedDevice(Device, &LinkName);
#ifdef REPAIRED
    IoUnregisterShutdownNotification(ShutdownDevice);
    IoDeleteDevice(ShutdownDevice);
#else
    /* MISSING R-31 */
#endif
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = DispatchCreateClose;
    status = CreateShutdownDevice(DriverObject);
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(Device, &LinkName);
    return status;
}
