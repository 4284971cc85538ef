/*
 * surprise-delete-defect: a function driver that takes its device down in IRP_MN_SURPRISE_REMOVAL, as if nothing came after it.
 * IRP_MN_REMOVE_DEVICE comes when the last handle is closed, to whatever lies in that memory by then; Driver Verifier stops the
 * IoDeleteDevice call in TakeDown (0xC9, rule 0x242): R-45. With -DDETACHES (surprise-detach-defect) it only detaches there, which
 * is rule 0x241. The repaired ones wait for REMOVE.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

#ifndef REPAIRED

static NOINLINE VOID TakeDown(FDO_EXTENSION *fdo)
{
#ifdef DETACHES
    IoDetachDevice(fdo->Lower); /* DEFECT R-45 detach */
#else
    IoDeleteDevice(fdo->Self); /* DEFECT R-45 delete */
#endif
    DbgPrint("surprise: gone\n");
}

#endif

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
#ifndef REPAIRED
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction == IRP_MN_SURPRISE_REMOVAL) {
        NTSTATUS status;

        Irp->IoStatus.Status = STATUS_SUCCESS;
        status = PassDown(fdo->Lower, Irp);
        TakeDown(fdo); /* MISSING R-45 */
        return status;
    }
#endif
    return DispatchPnp(DeviceObject, Irp);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    return RemoveFdo(fdo, Irp);
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
