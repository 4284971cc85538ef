namespace LastRef.Nt;

/// <summary>A reader/writer lock.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_ERESOURCE")]
public readonly partial struct EResource(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry SystemResourcesList { get; }

    [Field(Writable = true)] public partial VirtualAddress OwnerTable { get; }

    [Field(Writable = true)] public partial short ActiveCount { get; }

    [Field(Writable = true)] public partial ushort Flag { get; }

    [Field(Writable = true)] public partial VirtualAddress SharedWaiters { get; }

    [Field(Writable = true)] public partial VirtualAddress ExclusiveWaiters { get; }

    [Field("OwnerEntry.OwnerThread", Writable = true)] public partial ulong OwnerThread { get; }

    /// <summary>The owner's count shares a word with flags in its low bits.</summary>
    [Field("OwnerEntry.TableSize", Writable = true)] public partial uint OwnerCount { get; }

    [Field(Writable = true)] public partial uint ActiveEntries { get; }

    [Field(Writable = true)] public partial uint ContentionCount { get; }

    [Field(Writable = true)] public partial uint NumberOfSharedWaiters { get; }

    [Field(Writable = true)] public partial uint NumberOfExclusiveWaiters { get; }

    [Field(Writable = true)] public partial ulong SpinLock { get; }
}
