using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LastRef.Nt;

namespace LastRef;

/// <summary>The pool scan: objects that no list leads to.</summary>
/// <remarks>
/// It looks at every mapped page of the kernel half, so it runs only when what the lists explain is not enough, and once.
/// Fact: dump-format, section 16: a block below a page stands behind 16 bytes of POOL_HEADER: size in units of 16 at +2,
/// type at +3, tag at +4.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int PageBytes = 0x1000;
    private const int PoolHeaderBytes = 16;
    private const int ScanBufferBytes = 1 << 20;

    /// <summary>Before Windows 8 the tag of an object that must not be freed by others had the top bit of its last character set.</summary>
    private const uint ProtectedTag = 0x8000_0000;

    private PoolFindings? _scan;

    /// <summary>Most bytes that a scan looks at; what only an image that has left could be blamed for is not worth all of memory.</summary>
    private ulong ScanLimit => _isQuickScan ? Math.Min(QuickScanBytes, _options.ScanBytes) : _options.ScanBytes;

    private const ulong QuickScanBytes = 1UL << 30;
    private bool _isQuickScan;
    private bool _wasQuickScan;

    /// <summary>Whether the pool was scanned.</summary>
    public bool IsScanned => _scan is not null;

    /// <summary>What the pool scan found; the first use scans.</summary>
    internal PoolFindings Scan
    {
        get
        {
            if (_scan is null || (_wasQuickScan && !_isQuickScan))
                (_scan, _wasQuickScan) = (ScanPool(), _isQuickScan);
            return _scan;
        }
    }

    private PoolFindings ScanPool()
    {
        var found = new PoolFindings();
        ForEachChunk("the pool scan", (start, bytes) =>
        {
            for (var page = 0; page < bytes.Length; page += PageBytes)
                ScanPage(start + page, bytes.Slice(page, Math.Min(PageBytes, bytes.Length - page)), found);
        });
        return found;
    }

    private delegate void ChunkVisitor(VirtualAddress start, ReadOnlySpan<byte> bytes);

    /// <summary>Gives all writable memory of the kernel half that is in the dump to a visitor, at most a megabyte at once and whole pages.</summary>
    private void ForEachChunk(string what, ChunkVisitor visit)
    {
        var scanned = 0UL;
        var buffer = new byte[ScanBufferBytes];
        foreach (var range in _machine.Mapped(VirtualAddress.SystemRangeStart, new VirtualAddress(ulong.MaxValue), reason => Gap($"{what}: {reason}")))
        {
            if (!range.IsWritable)
                continue;
            for (ulong offset = 0; offset < range.ByteCount; offset += (ulong)buffer.Length)
            {
                if (IsCancelled || scanned >= ScanLimit)
                {
                    Gap($"{what}: {(IsCancelled ? "cut off on request" : "stopped")} at {range.Address + offset} after {scanned >> 20} MB");
                    return;
                }

                var count = (int)Math.Min(range.ByteCount - offset, (ulong)buffer.Length);
                var start = range.Address + offset;
                if (Target.TryRead(start, buffer.AsSpan(0, count), out _))
                    visit(start, buffer.AsSpan(0, count));
                else
                    VisitPages(start, buffer, count, visit);
                scanned += (ulong)count;
                Report("pool", (long)(scanned >> 20), 0);
            }
        }
    }

    /// <summary>Page by page, where some of them are not in the dump.</summary>
    private void VisitPages(VirtualAddress start, byte[] buffer, int count, ChunkVisitor visit)
    {
        for (var page = 0; page < count; page += PageBytes)
        {
            var bytes = buffer.AsSpan(0, Math.Min(PageBytes, count - page));
            if (Target.TryRead(start + page, bytes, out _))
                visit(start + page, bytes);
        }
    }

    private void ScanPage(VirtualAddress page, ReadOnlySpan<byte> bytes, PoolFindings found)
    {
        // The tag is the upper half of a header's first quadword.
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            var tag = (uint)(words[i] >> 32);
            switch (tag & ~ProtectedTag)
            {
                case 0x7669_7244: // Driv
                    AddObject(page, i * 8, bytes, found.Drivers, IsDriver, found.Limit(_options.ListLimit));
                    break;
                case 0x6976_6544: // Devi
                    AddObject(page, i * 8, bytes, found.Devices, IsDevice, found.Limit(_options.ListLimit));
                    break;
                case 0x656C_6946: // File
                    AddObject(page, i * 8, bytes, found.Files, IsFile, found.Limit(_options.ListLimit));
                    break;
                case 0x2070_7249: // "Irp "
                    if (IsAllocated(bytes, i * 8) && IsIrp(page + ((i * 8) + PoolHeaderBytes)))
                        found.Irps.Add(page + ((i * 8) + PoolHeaderBytes));
                    break;
                case 0x4957_6F49: // IoWI
                    if (IsAllocated(bytes, i * 8) && IsWorkItem(page + ((i * 8) + PoolHeaderBytes)))
                        found.WorkItems.Add(page + ((i * 8) + PoolHeaderBytes));
                    break;
            }
        }
    }

    /// <summary>A pool header that can be one: its block lies in the page and is not free.</summary>
    private static bool IsAllocated(ReadOnlySpan<byte> page, int at)
    {
        var size = page[at + 2] * 16;
        return size >= 2 * PoolHeaderBytes && at + size <= page.Length && page[at + 3] != 0;
    }

    /// <summary>Finds the body behind a header candidate: after the optional blocks, whose bytes the header's own mask must give.</summary>
    private void AddObject(VirtualAddress page, int at, ReadOnlySpan<byte> bytes, HashSet<VirtualAddress> into, Func<VirtualAddress, bool> isOne, int limit)
    {
        if (!IsAllocated(bytes, at) || into.Count >= limit)
            return;
        const int mostOptional = 0xC0;
        var block = page + (at + PoolHeaderBytes);
        Span<byte> mask = stackalloc byte[1];
        for (var optional = 0; optional <= mostOptional; optional += 16)
        {
            var header = new ObjectHeader(Target, block + optional);
            if (!Target.TryRead(header.InfoMaskAddress, mask, out _) || OptionalBytes(mask[0]) != optional)
                continue;
            var body = header.Address + ObjectHeaderBytes;
            if (!isOne(body))
                continue;
            into.Add(body);
            return;
        }
    }

    private static int OptionalBytes(byte mask)
    {
        var bytes = 0;
        for (var bit = 0; bit < s_infoBytes.Length; bit++)
            bytes += (mask & (1 << bit)) != 0 ? s_infoBytes[bit] : 0;
        return bytes;
    }

    private bool IsDriver(VirtualAddress body) => Looks(() =>
        new DriverObject(Target, body) is var driver && driver.Type == DriverType && driver.Size == DriverObject.SizeOf(Layout)
        && driver.DriverExtension is { } extension && extension.Address.IsKernel);

    private bool IsDevice(VirtualAddress body) => Looks(() =>
        new DeviceObject(Target, body) is var device && device.Type == DeviceType && device.DriverObject is { Address.IsKernel: true }
        && device.DeviceObjectExtension is { } extension && Target.ReadUInt16(extension.Address) == ExtensionType);

    private bool IsFile(VirtualAddress body) => Looks(() =>
        new FileObject(Target, body) is var file && file.Type == FileType && file.Size == FileObject.SizeOf(Layout)
        && file.DeviceObject is { Address.IsKernel: true });

    private bool IsWorkItem(VirtualAddress address) => Looks(() =>
        new IoWorkItem(Target, address) is var item && item.Routine.IsKernel && item.IoObject.IsKernel);

    private static bool Looks(Func<bool> test)
    {
        try
        {
            return test();
        }
        catch (Exception notOne) when (notOne is TargetReadException or InputException)
        {
            // A candidate that cannot be read is none.
            return false;
        }
    }
}
