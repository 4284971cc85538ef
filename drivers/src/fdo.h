/*
 * A small function driver, for drivers whose point lies elsewhere. Whoever includes this supplies AddDevice and RemoveDevice,
 * for which RemoveFdo, AddFdo and NothingToUnload do the usual, and calls SetFdoDispatch from DriverEntry.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include "forward.h"

typedef struct {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    BOOLEAN SurpriseRemoved;
} FDO_EXTENSION;

/* Handles IRP_MN_REMOVE_DEVICE; called with the remove lock held for Irp. */
static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp);

static NTSTATUS DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&fdo->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = ForwardAndWait(fdo->Lower, Irp);
        IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
        return CompleteRequest(Irp, status, Irp->IoStatus.Information);

    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return RemoveDevice(fdo, Irp);

    case IRP_MN_SURPRISE_REMOVAL:
        fdo->SurpriseRemoved = TRUE;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    default:
        break;
    }

    status = PassDown(fdo->Lower, Irp);
    IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&fdo->RemoveLock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(fdo->Lower, Irp);
    IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPassDown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&fdo->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    status = PassDown(fdo->Lower, Irp);
    IoReleaseRemoveLock(&fdo->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

/* Puts a new device on top of the stack; the caller deletes it when there is no stack to attach to. */
static HELPER NTSTATUS AttachFdo(PDEVICE_OBJECT Device, PDEVICE_OBJECT Pdo)
{
    FDO_EXTENSION *fdo = Device->DeviceExtension;

    fdo->Self = Device;
    IoInitializeRemoveLock(&fdo->RemoveLock, POOL_TAG, 0, 0);
    fdo->Lower = IoAttachDeviceToDeviceStack(Device, Pdo);
    if (fdo->Lower == NULL)
        return STATUS_NO_SUCH_DEVICE;
    Device->Flags |= fdo->Lower->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH);
    Device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID SetFdoDispatch(PDRIVER_OBJECT DriverObject)
{
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
}

/* All that REMOVE asks of a driver that has nothing of its own to undo. */
static HELPER NTSTATUS RemoveFdo(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    return status;
}

/* Creates a device and puts it on the stack; nothing is left of it when that fails. Its extension begins with FDO_EXTENSION. */
static HELPER NTSTATUS AddFdo(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo, ULONG ExtensionBytes, PDEVICE_OBJECT *Device)
{
    NTSTATUS status = IoCreateDevice(DriverObject, ExtensionBytes, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, Device);

    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(*Device, Pdo);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(*Device);
    return status;
}

static HELPER VOID NTAPI NothingToUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}
