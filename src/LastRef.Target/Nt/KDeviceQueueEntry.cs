namespace LastRef.Nt;

/// <summary>A request in a device queue.</summary>
/// <remarks>Fact: KDEVICE_QUEUE_ENTRY, WDK reference.</remarks>
[NtView("_KDEVICE_QUEUE_ENTRY")]
public readonly partial struct KDeviceQueueEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry DeviceListEntry { get; }

    [Field(Writable = true)] public partial uint SortKey { get; }

    [Field(Writable = true)] public partial NtBoolean Inserted { get; }
}
