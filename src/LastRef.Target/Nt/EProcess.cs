namespace LastRef.Nt;

/// <summary>A process.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_EPROCESS")]
public readonly partial struct EProcess(Target target, VirtualAddress address)
{
    [Field] public partial KProcess Pcb { get; }

    [Field(Writable = true)] public partial HandleValue UniqueProcessId { get; }

    /// <summary>When it began, in 100 ns since 1601.</summary>
    [Field("CreateTime.QuadPart", Writable = true)] public partial long CreateTime { get; }

    [Field] public partial ListEntry ActiveProcessLinks { get; }

    [Field(Writable = true)] public partial HandleTable? ObjectTable { get; }

    [Field("Token.Value", Writable = true)] public partial ulong Token { get; }

    [Field(Writable = true)] public partial VirtualAddress Peb { get; }

    /// <summary>Fifteen bytes of the image's name.</summary>
    [Field] public partial FieldArray<byte> ImageFileName { get; }

    [Field] public partial ListEntry ThreadListHead { get; }

    [Field(Writable = true)] public partial uint ActiveThreads { get; }

    [Field(Writable = true)] public partial HandleValue InheritedFromUniqueProcessId { get; }

    [Field(Writable = true)] public partial NtStatus ExitStatus { get; }

    /// <summary>Zero while the process runs.</summary>
    [Field("ExitTime.QuadPart", Writable = true)] public partial long ExitTime { get; }

    /// <summary>Where the program's image lies in user space; null without one.</summary>
    [Field] public partial VirtualAddress SectionBaseAddress { get; }
}
