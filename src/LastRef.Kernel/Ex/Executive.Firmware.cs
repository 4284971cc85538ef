using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Tables of the firmware, as SystemFirmwareTableInformation gives them.</summary>
/// <remarks>
/// Doc: GetSystemFirmwareTable, Win32 reference, and SYSTEM_FIRMWARE_TABLE_INFORMATION of public headers: ProviderSignature 0, Action 4
/// (0 lists the tables, 1 gets one), TableID 8, TableBufferLength C, TableBuffer 10. "System Management BIOS", DSP0134, for the tables.
/// </remarks>
internal sealed partial class Executive
{
    private const int FirmwareHeaderBytes = 0x10;

    private NtStatus AnswerFirmwareTable(VirtualAddress buffer, uint length, VirtualAddress returnLength)
    {
        const uint listTables = 0, getTable = 1, smbios = 0x5253_4D42; // 'RSMB'
        if (length < FirmwareHeaderBytes)
            return NtStatus.InfoLengthMismatch;
        var (provider, action) = (Memory.ReadUInt32(buffer), Memory.ReadUInt32(buffer + 4));
        if (provider != smbios || action > getTable)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"firmware tables of the provider 0x{provider:x}");

        // The only table of this provider has the number 0.
        var data = action == listTables ? new byte[4] : SmbiosTables();
        Memory.WriteUInt32(buffer + 0xC, (uint)data.Length);
        if (!returnLength.IsNull)
            Memory.WriteUInt32(returnLength, (uint)(FirmwareHeaderBytes + data.Length));
        if (length < FirmwareHeaderBytes + data.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(buffer + FirmwareHeaderBytes, data);
        return NtStatus.Success;
    }

    /// <summary>RawSMBIOSData: Used20CallingMethod, version 2.8, DmiRevision, Length 4, then the structures: firmware, system, end.</summary>
    private static byte[] SmbiosTables()
    {
        byte[] firmware = [0, 0x18, 0, 0, 1, 2, 0, 0xE8, 3, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xFF, 0xFF];
        byte[] system = [1, 0x1B, 1, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 6, 0, 0];
        byte[] end = [127, 4, 2, 0];
        byte[] structures =
        [
            .. firmware, .. Strings("LastRef", "1.0", "01/01/2024"), .. system, .. Strings("LastRef", "Lab", "1.0", "0"), .. end, 0, 0,
        ];
        return [0, 2, 8, 0, .. BitConverter.GetBytes(structures.Length), .. structures];
    }

    private static byte[] Strings(params string[] strings) => [.. strings.SelectMany(text => Encoding.ASCII.GetBytes(text + "\0")), 0];
}
