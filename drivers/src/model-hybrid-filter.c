/*
 * model-hybrid-filter: a filter with a control device beside its stack devices, safe. All filter devices are in one list;
 * the control device comes with the first entry and goes with the last, under a lock held across check and action.
 * Nothing is wrong here.
 * SPDX-License-Identifier: MIT
 */
#include "forward.h"

#define IOCTL_FILTER_STATISTICS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct {
    ULONG Devices;
    ULONG RequestsPassed;
} FILTER_STATISTICS;

/* NULL in DeviceExtension->Lower marks the control device: a filter device always has one below it. */
typedef struct {
    PDEVICE_OBJECT Lower;
    LIST_ENTRY Link;
    IO_REMOVE_LOCK RemoveLock;
    LONG RequestsPassed;
} FILTER_EXTENSION;

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\ModelHybridFilter");
static UNICODE_STRING ControlLink = RTL_CONSTANT_STRING(L"\\DosDevices\\ModelHybridFilter");

static KEVENT FilterLock; /* signalled while free: a wait lock that leaves its holder at PASSIVE_LEVEL */
static LIST_ENTRY Filters;
static PDEVICE_OBJECT ControlDevice;

static VOID AcquireFilterLock(VOID)
{
    KeEnterCriticalRegion();
    KeWaitForSingleObject(&FilterLock, Executive, KernelMode, FALSE, NULL);
}

static VOID ReleaseFilterLock(VOID)
{
    KeSetEvent(&FilterLock, IO_NO_INCREMENT, FALSE);
    KeLeaveCriticalRegion();
}

static NTSTATUS PAGED CreateControlDevice(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(FILTER_EXTENSION), &ControlName, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&ControlLink, &ControlName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    ControlDevice = device;
    return STATUS_SUCCESS;
}

static NTSTATUS PAGED EnterList(PDRIVER_OBJECT DriverObject, FILTER_EXTENSION *extension)
{
    NTSTATUS status = STATUS_SUCCESS;

    AcquireFilterLock();
    if (IsListEmpty(&Filters))
        status = CreateControlDevice(DriverObject);
    if (NT_SUCCESS(status))
        InsertTailList(&Filters, &extension->Link);
    ReleaseFilterLock();
    return status;
}

static VOID PAGED LeaveList(FILTER_EXTENSION *extension)
{
    AcquireFilterLock();
    RemoveEntryList(&extension->Link);
    if (IsListEmpty(&Filters)) {
        IoDeleteSymbolicLink(&ControlLink);
        IoDeleteDevice(ControlDevice);
        ControlDevice = NULL;
    }
    ReleaseFilterLock();
}

static NTSTATUS ControlDeviceRequest(PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    FILTER_STATISTICS *statistics = Irp->AssociatedIrp.SystemBuffer;
    PLIST_ENTRY entry;

    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return CompleteRequest(Irp, STATUS_SUCCESS, 0);

    case IRP_MJ_DEVICE_CONTROL:
        break;

    default:
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_FILTER_STATISTICS)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(FILTER_STATISTICS))
        return CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);

    RtlZeroMemory(statistics, sizeof(FILTER_STATISTICS));
    AcquireFilterLock();
    for (entry = Filters.Flink; entry != &Filters; entry = entry->Flink) {
        statistics->Devices++;
        statistics->RequestsPassed += CONTAINING_RECORD(entry, FILTER_EXTENSION, Link)->RequestsPassed;
    }
    ReleaseFilterLock();
    return CompleteRequest(Irp, STATUS_SUCCESS, sizeof(FILTER_STATISTICS));
}

static NTSTATUS DispatchAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (extension->Lower == NULL)
        return ControlDeviceRequest(Irp);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    InterlockedIncrement(&extension->RequestsPassed);
    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    PoStartNextPowerIrp(Irp);
    if (extension->Lower == NULL)
        return ControlDeviceRequest(Irp);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS PAGED DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    PDEVICE_OBJECT lower = extension->Lower;
    NTSTATUS status;

    if (lower == NULL)
        return ControlDeviceRequest(Irp);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        status = PassDown(lower, Irp);
        IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
        LeaveList(extension);
        IoDetachDevice(lower);
        IoDeleteDevice(DeviceObject);
        return status;

    case IRP_MN_START_DEVICE:
        status = ForwardAndWait(lower, Irp);
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return CompleteRequest(Irp, status, Irp->IoStatus.Information);

    case IRP_MN_SURPRISE_REMOVAL:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    default:
        break;
    }

    status = PassDown(lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS NTAPI PAGED AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    FILTER_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FILTER_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    extension = device->DeviceExtension;
    IoInitializeRemoveLock(&extension->RemoveLock, POOL_TAG, 0, 0);
    status = EnterList(DriverObject, extension);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL) {
        LeaveList(extension);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->DeviceType = extension->Lower->DeviceType;
    device->Characteristics |= extension->Lower->Characteristics;
    device->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI PAGED DriverUnload(PDRIVER_OBJECT DriverObject)
{
    /* The control device went with the last filter device, or this would not be called. */
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI INIT_CODE DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG major;

    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeEvent(&FilterLock, SynchronizationEvent, TRUE);
    InitializeListHead(&Filters);
    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        DriverObject->MajorFunction[major] = DispatchAny;
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
