using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>
/// Guest virtual memory over physical frames. Several virtual pages may map one frame (MDLs, physical addresses). Fresh memory is zero and costs a host
/// page only once it is written.
/// </summary>
/// <remarks>
/// Not thread-safe: a guest has one processor. Design: spec/cpu.md section 3, S5 (copy-on-write frames, epoch tags, dirty list, buffer pool).
/// </remarks>
public sealed unsafe partial class GuestMemory : IDisposable
{
    public const int PageSize = 4096;

    private readonly long _maximumPages;
    private readonly PageTable _table = new();
    private readonly FrameStore _frames = new();
    private readonly List<IDeviceMemory> _devices = [];
    private bool _disposed;

    /// <param name="maximumPages">Bound on frames; beyond it <see cref="GuestMemoryExhaustedException"/> is thrown.</param>
    public GuestMemory(long maximumPages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumPages);
        _maximumPages = maximumPages;
        ReadTlb = AllocateTlb();
        WriteTlb = AllocateTlb();
        LookupTlb = AllocateTlb();
        FlushTlbs();
    }

    /// <summary>Virtual pages mapped now, aliases and devices included.</summary>
    public int MappedPages => _table.Count;

    /// <summary>Most frames that were ever in use at once.</summary>
    public long PeakPages { get; private set; }

    /// <summary>All mapped pages of memory (not of devices), ascending by unsigned address.</summary>
    public IEnumerable<(ulong Address, PageAccess Access, ulong Frame)> Pages
    {
        get
        {
            foreach (ulong page in _table.SortedPages())
            {
                if (TryQuery(page, out PageAccess access, out ulong frame))
                    yield return (page, access, frame);
            }
        }
    }

    /// <summary>Maps fresh zeroed memory over consecutive frames.</summary>
    /// <exception cref="InvalidOperationException">A page of the range is mapped already.</exception>
    /// <exception cref="GuestMemoryExhaustedException">More frames than the bound.</exception>
    public void Map(ulong address, ulong byteCount, PageAccess access)
    {
        int count = CheckFree(address, byteCount);
        if (_frames.InUse + count > _maximumPages)
            throw new GuestMemoryExhaustedException(_maximumPages);
        uint frame = _frames.Take(count);
        PeakPages = Math.Max(PeakPages, _frames.InUse);
        for (uint i = 0; i < (uint)count; i++)
            AddPage(address + (i * (ulong)PageSize), frame + i, access, 0);
    }

    /// <summary>Maps the frames behind another range a second time.</summary>
    /// <exception cref="InvalidOperationException">A page of the range is mapped already, or one of the source is not memory.</exception>
    public void MapAlias(ulong address, ulong sourceAddress, ulong byteCount, PageAccess access)
    {
        int count = CheckFree(address, byteCount);
        CheckAligned(sourceAddress, byteCount);
        for (ulong i = 0; i < (ulong)count; i++)
        {
            if (!TryQuery(sourceAddress + (i * PageSize), out _, out _))
                throw new InvalidOperationException($"No memory to alias at {sourceAddress + (i * PageSize):X}.");
        }

        for (ulong i = 0; i < (ulong)count; i++)
        {
            TryQuery(sourceAddress + (i * PageSize), out _, out ulong frame);
            _frames[(uint)frame]->References++;
            AddPage(address + (i * PageSize), (uint)frame, access, 0);
        }
    }

    /// <summary>Maps existing frames by number (physical address divided by the page size).</summary>
    /// <exception cref="InvalidOperationException">A page of the range is mapped already, or a frame does not exist.</exception>
    public void MapPhysical(ulong address, ulong firstFrame, ulong pageCount, PageAccess access)
    {
        CheckFree(address, checked(pageCount * PageSize));
        for (ulong i = 0; i < pageCount; i++)
        {
            if (!_frames.Exists(firstFrame + i))
                throw new InvalidOperationException($"Frame {firstFrame + i:X} does not exist.");
        }

        for (ulong i = 0; i < pageCount; i++)
        {
            _frames[(uint)(firstFrame + i)]->References++;
            AddPage(address + (i * PageSize), (uint)(firstFrame + i), access, 0);
        }
    }

    /// <summary>Maps device registers, readable and writable by guest code, never executable.</summary>
    /// <exception cref="InvalidOperationException">A page of the range is mapped already.</exception>
    public void MapDevice(ulong address, ulong byteCount, IDeviceMemory device)
    {
        ArgumentNullException.ThrowIfNull(device);
        int count = CheckFree(address, byteCount);
        int index = _devices.IndexOf(device);
        if (index < 0)
        {
            index = _devices.Count;
            _devices.Add(device);
        }

        for (uint i = 0; i < (uint)count; i++)
            AddPage(address + (i * (ulong)PageSize), i, PageAccess.Read | PageAccess.Write, checked((ushort)(index + 1)));
    }

    /// <summary>Unmaps a range; frames without any mapping are freed.</summary>
    /// <exception cref="InvalidOperationException">A page of the range is not mapped; nothing is changed.</exception>
    public void Unmap(ulong address, ulong byteCount)
    {
        int count = CheckMapped(address, byteCount);
        for (int i = 0; i < count; i++)
        {
            ulong page = address + ((ulong)i * PageSize);
            PageEntry entry = *_table.Find(page);
            if (IsRecording)
                Record(new UndoRecord { Kind = UndoKind.Unmapped, Page = page, Frame = entry.Frame, Access = entry.Access, Device = entry.Device });
            DropPage(page, keepFrame: IsRecording);
        }
    }

    /// <summary>Changes what guest code may do with mapped pages.</summary>
    /// <exception cref="InvalidOperationException">A page of the range is not mapped; nothing is changed.</exception>
    public void Protect(ulong address, ulong byteCount, PageAccess access)
    {
        int count = CheckMapped(address, byteCount);
        for (int i = 0; i < count; i++)
        {
            ulong page = address + ((ulong)i * PageSize);
            PageEntry* entry = _table.Find(page);
            if (entry->Access == access)
                continue;
            if (IsRecording)
                Record(new UndoRecord { Kind = UndoKind.Protected, Page = page, Access = entry->Access });
            SetAccess(entry, page, access);
        }
    }

    /// <summary>Access and frame number of a page of memory; false when nothing or a device is mapped there.</summary>
    public bool TryQuery(ulong address, out PageAccess access, out ulong frame)
    {
        PageEntry* entry = _table.Find(address & TlbEntry.PageMask);
        if (entry == null || entry->Device != 0)
        {
            access = PageAccess.None;
            frame = 0;
            return false;
        }

        access = entry->Access;
        frame = entry->Frame;
        return true;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _table.Dispose();
        _frames.Dispose();
        NativeMemory.AlignedFree(ReadTlb);
        NativeMemory.AlignedFree(WriteTlb);
        NativeMemory.AlignedFree(LookupTlb);
    }

    private void AddPage(ulong page, uint frame, PageAccess access, ushort device)
    {
        _table.Add(page, frame, access, device);
        if (device == 0)
            _frames[frame]->Page = _frames[frame]->References == 1 ? page : Frame.Aliased;
        if (IsRecording)
            Record(new UndoRecord { Kind = UndoKind.Mapped, Page = page });
    }

    private void DropPage(ulong page, bool keepFrame)
    {
        PageEntry* entry = _table.Find(page);
        uint frame = entry->Frame;
        bool isMemory = entry->Device == 0;
        _table.Remove(entry);
        FlushPage(page);
        if (!isMemory)
            return;
        ForgetCode(frame);
        if (!keepFrame)
            _frames.Release(frame);
    }

    private void SetAccess(PageEntry* entry, ulong page, PageAccess access)
    {
        bool losesExecute = (entry->Access & ~access & PageAccess.Execute) != 0;
        entry->Access = access;
        FlushPage(page);
        if (losesExecute && entry->Device == 0)
            ForgetCode(entry->Frame);
    }

    private int CheckFree(ulong address, ulong byteCount)
    {
        int count = CheckAligned(address, byteCount);
        for (int i = 0; i < count; i++)
        {
            if (_table.Find(address + ((ulong)i * PageSize)) != null)
                throw new InvalidOperationException($"Page {address + ((ulong)i * PageSize):X} is mapped already.");
        }

        return count;
    }

    private int CheckMapped(ulong address, ulong byteCount)
    {
        int count = CheckAligned(address, byteCount);
        for (int i = 0; i < count; i++)
        {
            if (_table.Find(address + ((ulong)i * PageSize)) == null)
                throw new InvalidOperationException($"Page {address + ((ulong)i * PageSize):X} is not mapped.");
        }

        return count;
    }

    private int CheckAligned(ulong address, ulong byteCount)
    {
        if (((address | byteCount) & (PageSize - 1)) != 0 || byteCount == 0 || address + (byteCount - 1) < address)
            throw new ArgumentException($"Not a range of whole pages: {address:X}, {byteCount:X} bytes.");
        if (byteCount / PageSize > (ulong)Math.Min(_maximumPages, int.MaxValue))
            throw new GuestMemoryExhaustedException(_maximumPages);
        return (int)(byteCount / PageSize);
    }
}
