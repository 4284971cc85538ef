namespace LastRef.Nt;

/// <summary>The head of an interface handed out for IRP_MN_QUERY_INTERFACE.</summary>
/// <remarks>Fact: INTERFACE, WDK reference.</remarks>
[NtView("_INTERFACE")]
public readonly partial struct Interface(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial VirtualAddress InterfaceReference { get; }

    [Field(Writable = true)] public partial VirtualAddress InterfaceDereference { get; }
}
