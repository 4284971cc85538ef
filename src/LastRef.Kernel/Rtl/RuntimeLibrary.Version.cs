using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The version of the machine's Windows.</summary>
internal sealed partial class RuntimeLibrary
{
    private const int ShortVersionBytes = 0x114;
    private const int LongVersionBytes = 0x11C;
    private const uint WindowsNtPlatform = 2;
    private const ushort SingleUserTerminalServices = 0x100;
    private const byte Workstation = 1;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetVersion, WDK reference")]
    internal NtStatus RtlGetVersion(OsVersionInfoEx versionInformation)
    {
        var version = CurrentVersion();
        var size = versionInformation.Size;
        Caller.Fill(versionInformation.Address + 4, 0, (ulong)(size == LongVersionBytes ? LongVersionBytes : ShortVersionBytes) - 4);
        versionInformation.SetMajorVersion(Memory, version.Major);
        versionInformation.SetMinorVersion(Memory, version.Minor);
        versionInformation.SetBuildNumber(Memory, (uint)_kernel.Build);
        versionInformation.SetPlatformId(Memory, WindowsNtPlatform);
        if (version.ServicePack > 0)
            Caller.WriteText(versionInformation.Address + 0x14, $"Service Pack {version.ServicePack}", wide: true);
        if (size == LongVersionBytes)
        {
            versionInformation.SetServicePackMajor(Memory, version.ServicePack);
            versionInformation.SetSuiteMask(Memory, SingleUserTerminalServices);
            versionInformation.SetProductType(Memory, Workstation);
        }

        return NtStatus.Success;
    }

    /// <returns>STATUS_REVISION_MISMATCH when this Windows does not meet the conditions.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlVerifyVersionInfo, WDK reference")]
    internal NtStatus RtlVerifyVersionInfo(OsVersionInfoEx versionInfo, uint typeMask, ulong conditionMask)
    {
        if (typeMask == 0 || conditionMask == 0)
            return NtStatus.InvalidParameter;
        var version = CurrentVersion();
        (VersionField Field, uint Current, uint Wanted)[] single =
        [
            (VersionField.BuildNumber, (uint)_kernel.Build, versionInfo.BuildNumber),
            (VersionField.PlatformId, WindowsNtPlatform, versionInfo.PlatformId),
            (VersionField.ProductType, Workstation, versionInfo.ProductType),
        ];
        foreach (var (field, current, wanted) in single)
        {
            if ((typeMask & (uint)field) != 0 && !Meets(current.CompareTo(wanted), Condition(conditionMask, field)))
                return NtStatus.RevisionMismatch;
        }

        if ((typeMask & (uint)VersionField.SuiteName) != 0 && !MeetsSuite(versionInfo.SuiteMask, Condition(conditionMask, VersionField.SuiteName)))
            return NtStatus.RevisionMismatch;

        // The four numbers count as one, under the condition of the first that is asked for (Doc: VerifyVersionInfo, remarks).
        (VersionField Field, uint Current, uint Wanted)[] numbers =
        [
            (VersionField.Major, version.Major, versionInfo.MajorVersion),
            (VersionField.Minor, version.Minor, versionInfo.MinorVersion),
            (VersionField.ServicePackMajor, version.ServicePack, versionInfo.ServicePackMajor),
            (VersionField.ServicePackMinor, 0, versionInfo.ServicePackMinor),
        ];
        var asked = numbers.Where(n => (typeMask & (uint)n.Field) != 0).ToArray();
        if (asked.Length == 0)
            return NtStatus.Success;
        var order = asked.Select(static n => n.Current.CompareTo(n.Wanted)).FirstOrDefault(static o => o != 0);
        return Meets(order, Condition(conditionMask, asked[0].Field)) ? NtStatus.Success : NtStatus.RevisionMismatch;
    }

    [KernelExport("ntoskrnl.exe", Doc = "VerSetConditionMask, WDK reference: three bits for each field")]
    internal ulong VerSetConditionMask(ulong conditionMask, uint typeMask, byte condition)
    {
        if (typeMask == 0 || (condition & 7) == 0)
            return conditionMask;
        return conditionMask | ((ulong)(condition & 7) << (3 * System.Numerics.BitOperations.Log2(typeMask & 0xFF)));
    }

    /// <param name="version">NTDDI_ constant of a Windows version without a service pack.</param>
    [KernelExport("ntoskrnl.exe", Doc = "RtlIsNtDdiVersionAvailable, WDK reference", Missing = "constants of service packs")]
    internal NtBoolean RtlIsNtDdiVersionAvailable(uint version)
    {
        if ((version & 0xFFFF) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"RtlIsNtDdiVersionAvailable with the service pack constant 0x{version:X8}");
        var current = CurrentVersion();
        return ((current.Major << 24) | (current.Minor << 16)) >= version;
    }

    /// <param name="version">NTDDI_ constant with a service pack in its third byte.</param>
    [KernelExport("ntoskrnl.exe", Doc = "RtlIsServicePackVersionInstalled, WDK reference")]
    internal NtBoolean RtlIsServicePackVersionInstalled(uint version)
    {
        var current = CurrentVersion();
        return ((current.Major << 8) | current.Minor) == version >> 16 && current.ServicePack >= ((version >> 8) & 0xFF);
    }

    private (uint Major, uint Minor, ushort ServicePack) CurrentVersion() =>
        _kernel.Build == NtBuild.Windows7Sp1 ? (6u, 1u, (ushort)1) : (10u, 0u, (ushort)0);

    private static uint Condition(ulong mask, VersionField field) =>
        (uint)(mask >> (3 * System.Numerics.BitOperations.Log2((uint)field))) & 7;

    /// <param name="order">How this Windows compares with what is wanted.</param>
    private static bool Meets(int order, uint condition) => condition switch
    {
        1 => order == 0,
        2 => order > 0,
        3 => order >= 0,
        4 => order < 0,
        5 => order <= 0,
        _ => false,
    };

    private static bool MeetsSuite(ushort wanted, uint condition) => condition switch
    {
        6 => (SingleUserTerminalServices & wanted) == wanted,
        7 => (SingleUserTerminalServices & wanted) != 0,
        _ => false,
    };
}
