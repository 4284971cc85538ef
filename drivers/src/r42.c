/*
 * r42-defect: a legacy driver with a thread of its own that DriverUnload neither stops nor waits for. A thread from
 * PsCreateSystemThread holds nothing: the image goes while the thread sleeps in it: R-42, by the call in StartThread.
 * r42-repaired signals the thread and waits for its end.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR42");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR42");

static KEVENT StopThread;
static PVOID Thread;
static LONG Rounds;

/* Looks around every second until it is told to stop. */
static VOID NTAPI ThreadRoutine(PVOID Context)
{
    LARGE_INTEGER second;

    UNREFERENCED_PARAMETER(Context);
    second.QuadPart = -1000 * 10000LL;
    while (KeWaitForSingleObject(&StopThread, Executive, KernelMode, FALSE, &second) == STATUS_TIMEOUT)
        InterlockedIncrement(&Rounds);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NOINLINE NTSTATUS StartThread(VOID)
{
    HANDLE handle;
    NTSTATUS status;

    KeInitializeEvent(&StopThread, NotificationEvent, FALSE);
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine, NULL); /* DEFECT R-42 */
    if (!NT_SUCCESS(status))
        return status;
#ifdef REPAIRED
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread, NULL);
#endif
    ZwClose(handle);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    KeSetEvent(&StopThread, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
#else
    Thread = NULL; /* MISSING R-42 */
#endif
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = StartThread();
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
