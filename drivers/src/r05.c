/*
 * r05-defect: a filter that deletes its device in REMOVE without detaching it first. The device below keeps a pointer to it, so
 * its own deletion is never completed and its driver is never attempted: R-05, by the IoAttachDeviceToDeviceStack call in
 * AddDevice that RemoveDevice does not undo. r05-repaired detaches.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
#ifdef REPAIRED
    IoDetachDevice(fdo->Lower);
#else
    /* MISSING R-05 */
#endif
    IoDeleteDevice(fdo->Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    FDO_EXTENSION *fdo;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;

    fdo = device->DeviceExtension;
    fdo->Self = device;
    IoInitializeRemoveLock(&fdo->RemoveLock, POOL_TAG, 0, 0);
    fdo->Lower = IoAttachDeviceToDeviceStack(device, Pdo); /* DEFECT R-05 */
    if (fdo->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= fdo->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG major;

    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++) {
        if (major != IRP_MJ_PNP && major != IRP_MJ_POWER)
            DriverObject->MajorFunction[major] = DispatchPassDown;
    }
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
