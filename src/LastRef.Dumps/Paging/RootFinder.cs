using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Finds the kernel's page tables in physical memory that nobody described.</summary>
/// <remarks>Windows maps the tables into themselves: one entry of the top table points to the table. KUSER_SHARED_DATA confirms it.</remarks>
internal sealed class RootFinder(IPhysicalMemory memory, DumpLimits limits)
{
    private static readonly VirtualAddress s_sharedUserData = new(0xFFFF_F780_0000_0000);

    /// <summary>CR3, levels and the kernel's base; null when nothing in the memory looks like a Windows kernel.</summary>
    public (ulong Root, int Levels, VirtualAddress? Kernel)? Find()
    {
        var table = new byte[4096];
        var seen = 0L;
        foreach (var run in memory.Runs)
        {
            for (var page = run.FirstPage; page < run.FirstPage + run.PageCount; page++)
            {
                if (seen++ >= limits.SearchPages)
                    return null;
                if (!memory.TryRead(new PhysicalAddress(page << 12), table, out _) || !PointsToItself(table, page) || LevelsOf(memory, page << 12) is not { } levels)
                    continue;
                var target = new PagedTarget(memory, new PageTables(memory, page << 12, levels), TypeLayout.For(TypeLayout.Builds[^1]));
                return (page << 12, levels, FindKernel(target));
            }
        }

        return null;
    }

    /// <summary>4 or 5, by whether KUSER_SHARED_DATA is where every Windows has it; null for neither.</summary>
    public static int? LevelsOf(IPhysicalMemory memory, ulong root)
    {
        foreach (var levels in (ReadOnlySpan<int>)[4, 5])
        {
            if (IsSharedData(new PageTables(memory, root, levels), memory))
                return levels;
        }

        return null;
    }

    /// <summary>The kernel image: one that exports under the kernel's name, in the half terabyte where kernels are loaded.</summary>
    public VirtualAddress? FindKernel(PagedTarget target)
    {
        var finder = new KernelFinder(target, limits);
        var pages = 0L;
        Span<byte> mark = stackalloc byte[2];
        foreach (var range in target.MappedRanges(new VirtualAddress(0xFFFF_F800_0000_0000), new VirtualAddress(0xFFFF_F8FF_FFFF_FFFF)))
        {
            for (ulong offset = 0; offset < range.Bytes; offset += 0x1000)
            {
                if (pages++ >= limits.SearchPages)
                    return null;
                if (memory.TryRead(new PhysicalAddress(range.Physical.Value + offset), mark, out _) && mark.SequenceEqual("MZ"u8)
                    && finder.IsKernel(range.Address + offset))
                    return range.Address + offset;
            }
        }

        return null;
    }

    private static bool PointsToItself(ReadOnlySpan<byte> table, ulong page)
    {
        for (var index = 256; index < 512; index++)
        {
            var entry = BinaryPrimitives.ReadUInt64LittleEndian(table[(8 * index)..]);
            if ((entry & 0x83) == 3 && (entry & PageTables.FrameMask) >> 12 == page)
                return true;
        }

        return false;
    }

    // NtSystemRoot at +30 ("C:\Windows", any drive), NtMajorVersion at +26C.
    private static bool IsSharedData(PageTables tables, IPhysicalMemory memory)
    {
        Span<byte> root = stackalloc byte[6];
        Span<byte> major = stackalloc byte[4];
        return tables.TryTranslate(s_sharedUserData, out var physical, out _)
            && memory.TryRead(new PhysicalAddress(physical.Value + 0x30), root, out _) && root[2] == ':' && root[4] == '\\' && root[3] == 0
            && memory.TryRead(new PhysicalAddress(physical.Value + 0x26C), major, out _) && BitConverter.ToUInt32(major) is 6 or 10;
    }
}
