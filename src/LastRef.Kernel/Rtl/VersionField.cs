namespace LastRef.Kernel;

/// <summary>Fields of OSVERSIONINFOEX as RtlVerifyVersionInfo numbers them (Doc: VER_MINORVERSION and the like, WDK reference).</summary>
[Flags]
internal enum VersionField : uint
{
    None = 0,
    Minor = 0x01,
    Major = 0x02,
    BuildNumber = 0x04,
    PlatformId = 0x08,
    ServicePackMinor = 0x10,
    ServicePackMajor = 0x20,
    SuiteName = 0x40,
    ProductType = 0x80,
}
