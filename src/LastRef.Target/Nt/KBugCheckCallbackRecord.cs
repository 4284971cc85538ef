namespace LastRef.Nt;

/// <summary>A registered bug check routine; the record lies in the driver's memory.</summary>
/// <remarks>Spec: U-6.37.</remarks>
[NtView("_KBUGCHECK_CALLBACK_RECORD")]
public readonly partial struct KBugCheckCallbackRecord(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Entry { get; }

    [Field(Writable = true)] public partial VirtualAddress CallbackRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Buffer { get; }

    [Field(Writable = true)] public partial uint Length { get; }

    [Field(Writable = true)] public partial VirtualAddress Component { get; }

    [Field(Writable = true)] public partial ulong Checksum { get; }

    [Field(Writable = true)] public partial byte State { get; }
}
