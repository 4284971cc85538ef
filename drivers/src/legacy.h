/*
 * What the small legacy drivers share: a named device with a link to it, and opens that always succeed.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include "driver.h"

static NTSTATUS DispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

/* Creates a device and its link and lets it be opened; undoes its own work when it fails. */
static HELPER NTSTATUS CreateNamedDevice(PDRIVER_OBJECT DriverObject, PUNICODE_STRING Name, PUNICODE_STRING Link,
                                           ULONG ExtensionBytes, PDEVICE_OBJECT *Device)
{
    NTSTATUS status = IoCreateDevice(DriverObject, ExtensionBytes, Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                                     Device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(Link, Name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(*Device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
    (*Device)->Flags |= DO_BUFFERED_IO;
    return STATUS_SUCCESS;
}

static HELPER VOID DeleteNamedDevice(PDEVICE_OBJECT Device, PUNICODE_STRING Link)
{
    IoDeleteSymbolicLink(Link);
    IoDeleteDevice(Device);
}
