/*
 * rc39-defect: a function driver that has a request of its own under way and waits for it in IRP_MN_REMOVE_DEVICE, without a limit
 * and without cancelling it; its device is gone and will never answer. After https://github.com/bobranten/Ext4Fsd/pull/93 (RC-39):
 * rc39-repaired cancels the request first.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    PIRP Request;
    KEVENT Done;
} BUSY_EXTENSION;

static VOID NTAPI CancelRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    CompleteRequest(Irp, STATUS_CANCELLED, 0);
}

/* What would give the request to the hardware. */
static NTSTATUS DispatchInternalControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelRequest);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI RequestDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS SendRequest(BUSY_EXTENSION *busy)
{
    KeInitializeEvent(&busy->Done, NotificationEvent, FALSE);
    busy->Request = IoAllocateIrp(busy->Fdo.Self->StackSize, FALSE);
    if (busy->Request == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(busy->Request)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(busy->Request, RequestDone, &busy->Done, TRUE, TRUE, TRUE);
    IoCallDriver(busy->Fdo.Self, busy->Request);
    return STATUS_SUCCESS;
}

static NOINLINE VOID WaitForRequest(BUSY_EXTENSION *busy)
{
    KeWaitForSingleObject(&busy->Done, Executive, KernelMode, FALSE, NULL); /* DEFECT R-23 */
    IoFreeIrp(busy->Request);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *base, PIRP Irp)
{
    BUSY_EXTENSION *busy = (BUSY_EXTENSION *)base;

#ifdef REPAIRED
    IoCancelIrp(busy->Request);
#else
    __asm__ volatile(""); /* MISSING R-23 */
#endif
    WaitForRequest(busy);
    return RemoveFdo(base, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = AddFdo(DriverObject, Pdo, sizeof(BUSY_EXTENSION), &device);

    if (!NT_SUCCESS(status))
        return status;
    status = SendRequest(device->DeviceExtension);
    if (!NT_SUCCESS(status)) {
        IoDetachDevice(((FDO_EXTENSION *)device->DeviceExtension)->Lower);
        IoDeleteDevice(device);
    }
    return status;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = DispatchInternalControl;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
