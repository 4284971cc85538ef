using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>SystemHandleInformation and its extended form: every open handle of every process.</summary>
internal sealed partial class Executive
{
    /// <summary>A count, then entries.</summary>
    /// <remarks>
    /// SYSTEM_HANDLE_TABLE_ENTRY_INFO of 18h bytes from 8 on: UniqueProcessId 0, ObjectTypeIndex 4, HandleAttributes 5, HandleValue 6, Object 8,
    /// GrantedAccess 10h. The extended form has entries of 28h bytes from 10h on: Object 0, UniqueProcessId 8, HandleValue 10h, GrantedAccess 18h,
    /// ObjectTypeIndex 1Eh. Doc: public headers of system information (ntexapi).
    /// </remarks>
    private byte[] HandleInformation(bool extended)
    {
        var (header, entryBytes) = extended ? (0x10, 0x28) : (8, 0x18);
        var open = _kernel.Ps.Processes.SelectMany(process => _kernel.Ob.HandlesOf(process)).ToList();
        var data = new byte[header + (open.Count * entryBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(data, open.Count);
        for (var i = 0; i < open.Count; i++)
        {
            var entry = data.AsSpan(header + (i * entryBytes), entryBytes);
            var handle = open[i];
            var process = new EProcess(Memory, handle.Process).UniqueProcessId.Value;
            var type = (ushort)(_kernel.Ob.KindOf(handle.Body) is { } kind ? _kernel.Ob.TypeOf(kind).Index : 0);
            if (extended)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(entry, handle.Body.Value);
                BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], process);
                BinaryPrimitives.WriteUInt64LittleEndian(entry[0x10..], handle.Value.Value);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[0x18..], handle.GrantedAccess);
                BinaryPrimitives.WriteUInt16LittleEndian(entry[0x1E..], type);
                continue;
            }

            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)process);
            entry[4] = (byte)type;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)handle.Value.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], handle.Body.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[0x10..], handle.GrantedAccess);
        }

        return data;
    }
}
