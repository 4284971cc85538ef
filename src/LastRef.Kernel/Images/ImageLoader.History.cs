using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The history of unloaded drivers, in memory as the debugger reads it (U-1.47).</summary>
internal sealed partial class ImageLoader
{
    private const int HistoryEntries = 50;
    private const int HistoryEntryBytes = 0x28;

    /// <summary>MmUnloadedDrivers: a ring of 50 entries; null until the first image left.</summary>
    public VirtualAddress UnloadedHistory { get; private set; }

    /// <summary>Entries in use.</summary>
    public int UnloadedHistoryCount => Math.Min(_unloaded.Count, HistoryEntries);

    private void EnterInHistory(LoadedImage image)
    {
        if (UnloadedHistory.IsNull)
            UnloadedHistory = _kernel.Ex.NonPagedPool.Allocate(HistoryEntries * HistoryEntryBytes, PoolTags.LoaderEntry, null);
        var entry = UnloadedHistory + (_unloaded.Count % HistoryEntries * HistoryEntryBytes);
        _kernel.Rtl.WriteString(new UnicodeString(Memory, entry), image.FileName, PoolTags.LoaderEntry);
        Memory.WritePointer(entry + 0x10, image.Base);
        Memory.WritePointer(entry + 0x18, image.Base + image.ByteCount);
        Memory.WriteUInt64(entry + 0x20, (ulong)_kernel.Ke.SystemTime100ns);
        _unloaded.Add(new UnloadedImage(image.FileName, image.Base, image.ByteCount, _kernel.Ke.InterruptTime100ns));
    }
}
