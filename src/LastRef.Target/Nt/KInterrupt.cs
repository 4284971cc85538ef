namespace LastRef.Nt;

/// <summary>A connected interrupt.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KINTERRUPT")]
public readonly partial struct KInterrupt(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial short Type { get; }

    [Field(Writable = true)] public partial short Size { get; }

    [Field] public partial ListEntry InterruptListEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress ServiceRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress MessageServiceRoutine { get; }

    [Field(Writable = true)] public partial uint MessageIndex { get; }

    [Field(Writable = true)] public partial VirtualAddress ServiceContext { get; }

    [Field(Writable = true)] public partial ulong SpinLock { get; }

    [Field(Writable = true)] public partial VirtualAddress ActualLock { get; }

    [Field(Writable = true)] public partial VirtualAddress DispatchAddress { get; }

    [Field(Writable = true)] public partial uint Vector { get; }

    [Field(Writable = true)] public partial Irql Irql { get; }

    [Field(Writable = true)] public partial Irql SynchronizeIrql { get; }

    [Field(Writable = true)] public partial NtBoolean Connected { get; }

    [Field(Writable = true)] public partial uint Number { get; }
}
