namespace LastRef.Nt;

/// <summary>Memory that a driver keeps with its driver object; the data follows.</summary>
/// <remarks>Spec: U-2.24.</remarks>
[NtView("_IO_CLIENT_EXTENSION")]
public readonly partial struct IoClientExtension(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial IoClientExtension? NextExtension { get; }

    [Field(Writable = true)] public partial VirtualAddress ClientIdentificationAddress { get; }
}
