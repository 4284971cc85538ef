namespace LastRef.Nt;

/// <summary>A queue of requests for a busy device.</summary>
/// <remarks>Fact: KDEVICE_QUEUE, WDK reference.</remarks>
[NtView("_KDEVICE_QUEUE")]
public readonly partial struct KDeviceQueue(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial short Type { get; }

    [Field(Writable = true)] public partial short Size { get; }

    [Field] public partial ListEntry DeviceListHead { get; }

    [Field(Writable = true)] public partial ulong Lock { get; }

    [Field(Writable = true)] public partial NtBoolean Busy { get; }
}
