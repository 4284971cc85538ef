namespace LastRef.Nt;

/// <summary>The page of clocks and facts that drivers read directly.</summary>
/// <remarks>Fact: KUSER_SHARED_DATA, ntddk.h; at fffff780`00000000 in kernel mode.</remarks>
[NtView("_KUSER_SHARED_DATA")]
public readonly partial struct KUserSharedData(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint TickCountMultiplier { get; }

    [Field("InterruptTime.LowPart", Writable = true)] public partial uint InterruptTimeLow { get; }

    [Field("InterruptTime.High1Time", Writable = true)] public partial int InterruptTimeHigh1 { get; }

    [Field("InterruptTime.High2Time", Writable = true)] public partial int InterruptTimeHigh2 { get; }

    [Field("SystemTime.LowPart", Writable = true)] public partial uint SystemTimeLow { get; }

    [Field("SystemTime.High1Time", Writable = true)] public partial int SystemTimeHigh1 { get; }

    [Field("SystemTime.High2Time", Writable = true)] public partial int SystemTimeHigh2 { get; }

    [Field("TimeZoneBias.LowPart", Writable = true)] public partial uint TimeZoneBiasLow { get; }

    [Field("TimeZoneBias.High1Time", Writable = true)] public partial int TimeZoneBiasHigh1 { get; }

    [Field("TimeZoneBias.High2Time", Writable = true)] public partial int TimeZoneBiasHigh2 { get; }

    [Field] public partial FieldArray<ushort> NtSystemRoot { get; }

    [Field(Writable = true)] public partial int NtProductType { get; }

    [Field(Writable = true)] public partial NtBoolean ProductTypeIsValid { get; }

    [Field(Writable = true)] public partial uint NtMajorVersion { get; }

    [Field(Writable = true)] public partial uint NtMinorVersion { get; }

    /// <summary>Since Windows 10.</summary>
    [Field(Writable = true)] public partial uint? NtBuildNumber { get; }

    [Field] public partial FieldArray<byte> ProcessorFeatures { get; }

    [Field(Writable = true)] public partial NtBoolean KdDebuggerEnabled { get; }

    [Field(Writable = true)] public partial uint NumberOfPhysicalPages { get; }

    [Field(Writable = true)] public partial NtBoolean SafeBootMode { get; }

    [Field(Writable = true)] public partial ulong TickCountQuad { get; }
}
