/*
 * t-manydevices: 10,000 device objects, all deleted in DriverUnload.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

#define DEVICES 10000

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    while (DriverObject->DeviceObject != NULL)
        IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    for (i = 0; i < DEVICES && NT_SUCCESS(status); i++)
        status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        DriverUnload(DriverObject);
    return status;
}
