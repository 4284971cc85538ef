namespace LastRef.Nt;

/// <summary>The part of a driver object behind it: AddDevice and the service key.</summary>
/// <remarks>Spec: U-1.2, U-1.3.</remarks>
[NtView("_DRIVER_EXTENSION")]
public readonly partial struct DriverExtension(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial DriverObject? DriverObject { get; }

    /// <summary>Not null for a PnP driver. Spec: U-2.26.</summary>
    [Field(Writable = true)] public partial VirtualAddress AddDevice { get; }

    /// <summary>Calls of reinitialisation routines so far. Spec: U-2.20.</summary>
    [Field(Writable = true)] public partial uint Count { get; }

    /// <summary>The service's name, zero-terminated in nonpaged pool. Spec: U-2.8.</summary>
    [Field] public partial UnicodeString ServiceKeyName { get; }

    /// <summary>Head of the extensions made by IoAllocateDriverObjectExtension.</summary>
    [Field(Writable = true)] public partial VirtualAddress ClientDriverExtension { get; }

    [Field(Writable = true)] public partial VirtualAddress FsFilterCallbacks { get; }
}
