/*
 * model-filter: a filter driver, upper or lower, that does everything right. It looks like the device below it, passes every
 * request down, and leaves with its stack. Nothing is wrong here.
 * SPDX-License-Identifier: MIT
 */
#include "forward.h"

typedef struct {
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    LONG RequestsPassed;
} FILTER_EXTENSION;

/* What a filter has to repeat so that the I/O manager treats requests to it as it would those to the device below. */
static VOID CopyCharacter(PDEVICE_OBJECT device, PDEVICE_OBJECT lower)
{
    device->DeviceType = lower->DeviceType;
    device->Characteristics |= lower->Characteristics & (FILE_REMOVABLE_MEDIA | FILE_READ_ONLY_DEVICE | FILE_FLOPPY_DISKETTE);
    device->Flags |= lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
}

static NTSTATUS DispatchPassDown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    InterlockedIncrement(&extension->RequestsPassed);
    status = PassDown(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

static NTSTATUS PAGED StartDevice(PDEVICE_OBJECT DeviceObject, FILTER_EXTENSION *extension, PIRP Irp)
{
    NTSTATUS status = ForwardAndWait(extension->Lower, Irp);

    /* The device below may only now know that its medium is removable. */
    if (NT_SUCCESS(status))
        DeviceObject->Characteristics |= extension->Lower->Characteristics & FILE_REMOVABLE_MEDIA;
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return CompleteRequest(Irp, status, Irp->IoStatus.Information);
}

static NTSTATUS PAGED RemoveDevice(PDEVICE_OBJECT DeviceObject, FILTER_EXTENSION *extension, PIRP Irp)
{
    PDEVICE_OBJECT lower = extension->Lower;
    NTSTATUS status = PassDown(lower, Irp);

    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
    IoDetachDevice(lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

static NTSTATUS PAGED DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILTER_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return StartDevice(DeviceObject, extension, Irp);

    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
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

static NTSTATUS NTAPI PAGED AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    FILTER_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FILTER_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    extension = device->DeviceExtension;
    IoInitializeRemoveLock(&extension->RemoveLock, POOL_TAG, 0, 0);
    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    CopyCharacter(device, extension->Lower);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI PAGED DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI INIT_CODE DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG major;

    UNREFERENCED_PARAMETER(RegistryPath);
    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        DriverObject->MajorFunction[major] = DispatchPassDown;
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
