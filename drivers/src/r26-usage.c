/*
 * r26-usage-defect: a function driver whose device may carry a paging file. It counts the file when it comes and forgets it when it
 * goes, and so reports PNP_DEVICE_NOT_DISABLEABLE until the next restart: R-26, by the IoCallDriver call in AnswerState.
 * r26-usage-repaired counts both ways; that its device cannot be removed while the file is there is as it should be.
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

    if (FilesOnDevice > 0)
        Irp->IoStatus.Information |= PNP_DEVICE_NOT_DISABLEABLE;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(fdo->Lower, Irp); /* DEFECT R-26 usage */
    return status;
}

static VOID CountFile(PIO_STACK_LOCATION location)
{
    if (location->Parameters.UsageNotification.InPath)
        InterlockedIncrement(&FilesOnDevice);
#ifdef REPAIRED
    else
        InterlockedDecrement(&FilesOnDevice);
#else
    /* MISSING R-26 usage */
#endif
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

    if (location->MinorFunction == IRP_MN_QUERY_PNP_DEVICE_STATE)
        return AnswerState(DeviceObject->DeviceExtension, Irp);
    if (location->MinorFunction == IRP_MN_DEVICE_USAGE_NOTIFICATION)
        CountFile(location);
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
