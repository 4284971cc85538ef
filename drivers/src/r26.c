/*
 * r26-defect: a function driver that always reports PNP_DEVICE_NOT_DISABLEABLE, not only while a paging, hibernation or dump
 * file is on its device: R-26, by the IoCallDriver call in AnswerState. r26-repaired reports it while such a file is there.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static LONG FilesOnDevice;

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    return RemoveFdo(fdo, Irp);
}

static NOINLINE NTSTATUS AnswerState(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status;

#ifdef REPAIRED
    if (FilesOnDevice > 0)
#endif
        Irp->IoStatus.Information |= PNP_DEVICE_NOT_DISABLEABLE;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(fdo->Lower, Irp); /* DEFECT R-26 */
    return status;
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

    if (location->MinorFunction == IRP_MN_QUERY_PNP_DEVICE_STATE)
        return AnswerState(fdo, Irp);
    if (location->MinorFunction == IRP_MN_DEVICE_USAGE_NOTIFICATION)
        InterlockedExchangeAdd(&FilesOnDevice, location->Parameters.UsageNotification.InPath ? 1 : -1);
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
