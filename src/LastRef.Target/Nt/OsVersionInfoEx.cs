namespace LastRef.Nt;

/// <summary>What RtlGetVersion fills.</summary>
/// <remarks>Fact: RtlGetVersion, WDK reference.</remarks>
[NtView("_OSVERSIONINFOEXW")]
public readonly partial struct OsVersionInfoEx(Target target, VirtualAddress address)
{
    [Field("dwOSVersionInfoSize", Writable = true)] public partial uint Size { get; }

    [Field("dwMajorVersion", Writable = true)] public partial uint MajorVersion { get; }

    [Field("dwMinorVersion", Writable = true)] public partial uint MinorVersion { get; }

    [Field("dwBuildNumber", Writable = true)] public partial uint BuildNumber { get; }

    [Field("dwPlatformId", Writable = true)] public partial uint PlatformId { get; }

    [Field("szCSDVersion")] public partial FieldArray<ushort> CsdVersion { get; }

    [Field("wServicePackMajor", Writable = true)] public partial ushort ServicePackMajor { get; }

    [Field("wServicePackMinor", Writable = true)] public partial ushort ServicePackMinor { get; }

    [Field("wSuiteMask", Writable = true)] public partial ushort SuiteMask { get; }

    [Field("wProductType", Writable = true)] public partial byte ProductType { get; }
}
