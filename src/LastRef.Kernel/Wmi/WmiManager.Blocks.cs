using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Data blocks of providers, as drivers ask for them.</summary>
internal sealed partial class WmiManager
{
    /// <summary>MSSmBios_RawSMBiosTables, which the kernel itself provides on every machine (Doc: "Accessing the raw SMBIOS tables").</summary>
    private static readonly Guid _rawSmbios = new("8F680850-A584-11d1-BF38-00A0C9062910");

    /// <summary>Nobody in the lab provides a block but drivers, which are not asked for their GUIDs.</summary>
    /// <returns>WMI_GUID_NOT_FOUND, as on a machine whose firmware and drivers have no such block.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoWMIOpenBlock, WDK reference", Missing = "blocks of drivers that are registered providers; the SMBIOS tables")]
    internal NtStatus IoWMIOpenBlock(VirtualAddress guid, uint desiredAccess, Out<VirtualAddress> dataBlockObject)
    {
        var bytes = new byte[16];
        Memory.Read(guid, bytes);
        var asked = new Guid(bytes);
        if (asked == _rawSmbios || _providers.Count > 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"IoWMIOpenBlock of {asked}");
        return NtStatus.WmiGuidNotFound;
    }
}
