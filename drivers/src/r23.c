/*
 * r23-defect: a legacy driver whose DriverUnload waits for its thread and forgets to tell it to end: the stop never comes back,
 * R-23, by the KeWaitForSingleObject call in WaitForEnd. r23-repaired signals first. r23-request-defect and r23-request-repaired
 * (REQUEST): DriverUnload waits for a request of its own and does not cancel it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR23");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR23");

#ifdef REQUEST

static PIRP Request;
static KEVENT Done;

static VOID NTAPI CancelRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    CompleteRequest(Irp, STATUS_CANCELLED, 0);
}

/* Keeps a request until something happens, which it does not here. */
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

static NTSTATUS Start(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Device)
{
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = DispatchInternalControl;
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    Request = IoAllocateIrp(Device->StackSize, FALSE);
    if (Request == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(Request)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(Request, RequestDone, &Done, TRUE, TRUE, TRUE);
    IoCallDriver(Device, Request);
    return STATUS_SUCCESS;
}

static VOID Stop(VOID)
{
#ifdef REPAIRED
    IoCancelIrp(Request);
#else
    __asm__ volatile(""); /* MISSING R-23 request */
#endif
}

static NOINLINE VOID WaitForEnd(VOID)
{
    KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL); /* DEFECT R-23 request */
    IoFreeIrp(Request);
}

#else

static KEVENT StopWorker;
static PVOID WorkerThread;

static VOID NTAPI Worker(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeWaitForSingleObject(&StopWorker, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS Start(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Device)
{
    HANDLE handle;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(Device);
    KeInitializeEvent(&StopWorker, NotificationEvent, FALSE);
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Worker, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &WorkerThread, NULL);
    ZwClose(handle);
    return status;
}

static VOID Stop(VOID)
{
#ifdef REPAIRED
    KeSetEvent(&StopWorker, IO_NO_INCREMENT, FALSE);
#else
    __asm__ volatile(""); /* MISSING R-23 */
#endif
}

static NOINLINE VOID WaitForEnd(VOID)
{
    KeWaitForSingleObject(WorkerThread, Executive, KernelMode, FALSE, NULL); /* DEFECT R-23 */
    ObDereferenceObject(WorkerThread);
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    Stop();
    WaitForEnd();
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
    status = Start(DriverObject, device);
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
