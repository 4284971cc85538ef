/*
 * r12-volume-defect: a neighbour of t-disk, a file system that mounts every disk and never dismounts. The I/O manager references
 * the disk for whoever mounts it, and that reference is the file system's to give back: DriverUnload of the disk's driver runs
 * and deletes the disk, but its memory and with it the image stay: R-12. r12-volume-repaired dismounts with the last close.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

/* ntifs.h, which does not go together with ntddk.h. */
__declspec(dllimport) VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT DeviceObject);

static PDEVICE_OBJECT FileSystemDevice;

typedef struct {
    PVPB Vpb;
    PDEVICE_OBJECT Storage;
    LONG Opens;
} VOLUME;

static NTSTATUS MountVolume(PIO_STACK_LOCATION Location)
{
    PDEVICE_OBJECT device;
    VOLUME *volume;
    NTSTATUS status = IoCreateDevice(FileSystemDevice->DriverObject, sizeof(VOLUME), NULL, FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    volume = device->DeviceExtension;
    volume->Vpb = Location->Parameters.MountVolume.Vpb;
    volume->Storage = Location->Parameters.MountVolume.DeviceObject;
    volume->Vpb->DeviceObject = device;
    device->Flags = (device->Flags | DO_DIRECT_IO) & ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

#ifdef REPAIRED
static VOID DismountVolume(PDEVICE_OBJECT Device)
{
    VOLUME *volume = Device->DeviceExtension;
    PDEVICE_OBJECT storage = volume->Storage;

    volume->Vpb->DeviceObject = NULL;
    volume->Vpb->Flags &= ~VPB_MOUNTED;
    IoDeleteDevice(Device);
    ObDereferenceObject(storage);
}
#endif

static NTSTATUS CloseVolume(PDEVICE_OBJECT Device, PIRP Irp)
{
    VOLUME *volume = Device->DeviceExtension;
    BOOLEAN isLast = InterlockedDecrement(&volume->Opens) == 0;

    CompleteRequest(Irp, STATUS_SUCCESS, 0);
#ifdef REPAIRED
    if (isLast)
        DismountVolume(Device);
#else
    UNREFERENCED_PARAMETER(isLast); /* MISSING R-12 */
#endif
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI DispatchAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    VOLUME *volume = DeviceObject->DeviceExtension;

    if (DeviceObject == FileSystemDevice) {
        if (location->MajorFunction != IRP_MJ_FILE_SYSTEM_CONTROL)
            return CompleteRequest(Irp, STATUS_SUCCESS, 0);
        if (location->MinorFunction != IRP_MN_MOUNT_VOLUME)
            return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
        return CompleteRequest(Irp, MountVolume(location), 0);
    }
    if (location->MajorFunction == IRP_MJ_CREATE) {
        location->FileObject->Vpb = volume->Vpb;
        InterlockedIncrement(&volume->Opens);
    }
    if (location->MajorFunction == IRP_MJ_CLOSE)
        return CloseVolume(DeviceObject, Irp);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = DispatchAny;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &FileSystemDevice);
    if (NT_SUCCESS(status))
        IoRegisterFileSystem(FileSystemDevice);
    return status;
}
