namespace LastRef.Nt;

/// <summary>A registered bug check reason routine; the record lies in the driver's memory.</summary>
/// <remarks>Spec: U-6.37.</remarks>
[NtView("_KBUGCHECK_REASON_CALLBACK_RECORD")]
public readonly partial struct KBugCheckReasonCallbackRecord(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Entry { get; }

    [Field(Writable = true)] public partial VirtualAddress CallbackRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Component { get; }

    [Field(Writable = true)] public partial ulong Checksum { get; }

    [Field(Writable = true)] public partial int Reason { get; }

    [Field(Writable = true)] public partial byte State { get; }
}
