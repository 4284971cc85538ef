/*
 * t-usb: the function driver of a USB device with one bulk endpoint in and one out. START reads the descriptors, selects the
 * configuration and sends a read that waits; REMOVE aborts the pipe and waits until the read has come back. Nothing is wrong
 * here.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"
#include <usb.h>
#include <usbioctl.h>
#include <usbdlib.h>

#define READ_BYTES 64

typedef struct {
    FDO_EXTENSION Fdo;
    UNICODE_STRING InterfaceName;
    USBD_PIPE_HANDLE ReadPipe;
    USBD_PIPE_HANDLE WritePipe;
    PIRP ReadIrp;
    struct _URB_BULK_OR_INTERRUPT_TRANSFER ReadUrb;
    UCHAR ReadBuffer[READ_BYTES];
    KEVENT ReadDone;
    BOOLEAN IsReading;
    ULONG Received;
} USB_EXTENSION;

/* {5d1c9a52-6c0c-4a0e-9d7a-1b2a3c4d5e07} */
static const GUID UsbInterface = {0x5d1c9a52, 0x6c0c, 0x4a0e, {0x9d, 0x7a, 0x1b, 0x2a, 0x3c, 0x4d, 0x5e, 0x07}};

/* Sends a URB and waits for it. */
static NTSTATUS SendUrb(USB_EXTENSION *extension, PVOID urb)
{
    IO_STATUS_BLOCK result;
    KEVENT done;
    PIRP irp;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_USB_SUBMIT_URB, extension->Fdo.Lower, NULL, 0, NULL, 0, TRUE, &done, &result);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(irp)->Parameters.Others.Argument1 = urb;
    status = IoCallDriver(extension->Fdo.Lower, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = result.Status;
    }
    return status;
}

static NTSTATUS GetDescriptor(USB_EXTENSION *extension, UCHAR type, UCHAR index, PVOID buffer, ULONG bytes, ULONG *got)
{
    struct _URB_CONTROL_DESCRIPTOR_REQUEST urb;
    NTSTATUS status;

    RtlZeroMemory(&urb, sizeof(urb));
    urb.Hdr.Length = sizeof(urb);
    urb.Hdr.Function = URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE;
    urb.TransferBufferLength = bytes;
    urb.TransferBuffer = buffer;
    urb.DescriptorType = type;
    urb.Index = index;
    urb.LanguageId = 0x0409;
    status = SendUrb(extension, &urb);
    *got = urb.TransferBufferLength;
    return status;
}

static NTSTATUS Configure(USB_EXTENSION *extension, PUSB_CONFIGURATION_DESCRIPTOR configuration)
{
    USBD_INTERFACE_LIST_ENTRY list[2];
    PUSBD_INTERFACE_INFORMATION chosen;
    PURB urb;
    NTSTATUS status;
    ULONG i;

    RtlZeroMemory(list, sizeof(list));
    list[0].InterfaceDescriptor = USBD_ParseConfigurationDescriptorEx(configuration, configuration, 0, 0, -1, -1, -1);
    if (list[0].InterfaceDescriptor == NULL)
        return STATUS_NO_SUCH_DEVICE;
    urb = USBD_CreateConfigurationRequestEx(configuration, list);
    if (urb == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = SendUrb(extension, urb);
    chosen = list[0].Interface;
    for (i = 0; NT_SUCCESS(status) && i < chosen->NumberOfPipes; i++) {
        if (chosen->Pipes[i].EndpointAddress & 0x80)
            extension->ReadPipe = chosen->Pipes[i].PipeHandle;
        else
            extension->WritePipe = chosen->Pipes[i].PipeHandle;
    }
    ExFreePool(urb);
    return NT_SUCCESS(status) && extension->ReadPipe == NULL ? STATUS_NO_SUCH_DEVICE : status;
}

static NTSTATUS Unconfigure(USB_EXTENSION *extension)
{
    struct _URB_SELECT_CONFIGURATION urb;

    RtlZeroMemory(&urb, sizeof(urb));
    urb.Hdr.Length = sizeof(urb);
    urb.Hdr.Function = URB_FUNCTION_SELECT_CONFIGURATION;
    return SendUrb(extension, &urb);
}

static NTSTATUS ReadCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    USB_EXTENSION *extension = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    extension->Received += extension->ReadUrb.TransferBufferLength;
    KeSetEvent(&extension->ReadDone, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Sends the read that waits for the device. */
static NTSTATUS StartReading(USB_EXTENSION *extension)
{
    PIO_STACK_LOCATION stack;

    extension->ReadIrp = IoAllocateIrp(extension->Fdo.Lower->StackSize, FALSE);
    if (extension->ReadIrp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(&extension->ReadUrb, sizeof(extension->ReadUrb));
    extension->ReadUrb.Hdr.Length = sizeof(extension->ReadUrb);
    extension->ReadUrb.Hdr.Function = URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER;
    extension->ReadUrb.PipeHandle = extension->ReadPipe;
    extension->ReadUrb.TransferFlags = USBD_TRANSFER_DIRECTION_IN | USBD_SHORT_TRANSFER_OK;
    extension->ReadUrb.TransferBuffer = extension->ReadBuffer;
    extension->ReadUrb.TransferBufferLength = READ_BYTES;
    stack = IoGetNextIrpStackLocation(extension->ReadIrp);
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = IOCTL_INTERNAL_USB_SUBMIT_URB;
    stack->Parameters.Others.Argument1 = &extension->ReadUrb;
    IoSetCompletionRoutine(extension->ReadIrp, ReadCompleted, extension, TRUE, TRUE, TRUE);
    extension->IsReading = TRUE;
    IoCallDriver(extension->Fdo.Lower, extension->ReadIrp);
    return STATUS_SUCCESS;
}

static VOID StopReading(USB_EXTENSION *extension)
{
    struct _URB_PIPE_REQUEST urb;

    if (!extension->IsReading)
        return;
    extension->IsReading = FALSE;
    RtlZeroMemory(&urb, sizeof(urb));
    urb.Hdr.Length = sizeof(urb);
    urb.Hdr.Function = URB_FUNCTION_ABORT_PIPE;
    urb.PipeHandle = extension->ReadPipe;
    SendUrb(extension, &urb); /* fails when the device is gone; its bus has then failed the read */
    KeWaitForSingleObject(&extension->ReadDone, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(extension->ReadIrp);
    extension->ReadIrp = NULL;
}

static NTSTATUS StartDevice(USB_EXTENSION *extension, PIRP Irp)
{
    USB_DEVICE_DESCRIPTOR device;
    UCHAR configuration[256];
    UCHAR text[64];
    ULONG got;
    NTSTATUS status = ForwardAndWait(extension->Fdo.Lower, Irp);

    if (NT_SUCCESS(status))
        status = GetDescriptor(extension, USB_DEVICE_DESCRIPTOR_TYPE, 0, &device, sizeof(device), &got);
    if (NT_SUCCESS(status) && (got != sizeof(device) || device.bDescriptorType != USB_DEVICE_DESCRIPTOR_TYPE || device.idVendor != 0x1209))
        status = STATUS_NO_SUCH_DEVICE;
    if (NT_SUCCESS(status))
        status = GetDescriptor(extension, USB_STRING_DESCRIPTOR_TYPE, device.iProduct, text, sizeof(text), &got);
    if (NT_SUCCESS(status))
        status = GetDescriptor(extension, USB_CONFIGURATION_DESCRIPTOR_TYPE, 0, configuration, sizeof(configuration), &got);
    if (NT_SUCCESS(status))
        status = Configure(extension, (PUSB_CONFIGURATION_DESCRIPTOR)configuration);
    if (NT_SUCCESS(status))
        status = StartReading(extension);
    if (NT_SUCCESS(status))
        status = IoSetDeviceInterfaceState(&extension->InterfaceName, TRUE);
    IoReleaseRemoveLock(&extension->Fdo.RemoveLock, Irp);
    return CompleteRequest(Irp, status, Irp->IoStatus.Information);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    USB_EXTENSION *extension = CONTAINING_RECORD(fdo, USB_EXTENSION, Fdo);
    NTSTATUS status;

    IoSetDeviceInterfaceState(&extension->InterfaceName, FALSE);
    StopReading(extension);
    if (extension->ReadPipe != NULL && !fdo->SurpriseRemoved)
        Unconfigure(extension);
    status = PassDown(fdo->Lower, Irp);
    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    RtlFreeUnicodeString(&extension->InterfaceName);
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    return status;
}

static NTSTATUS DispatchUsbPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    USB_EXTENSION *extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_START_DEVICE)
        return DispatchPnp(DeviceObject, Irp);
    status = IoAcquireRemoveLock(&extension->Fdo.RemoveLock, Irp);
    return NT_SUCCESS(status) ? StartDevice(extension, Irp) : CompleteRequest(Irp, status, 0);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    USB_EXTENSION *extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(USB_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeEvent(&extension->ReadDone, NotificationEvent, FALSE);
    status = IoRegisterDeviceInterface(Pdo, &UsbInterface, NULL, &extension->InterfaceName);
    if (NT_SUCCESS(status)) {
        status = AttachFdo(device, Pdo);
        if (!NT_SUCCESS(status))
            RtlFreeUnicodeString(&extension->InterfaceName);
    }
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchUsbPnp;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
