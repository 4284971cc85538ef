using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Message-signalled interrupts (Doc: "Using the CONNECT_MESSAGE_BASED Version of IoConnectInterruptEx", WDK).</summary>
internal sealed partial class IoManager
{
    // IO_INTERRUPT_MESSAGE_INFO: UnifiedIrql 0, MessageCount 4, entries from 8. An entry: MessageAddress 0, TargetProcessorSet 8, InterruptObject 10h,
    // MessageData 18h, Vector 1Ch, Irql 20h, Mode 24h, Polarity 28h (wdm.h, public symbols).
    private const int MessageEntries = 8;
    private const int MessageEntryBytes = 0x30;
    private const int MessageInterrupt = 0x10;

    /// <summary>Where the local interrupt controller of the first processor takes messages (Intel SDM, "Message Signalled Interrupts").</summary>
    private const ulong MessageAddress = 0xFEE0_0000;

    private VirtualAddress _messageDispatch;

    /// <summary>What a message's interrupt object has as service routine: it calls the message routine with the message's number.</summary>
    private VirtualAddress MessageDispatch => Defined(ref _messageDispatch, async arguments =>
    {
        var interrupt = new KInterrupt(Memory, new VirtualAddress(arguments[0]));
        return await _kernel.CurrentThread.Call(interrupt.MessageServiceRoutine, arguments[0], arguments[1], interrupt.MessageIndex);
    });

    /// <summary>Connects every message that the device was given, each with an object of its own, all behind one lock and at one level.</summary>
    private NtStatus ConnectMessages(VirtualAddress parameters)
    {
        var device = Memory.ReadPointer(parameters + 8);
        uint[] vectors =
        [
            .. (_kernel.Pnp.DeviceOfPdo(device)?.AssignedResources ?? []).Where(r => r.Messages > 0)
                .SelectMany(r => Enumerable.Range(0, r.Messages).Select(i => PnpManager.VectorOf(r.Start + (ulong)i))),
        ];
        if (vectors.Length == 0)
            return Memory.ReadPointer(parameters + FallBackServiceRoutine).IsNull ? NtStatus.NotFound : ConnectFallBack(parameters);
        var unified = (Irql)Math.Max(vectors.Max() >> 4, Memory.ReadByte(parameters + 0x30));
        var table = _kernel.Ex.NonPagedPool.Allocate((ulong)(MessageEntries + (MessageEntryBytes * vectors.Length)), PoolTags.Io, null);
        Memory.WriteByte(table, (byte)unified);
        Memory.WriteUInt32(table + 4, (uint)vectors.Length);
        var spinLock = Memory.ReadPointer(parameters + 0x28);
        for (var i = 0; i < vectors.Length; i++)
        {
            var interrupt = Connect(
                Memory.ReadPointer(parameters + 0x18), Memory.ReadPointer(parameters + 0x20), spinLock, vectors[i],
                (Irql)(vectors[i] >> 4), unified, device, (uint)i);
            if (spinLock.IsNull)
                spinLock = new KInterrupt(Memory, interrupt).ActualLock;
            WriteMessage(table + MessageEntries + (MessageEntryBytes * i), interrupt, vectors[i]);
        }

        Memory.WritePointer(Memory.ReadPointer(parameters + 0x10), table);
        return NtStatus.Success;
    }

    private void WriteMessage(VirtualAddress entry, VirtualAddress interrupt, uint vector)
    {
        const uint latched = 1;
        Memory.WriteUInt64(entry, MessageAddress);
        Memory.WriteUInt64(entry + 8, 1);
        Memory.WritePointer(entry + MessageInterrupt, interrupt);
        Memory.WriteUInt32(entry + 0x18, vector);
        Memory.WriteUInt32(entry + 0x1C, vector);
        Memory.WriteByte(entry + 0x20, (byte)(vector >> 4));
        Memory.WriteUInt32(entry + 0x24, latched);
    }

    private void DisconnectMessages(VirtualAddress table)
    {
        // From the last to the first, whose object has the lock of all.
        for (var i = (int)Memory.ReadUInt32(table + 4) - 1; i >= 0; i--)
            Disconnect(new KInterrupt(Memory, Memory.ReadPointer(table + MessageEntries + (MessageEntryBytes * i) + MessageInterrupt)));
        _kernel.Ex.NonPagedPool.Free(table);
    }
}
