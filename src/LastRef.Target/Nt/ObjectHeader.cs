namespace LastRef.Nt;

/// <summary>What the object manager keeps in front of every object.</summary>
/// <remarks>Spec: U-1.22 to U-1.28.</remarks>
[NtView("_OBJECT_HEADER")]
public readonly partial struct ObjectHeader(Target target, VirtualAddress address)
{
    /// <summary>The Ob count. From 6.3 on it holds batches taken in advance for handles. Spec: U-1.27.</summary>
    [Field(Writable = true)] public partial long PointerCount { get; }

    [Field(Writable = true)] public partial long HandleCount { get; }

    /// <summary>Overlays the handle count of a deleted object that waits for its delete procedure.</summary>
    [Field(Writable = true)] public partial VirtualAddress NextToFree { get; }

    /// <summary>Index of the type; encoded from Windows 10 on. Spec: U-1.26.</summary>
    [Field(Writable = true)] public partial byte TypeIndex { get; }

    [Field(Writable = true)] public partial byte TraceFlags { get; }

    /// <summary>Which optional blocks lie before the header. Spec: U-1.24.</summary>
    [Field(Writable = true)] public partial ObjectInfoMask InfoMask { get; }

    /// <summary>Spec: U-1.23.</summary>
    [Field(Writable = true)] public partial ObjectHeaderFlags Flags { get; }

    [Field(Writable = true)] public partial VirtualAddress ObjectCreateInfo { get; }

    [Field(Writable = true)] public partial VirtualAddress QuotaBlockCharged { get; }

    /// <summary>The low four bits count references.</summary>
    [Field(Writable = true)] public partial VirtualAddress SecurityDescriptor { get; }
}
