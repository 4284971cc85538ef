using System.Buffers.Binary;
using System.Text;

namespace LastRef.Tests;

/// <summary>A second, minimal reader of full dumps, written from docs of the format alone: it shares no code with the one under test.</summary>
internal sealed class SpecReader(byte[] file)
{
    public ulong Cr3 => U64(0x10);

    public ulong ModuleListHead => U64(0x20);

    public ulong ProcessListHead => U64(0x28);

    /// <summary>Offset in the file of a physical address: pages of all runs follow each other from 0x2000 on.</summary>
    public long? FileOffset(ulong physical)
    {
        var offset = 0x2000L;
        var runs = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x88));
        for (var run = 0; run < runs; run++)
        {
            var first = U64(0x98 + (16 * run)) * 0x1000;
            var length = U64(0xA0 + (16 * run)) * 0x1000;
            if (physical >= first && physical - first < length)
                return offset + (long)(physical - first);
            offset += (long)length;
        }

        return null;
    }

    /// <summary>Walks PML4, PDPT, PD and PT; large pages by bit 7.</summary>
    public ulong? Physical(ulong address)
    {
        var table = Cr3 & 0x000F_FFFF_FFFF_F000;
        foreach (var shift in (int[])[39, 30, 21, 12])
        {
            if (FileOffset(table + (((address >> shift) & 511) * 8)) is not { } at)
                return null;
            var entry = U64((int)at);
            if ((entry & 1) == 0)
                return null;
            var low = (1UL << shift) - 1;
            if (shift == 12 || ((entry & 0x80) != 0 && shift != 39))
                return (entry & 0x000F_FFFF_FFFF_F000 & ~low) | (address & low);
            table = entry & 0x000F_FFFF_FFFF_F000;
        }

        return null;
    }

    public byte[]? Read(ulong address, int count)
    {
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
        {
            if (Physical(address + (ulong)index) is not { } physical || FileOffset(physical) is not { } at)
                return null;
            bytes[index] = file[at];
        }

        return bytes;
    }

    public ulong Pointer(ulong address) => BinaryPrimitives.ReadUInt64LittleEndian(Read(address, 8) ?? throw new InvalidDataException($"{address:x}"));

    /// <summary>Names and bases of the loaded images: DllBase +30, BaseDllName +58.</summary>
    public List<(string Name, ulong Base)> Modules()
    {
        var modules = new List<(string, ulong)>();
        for (var entry = Pointer(ModuleListHead); entry != ModuleListHead && modules.Count < 100; entry = Pointer(entry))
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(Read(entry + 0x58, 2));
            modules.Add((Encoding.Unicode.GetString(Read(Pointer(entry + 0x60), length)!), Pointer(entry + 0x30)));
        }

        return modules;
    }

    /// <summary>The text RSDS, GUID and age of an image's debug directory.</summary>
    public (string Mark, Guid Guid, uint Age) CodeView(ulong imageBase)
    {
        var nt = imageBase + BinaryPrimitives.ReadUInt32LittleEndian(Read(imageBase + 0x3C, 4));
        var directory = imageBase + BinaryPrimitives.ReadUInt32LittleEndian(Read(nt + 0x18 + 0x70 + 0x30, 4));
        var record = Read(imageBase + BinaryPrimitives.ReadUInt32LittleEndian(Read(directory + 0x14, 4)), 24)!;
        return (Encoding.ASCII.GetString(record, 0, 4), new Guid(record.AsSpan(4, 16)), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(20)));
    }

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(offset));
}
