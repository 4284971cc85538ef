namespace LastRef.Nt;

/// <summary>A range of resources to choose from.</summary>
/// <remarks>Fact: IO_RESOURCE_DESCRIPTOR, WDK reference.</remarks>
[NtView("_IO_RESOURCE_DESCRIPTOR")]
public readonly partial struct IoResourceDescriptor(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial byte Option { get; }

    [Field(Writable = true)] public partial byte Type { get; }

    [Field(Writable = true)] public partial byte ShareDisposition { get; }

    [Field(Writable = true)] public partial ushort Flags { get; }

    [Field("u.Generic.Length", Writable = true)] public partial uint Length { get; }

    [Field("u.Generic.Alignment", Writable = true)] public partial uint Alignment { get; }

    [Field("u.Generic.MinimumAddress.QuadPart", Writable = true)] public partial long MinimumAddress { get; }

    [Field("u.Generic.MaximumAddress.QuadPart", Writable = true)] public partial long MaximumAddress { get; }

    [Field("u.Interrupt.MinimumVector", Writable = true)] public partial uint MinimumVector { get; }

    [Field("u.Interrupt.MaximumVector", Writable = true)] public partial uint MaximumVector { get; }
}
