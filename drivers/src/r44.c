/*
 * r44-defect: a legacy driver that sends a request of its own to a queue device and does not wait for it when it leaves. The
 * request holds nothing: the image goes, and its completion routine lies in memory that is gone: R-44, by the IoCallDriver
 * call in SendRequest. r44-repaired takes the request out of the queue, completes it and waits for its completion routine.
 * r44-interrupt-defect (INTERRUPT): the same with a service routine, by the IoConnectInterrupt call in ConnectToLine;
 * r44-interrupt-repaired disconnects it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR44");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR44");

static PDEVICE_OBJECT Device;

#ifdef INTERRUPT

static PKINTERRUPT Interrupt;

static BOOLEAN NTAPI ServiceRoutine(PKINTERRUPT InterruptObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(InterruptObject);
    UNREFERENCED_PARAMETER(Context);
    return FALSE;
}

static NOINLINE NTSTATUS ConnectToLine(VOID)
{
    NTSTATUS status;

    status = IoConnectInterrupt(&Interrupt, ServiceRoutine, NULL, NULL, 0x50, 5, 5, LevelSensitive, TRUE, 1, FALSE); /* DEFECT R-44 line */
    return status;
}

static NTSTATUS Begin(VOID)
{
    return ConnectToLine();
}

static VOID End(VOID)
{
#ifdef REPAIRED
    IoDisconnectInterrupt(Interrupt);
#else
    Interrupt = NULL; /* MISSING R-44 line */
#endif
}

#else

static PIRP Kept;
static KEVENT RequestDone;

static NTSTATUS KeepRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    Kept = Irp;
    return STATUS_PENDING;
}

static NTSTATUS NTAPI RequestCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    IoFreeIrp(Irp);
    KeSetEvent(&RequestDone, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NOINLINE NTSTATUS SendRequest(VOID)
{
    PIRP irp = IoAllocateIrp(Device->StackSize, FALSE);
    NTSTATUS status;

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    IoSetCompletionRoutine(irp, RequestCompleted, NULL, TRUE, TRUE, TRUE);
    status = IoCallDriver(Device, irp); /* DEFECT R-44 */
    return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
}

static NTSTATUS Begin(VOID)
{
    KeInitializeEvent(&RequestDone, NotificationEvent, FALSE);
    return SendRequest();
}

static VOID End(VOID)
{
#ifdef REPAIRED
    CompleteRequest(Kept, STATUS_CANCELLED, 0);
    KeWaitForSingleObject(&RequestDone, Executive, KernelMode, FALSE, NULL);
#else
    Kept = NULL; /* MISSING R-44 */
#endif
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    End();
    DeleteNamedDevice(Device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;
#ifndef INTERRUPT
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = KeepRequest;
#endif
    status = Begin();
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(Device, &LinkName);
    return status;
}
