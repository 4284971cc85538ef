/*
 * model-legacy: a legacy driver that does everything right. DriverEntry creates a device and its link, an application may
 * open it, write a text, read it back and ask for counts; DriverUnload takes everything down in reverse order.
 * Nothing is wrong here.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

#define IOCTL_MODEL_ECHO CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_MODEL_COUNTS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

#define TEXT_BYTES 256

typedef struct {
    ULONG Opens;
    ULONG Cleanups;
    ULONG Closes;
    ULONG Transfers;
} MODEL_COUNTS;

typedef struct {
    FAST_MUTEX Lock;
    MODEL_COUNTS Counts;
    ULONG TextBytes;
    UCHAR *Text;
} MODEL_EXTENSION;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\ModelLegacy");

static NTSTATUS DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;

    InterlockedIncrement((LONG *)&extension->Counts.Opens);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;

    InterlockedIncrement((LONG *)&extension->Counts.Cleanups);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;

    InterlockedIncrement((LONG *)&extension->Counts.Closes);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    ULONG bytes = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

    ExAcquireFastMutex(&extension->Lock);
    if (bytes > extension->TextBytes)
        bytes = extension->TextBytes;
    if (bytes != 0)
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, extension->Text, bytes);
    extension->Counts.Transfers++;
    ExReleaseFastMutex(&extension->Lock);
    return CompleteRequest(Irp, STATUS_SUCCESS, bytes);
}

static NTSTATUS DispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    ULONG bytes = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;

    if (bytes > TEXT_BYTES)
        return CompleteRequest(Irp, STATUS_INVALID_BUFFER_SIZE, 0);

    ExAcquireFastMutex(&extension->Lock);
    if (bytes != 0)
        RtlCopyMemory(extension->Text, Irp->AssociatedIrp.SystemBuffer, bytes);
    extension->TextBytes = bytes;
    extension->Counts.Transfers++;
    ExReleaseFastMutex(&extension->Lock);
    return CompleteRequest(Irp, STATUS_SUCCESS, bytes);
}

static NTSTATUS DispatchDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MODEL_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG input = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG output = stack->Parameters.DeviceIoControl.OutputBufferLength;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_MODEL_ECHO:
        /* Buffered transfer: input and output are the same buffer, so echoing is only a matter of length. */
        return CompleteRequest(Irp, STATUS_SUCCESS, input < output ? input : output);

    case IOCTL_MODEL_COUNTS:
        if (output < sizeof(MODEL_COUNTS))
            return CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        *(MODEL_COUNTS *)Irp->AssociatedIrp.SystemBuffer = extension->Counts;
        return CompleteRequest(Irp, STATUS_SUCCESS, sizeof(MODEL_COUNTS));

    default:
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;
    MODEL_EXTENSION *extension = device->DeviceExtension;

    IoDeleteSymbolicLink(&LinkName);
    ExFreePoolWithTag(extension->Text, POOL_TAG);
    IoDeleteDevice(device);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    MODEL_EXTENSION *extension;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof(MODEL_EXTENSION), &DeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;

    device->Flags |= DO_BUFFERED_IO;
    extension = device->DeviceExtension;
    ExInitializeFastMutex(&extension->Lock);
    extension->Text = ExAllocatePoolWithTag(NonPagedPool, TEXT_BYTES, POOL_TAG);
    if (extension->Text == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(extension->Text, POOL_TAG);
        IoDeleteDevice(device);
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchDeviceControl;
    DriverObject->DriverUnload = DriverUnload;
    DbgPrint("model-legacy: ready\n");
    return STATUS_SUCCESS;
}
