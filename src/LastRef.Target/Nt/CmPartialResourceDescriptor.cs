namespace LastRef.Nt;

/// <summary>One resource: a port range, an interrupt, a memory range or other.</summary>
/// <remarks>Fact: CM_PARTIAL_RESOURCE_DESCRIPTOR, WDK reference.</remarks>
[NtView("_CM_PARTIAL_RESOURCE_DESCRIPTOR")]
public readonly partial struct CmPartialResourceDescriptor(Target target, VirtualAddress address)
{
    /// <summary>1 port, 2 interrupt, 3 memory, 4 DMA, 5 device specific.</summary>
    [Field(Writable = true)] public partial byte Type { get; }

    [Field(Writable = true)] public partial byte ShareDisposition { get; }

    [Field(Writable = true)] public partial ushort Flags { get; }

    /// <summary>Port and memory.</summary>
    [Field("u.Generic.Start.QuadPart", Writable = true)] public partial long Start { get; }

    /// <summary>Port and memory.</summary>
    [Field("u.Generic.Length", Writable = true)] public partial uint Length { get; }

    [Field("u.Interrupt.Level", Writable = true)] public partial ushort InterruptLevel { get; }

    [Field("u.Interrupt.Group", Writable = true)] public partial ushort InterruptGroup { get; }

    [Field("u.Interrupt.Vector", Writable = true)] public partial uint InterruptVector { get; }

    /// <summary>Messages of a raw descriptor with the flag of a message-signalled interrupt.</summary>
    [Field("u.MessageInterrupt.Raw.MessageCount", Writable = true)] public partial ushort MessageCount { get; }

    [Field("u.Interrupt.Affinity", Writable = true)] public partial ulong InterruptAffinity { get; }
}
