/*
 * r16-defect: a neighbour of model-legacy, a legacy filter. It attaches above that driver's device and never detaches; having no
 * DriverUnload it cannot be asked to leave either. The lower driver's unload is deferred for ever: R-16, by the
 * IoAttachDeviceToDeviceStackSafe call in AttachToTarget. r16-repaired watches for a tenth of a second, then detaches by itself,
 * and earlier when it is unloaded. Load it after model-legacy.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");

static PDEVICE_OBJECT Filter;
static PDEVICE_OBJECT Lower;
static LONG RequestsSeen;

static NTSTATUS DispatchPassDown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedIncrement(&RequestsSeen);
    return PassDown(Lower, Irp);
}

static NOINLINE NTSTATUS AttachToTarget(PDRIVER_OBJECT DriverObject)
{
    PFILE_OBJECT file;
    PDEVICE_OBJECT target;
    NTSTATUS status = IoGetDeviceObjectPointer(&TargetName, FILE_READ_DATA, &file, &target);

    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateDevice(DriverObject, 0, NULL, target->DeviceType, 0, FALSE, &Filter);
    if (NT_SUCCESS(status)) {
        Filter->Flags |= target->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
        /* The safe form sets Lower before the first request can arrive. */
        status = IoAttachDeviceToDeviceStackSafe(Filter, target, &Lower); /* DEFECT R-16 */
        if (!NT_SUCCESS(status))
            IoDeleteDevice(Filter);
    }
    /* The open was only needed to find the device; from here on the attachment keeps it. */
    ObDereferenceObject(file);
    return status;
}

#ifdef REPAIRED

static KEVENT StopWatching;
static PVOID WatchThread;

static VOID NTAPI Watch(PVOID Context)
{
    LARGE_INTEGER timeout;

    UNREFERENCED_PARAMETER(Context);
    timeout.QuadPart = -100 * 10000LL; /* 100 ms */
    KeWaitForSingleObject(&StopWatching, Executive, KernelMode, FALSE, &timeout);
    IoDetachDevice(Lower);
    IoDeleteDevice(Filter);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS StartWatching(VOID)
{
    HANDLE handle;
    NTSTATUS status;

    KeInitializeEvent(&StopWatching, NotificationEvent, FALSE);
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Watch, NULL);
    if (!NT_SUCCESS(status)) {
        IoDetachDevice(Lower);
        IoDeleteDevice(Filter);
        return status;
    }
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &WatchThread, NULL);
    ZwClose(handle);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeSetEvent(&StopWatching, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(WatchThread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(WatchThread);
}

#endif

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG major;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        DriverObject->MajorFunction[major] = DispatchPassDown;
    status = AttachToTarget(DriverObject);
    if (!NT_SUCCESS(status))
        return status;
#ifdef REPAIRED
    DriverObject->DriverUnload = DriverUnload;
    status = StartWatching();
#endif
    return status;
}
