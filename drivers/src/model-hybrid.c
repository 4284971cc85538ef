/*
 * model-hybrid-stays: a hybrid driver, that is a function driver with one control device for its service program. The first
 * AddDevice creates the control device, and only DriverUnload deletes it. The PnP manager calls DriverUnload of a driver that
 * has no device left, so it never does: R-03, made by the IoCreateDevice call in CreateControlDevice.
 * model-hybrid-safe (REPAIRED): the same driver. The control device comes with the first PnP device and goes with the last
 * one, under a mutex held across counting and acting.
 * SPDX-License-Identifier: MIT
 */
#include "forward.h"

#define IOCTL_HYBRID_DEVICE_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x820, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* The first field of both extensions tells the dispatch routines which kind of device they got. */
typedef struct {
    BOOLEAN IsControlDevice;
} COMMON_EXTENSION;

typedef struct {
    COMMON_EXTENSION Common;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
} STACK_EXTENSION;

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\ModelHybridControl");
static UNICODE_STRING ControlLink = RTL_CONSTANT_STRING(L"\\DosDevices\\ModelHybridControl");

static KMUTEX ControlLock; /* guards the two below, across check and action; links need PASSIVE_LEVEL, so no fast mutex */
static ULONG StackDevices;
static PDEVICE_OBJECT ControlDevice;

static BOOLEAN IsControlDevice(PDEVICE_OBJECT DeviceObject)
{
    return ((COMMON_EXTENSION *)DeviceObject->DeviceExtension)->IsControlDevice;
}

static NTSTATUS PAGED CreateControlDevice(PDRIVER_OBJECT DriverObject)
{
    COMMON_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(COMMON_EXTENSION), &ControlName, /* DEFECT R-03 */
                            FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &ControlDevice);
    if (!NT_SUCCESS(status))
        return status;

    status = IoCreateSymbolicLink(&ControlLink, &ControlName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(ControlDevice);
        ControlDevice = NULL;
        return status;
    }

    extension = ControlDevice->DeviceExtension;
    extension->IsControlDevice = TRUE;
    ControlDevice->Flags |= DO_BUFFERED_IO;
    ControlDevice->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID PAGED DeleteControlDevice(VOID)
{
    if (ControlDevice == NULL)
        return;
    IoDeleteSymbolicLink(&ControlLink);
    IoDeleteDevice(ControlDevice);
    ControlDevice = NULL;
}

static NTSTATUS PAGED StackDeviceAdded(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeWaitForSingleObject(&ControlLock, Executive, KernelMode, FALSE, NULL);
    if (ControlDevice == NULL)
        status = CreateControlDevice(DriverObject);
    if (NT_SUCCESS(status))
        StackDevices++;
    KeReleaseMutex(&ControlLock, FALSE);
    return status;
}

static VOID PAGED StackDeviceRemoved(VOID)
{
    KeWaitForSingleObject(&ControlLock, Executive, KernelMode, FALSE, NULL);
    StackDevices--;
#ifdef REPAIRED
    if (StackDevices == 0)
        DeleteControlDevice();
#else
    /* MISSING R-03: the last stack device goes, the control device stays and is left to DriverUnload. */
#endif
    KeReleaseMutex(&ControlLock, FALSE);
}

static NTSTATUS PAGED RemoveDevice(PDEVICE_OBJECT DeviceObject, STACK_EXTENSION *extension, PIRP Irp)
{
    PDEVICE_OBJECT lower = extension->Lower;
    NTSTATUS status;

    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = PassDown(lower, Irp);
    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
    StackDeviceRemoved();
    IoDetachDevice(lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

static NTSTATUS PAGED DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    STACK_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (extension->Common.IsControlDevice)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = ForwardAndWait(extension->Lower, Irp);
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return CompleteRequest(Irp, status, 0);

    case IRP_MN_REMOVE_DEVICE:
        return RemoveDevice(DeviceObject, extension, Irp);

    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;

    default:
        break;
    }

    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    STACK_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    PoStartNextPowerIrp(Irp);
    if (extension->Common.IsControlDevice)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchSystemControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    STACK_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (extension->Common.IsControlDevice)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);

    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (!IsControlDevice(DeviceObject)
        || stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_HYBRID_DEVICE_COUNT)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
        return CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);

    *(ULONG *)Irp->AssociatedIrp.SystemBuffer = StackDevices;
    return CompleteRequest(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

static NTSTATUS NTAPI PAGED AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    STACK_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(STACK_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    extension = device->DeviceExtension;
    IoInitializeRemoveLock(&extension->RemoveLock, POOL_TAG, 0, 0);
    status = StackDeviceAdded(DriverObject);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }

    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL) {
        StackDeviceRemoved();
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    device->Flags |= extension->Lower->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI PAGED DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteControlDevice();
}

NTSTATUS NTAPI INIT_CODE DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeMutex(&ControlLock, 0);
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchSystemControl;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchDeviceControl;
    return STATUS_SUCCESS;
}
