using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Reads what a kernel dump's header says about where its pages lie in the file.</summary>
/// <remarks>Spec: dump-format 1.3 to 1.7. The marker at 0x2000 decides, not the name of the type.</remarks>
internal sealed class PageDescriptions(BlockCache file, string name, DumpHeader header, DumpLimits limits, List<string> notes)
{
    private const uint Sdmp = 0x504D_4453, Fdmp = 0x504D_4446, Dump = 0x504D_5544, Rdmp = 0x504D_4452;
    private const int Start = DumpHeader.Bytes;

    public (DumpKind Kind, IPhysicalMemory Memory) Read() => header.DumpType switch
    {
        1 => (DumpKind.Full, Runs()),
        2 => (DumpKind.Bitmap, Summary()),
        3 => throw new InputException($"{name}: a dump of the header only (type 3): it holds no memory"),
        5 or 6 or 7 => (DumpKind.Bitmap, Bitmap()),
        8 or 9 or 10 => (DumpKind.Ranges, Ranges()),
        var type => throw new InputException($"{name}: dump type {type} is not known"),
    };

    private RunMemory Runs()
    {
        const int Count = 0x88, Pages = 0x90, First = 0x98, RunBytes = 16, MostRuns = 42;
        var count = header.U32(Count);
        var pages = header.U64(Pages);
        if (count == 0 || pages == 0)
            throw new InputException($"{name}: the header describes no physical memory");
        if (count > MostRuns)
            throw new InputException($"{name}: the header announces {count} runs of physical memory; it has room for {MostRuns}");
        var runs = new List<PhysicalRun>();
        ulong sum = 0;
        for (var index = 0; index < count; index++)
        {
            var run = new PhysicalRun(header.U64(First + (RunBytes * index)), header.U64(First + (RunBytes * index) + 8));
            if (!IsSane(run))
                throw new InputException($"{name}: run {index} of physical memory is impossible: {run.PageCount} pages at page 0x{run.FirstPage:x}");
            runs.Add(run);
            sum += run.PageCount;
        }

        if (sum != pages)
            notes.Add($"The header speaks of {pages} pages, its runs of {sum}; the runs are used.");
        return new RunMemory(file, Start, runs, notes);
    }

    private BitmapMemory Bitmap()
    {
        var head = Bytes(Start, 0x38, "the bitmap's header");
        var (first, second) = (U32(head, 0), U32(head, 4));
        if (first is not (Sdmp or Fdmp) || second != Dump)
            throw new InputException($"{name}: type {header.DumpType} needs a page bitmap, but none stands at offset 0x2000");
        var firstPage = U64(head, 0x20);
        var (pages, bits) = (U64(head, 0x28), U64(head, 0x30));

        // One known tool swaps the two.
        if (pages > bits)
            (pages, bits) = (bits, pages);
        var memory = OpenBitmap(Start + 0x38, bits, firstPage);
        if ((ulong)memory.SetBits != pages)
            notes.Add($"The bitmap's header speaks of {pages} pages, the bitmap of {memory.SetBits}; the bitmap is used.");
        return memory;
    }

    /// <summary>The kernel dump of systems before Windows 8; some writers put the later form under the same type.</summary>
    private BitmapMemory Summary()
    {
        var head = Bytes(Start, 0x28, "the summary header");
        if (U32(head, 0) is not (Sdmp or Fdmp) || U32(head, 4) != Dump)
            throw new InputException($"{name}: type 2 needs a summary header, but none stands at offset 0x2000");
        var (headerSize, bits, pages) = (U32(head, 0xC), U32(head, 0x10), U32(head, 0x14));
        if (headerSize >= Start + 0x28 + ((bits + 7L) / 8) && bits > 0 && bits <= limits.BitmapBits
            && BitmapMemory.TryOpen(file, Start + 0x28, bits, headerSize) is { } memory && memory.SetBits == pages)
        {
            NoteMissing(memory);
            return memory;
        }

        return Bitmap();
    }

    private BitmapMemory OpenBitmap(long offset, ulong bits, ulong firstPage)
    {
        if (bits == 0)
            throw new InputException($"{name}: the page bitmap is empty");
        if (bits > (ulong)limits.BitmapBits)
            throw new InputException($"{name}: a page bitmap of {bits} bits; the limit is {limits.BitmapBits}");
        if (firstPage < (ulong)(offset + ((long)(bits + 7) / 8)) || firstPage > long.MaxValue)
            throw new InputException($"{name}: the first page is said to stand at offset 0x{firstPage:x}, inside the page bitmap");
        var memory = BitmapMemory.TryOpen(file, offset, (long)bits, (long)firstPage)
            ?? throw new InputException($"{name}: cut short inside the page bitmap: 0x{file.Length:x} bytes");
        NoteMissing(memory);
        return memory;
    }

    private void NoteMissing(BitmapMemory memory)
    {
        if (memory.PageCount < memory.SetBits)
            notes.Add($"The file is cut short: {memory.SetBits - memory.PageCount} of {memory.SetBits} pages are missing; what is there is used.");
    }

    private RunMemory Ranges()
    {
        const int Records = 0x30, RecordBytes = 16;
        var head = Bytes(Start, Records, "the page range header");
        if (U32(head, 0) != 0x40 || U32(head, 4) != Rdmp || U32(head, 8) != Dump)
            throw new InputException($"{name}: type {header.DumpType} needs a page range header, but none stands at offset 0x2000");
        var (metadata, firstPage) = (U64(head, 0x10), U64(head, 0x18));
        if (metadata < 0x20 || firstPage < Start + 0x40 || firstPage > long.MaxValue || metadata - 0x20 != firstPage - (Start + 0x40))
            throw new InputException($"{name}: the page range header contradicts itself: 0x{metadata:x} bytes of records, the first page at 0x{firstPage:x}");
        var isComplete = header.DumpType == 10;
        var total = U64(head, 0x28);
        var most = isComplete ? U32(head, 0x20) : (ulong)((firstPage - Start - Records) / RecordBytes);
        if (most > (ulong)limits.Runs || (ulong)Start + Records + (most * RecordBytes) > (ulong)file.Length)
            throw new InputException($"{name}: {most} page ranges are announced; the file or the limit of {limits.Runs} does not hold them");
        var runs = new List<PhysicalRun>();
        ulong sum = 0;
        for (ulong index = 0; index < most; index++)
        {
            var record = Bytes(Start + Records + (long)(index * RecordBytes), RecordBytes, "a page range");
            var run = new PhysicalRun(U64(record, 0), U64(record, 8));
            if (isComplete ? sum >= total : run.FirstPage == 0 || (long)(Start + Records + (index * RecordBytes)) >= (long)firstPage)
                break;
            if (!IsSane(run))
                throw new InputException($"{name}: page range {index} is impossible: {run.PageCount} pages at page 0x{run.FirstPage:x}");
            runs.Add(run);
            sum += run.PageCount;
        }

        if (isComplete && sum != total)
            notes.Add($"The page range header speaks of {total} pages, its ranges of {sum}; the ranges are used.");
        if (runs.Count == 0)
            throw new InputException($"{name}: the page range header describes no physical memory");
        return new RunMemory(file, (long)firstPage, runs, notes);
    }

    // 52 bits of physical address are all that x64 has.
    private static bool IsSane(PhysicalRun run) => run.FirstPage < 1UL << 40 && run.PageCount > 0 && run.PageCount < 1UL << 40;

    private byte[] Bytes(long offset, int count, string what)
    {
        var bytes = new byte[count];
        return file.TryRead(offset, bytes) ? bytes : throw new InputException($"{name}: cut short before {what}: 0x{file.Length:x} bytes");
    }

    private static uint U32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
}
