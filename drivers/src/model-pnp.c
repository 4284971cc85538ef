/*
 * model-pnp: a function driver that does everything right. AddDevice attaches to the device, START enables an interface,
 * reads wait in a cancel-safe queue until a write answers them, REMOVE undoes all of it under a remove lock.
 * Nothing is wrong here.
 * SPDX-License-Identifier: MIT
 */
#include "forward.h"
#include "pnp-queue.h"

#define IOCTL_MODEL_STATE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef enum { NotStarted, Started, StopPending, Stopped, RemovePending, SurpriseRemoved, Removed } PNP_STATE;

typedef struct {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING InterfaceName;
    READ_QUEUE Reads;
    PNP_STATE State;
    PNP_STATE StateBefore; /* what a cancelled stop or removal returns to */
    DEVICE_POWER_STATE PowerState;
} MODEL_EXTENSION;

/* {5d1c9a52-6c0c-4a0e-9d7a-1b2a3c4d5e01} */
static const GUID ModelInterface = {0x5d1c9a52, 0x6c0c, 0x4a0e, {0x9d, 0x7a, 0x1b, 0x2a, 0x3c, 0x4d, 0x5e, 0x01}};

static VOID EnterState(MODEL_EXTENSION *extension, PNP_STATE state)
{
    extension->StateBefore = extension->State;
    extension->State = state;
}

static BOOLEAN AcceptsRequests(const MODEL_EXTENSION *extension)
{
    return extension->State == Started || extension->State == StopPending;
}

static NTSTATUS PAGED StartDevice(MODEL_EXTENSION *extension, PIRP Irp)
{
    POWER_STATE power;
    NTSTATUS status = ForwardAndWait(extension->Lower, Irp);

    if (NT_SUCCESS(status)) {
        power.DeviceState = extension->PowerState = PowerDeviceD0;
        PoSetPowerState(extension->Self, DevicePowerState, power);
        status = IoSetDeviceInterfaceState(&extension->InterfaceName, TRUE);
    }
    if (NT_SUCCESS(status))
        EnterState(extension, Started);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return CompleteRequest(Irp, status, 0);
}

static VOID StopWork(MODEL_EXTENSION *extension)
{
    IoSetDeviceInterfaceState(&extension->InterfaceName, FALSE);
    ReadQueueFailAll(&extension->Reads, NULL, STATUS_DELETE_PENDING);
}

static NTSTATUS PAGED RemoveDevice(MODEL_EXTENSION *extension, PIRP Irp)
{
    PDEVICE_OBJECT lower = extension->Lower;
    PDEVICE_OBJECT self = extension->Self;
    NTSTATUS status;

    if (extension->State != SurpriseRemoved)
        StopWork(extension);
    EnterState(extension, Removed);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = PassDown(lower, Irp);
    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);

    IoDetachDevice(lower);
    RtlFreeUnicodeString(&extension->InterfaceName);
    IoDeleteDevice(self);
    return status;
}

static NTSTATUS PAGED DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return StartDevice(extension, Irp);

    case IRP_MN_REMOVE_DEVICE:
        return RemoveDevice(extension, Irp);

    case IRP_MN_SURPRISE_REMOVAL:
        EnterState(extension, SurpriseRemoved);
        StopWork(extension);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_QUERY_REMOVE_DEVICE:
        EnterState(extension, RemovePending);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_QUERY_STOP_DEVICE:
        EnterState(extension, StopPending);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_STOP_DEVICE:
        EnterState(extension, Stopped);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
        /* Windows may send a cancel without a query before it: only undo what a query did. */
        status = ForwardAndWait(extension->Lower, Irp);
        if (extension->State == RemovePending || extension->State == StopPending)
            extension->State = extension->StateBefore;
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return CompleteRequest(Irp, STATUS_SUCCESS, 0);

    default:
        break;
    }

    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        PoStartNextPowerIrp(Irp);
        return CompleteRequest(Irp, status, 0);
    }

    if (stack->MinorFunction == IRP_MN_SET_POWER && stack->Parameters.Power.Type == DevicePowerState) {
        extension->PowerState = stack->Parameters.Power.State.DeviceState;
        PoSetPowerState(DeviceObject, DevicePowerState, stack->Parameters.Power.State);
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchSystemControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;

    return CompleteRequest(Irp, AcceptsRequests(extension) ? STATUS_SUCCESS : STATUS_DELETE_PENDING, 0);
}

static NTSTATUS DispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;

    ReadQueueFailAll(&extension->Reads, IoGetCurrentIrpStackLocation(Irp)->FileObject, STATUS_CANCELLED);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

/* A read waits for the next write. */
static NTSTATUS DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    if (AcceptsRequests(extension)) {
        IoCsqInsertIrp(&extension->Reads.Queue, Irp, NULL);
        status = STATUS_PENDING;
    } else {
        status = CompleteRequest(Irp, STATUS_DELETE_PENDING, 0);
    }
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    ULONG bytes = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    if (AcceptsRequests(extension)) {
        ReadQueueAnswer(&extension->Reads, Irp->AssociatedIrp.SystemBuffer, bytes);
        status = CompleteRequest(Irp, STATUS_SUCCESS, bytes);
    } else {
        status = CompleteRequest(Irp, STATUS_DELETE_PENDING, 0);
    }
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_MODEL_STATE) {
        status = CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    } else if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
        status = CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    } else {
        *(ULONG *)Irp->AssociatedIrp.SystemBuffer = extension->State;
        status = CompleteRequest(Irp, STATUS_SUCCESS, sizeof(ULONG));
    }
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS NTAPI PAGED AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    MODEL_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(MODEL_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    extension = device->DeviceExtension;
    extension->Self = device;
    extension->Pdo = Pdo;
    extension->PowerState = PowerDeviceD3;
    IoInitializeRemoveLock(&extension->RemoveLock, POOL_TAG, 0, 0);
    ReadQueueInitialize(&extension->Reads);

    status = IoRegisterDeviceInterface(Pdo, &ModelInterface, NULL, &extension->InterfaceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL) {
        RtlFreeUnicodeString(&extension->InterfaceName);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Flags |= DO_BUFFERED_IO | (extension->Lower->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH));
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI PAGED DriverUnload(PDRIVER_OBJECT DriverObject)
{
    /* Every device went with its REMOVE; DriverEntry allocated nothing. */
    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("model-pnp: unloading\n");
}

NTSTATUS NTAPI INIT_CODE DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchSystemControl;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchDeviceControl;
    return STATUS_SUCCESS;
}
