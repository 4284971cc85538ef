namespace LastRef.Nt;

/// <summary>A type of objects: Driver, Device, File and so on.</summary>
/// <remarks>Spec: U-1.30.</remarks>
[NtView("_OBJECT_TYPE")]
public readonly partial struct ObjectType(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry TypeList { get; }

    [Field] public partial UnicodeString Name { get; }

    [Field(Writable = true)] public partial VirtualAddress DefaultObject { get; }

    [Field(Writable = true)] public partial byte Index { get; }

    [Field(Writable = true)] public partial uint TotalNumberOfObjects { get; }

    [Field(Writable = true)] public partial uint TotalNumberOfHandles { get; }

    [Field(Writable = true)] public partial uint HighWaterNumberOfObjects { get; }

    [Field(Writable = true)] public partial uint HighWaterNumberOfHandles { get; }

    [Field("TypeInfo.DumpProcedure", Writable = true)] public partial VirtualAddress DumpProcedure { get; }

    [Field("TypeInfo.OpenProcedure", Writable = true)] public partial VirtualAddress OpenProcedure { get; }

    [Field("TypeInfo.CloseProcedure", Writable = true)] public partial VirtualAddress CloseProcedure { get; }

    [Field("TypeInfo.DeleteProcedure", Writable = true)] public partial VirtualAddress DeleteProcedure { get; }

    [Field("TypeInfo.ParseProcedure", Writable = true)] public partial VirtualAddress ParseProcedure { get; }

    [Field("TypeInfo.PoolType", Writable = true)] public partial PoolType PoolType { get; }

    [Field("TypeInfo.DefaultPagedPoolCharge", Writable = true)] public partial uint DefaultPagedPoolCharge { get; }

    [Field("TypeInfo.DefaultNonPagedPoolCharge", Writable = true)] public partial uint DefaultNonPagedPoolCharge { get; }

    /// <summary>The pool tag of the type's objects.</summary>
    [Field(Writable = true)] public partial uint Key { get; }

    [Field] public partial ListEntry CallbackList { get; }
}
