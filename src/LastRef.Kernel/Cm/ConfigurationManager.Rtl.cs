using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The run-time library's short forms for the registry, except the table-driven query.</summary>
/// <remarks>Doc: RtlWriteRegistryValue, WDK reference, for RelativeTo and Path.</remarks>
internal sealed partial class ConfigurationManager
{
    private const uint RelativeToHandle = 0x4000_0000;
    private const uint IsOptional = 0x8000_0000;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlCheckRegistryKey, WDK reference")]
    internal NtStatus RtlCheckRegistryKey(uint relativeTo, VirtualAddress path) => FindRelative(relativeTo, path).Status;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlCreateRegistryKey, WDK reference")]
    internal NtStatus RtlCreateRegistryKey(uint relativeTo, VirtualAddress path) => CreateRelative(relativeTo, path).Status;

    /// <summary>Writes a value; the key itself is made when it is missing, its parent is not.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlWriteRegistryValue, WDK reference")]
    internal NtStatus RtlWriteRegistryValue(
        uint relativeTo, VirtualAddress path, VirtualAddress valueName, uint valueType, VirtualAddress valueData, uint valueLength)
    {
        var (status, key) = CreateRelative(relativeTo, path);
        if (key is not null)
            SetValue(key, valueName.IsNull ? "" : ReadWide(valueName), valueType, valueData, valueLength);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlDeleteRegistryValue, WDK reference")]
    internal NtStatus RtlDeleteRegistryValue(uint relativeTo, VirtualAddress path, VirtualAddress valueName)
    {
        var (status, key) = FindRelative(relativeTo, path);
        return key is null ? status : DeleteValue(key, valueName.IsNull ? "" : ReadWide(valueName));
    }

    /// <summary>The key of the user whom the thread runs for, which in the lab is LocalSystem; the driver frees the string with RtlFreeUnicodeString.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlFormatCurrentUserKeyPath, ReactOS run-time library; well-known SIDs, Win32 reference")]
    internal NtStatus RtlFormatCurrentUserKeyPath(UnicodeString currentUserKeyPath)
    {
        var text = Encoding.Unicode.GetBytes(LocalSystemKey + "\0");
        _kernel.Rtl.PlaceString(currentUserKeyPath, _kernel.Ex.AllocateForDriver(paged: true, (ulong)text.Length, PoolTags.String), text);
        return NtStatus.Success;
    }

    private (NtStatus Status, RegistryKey? Key) FindRelative(uint relativeTo, VirtualAddress path)
    {
        var (status, key, name) = ReadRelative(relativeTo, path);
        if (!status.IsSuccess || key is not null)
            return (status, key);
        return FindKey(name) is { } found ? (NtStatus.Success, found) : (NtStatus.ObjectNameNotFound, null);
    }

    private (NtStatus Status, RegistryKey? Key) CreateRelative(uint relativeTo, VirtualAddress path)
    {
        var (status, key, name) = ReadRelative(relativeTo, path);
        if (!status.IsSuccess || key is not null)
            return (status, key);
        (status, key, _) = CreateLast(name, isVolatile: false, "");
        return (status, key);
    }

    /// <summary>The key of a handle, or else the full path that is meant.</summary>
    private (NtStatus Status, RegistryKey? Key, string Path) ReadRelative(uint relativeTo, VirtualAddress path)
    {
        RefuseWhenObserved();
        if ((relativeTo & RelativeToHandle) != 0)
        {
            var (status, key, _) = ResolveKey(new HandleValue(path.Value));
            return (status, key, "");
        }

        var name = path.IsNull ? "" : ReadWide(path);
        var start = (relativeTo & ~IsOptional) switch
        {
            0 => "",
            1 => @"\Registry\Machine\System\CurrentControlSet\Services",
            2 => @"\Registry\Machine\System\CurrentControlSet\Control",
            3 => @"\Registry\Machine\Software\Microsoft\Windows NT\CurrentVersion",
            4 => @"\Registry\Machine\Hardware\DeviceMap",
            5 => @"\Registry\User\.Default",
            _ => null,
        };
        if (start is null)
            return (NtStatus.InvalidParameter, null, "");
        if (start.Length == 0)
            return Parts(name) is null ? (NtStatus.ObjectPathSyntaxBad, null, "") : (NtStatus.Success, null, name);
        return (NtStatus.Success, null, name.Length == 0 ? start : start + "\\" + name);
    }

    /// <summary>A string up to its terminating zero.</summary>
    private string ReadWide(VirtualAddress address)
    {
        var text = new StringBuilder();
        while (Memory.ReadUInt16(address) is not 0 and var unit)
        {
            text.Append((char)unit);
            address += 2;
        }

        return text.ToString();
    }
}
