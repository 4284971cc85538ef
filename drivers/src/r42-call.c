/*
 * r42-call-defect: a legacy driver that lets other drivers send it a request that it waits in, and leaves while one is still inside.
 * A request without a file object holds nothing: the image goes, and the call returns to where it was: R-42, found by the return
 * address on the caller's stack. r42-call-repaired ends the wait and lets the request out before DriverUnload returns.
 * r42-caller (CALLER) is the other driver: it sends the request from a thread of its own, and stays.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR42Call");

#ifdef CALLER

static PDEVICE_OBJECT Target;
static KEVENT Done;

static NTSTATUS NTAPI Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    IoFreeIrp(Irp);
    KeSetEvent(&Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID NTAPI SendRequest(PVOID Context)
{
    PIRP irp = IoAllocateIrp(Target->StackSize, FALSE);

    UNREFERENCED_PARAMETER(Context);
    if (irp != NULL) {
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
        IoSetCompletionRoutine(irp, Completed, NULL, TRUE, TRUE, TRUE);
        IoCallDriver(Target, irp);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PFILE_OBJECT file;
    HANDLE thread;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    status = IoGetDeviceObjectPointer(&DeviceName, FILE_READ_DATA, &file, &Target);
    if (!NT_SUCCESS(status))
        return status;
    status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, SendRequest, NULL);
    if (NT_SUCCESS(status))
        ZwClose(thread);
    ObDereferenceObject(file);
    return status;
}

#else

static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR42Call");

static KEVENT Flushed;
static LONG Inside;
static KEVENT Empty;

static NOINLINE NTSTATUS WaitForFlush(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedIncrement(&Inside);
    KeClearEvent(&Empty);
    KeWaitForSingleObject(&Flushed, Executive, KernelMode, FALSE, NULL); /* DEFECT R-42 */
    CompleteRequest(Irp, STATUS_SUCCESS, 0);
    if (InterlockedDecrement(&Inside) == 0)
        KeSetEvent(&Empty, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    LARGE_INTEGER moment;

    KeSetEvent(&Flushed, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(&Empty, Executive, KernelMode, FALSE, NULL);
    moment.QuadPart = -10000; /* a millisecond, for the call to get from the event to its return */
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
#else
    /* MISSING R-42 */
#endif
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    KeInitializeEvent(&Flushed, NotificationEvent, FALSE);
    KeInitializeEvent(&Empty, NotificationEvent, TRUE);
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (NT_SUCCESS(status))
        DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = WaitForFlush;
    return status;
}

#endif
