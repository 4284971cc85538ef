/*
 * r49-defect: a function driver that queues a last piece of work when its device goes and does not wait for it. DriverUnload
 * runs, and for as long as the work takes the image stays; a device that arrives in that time cannot have the driver (code 38),
 * one that arrives later can: R-49, by the IoQueueWorkItem call in QueueLastWork. r49-repaired waits for the work in REMOVE.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static KEVENT WorkDone;

static VOID NTAPI LastWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    LARGE_INTEGER time;

    UNREFERENCED_PARAMETER(DeviceObject);
    time.QuadPart = -500 * 10000; /* half a second */
    KeDelayExecutionThread(KernelMode, FALSE, &time);
    IoFreeWorkItem((PIO_WORKITEM)Context);
    KeSetEvent(&WorkDone, IO_NO_INCREMENT, FALSE);
}

static NOINLINE VOID QueueLastWork(PDEVICE_OBJECT DeviceObject)
{
    PIO_WORKITEM item = IoAllocateWorkItem(DeviceObject);

    if (item == NULL)
        return;
    KeClearEvent(&WorkDone);
    IoQueueWorkItem(item, LastWork, DelayedWorkQueue, item); /* DEFECT R-49 */
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    QueueLastWork(fdo->Self);
#ifdef REPAIRED
    KeWaitForSingleObject(&WorkDone, Executive, KernelMode, FALSE, NULL);
#else
    /* MISSING R-49 */
#endif
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
    KeInitializeEvent(&WorkDone, NotificationEvent, TRUE);
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
