/*
 * rc31-defect: the function driver of a child device, in the place of the streaming class driver of the report. It references
 * the child's PDO with every open, and gives the reference back at the close only while the device is there: after the bus was
 * pulled out with the child open, the PDO, which is a device of the bus driver, stays for ever, and the bus driver with it: R-12,
 * by the ObfReferenceObject call in KeepDevice (docs/real-cases.md, RC-31: there nobody found out who held the PDO, so this is
 * one way to get the picture of the report, not its cause). rc31-repaired gives the reference back at every close.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static NOINLINE VOID KeepDevice(PDEVICE_OBJECT Pdo)
{
    ObReferenceObject(Pdo); /* DEFECT R-12 */
    DbgPrint("rc31: one more open\n");
}

static NTSTATUS NTAPI DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;

    KeepDevice(fdo->Lower);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FDO_EXTENSION *fdo = DeviceObject->DeviceExtension;

#ifndef REPAIRED
    if (!fdo->SurpriseRemoved) /* MISSING R-12 */
#endif
        ObDereferenceObject(fdo->Lower);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
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
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
