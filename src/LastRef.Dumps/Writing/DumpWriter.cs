using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Writes a machine as a full dump (type 1).</summary>
/// <remarks>Spec: dump-format 1.2 and 1.4. Pages of zeros are left out of the file where the host has sparse files; they read as zeros.</remarks>
public static class DumpWriter
{
    private const int PageBytes = 4096;
    private const int MostRuns = 42;

    /// <summary>Gaps up to this many pages are filled with zeros rather than begin a run.</summary>
    private const ulong SmallGap = 16;

    /// <summary>Writes a whole file or nothing: under another name first, then moved to its place.</summary>
    /// <exception cref="InputException">It cannot be written; nothing is left behind.</exception>
    public static void Write(MachineImage machine, string path)
    {
        var temporary = path + ".lastref-tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
                Write(machine, stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            TryDelete(temporary);
            throw new InputException($"{path}: the dump cannot be written: {error.Message}");
        }
    }

    /// <summary>Writes to a stream that can seek, from its start.</summary>
    public static void Write(MachineImage machine, Stream stream)
    {
        var contents = new Dictionary<ulong, VirtualAddress>();
        var highest = machine.FirstPhysicalPage;
        foreach (var page in machine.Pages)
        {
            contents.TryAdd(page.PhysicalPage, page.Address);
            highest = Math.Max(highest, page.PhysicalPage + 1);
        }

        var tables = new PageTableBuilder(machine.DirectoryTableBase.Value >> 12, machine.FirstPhysicalPage, highest);
        foreach (var page in machine.Pages)
            tables.Add(page);

        var runs = RunsOf([.. contents.Keys.Concat(tables.Tables.Keys).Order()]);
        ulong pageCount = 0;
        foreach (var run in runs)
            pageCount += run.PageCount;
        var length = DumpHeader.Bytes + ((long)pageCount * PageBytes);
        stream.SetLength(0);
        stream.SetLength(length);
        stream.Write(Header(machine, runs, pageCount, length));
        var buffer = new byte[PageBytes];
        foreach (var run in runs)
        {
            for (var page = run.FirstPage; page < run.FirstPage + run.PageCount; page++)
            {
                if (tables.Tables.TryGetValue(page, out var table))
                {
                    PageTableBuilder.Write(table, buffer);
                    stream.Write(buffer);
                }
                else if (contents.TryGetValue(page, out var address) && Read(machine.Memory, address, buffer))
                {
                    stream.Write(buffer);
                }
                else
                {
                    stream.Seek(PageBytes, SeekOrigin.Current);
                }
            }
        }

        stream.Flush();
    }

    /// <summary>Deletes a file that was begun; that it cannot be deleted is no reason to hide why it was not finished.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // The caller reports what went wrong first.
            return;
        }
    }

    /// <returns>False for a page of zeros, which the file holds anyway.</returns>
    private static bool Read(Target memory, VirtualAddress address, byte[] buffer)
    {
        memory.Read(address, buffer);
        return buffer.AsSpan().IndexOfAnyExcept((byte)0) >= 0;
    }

    private static List<PhysicalRun> RunsOf(ulong[] pages)
    {
        var runs = new List<PhysicalRun>();
        foreach (var page in pages)
        {
            if (runs.Count > 0 && page - (runs[^1].FirstPage + runs[^1].PageCount) <= SmallGap)
                runs[^1] = runs[^1] with { PageCount = page + 1 - runs[^1].FirstPage };
            else
                runs.Add(new PhysicalRun(page, 1));
        }

        // The header has room for so many runs: the narrowest gaps are filled.
        while (runs.Count > MostRuns)
        {
            var narrowest = 1;
            for (var index = 2; index < runs.Count; index++)
            {
                if (Gap(index) < Gap(narrowest))
                    narrowest = index;
            }

            runs[narrowest - 1] = runs[narrowest - 1] with { PageCount = runs[narrowest].FirstPage + runs[narrowest].PageCount - runs[narrowest - 1].FirstPage };
            runs.RemoveAt(narrowest);
        }

        return runs;

        ulong Gap(int index) => runs[index].FirstPage - (runs[index - 1].FirstPage + runs[index - 1].PageCount);
    }

    private static byte[] Header(MachineImage machine, List<PhysicalRun> runs, ulong pageCount, long length)
    {
        const int Processors = 1, Breakpoint = unchecked((int)0x8000_0003), Context = 0x348, Exception = 0xF00, Rip = 0xF8;
        var header = new byte[DumpHeader.Bytes];
        for (var offset = 0; offset < header.Length; offset += 4)
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(offset), DumpHeader.Fill);
        "PAGEDU64"u8.CopyTo(header);
        U32(0x8, 15);
        U32(0xC, (uint)machine.Memory.Layout.Build);
        U64(0x10, machine.DirectoryTableBase.Value);
        U64(0x18, machine.PfnDatabase.Value);
        U64(0x20, machine.PsLoadedModuleList.Value);
        U64(0x28, machine.PsActiveProcessHead.Value);
        U32(0x30, 0x8664);
        U32(0x34, Processors);
        U32(0x38, machine.BugCheckCode);
        for (var index = 0; index < 4; index++)
            U64(0x40 + (8 * index), machine.BugCheckParameters[index]);
        header.AsSpan(0x60, 32).Clear();
        U64(0x80, machine.KdDebuggerDataBlock.Value);
        U32(0x88, (uint)runs.Count);
        U64(0x90, pageCount);
        for (var index = 0; index < runs.Count; index++)
        {
            U64(0x98 + (16 * index), runs[index].FirstPage);
            U64(0xA0 + (16 * index), runs[index].PageCount);
        }

        machine.Context.Span.CopyTo(header.AsSpan(Context));
        header.AsSpan(Exception, 0x98).Clear();
        U32(Exception, unchecked((uint)Breakpoint));
        U64(Exception + 0x10, BinaryPrimitives.ReadUInt64LittleEndian(machine.Context.Span[Rip..]));
        U32(0xF98, 1);
        U64(0xFA0, (ulong)length);
        U64(0xFA8, (ulong)machine.SystemTime100ns);
        header.AsSpan(0xFB0, 128).Clear();
        "saved by LastRef from its lab"u8.CopyTo(header.AsSpan(0xFB0));
        U64(0x1030, (ulong)machine.UpTime100ns);
        U32(0x1038, 0);
        U32(0x103C, 0);
        U32(0x1040, 1);
        U32(0x1044, 0x110);
        U32(0x1048, 0);
        U32(0x1050, 0);
        return header;

        void U32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(offset), value);
        void U64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(offset), value);
    }
}
