/*
 * r25-callback-defect: a function driver that opens its own device once it works, to hear of its removal like any client, and says
 * no in the callback at all times. The removal is refused before any stack is asked, veto type 7 (PNP_VetoDriver): R-25, by
 * TargetChanged. r25-callback-repaired closes its file object and agrees.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

/* GUID_TARGET_DEVICE_QUERY_REMOVE and GUID_TARGET_DEVICE_REMOVE_COMPLETE */
static const GUID QueryRemove = {0xcb3a4006, 0x46f0, 0x11d0, {0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f}};
static const GUID RemoveComplete = {0xcb3a4008, 0x46f0, 0x11d0, {0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f}};

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    PDEVICE_OBJECT Pdo;
    PFILE_OBJECT File;
    PVOID Registration;
} WATCH_EXTENSION;

static VOID CloseFile(WATCH_EXTENSION *watch)
{
    PFILE_OBJECT file = InterlockedExchangePointer((PVOID *)&watch->File, NULL);

    if (file != NULL)
        ObDereferenceObject(file);
}

static BOOLEAN Is(PTARGET_DEVICE_REMOVAL_NOTIFICATION change, const GUID *event)
{
    return RtlCompareMemory(&change->Event, event, sizeof(GUID)) == sizeof(GUID);
}

static NOINLINE NTSTATUS NTAPI TargetChanged(PVOID Notification, PVOID Context)
{ /* DEFECT R-25 callback */
    if (Is(Notification, &RemoveComplete))
        CloseFile(Context);
    if (!Is(Notification, &QueryRemove))
        return STATUS_SUCCESS;
#ifdef REPAIRED
    CloseFile(Context);
    return STATUS_SUCCESS;
#else
    return STATUS_DEVICE_BUSY; /* MISSING R-25 callback */
#endif
}

static NTSTATUS Watch(WATCH_EXTENSION *watch)
{
    WCHAR text[64];
    UNICODE_STRING name;
    PDEVICE_OBJECT top;
    ULONG bytes;
    NTSTATUS status;

    status = IoGetDeviceProperty(watch->Pdo, DevicePropertyPhysicalDeviceObjectName, sizeof(text), text, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, text);
    status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &watch->File, &top);
    if (!NT_SUCCESS(status))
        return status;
    status = IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, watch->File, watch->Fdo.Self->DriverObject,
                                            TargetChanged, watch, &watch->Registration);
    if (!NT_SUCCESS(status))
        CloseFile(watch);
    return status;
}

static VOID NTAPI Started(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    WATCH_EXTENSION *watch = DeviceObject->DeviceExtension;

    Watch(watch);
    IoFreeWorkItem(Context);
    IoReleaseRemoveLock(&watch->Fdo.RemoveLock, Context);
}

/* The device can be opened once its START has succeeded, not before. */
static VOID QueueStarted(WATCH_EXTENSION *watch)
{
    PIO_WORKITEM item = IoAllocateWorkItem(watch->Fdo.Self);

    if (item == NULL)
        return;
    if (NT_SUCCESS(IoAcquireRemoveLock(&watch->Fdo.RemoveLock, item)))
        IoQueueWorkItem(item, Started, DelayedWorkQueue, item);
    else
        IoFreeWorkItem(item);
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    WATCH_EXTENSION *watch = DeviceObject->DeviceExtension;
    BOOLEAN starts = IoGetCurrentIrpStackLocation(Irp)->MinorFunction == IRP_MN_START_DEVICE;
    NTSTATUS status = DispatchPnp(DeviceObject, Irp);

    if (starts && NT_SUCCESS(status) && watch->Registration == NULL)
        QueueStarted(watch);
    return status;
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    WATCH_EXTENSION *watch = (WATCH_EXTENSION *)fdo;

    if (watch->Registration != NULL)
        IoUnregisterPlugPlayNotificationEx(watch->Registration);
    CloseFile(watch);
    return RemoveFdo(fdo, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = AddFdo(DriverObject, Pdo, sizeof(WATCH_EXTENSION), &device);

    if (NT_SUCCESS(status))
        ((WATCH_EXTENSION *)device->DeviceExtension)->Pdo = Pdo;
    return status;
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
