using System.Buffers.Binary;
using System.Text;
using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>Finds the kernel image in an address space and reads who it is.</summary>
/// <remarks>Spec: dump-format 3.1 and 3.4. Uses offsets that have been the same since Windows 7; no symbols are known yet.</remarks>
internal sealed class KernelFinder(Target target, DumpLimits limits)
{
    private const int DllBase = 0x30;
    private const int BaseDllName = 0x58;
    private const int ImageSizeLimit = 64 << 20;

    /// <summary>The kernel's base: from the debugger's block, the first module, or by walking down from an address inside it.</summary>
    public VirtualAddress? FindBase(DebuggerDataBlock? debuggerData, VirtualAddress loadedModuleList)
    {
        if (debuggerData is { KernBase: var known } && IsImage(known))
            return known;
        if (FirstModule(loadedModuleList) is { } module && module.IsKernel)
            return module;
        if (debuggerData is { KernBase: { IsKernel: true } unseen })
            return unseen;
        return loadedModuleList.IsNull ? null : WalkDown(loadedModuleList);
    }

    /// <summary>True when a list head's neighbours are kernel addresses that point back.</summary>
    public bool IsListHead(VirtualAddress head)
    {
        if (!head.IsKernel || !TryPointer(head, out var first) || !TryPointer(head + 8, out var last))
            return false;
        return first.IsKernel && last.IsKernel && TryPointer(first + 8, out var back) && back == head && TryPointer(last, out var on) && on == head;
    }

    /// <summary>What a kernel image says about itself.</summary>
    public (uint SizeOfImage, uint TimeDateStamp, CodeViewRecord? CodeView) Identify(VirtualAddress imageBase)
    {
        if (!TryHeader(imageBase, out var nt))
            return default;
        var size = U32(nt + 0x18 + 0x38);
        var stamp = U32(nt + 8);
        return (size, stamp, CodeView(imageBase, nt, size));
    }

    /// <summary>The address of an export; null when there is none or the export directory is not in the dump.</summary>
    public VirtualAddress? FindExport(VirtualAddress imageBase, string name)
    {
        if (!TryHeader(imageBase, out var nt) || U32(nt + 0x18 + 0x6C) < 1)
            return null;
        var size = U32(nt + 0x18 + 0x38);
        var rva = U32(nt + 0x18 + 0x70);
        if (rva == 0 || rva > size)
            return null;
        var directory = imageBase + (ulong)rva;
        var count = Math.Min(U32(directory + 24), 0x10000);
        var (functions, names, ordinals) = (U32(directory + 28), U32(directory + 32), U32(directory + 36));

        // The names are sorted by their bytes.
        uint low = 0, high = count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = Compare(imageBase + (ulong)U32(imageBase + (names + (4UL * middle))), name);
            if (order is null)
                return null;
            if (order == 0)
            {
                var ordinal = U16(imageBase + (ordinals + (2UL * middle)));
                var function = U32(imageBase + (functions + (4UL * ordinal)));
                return function == 0 || function >= size ? null : imageBase + (ulong)function;
            }

            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return null;
    }

    /// <summary>Whether an image with an export directory of the kernel's name stands here.</summary>
    public bool IsKernel(VirtualAddress address)
    {
        if (!TryHeader(address, out var nt))
            return false;
        var rva = U32(nt + 0x18 + 0x70);
        return rva != 0 && rva < ImageSizeLimit && Compare(address + (ulong)U32(address + (rva + 12UL)), "ntoskrnl.exe") == 0;
    }

    private VirtualAddress? FirstModule(VirtualAddress loadedModuleList)
    {
        if (!loadedModuleList.IsKernel || !TryPointer(loadedModuleList, out var entry) || !entry.IsKernel || entry == loadedModuleList)
            return null;
        return TryPointer(entry + DllBase, out var imageBase) && NameOf(entry).StartsWith("nt", StringComparison.OrdinalIgnoreCase) ? imageBase : null;
    }

    private string NameOf(VirtualAddress entry)
    {
        Span<byte> head = stackalloc byte[16];
        if (!target.TryRead(entry + BaseDllName, head, out _))
            return "";
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(head) & ~1;
        var text = new byte[Math.Min(bytes, 64)];
        return target.TryRead(new VirtualAddress(BinaryPrimitives.ReadUInt64LittleEndian(head[8..])), text, out _) ? Encoding.Unicode.GetString(text) : "";
    }

    private VirtualAddress? WalkDown(VirtualAddress inside)
    {
        var page = new VirtualAddress(inside.Value & ~0xFFFUL);
        for (var count = 0; count < Math.Min(limits.SearchPages, ImageSizeLimit >> 12); count++, page -= 0x1000)
        {
            if (IsKernel(page))
                return page;
        }

        return null;
    }

    private bool IsImage(VirtualAddress address) => TryHeader(address, out _);

    private bool TryHeader(VirtualAddress imageBase, out VirtualAddress nt)
    {
        nt = default;
        if (!imageBase.IsKernel || (imageBase.Value & 0xFFF) != 0 || U16(imageBase) != 0x5A4D)
            return false;
        var offset = U32(imageBase + 0x3C);
        if (offset is < 0x40 or > 0x1000)
            return false;
        nt = imageBase + (ulong)offset;
        return U32(nt) == 0x4550 && U16(nt + 4) == 0x8664 && U16(nt + 0x18) == 0x20B;
    }

    private CodeViewRecord? CodeView(VirtualAddress imageBase, VirtualAddress nt, uint imageSize)
    {
        const int DebugDirectory = 6, RecordBytes = 28, MostRecords = 32, MostBytes = 24 + 260;
        if (U32(nt + 0x18 + 0x6C) <= DebugDirectory)
            return null;
        var (rva, bytes) = (U32(nt + 0x18 + 0x70 + (8 * DebugDirectory)), U32(nt + 0x18 + 0x74 + (8 * DebugDirectory)));
        if (rva == 0 || rva >= imageSize)
            return null;
        for (var index = 0; index < Math.Min(bytes / RecordBytes, MostRecords); index++)
        {
            var entry = imageBase + (ulong)rva + (index * RecordBytes);
            var (type, size, at) = (U32(entry + 0xC), U32(entry + 0x10), U32(entry + 0x14));
            if (type != 2 || at == 0 || at >= imageSize || size < 25)
                continue;
            var record = new byte[Math.Min(size, MostBytes)];
            if (!target.TryRead(imageBase + (ulong)at, record, out _) || !record.AsSpan().StartsWith("RSDS"u8))
                continue;
            var path = record.AsSpan(24);
            var end = path.IndexOf((byte)0);
            return new CodeViewRecord(
                new Guid(record.AsSpan(4, 16)), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(20)),
                PrintableText.Of(Encoding.UTF8.GetString(end < 0 ? path : path[..end])));
        }

        return null;
    }

    /// <summary>Compares a zero-terminated text in the target with a name, by bytes; null when it cannot be read.</summary>
    private int? Compare(VirtualAddress text, string name)
    {
        Span<byte> one = stackalloc byte[1];
        for (var index = 0; ; index++)
        {
            if (!target.TryRead(text + index, one, out _))
                return null;
            var wanted = index < name.Length ? name[index] : 0;
            if (one[0] != wanted)
                return one[0] - wanted;
            if (wanted == 0)
                return 0;
        }
    }

    private bool TryPointer(VirtualAddress address, out VirtualAddress value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isRead = target.TryRead(address, bytes, out _);
        value = new VirtualAddress(isRead ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0);
        return isRead;
    }

    // What cannot be read is 0 here: none of these fields is 0 in a kernel.
    private uint U32(VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return target.TryRead(address, bytes, out _) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
    }

    private ushort U16(VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[2];
        return target.TryRead(address, bytes, out _) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
    }
}
