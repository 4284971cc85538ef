/*
 * r04-defect: a function driver that forgets IoDeleteDevice on one path of REMOVE, the one after a surprise removal, in the
 * belief that a device that was torn out needs no more care. The device stays in its list for ever and nobody attempts the
 * unload: R-04, made by the IoCreateDevice call in AddDevice. r04-repaired deletes on every path.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    IoDetachDevice(fdo->Lower);
#ifndef REPAIRED
    if (fdo->SurpriseRemoved)
        return status; /* MISSING R-04 */
#endif
    IoDeleteDevice(fdo->Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device); /* DEFECT R-04 */
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
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
