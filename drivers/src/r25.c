/*
 * r25-defect: a function driver that fails IRP_MN_QUERY_REMOVE_DEVICE because it "is busy", which it says at all times. The
 * device can neither be disabled nor updated without a restart: R-25, by the IoCompleteRequest call in RefuseRemoval.
 * r25-repaired passes the request down.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    return status;
}

static HELPER NTSTATUS RefuseRemoval(PIRP Irp)
{
    Irp->IoStatus.Status = STATUS_DEVICE_BUSY;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); /* DEFECT R-25 */
    return STATUS_DEVICE_BUSY;
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
#ifndef REPAIRED
    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction == IRP_MN_QUERY_REMOVE_DEVICE)
        return RefuseRemoval(Irp);
#endif
    return DispatchPnp(DeviceObject, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(device, Pdo);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchOwnPnp;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
