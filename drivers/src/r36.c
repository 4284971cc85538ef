/*
 * r36-defect: a legacy driver that makes a second driver object with IoCreateDriver and leaves it behind. That object is refused
 * every unload, and it does not keep the image that its routines lie in: R-36, by the IoCreateDriver call in CreateSecondDriver.
 * r36-repaired deletes the second device and calls IoDeleteDriver.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

/* Exported since Windows 2000, declared in no public header. */
__declspec(dllimport) NTSTATUS NTAPI IoCreateDriver(PUNICODE_STRING DriverName, PDRIVER_INITIALIZE InitializationFunction);
__declspec(dllimport) VOID NTAPI IoDeleteDriver(PDRIVER_OBJECT DriverObject);

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR36");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR36");
static UNICODE_STRING SecondDriverName = RTL_CONSTANT_STRING(L"\\Driver\\LastRefR36Second");

static PDRIVER_OBJECT SecondDriver;

static NTSTATUS NTAPI SecondDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    SecondDriver = DriverObject;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
    return IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

static NOINLINE NTSTATUS CreateSecondDriver(VOID)
{
    NTSTATUS status;

    status = IoCreateDriver(&SecondDriverName, SecondDriverEntry); /* DEFECT R-36 */
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    IoDeleteDevice(SecondDriver->DeviceObject);
    IoDeleteDriver(SecondDriver);
#else
    SecondDriver = NULL; /* MISSING R-36 */
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
    status = CreateSecondDriver();
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
