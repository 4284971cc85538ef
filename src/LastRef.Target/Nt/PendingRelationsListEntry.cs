namespace LastRef.Nt;

/// <summary>A removal or eject that the PnP manager finishes later, when nothing keeps the device open any more.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_PENDING_RELATIONS_LIST_ENTRY")]
public readonly partial struct PendingRelationsListEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }
}
