namespace LastRef.Nt;

/// <summary>A loaded image in the list PsLoadedModuleList.</summary>
/// <remarks>Spec: U-1.46, U-2.30.</remarks>
[NtView("_KLDR_DATA_TABLE_ENTRY")]
public readonly partial struct KldrDataTableEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry InLoadOrderLinks { get; }

    [Field(Writable = true)] public partial VirtualAddress ExceptionTable { get; }

    [Field(Writable = true)] public partial uint ExceptionTableSize { get; }

    [Field(Writable = true)] public partial VirtualAddress DllBase { get; }

    [Field(Writable = true)] public partial VirtualAddress EntryPoint { get; }

    [Field(Writable = true)] public partial uint SizeOfImage { get; }

    [Field] public partial UnicodeString FullDllName { get; }

    [Field] public partial UnicodeString BaseDllName { get; }

    [Field(Writable = true)] public partial uint Flags { get; }

    /// <summary>1 for the driver itself and 1 for each importing image. Spec: U-2.30.</summary>
    [Field(Writable = true)] public partial ushort LoadCount { get; }

    [Field(Writable = true)] public partial VirtualAddress SectionPointer { get; }

    [Field(Writable = true)] public partial uint CheckSum { get; }

    [Field(Writable = true)] public partial VirtualAddress LoadedImports { get; }
}
