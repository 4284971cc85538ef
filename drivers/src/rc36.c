/*
 * rc36-defect: a port driver on a child device that fails IRP_MN_QUERY_REMOVE_DEVICE while its port is open. Who restarts the
 * parent is told that the child's device refused, and not by which handle: R-25, by the IoCompleteRequest call in RefuseRemoval
 * (docs/real-cases.md, RC-36; that the port is open there is only likely). rc36-repaired leaves open handles to the PnP manager,
 * which names the process.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    LONG Opens;
} PORT_EXTENSION;

static HELPER NTSTATUS RefuseRemoval(PIRP Irp)
{
    Irp->IoStatus.Status = STATUS_DEVICE_BUSY;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); /* DEFECT R-25 */
    return STATUS_DEVICE_BUSY;
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
#ifndef REPAIRED
    PORT_EXTENSION *port = DeviceObject->DeviceExtension;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction == IRP_MN_QUERY_REMOVE_DEVICE && port->Opens > 0)
        return RefuseRemoval(Irp);
#endif
    return DispatchPnp(DeviceObject, Irp);
}

static NTSTATUS NTAPI DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    InterlockedIncrement(&((PORT_EXTENSION *)DeviceObject->DeviceExtension)->Opens);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    InterlockedDecrement(&((PORT_EXTENSION *)DeviceObject->DeviceExtension)->Opens);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    return RemoveFdo(fdo, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;

    return AddFdo(DriverObject, Pdo, sizeof(PORT_EXTENSION), &device);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchOwnPnp;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
