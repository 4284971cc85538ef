/*
 * r24-defect: a filter that completes IRP_MN_REMOVE_DEVICE itself, detaches and deletes, and leaves the drivers below in the dark:
 * R-24, by the IoCompleteRequest call in EndRemove. r24-repaired passes the request down.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NOINLINE NTSTATUS EndRemove(FDO_EXTENSION *fdo, PIRP Irp)
{
#ifdef REPAIRED
    return PassDown(fdo->Lower, Irp);
#else
    NTSTATUS status = STATUS_SUCCESS; /* MISSING R-24 */

    UNREFERENCED_PARAMETER(fdo);
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); /* DEFECT R-24 */
    return status;
#endif
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = EndRemove(fdo, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    return status;
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
    /* Opens and everything else are for the function driver below. */
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchPassDown;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
