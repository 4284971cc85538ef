/*
 * t-forgets: a legacy driver with two devices whose DriverUnload deletes only the newer one (T-51). DriverUnload runs, and the
 * other device keeps the image.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING FirstName = RTL_CONSTANT_STRING(L"\\Device\\LastRefTForgetsFirst");
static UNICODE_STRING SecondName = RTL_CONSTANT_STRING(L"\\Device\\LastRefTForgetsSecond");

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT first, second;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = IoCreateDevice(DriverObject, 0, &FirstName, FILE_DEVICE_UNKNOWN, 0, FALSE, &first); /* DEFECT T-51 */
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(DriverObject, 0, &SecondName, FILE_DEVICE_UNKNOWN, 0, FALSE, &second);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(first);
    return status;
}
