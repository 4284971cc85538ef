/*
 * r13-defect: a legacy driver that asks to be told of new devices and never takes that back. Each registration references the
 * driver object, so DriverUnload runs and the image stays: R-13, by the IoRegisterPlugPlayNotification call in StartListening.
 * r13-repaired unregisters in DriverUnload.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR13");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR13");

/* {5d1c9a52-6c0c-4a0e-9d7a-1b2a3c4d5e01}, the interface of model-pnp */
static GUID WantedInterface = {0x5d1c9a52, 0x6c0c, 0x4a0e, {0x9d, 0x7a, 0x1b, 0x2a, 0x3c, 0x4d, 0x5e, 0x01}};

static PVOID Registration;
static LONG Arrivals;

static NTSTATUS NTAPI InterfaceChanged(PVOID Notification, PVOID Context)
{
    UNREFERENCED_PARAMETER(Notification);
    UNREFERENCED_PARAMETER(Context);
    InterlockedIncrement(&Arrivals);
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS StartListening(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status;

    status = IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, &WantedInterface, /* DEFECT R-13 */
                                            DriverObject, InterfaceChanged, NULL, &Registration);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    IoUnregisterPlugPlayNotificationEx(Registration);
#else
    Registration = NULL; /* MISSING R-13 */
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
    status = StartListening(DriverObject);
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
