/*
 * r15-volume-defect: a RAM disk with a file system of its own. It registers that, opens its volume, so that it is mounted, and
 * takes the registration back, as it should. What stays is the file system's own file object on the volume, made by
 * KeepVolumeFile: it counts as an open of the disk for as long as the volume is mounted, and the volume is dismounted in
 * DriverUnload, which is not called before: R-15. r15-volume-repaired dismounts with the last close.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

/* ntifs.h, which does not go together with ntddk.h. */
__declspec(dllimport) VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT DeviceObject);
__declspec(dllimport) VOID NTAPI IoUnregisterFileSystem(PDEVICE_OBJECT DeviceObject);
__declspec(dllimport) PFILE_OBJECT NTAPI IoCreateStreamFileObject(PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject);

static UNICODE_STRING DiskName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR15Disk");
static UNICODE_STRING DiskLink = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR15Disk");
static UNICODE_STRING FileSystemName = RTL_CONSTANT_STRING(L"\\LastRefR15FileSystem");
static PDEVICE_OBJECT DiskDevice, FileSystemDevice, VolumeDevice, StorageDevice;
static PFILE_OBJECT VolumeFile;
static PVPB Vpb;
static LONG VolumeOpens;

static NOINLINE VOID KeepVolumeFile(VOID)
{
    VolumeFile = IoCreateStreamFileObject(NULL, Vpb->RealDevice); /* DEFECT R-15 */
    VolumeFile->Vpb = Vpb;
}

static NTSTATUS MountVolume(PIO_STACK_LOCATION Location)
{
    NTSTATUS status;

    if (Location->Parameters.MountVolume.Vpb->RealDevice != DiskDevice)
        return STATUS_UNRECOGNIZED_VOLUME;
    status = IoCreateDevice(DiskDevice->DriverObject, 0, NULL, FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &VolumeDevice);
    if (!NT_SUCCESS(status))
        return status;
    Vpb = Location->Parameters.MountVolume.Vpb;
    StorageDevice = Location->Parameters.MountVolume.DeviceObject;
    VolumeDevice->Flags = (VolumeDevice->Flags | DO_DIRECT_IO) & ~DO_DEVICE_INITIALIZING;
    Vpb->DeviceObject = VolumeDevice;
    KeepVolumeFile();
    return STATUS_SUCCESS;
}

/* Gives back what the mount took: the file system's own file, the volume, and the reference on the storage stack. */
static NOINLINE VOID DismountVolume(VOID)
{
    ObDereferenceObject(VolumeFile);
    Vpb->DeviceObject = NULL;
    Vpb->Flags &= ~VPB_MOUNTED;
    IoDeleteDevice(VolumeDevice);
    ObDereferenceObject(StorageDevice);
    VolumeDevice = NULL;
}

static NTSTATUS CloseVolume(PIRP Irp, PFILE_OBJECT File)
{
    BOOLEAN isLast = File != VolumeFile && InterlockedDecrement(&VolumeOpens) == 0;

    CompleteRequest(Irp, STATUS_SUCCESS, 0);
#ifdef REPAIRED
    if (isLast)
        DismountVolume();
#else
    UNREFERENCED_PARAMETER(isLast); /* MISSING R-15 */
#endif
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI DispatchAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

    if (DeviceObject == FileSystemDevice && location->MajorFunction == IRP_MJ_FILE_SYSTEM_CONTROL) {
        if (location->MinorFunction != IRP_MN_MOUNT_VOLUME)
            return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
        return CompleteRequest(Irp, MountVolume(location), 0);
    }
    if (DeviceObject == VolumeDevice && location->MajorFunction == IRP_MJ_CREATE) {
        location->FileObject->Vpb = Vpb;
        InterlockedIncrement(&VolumeOpens);
    }
    if (DeviceObject == VolumeDevice && location->MajorFunction == IRP_MJ_CLOSE)
        return CloseVolume(Irp, location->FileObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

/* The first open of the disk mounts it. */
static NTSTATUS OpenAndClose(VOID)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    HANDLE handle;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &DiskName, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenFile(&handle, FILE_READ_DATA | SYNCHRONIZE, &attributes, &block, FILE_SHARE_READ, FILE_SYNCHRONOUS_IO_NONALERT);
    if (NT_SUCCESS(status))
        ZwClose(handle);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (VolumeDevice)
        DismountVolume(); /* too late where a volume is mounted: this routine is not called while it is */
    IoDeleteSymbolicLink(&DiskLink);
    IoDeleteDevice(FileSystemDevice);
    IoDeleteDevice(DiskDevice);
}

static NTSTATUS CreateDevices(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, &DiskName, FILE_DEVICE_VIRTUAL_DISK, FILE_DEVICE_SECURE_OPEN, FALSE, &DiskDevice);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(DriverObject, 0, &FileSystemName, FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &FileSystemDevice);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&DiskLink, &DiskName);
    if (!NT_SUCCESS(status)) {
        if (FileSystemDevice)
            IoDeleteDevice(FileSystemDevice);
        IoDeleteDevice(DiskDevice);
        return status;
    }
    DiskDevice->Flags = (DiskDevice->Flags | DO_DIRECT_IO) & ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = DispatchAny;
    status = CreateDevices(DriverObject);
    if (!NT_SUCCESS(status))
        return status;
    IoRegisterFileSystem(FileSystemDevice);
    status = OpenAndClose();
    IoUnregisterFileSystem(FileSystemDevice);
    if (!NT_SUCCESS(status))
        DriverUnload(DriverObject);
    return status;
}
