/*
 * r30-defect: a legacy driver whose work item waits for a stop event that DriverUnload forgets to set. DriverUnload runs and
 * deletes the device, but a queued or running work item keeps the device and so the image: R-30, by the IoQueueWorkItem call in
 * StartWorker. r30-repaired signals and waits. r30-thread-defect and r30-thread-repaired (THREAD): the same with
 * IoCreateSystemThread in place of the work item.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

#ifdef THREAD
/* Windows 8 and later; not in the headers this is built with. */
__declspec(dllimport) NTSTATUS NTAPI IoCreateSystemThread(PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess,
                                                          POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                                          PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                                          PVOID StartContext);
#endif

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR30");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR30");

static PDEVICE_OBJECT Device;
static KEVENT StopWorker;
static KEVENT WorkerStopped;

static VOID WaitForStop(VOID)
{
    KeWaitForSingleObject(&StopWorker, Executive, KernelMode, FALSE, NULL);
    KeSetEvent(&WorkerStopped, IO_NO_INCREMENT, FALSE);
}

#ifdef THREAD

static VOID NTAPI Worker(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    WaitForStop();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NOINLINE NTSTATUS StartWorker(VOID)
{
    HANDLE thread;
    NTSTATUS status;

    status = IoCreateSystemThread(Device, &thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Worker, NULL); /* DEFECT R-30 thread */
    if (NT_SUCCESS(status))
        ZwClose(thread);
    return status;
}

static HELPER VOID FreeWorker(VOID)
{
}

#else

static PIO_WORKITEM WorkItem;

static VOID NTAPI Worker(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    WaitForStop();
}

static NOINLINE NTSTATUS StartWorker(VOID)
{
    WorkItem = IoAllocateWorkItem(Device);
    if (WorkItem == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoQueueWorkItem(WorkItem, Worker, DelayedWorkQueue, NULL); /* DEFECT R-30 */
    return STATUS_SUCCESS;
}

static HELPER VOID FreeWorker(VOID)
{
    IoFreeWorkItem(WorkItem);
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
#ifdef REPAIRED
    KeSetEvent(&StopWorker, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(&WorkerStopped, Executive, KernelMode, FALSE, NULL);
    FreeWorker();
#else
    /* MISSING R-30 */
#endif
    DeleteNamedDevice(Device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeEvent(&StopWorker, NotificationEvent, FALSE);
    KeInitializeEvent(&WorkerStopped, NotificationEvent, FALSE);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;
    status = StartWorker();
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(Device, &LinkName);
    return status;
}
