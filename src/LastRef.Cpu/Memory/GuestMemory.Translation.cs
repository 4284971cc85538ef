using System.Runtime.InteropServices;

namespace LastRef.Cpu;

public sealed unsafe partial class GuestMemory
{
    /// <summary>Pages that guest code may read.</summary>
    internal TlbEntry* ReadTlb { get; }

    /// <summary>Pages that guest code may write without telling anyone: private contents, no decoded code.</summary>
    internal TlbEntry* WriteTlb { get; }

    /// <summary>Pages of memory whatever their access: for the host.</summary>
    internal TlbEntry* LookupTlb { get; }

    /// <summary>Told when decoded code of a frame is no longer valid.</summary>
    internal ICodeCache? CodeCache { get; set; }

    /// <summary>Host address of the page for reading or fetching, or null with the reason as #PF error code.</summary>
    internal byte* TranslateRead(ulong address, PageAccess needed, out uint errorCode, out PageEntry* entry)
    {
        entry = _table.Find(address & TlbEntry.PageMask);
        uint fetch = needed == PageAccess.Execute ? 0x10u : 0;
        errorCode = fetch;
        if (entry == null)
            return null;
        errorCode = fetch | 1;
        if ((entry->Access & needed) == 0)
            return null;
        errorCode = 0;
        return entry->Device != 0 ? null : _frames[entry->Frame]->Data;
    }

    /// <summary>Host address of the page for writing after making it private, or null with the reason as #PF error code.</summary>
    internal byte* TranslateWrite(ulong address, out uint errorCode, out PageEntry* entry)
    {
        entry = _table.Find(address & TlbEntry.PageMask);
        errorCode = 2;
        if (entry == null)
            return null;
        errorCode = 3;
        if ((entry->Access & PageAccess.Write) == 0)
            return null;
        errorCode = 0;
        return entry->Device != 0 ? null : MakePrivate(entry->Frame);
    }

    internal void FillRead(ulong address, byte* host)
    {
        ulong page = address & TlbEntry.PageMask;
        TlbEntry* slot = ReadTlb + Index(page);
        slot->Tag = page;
        slot->Addend = (ulong)host - page;
    }

    /// <summary>Enters a page into the write TLB unless writes to it must be watched.</summary>
    internal bool FillWrite(ulong address, byte* host, uint frame)
    {
        if (_frames[frame]->CodeGranules != 0)
            return false;
        ulong page = address & TlbEntry.PageMask;
        TlbEntry* slot = WriteTlb + Index(page);
        slot->Tag = page;
        slot->Addend = (ulong)host - page;
        return true;
    }

    internal IDeviceMemory Device(PageEntry* entry) => _devices[entry->Device - 1];

    /// <summary>Notes that a decoded block covers bytes of a frame; from now on writes to it take the slow path.</summary>
    internal void MarkCode(uint frame, int offset, int byteCount)
    {
        Frame* f = _frames[frame];
        if (f->CodeGranules == 0)
        {
            if (f->Page != Frame.Aliased)
                WriteTlb[Index(f->Page)].Tag = TlbEntry.Empty;
            else
                Clear(WriteTlb);
        }

        f->CodeGranules |= Granules(offset, byteCount);
    }

    /// <summary>Called after bytes of a page were changed.</summary>
    internal void NoteWrite(uint frame, int offset, int byteCount)
    {
        if ((_frames[frame]->CodeGranules & Granules(offset, byteCount)) != 0)
            ForgetCode(frame);
    }

    internal void FlushTlbs()
    {
        Clear(ReadTlb);
        Clear(WriteTlb);
        Clear(LookupTlb);
    }

    private void FlushPage(ulong page)
    {
        int i = Index(page);
        ReadTlb[i].Tag = WriteTlb[i].Tag = LookupTlb[i].Tag = TlbEntry.Empty;
    }

    /// <summary>Gives a frame contents of its own in the current epoch.</summary>
    private byte* MakePrivate(uint number)
    {
        Frame* frame = _frames[number];
        if (frame->Epoch == _epoch)
            return frame->Data;
        byte* old = frame->Data;
        byte* data = _frames.TakeBuffer();
        if (old == _frames.ZeroPage)
            NativeMemory.Clear(data, PageSize);
        else
            Buffer.MemoryCopy(old, data, PageSize, PageSize);
        if (IsRecording)
            Record(new UndoRecord { Kind = UndoKind.Contents, Frame = number, Page = frame->Epoch, Data = old });
        else
            _frames.FreeBuffer(old);
        frame->Data = data;
        frame->Epoch = _epoch;
        if (frame->Page != Frame.Aliased)
            FlushPage(frame->Page);
        else
            FlushTlbs();
        return data;
    }

    private void ForgetCode(uint frame)
    {
        if (_frames[frame]->CodeGranules == 0)
            return;
        _frames[frame]->CodeGranules = 0;
        CodeCache?.Invalidate(frame);
    }

    private static ulong Granules(int offset, int byteCount)
    {
        int first = offset >> 6;
        int last = (offset + byteCount - 1) >> 6;
        return (ulong.MaxValue >> (63 - last)) & (ulong.MaxValue << first);
    }

    private static int Index(ulong page) => (int)(page >> 12) & (TlbEntry.Count - 1);

    private static TlbEntry* AllocateTlb() => (TlbEntry*)NativeMemory.AlignedAlloc((nuint)(TlbEntry.Count * sizeof(TlbEntry)), 64);

    private static void Clear(TlbEntry* tlb) => new Span<TlbEntry>(tlb, TlbEntry.Count).Fill(new TlbEntry { Tag = TlbEntry.Empty });
}
