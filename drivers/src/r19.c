/*
 * r19-defect: a legacy driver that keeps reads and control requests in a list until there is an event to report, and there never
 * is one. It has no cancel routine and ignores IRP_MJ_CLEANUP, so a request outlives its handle and keeps the file open: R-19,
 * by the dispatch routine KeepRequest. r19-repaired sets a cancel routine and empties the list in IRP_MJ_CLEANUP.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR19");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR19");

static LIST_ENTRY Requests;
static KSPIN_LOCK RequestsLock;

#ifdef REPAIRED

static VOID NTAPI CancelRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);

    KeAcquireSpinLock(&RequestsLock, &irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&RequestsLock, irql);
    CompleteRequest(Irp, STATUS_CANCELLED, 0);
}

/* Takes one request of a file object off the list; one whose cancel routine is already on its way is left to that. */
static PIRP TakeRequest(PFILE_OBJECT FileObject)
{
    PIRP found = NULL;
    PLIST_ENTRY entry;
    KIRQL irql;

    KeAcquireSpinLock(&RequestsLock, &irql);
    for (entry = Requests.Flink; entry != &Requests && found == NULL; entry = entry->Flink) {
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (IoGetCurrentIrpStackLocation(irp)->FileObject == FileObject && IoSetCancelRoutine(irp, NULL) != NULL)
            found = irp;
    }
    if (found != NULL)
        RemoveEntryList(&found->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&RequestsLock, irql);
    return found;
}

static NTSTATUS DispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PIRP kept;

    UNREFERENCED_PARAMETER(DeviceObject);
    while ((kept = TakeRequest(file)) != NULL)
        CompleteRequest(kept, STATUS_CANCELLED, 0);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

#endif

static NTSTATUS KeepRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{ /* DEFECT R-19 */
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    KeAcquireSpinLock(&RequestsLock, &irql);
#ifdef REPAIRED
    IoSetCancelRoutine(Irp, CancelRequest);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        KeReleaseSpinLock(&RequestsLock, irql);
        return CompleteRequest(Irp, STATUS_CANCELLED, 0);
    }
#endif
    IoMarkIrpPending(Irp);
    InsertTailList(&Requests, &Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&RequestsLock, irql);
    return STATUS_PENDING;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    /* Every handle is closed, so the list is empty. */
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    InitializeListHead(&Requests);
    KeInitializeSpinLock(&RequestsLock);
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status))
        return status;

    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_READ] = KeepRequest;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = KeepRequest;
#ifdef REPAIRED
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
#else
    /* MISSING R-19 */
#endif
    return STATUS_SUCCESS;
}
