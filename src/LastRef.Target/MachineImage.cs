namespace LastRef;

/// <summary>A machine at one moment, with all that a crash dump of it says.</summary>
public sealed record MachineImage
{
    /// <summary>Its memory and its layouts.</summary>
    public required Target Memory { get; init; }

    /// <summary>Every page that is mapped, each address once, in any order.</summary>
    public required IReadOnlyList<MappedPage> Pages { get; init; }

    /// <summary>Physical address that its page tables are to start at; below it and up to <see cref="FirstPhysicalPage"/> the tables have room.</summary>
    public required PhysicalAddress DirectoryTableBase { get; init; }

    /// <summary>Number of the first physical page that <see cref="Pages"/> may use.</summary>
    public required ulong FirstPhysicalPage { get; init; }

    public required VirtualAddress PsLoadedModuleList { get; init; }

    public required VirtualAddress PsActiveProcessHead { get; init; }

    public required VirtualAddress KdDebuggerDataBlock { get; init; }

    /// <summary>The variable MmPfnDatabase; null when the machine has none.</summary>
    public VirtualAddress PfnDatabase { get; init; }

    public required uint BugCheckCode { get; init; }

    /// <summary>Four parameters.</summary>
    public IReadOnlyList<ulong> BugCheckParameters { get; init; } = [0, 0, 0, 0];

    /// <summary>The processor's CONTEXT, 0x4D0 bytes.</summary>
    public required ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>FILETIME of the moment, in the machine's own time.</summary>
    public required long SystemTime100ns { get; init; }

    /// <summary>Since the machine was started.</summary>
    public required long UpTime100ns { get; init; }
}
