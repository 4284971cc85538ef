/*
 * r25-defect: a function driver that fails IRP_MN_QUERY_REMOVE_DEVICE because it "is busy", which it says at all times. The
 * device can neither be disabled nor updated without a restart: R-25, by the IoCompleteRequest call in RefuseRemoval.
 * r25-repaired passes the request down.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    return RemoveFdo(fdo, Irp);
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

    return AddFdo(DriverObject, Pdo, sizeof(FDO_EXTENSION), &device);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchOwnPnp;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
