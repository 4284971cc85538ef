using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Connected interrupts (U-6.58); the lab's hardware raises them.</summary>
internal sealed partial class IoManager
{
    // IO_CONNECT_INTERRUPT_PARAMETERS: Version 0, PhysicalDeviceObject 8, InterruptObject 10h, ServiceRoutine 18h, ServiceContext 20h,
    // SpinLock 28h, SynchronizeIrql 30h; fully specified: FloatingSave 31h, ShareVector 32h, Vector 34h, Irql 38h (wdm.h).
    private const uint ConnectFullySpecified = 1;
    private const uint ConnectLineBased = 2;
    private const uint ConnectMessageBased = 3;
    private const int FallBackServiceRoutine = 0x38;
    private const int LineBasedIrql = 6;
    private readonly List<KInterrupt> _interrupts = [];

    /// <summary>Interrupts that are connected, in the order of connection.</summary>
    public IReadOnlyList<KInterrupt> Interrupts => _interrupts;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.58", Doc = "IoConnectInterrupt, WDK reference")]
    internal NtStatus IoConnectInterrupt(
        Out<VirtualAddress> interruptObject, VirtualAddress serviceRoutine, VirtualAddress serviceContext, VirtualAddress spinLock, uint vector,
        Irql irql, Irql synchronizeIrql, uint interruptMode, NtBoolean shareVector, ulong processorEnableMask, NtBoolean floatingSave)
    {
        interruptObject.Set(Memory, VirtualAddress.Null);
        if (irql > synchronizeIrql)
            return NtStatus.InvalidParameter;
        interruptObject.Set(Memory, Connect(serviceRoutine, serviceContext, spinLock, vector, irql, synchronizeIrql, VirtualAddress.Null));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.58")]
    internal GuestTask IoDisconnectInterrupt(KInterrupt interruptObject)
    {
        Disconnect(interruptObject);
        return GuestTask.CompletedTask;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.58", Doc = "IoConnectInterruptEx, CONNECT_MESSAGE_BASED: a device without messages gets the fallback routine on its line")]
    internal NtStatus IoConnectInterruptEx(VirtualAddress parameters)
    {
        var version = Memory.ReadUInt32(parameters);
        if (version == ConnectMessageBased)
            return ConnectMessages(parameters);
        if (version is not (ConnectFullySpecified or ConnectLineBased))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"IoConnectInterruptEx with version {version}");
        var isLine = version == ConnectLineBased;
        var irql = isLine ? (Irql)LineBasedIrql : (Irql)Memory.ReadByte(parameters + 0x38);
        var synchronize = (Irql)Memory.ReadByte(parameters + 0x30);
        var interrupt = Connect(
            Memory.ReadPointer(parameters + 0x18), Memory.ReadPointer(parameters + 0x20), Memory.ReadPointer(parameters + 0x28),
            isLine ? LineVector(parameters) : Memory.ReadUInt32(parameters + 0x34), irql, synchronize < irql ? irql : synchronize, Memory.ReadPointer(parameters + 8));
        Memory.WritePointer(Memory.ReadPointer(parameters + 0x10), interrupt);
        return NtStatus.Success;
    }

    /// <summary>The vector of the line that the device has; zero for one that has none (Doc: IoConnectInterruptEx, CONNECT_LINE_BASED).</summary>
    private uint LineVector(VirtualAddress parameters) =>
        _kernel.Pnp.DeviceOfPdo(Memory.ReadPointer(parameters + 8))?.AssignedResources.FirstOrDefault(r => r is { Kind: DeviceResourceKind.Interrupt, Messages: 0 }) is { } line
            ? PnpManager.VectorOf(line.Start)
            : 0;

    /// <summary>A device that signals no messages: the fallback routine is connected to the line, and the caller is told so by the version.</summary>
    private NtStatus ConnectFallBack(VirtualAddress parameters)
    {
        var synchronize = (Irql)Memory.ReadByte(parameters + 0x30);
        var interrupt = Connect(
            Memory.ReadPointer(parameters + FallBackServiceRoutine), Memory.ReadPointer(parameters + 0x20), Memory.ReadPointer(parameters + 0x28),
            LineVector(parameters), (Irql)LineBasedIrql, synchronize < (Irql)LineBasedIrql ? (Irql)LineBasedIrql : synchronize, Memory.ReadPointer(parameters + 8));
        Memory.WritePointer(Memory.ReadPointer(parameters + 0x10), interrupt);
        Memory.WriteUInt32(parameters, ConnectLineBased);
        return NtStatus.Success;
    }

    /// <summary>IO_DISCONNECT_INTERRUPT_PARAMETERS: Version 0, the interrupt object or the table of messages 8 (wdm.h).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.58")]
    internal void IoDisconnectInterruptEx(VirtualAddress parameters)
    {
        var connection = Memory.ReadPointer(parameters + 8);
        if (Memory.ReadUInt32(parameters) == ConnectMessageBased)
            DisconnectMessages(connection);
        else
            Disconnect(new KInterrupt(Memory, connection));
    }

    /// <summary>Calls a connected service routine as the hardware does.</summary>
    /// <returns>Whether the routine said that its device had interrupted.</returns>
    public async GuestTask<bool> RaiseInterrupt(KInterrupt interrupt)
    {
        var before = _kernel.Ke.CurrentIrql;
        if (before >= interrupt.SynchronizeIrql)
            throw new InvariantException("An interrupt was raised above its own level.");
        _kernel.Ke.CurrentIrql = interrupt.SynchronizeIrql;
        _kernel.Ke.KeAcquireSpinLockAtDpcLevel(interrupt.ActualLock);
        var message = interrupt.MessageServiceRoutine;
        var result = message.IsNull
            ? await _kernel.CallDriver(
                DriverCallKind.Interrupt, VirtualAddress.Null, _kernel.CurrentThread, interrupt.ServiceRoutine,
                interrupt.Address.Value, interrupt.ServiceContext.Value)
            : await _kernel.CallDriver(
                DriverCallKind.Interrupt, VirtualAddress.Null, _kernel.CurrentThread, message,
                interrupt.Address.Value, interrupt.ServiceContext.Value, interrupt.MessageIndex);
        _kernel.Ke.KeReleaseSpinLockFromDpcLevel(interrupt.ActualLock);
        _kernel.Ke.LowerIrql(before);
        return (byte)result != 0;
    }

    /// <param name="message">Which message the routine is called for; null for an interrupt by wire.</param>
    private VirtualAddress Connect(
        VirtualAddress routine, VirtualAddress context, VirtualAddress spinLock, uint vector, Irql irql, Irql synchronizeIrql, VirtualAddress device,
        uint? message = null)
    {
        var bytes = KInterrupt.SizeOf(Memory.Layout);
        var interrupt = new KInterrupt(Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Io, null));
        interrupt.SetType(Memory, (short)DispatcherType.Interrupt);
        interrupt.SetSize(Memory, (short)bytes);
        interrupt.SetServiceRoutine(Memory, message is null ? routine : MessageDispatch);
        if (message is { } number)
        {
            interrupt.SetMessageServiceRoutine(Memory, routine);
            interrupt.SetMessageIndex(Memory, number);
        }

        interrupt.SetServiceContext(Memory, context);
        interrupt.SetActualLock(Memory, spinLock.IsNull ? interrupt.SpinLockAddress : spinLock);
        interrupt.SetVector(Memory, vector);
        interrupt.SetIrql(Memory, irql);
        interrupt.SetSynchronizeIrql(Memory, synchronizeIrql);
        interrupt.SetConnected(Memory, true);
        _interrupts.Add(interrupt);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Interrupt, true, interrupt.Address, routine, device));
        return interrupt.Address;
    }

    private void Disconnect(KInterrupt interrupt)
    {
        if (_interrupts.RemoveAll(i => i.Address == interrupt.Address) == 0)
            throw MachineStopException.BugCheck(0xC4, "an interrupt was disconnected that is not connected", 0, interrupt.Address.Value);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.Interrupt, false, interrupt.Address,
            interrupt.MessageServiceRoutine.IsNull ? interrupt.ServiceRoutine : interrupt.MessageServiceRoutine, VirtualAddress.Null));
        interrupt.SetConnected(Memory, false);
        _kernel.Ex.NonPagedPool.Free(interrupt.Address);
    }
}
