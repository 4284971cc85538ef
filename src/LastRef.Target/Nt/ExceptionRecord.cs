namespace LastRef.Nt;

/// <summary>What an exception was and where.</summary>
/// <remarks>Fact: EXCEPTION_RECORD, WDK reference.</remarks>
[NtView("_EXCEPTION_RECORD")]
public readonly partial struct ExceptionRecord(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial NtStatus ExceptionCode { get; }

    [Field(Writable = true)] public partial uint ExceptionFlags { get; }

    [Field("ExceptionRecord", Writable = true)] public partial ExceptionRecord? Next { get; }

    [Field(Writable = true)] public partial VirtualAddress ExceptionAddress { get; }

    [Field(Writable = true)] public partial uint NumberParameters { get; }

    [Field] public partial FieldArray<ulong> ExceptionInformation { get; }
}
