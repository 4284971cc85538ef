using System.Buffers.Binary;
using LastRef.Dumps;

namespace LastRef.Benchmarks;

/// <summary>Kernel dumps of machines with much memory: every page is in the dump, all but the machine's own are holes of the file.</summary>
internal static class SparseDump
{
    /// <summary>Writes a bitmap dump (type 6) of a machine that has so many gigabytes.</summary>
    public static void Write(Dump machine, string path, int gigabytes)
    {
        const int Header = 0x38;
        var bits = (long)gigabytes << 18;
        var firstPage = DumpHeader.Bytes + Header + (bits / 8);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.SetLength(firstPage + (bits << 12));
        var header = machine.Header!.Raw.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0xF98), 6);
        file.Write(header);
        var head = new byte[Header];
        "SDMPDUMP"u8.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x20), firstPage);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x28), bits);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x30), bits);
        file.Write(head);
        var bitmap = new byte[bits / 8];
        bitmap.AsSpan().Fill(0xFF);
        file.Write(bitmap);
        var page = new byte[4096];
        foreach (var run in machine.PhysicalMemory!.Runs)
        {
            for (var number = run.FirstPage; number < run.FirstPage + run.PageCount; number++)
            {
                if (!machine.PhysicalMemory.TryRead(new PhysicalAddress(number << 12), page, out _) || page.AsSpan().IndexOfAnyExcept((byte)0) < 0)
                    continue;
                file.Seek(firstPage + ((long)number << 12), SeekOrigin.Begin);
                file.Write(page);
            }
        }
    }
}
