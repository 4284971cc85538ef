/*
 * r01-pnp-defect: a function driver without DriverUnload. Its devices come and go, its image stays: nobody attempts the unload
 * of a driver that cannot be unloaded, for want of one assignment in DriverEntry. r01-pnp-repaired has it.
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

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(device, Pdo);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}

#ifdef REPAIRED
static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}
#endif

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->DriverExtension->AddDevice = AddDevice;
#ifdef REPAIRED
    DriverObject->DriverUnload = DriverUnload;
#else
    /* MISSING R-01 */
#endif
    return STATUS_SUCCESS;
}
