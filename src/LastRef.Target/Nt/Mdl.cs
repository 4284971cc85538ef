namespace LastRef.Nt;

/// <summary>The pages of a buffer.</summary>
/// <remarks>Fact: MDL, WDK reference; an array of page frame numbers follows.</remarks>
[NtView("_MDL")]
public readonly partial struct Mdl(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial Mdl? Next { get; }

    /// <summary>Bytes of the structure and the page frame numbers.</summary>
    [Field(Writable = true)] public partial short Size { get; }

    [Field(Writable = true)] public partial short MdlFlags { get; }

    [Field(Writable = true)] public partial EProcess? Process { get; }

    [Field(Writable = true)] public partial VirtualAddress MappedSystemVa { get; }

    /// <summary>The buffer's first page.</summary>
    [Field(Writable = true)] public partial VirtualAddress StartVa { get; }

    [Field(Writable = true)] public partial uint ByteCount { get; }

    [Field(Writable = true)] public partial uint ByteOffset { get; }
}
