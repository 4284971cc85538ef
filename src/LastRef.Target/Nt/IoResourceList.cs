namespace LastRef.Nt;

/// <summary>One alternative.</summary>
/// <remarks>Fact: IO_RESOURCE_LIST, WDK reference.</remarks>
[NtView("_IO_RESOURCE_LIST")]
public readonly partial struct IoResourceList(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial ushort Revision { get; }

    [Field(Writable = true)] public partial uint Count { get; }

    [Field] public partial ViewArray<IoResourceDescriptor> Descriptors { get; }
}
