namespace LastRef.Nt;

/// <summary>Resources that a device could work with: alternative lists.</summary>
/// <remarks>Fact: IO_RESOURCE_REQUIREMENTS_LIST, WDK reference. Only the first list lies at a fixed place.</remarks>
[NtView("_IO_RESOURCE_REQUIREMENTS_LIST")]
public readonly partial struct IoResourceRequirementsList(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint ListSize { get; }

    [Field(Writable = true)] public partial int InterfaceType { get; }

    [Field(Writable = true)] public partial uint BusNumber { get; }

    [Field(Writable = true)] public partial uint SlotNumber { get; }

    [Field(Writable = true)] public partial uint AlternativeLists { get; }

    /// <summary>Index 0 only.</summary>
    [Field("List")] public partial ViewArray<IoResourceList> FirstList { get; }
}
