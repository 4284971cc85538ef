/*
 * t-interrupt: a function driver with a StartIo routine whose device answers by interrupt. A read is started by a write to the
 * command port; the service routine asks the status port whether it was its device and requests the DPC that completes the read
 * and starts the next one. A queued read can be cancelled. For tests/profiles/t-interrupt.json; nothing is wrong here.
 * t-message: the same device with two messages instead of a line: 0 says that the command is done, 1 that something else
 * happened. For tests/profiles/t-message.json.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    PKINTERRUPT Interrupt;
    PIO_INTERRUPT_MESSAGE_INFO Messages;
    PDEVICE_OBJECT Pdo;
    USHORT Ports; /* command, status, data */
} LINE_EXTENSION;

static UCHAR ReadPort(USHORT port)
{
    UCHAR value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static VOID WritePort(USHORT port, UCHAR value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static NOINLINE BOOLEAN NTAPI ServiceRoutine(PKINTERRUPT Interrupt, PVOID Context)
{
    PDEVICE_OBJECT device = Context;
    LINE_EXTENSION *line = device->DeviceExtension;

    UNREFERENCED_PARAMETER(Interrupt);
    if ((ReadPort(line->Ports + 1) & 1) == 0)
        return FALSE;
    IoRequestDpc(device, device->CurrentIrp, NULL);
    return TRUE;
}

#ifdef MESSAGES
static NOINLINE BOOLEAN NTAPI ServiceMessage(PKINTERRUPT Interrupt, PVOID Context, ULONG Message)
{
    return Message == 0 ? ServiceRoutine(Interrupt, Context) : TRUE;
}
#endif

static NOINLINE VOID NTAPI DpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    LINE_EXTENSION *line = DeviceObject->DeviceExtension;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    if (Irp == NULL) /* the device interrupted though nobody had asked it */
        return;
    *(UCHAR *)Irp->AssociatedIrp.SystemBuffer = ReadPort(line->Ports + 2);
    IoStartNextPacket(DeviceObject, TRUE);
    CompleteRequest(Irp, STATUS_SUCCESS, 1);
    IoReleaseRemoveLock(&line->Fdo.RemoveLock, Irp);
}

static VOID NTAPI StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LINE_EXTENSION *line = DeviceObject->DeviceExtension;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    if (Irp != DeviceObject->CurrentIrp || Irp->Cancel) { /* its cancel routine has it */
        IoReleaseCancelSpinLock(irql);
        return;
    }
    IoSetCancelRoutine(Irp, NULL);
    IoReleaseCancelSpinLock(irql);
    WritePort(line->Ports, 1);
}

static VOID NTAPI CancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LINE_EXTENSION *line = DeviceObject->DeviceExtension;

    if (Irp == DeviceObject->CurrentIrp) {
        IoReleaseCancelSpinLock(Irp->CancelIrql);
        IoStartNextPacket(DeviceObject, TRUE);
    } else {
        KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry);
        IoReleaseCancelSpinLock(Irp->CancelIrql);
    }
    CompleteRequest(Irp, STATUS_CANCELLED, 0);
    IoReleaseRemoveLock(&line->Fdo.RemoveLock, Irp);
}

static NTSTATUS NTAPI DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LINE_EXTENSION *line = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&line->Fdo.RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return CompleteRequest(Irp, status, 0);
    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length == 0) {
        IoReleaseRemoveLock(&line->Fdo.RemoveLock, Irp);
        return CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, CancelRead);
    return STATUS_PENDING;
}

#ifdef MESSAGES

static NTSTATUS ConnectInterrupt(LINE_EXTENSION *line, PCM_PARTIAL_RESOURCE_DESCRIPTOR interrupt)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {0};

    if ((interrupt->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) == 0)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.MessageBased.PhysicalDeviceObject = line->Pdo;
    parameters.MessageBased.ConnectionContext.InterruptMessageTable = &line->Messages;
    parameters.MessageBased.MessageServiceRoutine = ServiceMessage;
    parameters.MessageBased.ServiceContext = line->Fdo.Self;
    return IoConnectInterruptEx(&parameters);
}

static VOID Disconnect(LINE_EXTENSION *line)
{
    PIO_INTERRUPT_MESSAGE_INFO messages = InterlockedExchangePointer((PVOID *)&line->Messages, NULL);
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {0};

    if (messages == NULL)
        return;
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.ConnectionContext.InterruptMessageTable = messages;
    IoDisconnectInterruptEx(&parameters);
}

#else

static NTSTATUS ConnectInterrupt(LINE_EXTENSION *line, PCM_PARTIAL_RESOURCE_DESCRIPTOR interrupt)
{
    return IoConnectInterrupt(&line->Interrupt, ServiceRoutine, line->Fdo.Self, NULL, interrupt->u.Interrupt.Vector,
                              (KIRQL)interrupt->u.Interrupt.Level, (KIRQL)interrupt->u.Interrupt.Level, Latched, TRUE,
                              interrupt->u.Interrupt.Affinity, FALSE);
}

static VOID Disconnect(LINE_EXTENSION *line)
{
    PKINTERRUPT interrupt = InterlockedExchangePointer((PVOID *)&line->Interrupt, NULL);

    if (interrupt != NULL)
        IoDisconnectInterrupt(interrupt);
}

#endif

static NTSTATUS Connect(LINE_EXTENSION *line, PCM_RESOURCE_LIST resources)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR interrupt = NULL;
    PCM_PARTIAL_RESOURCE_LIST list;
    ULONG i;

    if (resources == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    list = &resources->List[0].PartialResourceList;
    for (i = 0; i < list->Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor = &list->PartialDescriptors[i];

        if (descriptor->Type == CmResourceTypePort)
            line->Ports = (USHORT)descriptor->u.Port.Start.QuadPart;
        else if (descriptor->Type == CmResourceTypeInterrupt)
            interrupt = descriptor;
    }
    if (interrupt == NULL || line->Ports == 0)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    return ConnectInterrupt(line, interrupt);
}

static NTSTATUS NTAPI DispatchOwnPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LINE_EXTENSION *line = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    switch (location->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = ForwardAndWait(line->Fdo.Lower, Irp);
        if (NT_SUCCESS(status))
            status = Connect(line, location->Parameters.StartDevice.AllocatedResourcesTranslated);
        return CompleteRequest(Irp, status, 0);

    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_REMOVE_DEVICE:
        Disconnect(line);
        break;

    default:
        break;
    }
    return DispatchPnp(DeviceObject, Irp);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    return RemoveFdo(fdo, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = AddFdo(DriverObject, Pdo, sizeof(LINE_EXTENSION), &device);

    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    ((LINE_EXTENSION *)device->DeviceExtension)->Pdo = Pdo;
    IoInitializeDpcRequest(device, DpcForIsr);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchOwnPnp;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    DriverObject->DriverStartIo = StartIo;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = NothingToUnload;
    return STATUS_SUCCESS;
}
