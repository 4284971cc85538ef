/*
 * rc28-defect: a filter above somebody else's function driver that keeps a reference to that driver's device when the device is
 * removed. The function driver's DriverUnload runs and its device is deleted, but its memory stays, and with it that driver's image:
 * the next device finds the old one (code 38): R-12, by the ObfReferenceObject call in WatchDevice (docs/real-cases.md, RC-28,
 * whose mechanism is only likely). rc28-repaired gives the reference back when its own device is removed.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NOINLINE VOID WatchDevice(PDEVICE_OBJECT Device)
{
    ObReferenceObject(Device); /* DEFECT R-12 */
    DbgPrint("rc28: watching a device\n");
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    PDEVICE_OBJECT lower = fdo->Lower;
    NTSTATUS status = PassDown(lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(lower);
#ifdef REPAIRED
    ObDereferenceObject(lower);
#else
    /* MISSING R-12 */
#endif
    IoDeleteDevice(fdo->Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(device, Pdo);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    WatchDevice(((FDO_EXTENSION *)device->DeviceExtension)->Lower);
    return STATUS_SUCCESS;
}

/* A filter passes opens on. */
static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchPassDown;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
