namespace LastRef;

/// <summary>A Windows build of which LastRef carries the kernel's structure layouts; the value is the build number.</summary>
/// <remarks>Layouts of one build can still differ between updates: each extract names the PDB that it comes from.</remarks>
public enum NtBuild
{
    /// <summary>Windows 7 SP1 and Server 2008 R2 SP1 (6.1).</summary>
    Windows7Sp1 = 7601,

    /// <summary>Windows 10 1607 and Server 2016.</summary>
    Windows10_1607 = 14393,

    /// <summary>Windows 10 1809 and Server 2019.</summary>
    Windows10_1809 = 17763,

    /// <summary>Windows 10 2004; its kernel is the family of 20H2 to 22H2.</summary>
    Windows10_2004 = 19041,

    /// <summary>Windows 11 21H2.</summary>
    Windows11_21H2 = 22000,
}
