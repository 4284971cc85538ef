/*
 * rc24-defect: a legacy driver that keeps reads in the context of their open. IRP_MJ_CLEANUP forgets the context first, so the cancel
 * routine, which looks the request up in it, finds nothing to complete: R-19, by the dispatch routine KeepRead (docs/real-cases.md,
 * RC-24). rc24-repaired completes the requests of the open in IRP_MJ_CLEANUP before it forgets it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefRc24");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefRc24");

/* One open, one request: enough for the mistake. */
static PFILE_OBJECT CurrentOpen;
static PIRP Kept;
static KSPIN_LOCK Lock;

static VOID NTAPI CancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIRP found = NULL;
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&Lock, &irql);
    if (CurrentOpen != NULL && Kept == Irp) {
        found = Irp;
        Kept = NULL;
    }
    KeReleaseSpinLock(&Lock, irql);
    if (found != NULL)
        CompleteRequest(found, STATUS_CANCELLED, 0);
}

static NTSTATUS KeepRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{ /* DEFECT R-19 */
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    KeAcquireSpinLock(&Lock, &irql);
    if (Kept != NULL) {
        KeReleaseSpinLock(&Lock, irql);
        return CompleteRequest(Irp, STATUS_DEVICE_BUSY, 0);
    }
    IoMarkIrpPending(Irp);
    CurrentOpen = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    Kept = Irp;
    IoSetCancelRoutine(Irp, CancelRead);
    KeReleaseSpinLock(&Lock, irql);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI DispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIRP kept = NULL;
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    KeAcquireSpinLock(&Lock, &irql);
    if (CurrentOpen == IoGetCurrentIrpStackLocation(Irp)->FileObject) {
#ifdef REPAIRED
        if (Kept != NULL && IoSetCancelRoutine(Kept, NULL) != NULL) {
            kept = Kept;
            Kept = NULL;
        }
#else
        /* MISSING R-19: the request is still there, and its cancel routine will not find it. */
#endif
        CurrentOpen = NULL;
    }
    KeReleaseSpinLock(&Lock, irql);
    if (kept != NULL)
        CompleteRequest(kept, STATUS_CANCELLED, 0);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeSpinLock(&Lock);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (NT_SUCCESS(status)) {
        DriverObject->MajorFunction[IRP_MJ_READ] = KeepRead;
        DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
    }
    return status;
}
