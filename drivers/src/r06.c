/*
 * r06-defect: a function driver for one device at a time. AddDevice refuses a second one, but only after it has created a
 * device object, and forgets that one on its error path. No REMOVE will ever come for it: R-06, by the IoCreateDevice call in
 * AddDevice. r06-repaired deletes it before it returns the error.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static LONG DevicesAttached;

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    InterlockedDecrement(&DevicesAttached);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device); /* DEFECT R-06 */
    if (!NT_SUCCESS(status))
        return status;

    if (InterlockedIncrement(&DevicesAttached) > 1)
        status = STATUS_DEVICE_ALREADY_ATTACHED;
    else
        status = AttachFdo(device, Pdo);

    if (!NT_SUCCESS(status)) {
        InterlockedDecrement(&DevicesAttached);
#ifdef REPAIRED
        IoDeleteDevice(device);
#else
        /* MISSING R-06 */
#endif
    }
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
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
