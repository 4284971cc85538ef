using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The tunnel cache: what a file was that was deleted a moment ago, for one that takes its name.</summary>
/// <remarks>
/// Doc: FsRtlInitializeTunnelCache and its neighbours, ntifs.h; "File System Tunneling Capabilities" (15 seconds, 256 entries). TUNNEL: Mutex 0, Cache
/// 38h, TimerQueue 40h, NumEntries 50h. Entries are ours: links 0, time 10h, directory key 18h, keyed by the short name 20h, data's length 24h, then
/// the two UNICODE_STRINGs and the data.
/// </remarks>
internal sealed partial class FileSystemLibrary
{
    private const int TunnelQueue = 0x40, TunnelEntries = 0x50, TunnelBytes = 0x58;
    private const int EntryTime = 0x10, EntryKey = 0x18, EntryByShortName = 0x20, EntryDataBytes = 0x24, EntryShortName = 0x28, EntryLongName = 0x38, EntryData = 0x48;
    private const ushort TunnelLimit = 256;
    private const long TunnelTime100ns = 15 * 10_000_000L;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlInitializeTunnelCache, ntifs.h")]
    internal void FsRtlInitializeTunnelCache(VirtualAddress cache)
    {
        Memory.Clear(cache, TunnelBytes);
        _kernel.Ex.KeInitializeGuardedMutex(new FastMutex(Memory, cache));
        _kernel.Ke.InitializeList(cache + TunnelQueue);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlAddToTunnelCache, ntifs.h")]
    internal void FsRtlAddToTunnelCache(
        VirtualAddress cache, ulong directoryKey, UnicodeString shortName, UnicodeString longName, NtBoolean keyByShortName, uint dataLength,
        VirtualAddress data)
    {
        var (shortText, longText) = (WideText.Bytes(shortName.ToText()), WideText.Bytes(longName.ToText()));
        ForgetOld(cache);
        if (FindTunnel(cache, directoryKey, (keyByShortName ? shortName : longName).ToText()) is { } same)
            RemoveTunnel(cache, same);
        if (Memory.ReadUInt16(cache + TunnelEntries) >= TunnelLimit)
            RemoveTunnel(cache, new ListEntry(Memory, cache + TunnelQueue).Flink);
        var content = new byte[dataLength];
        Memory.Read(data, content);
        var texts = EntryData + content.Length;
        var entry = Allocate(texts + shortText.Length + longText.Length);
        Memory.WriteUInt64(entry + EntryTime, (ulong)_kernel.Ke.InterruptTime100ns);
        Memory.WriteUInt64(entry + EntryKey, directoryKey);
        Memory.WriteUInt32(entry + EntryByShortName, keyByShortName ? 1u : 0);
        Memory.WriteUInt32(entry + EntryDataBytes, dataLength);
        Memory.Write(entry + EntryData, content);
        WriteName(entry + EntryShortName, shortText, entry + texts);
        WriteName(entry + EntryLongName, longText, entry + texts + shortText.Length);
        _kernel.Ke.InsertTail(cache + TunnelQueue, entry);
        Memory.WriteUInt16(cache + TunnelEntries, (ushort)(Memory.ReadUInt16(cache + TunnelEntries) + 1));
    }

    /// <param name="dataLength">In: room for the data; out: how much was put there.</param>
    /// <returns>TRUE when a file with that name was deleted in the directory less than 15 seconds ago.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlFindInTunnelCache, ntifs.h", Missing = "a long name that does not fit the caller's string")]
    internal NtBoolean FsRtlFindInTunnelCache(
        VirtualAddress cache, ulong directoryKey, UnicodeString name, UnicodeString shortName, UnicodeString longName, Out<uint> dataLength,
        VirtualAddress data)
    {
        ForgetOld(cache);
        if (FindTunnel(cache, directoryKey, name.ToText()) is not { } entry)
            return false;
        CopyName(entry + EntryShortName, shortName);
        CopyName(entry + EntryLongName, longName);
        var bytes = Memory.ReadUInt32(entry + EntryDataBytes);
        if (dataLength.Get(Memory) < bytes)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlFindInTunnelCache with less room than the data takes");
        var content = new byte[bytes];
        Memory.Read(entry + EntryData, content);
        Memory.Write(data, content);
        dataLength.Set(Memory, bytes);
        return true;
    }

    /// <summary>Forgets everything of a directory.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlDeleteKeyFromTunnelCache, ntifs.h")]
    internal void FsRtlDeleteKeyFromTunnelCache(VirtualAddress cache, ulong directoryKey)
    {
        foreach (var entry in Entries(cache + TunnelQueue).Where(e => Memory.ReadUInt64(e + EntryKey) == directoryKey).ToArray())
            RemoveTunnel(cache, entry);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlDeleteTunnelCache, ntifs.h")]
    internal void FsRtlDeleteTunnelCache(VirtualAddress cache)
    {
        foreach (var entry in Entries(cache + TunnelQueue).ToArray())
            RemoveTunnel(cache, entry);
    }

    private VirtualAddress? FindTunnel(VirtualAddress cache, ulong directoryKey, string name)
    {
        foreach (var entry in Entries(cache + TunnelQueue))
        {
            var own = new UnicodeString(Memory, entry + (Memory.ReadUInt32(entry + EntryByShortName) != 0 ? EntryShortName : EntryLongName));
            if (Memory.ReadUInt64(entry + EntryKey) == directoryKey && own.ToText().Equals(name, StringComparison.OrdinalIgnoreCase))
                return entry;
        }

        return null;
    }

    private void ForgetOld(VirtualAddress cache)
    {
        var oldest = _kernel.Ke.InterruptTime100ns - TunnelTime100ns;
        foreach (var entry in Entries(cache + TunnelQueue).Where(e => (long)Memory.ReadUInt64(e + EntryTime) <= oldest).ToArray())
            RemoveTunnel(cache, entry);
    }

    private void RemoveTunnel(VirtualAddress cache, VirtualAddress entry)
    {
        Remove(entry);
        Memory.WriteUInt16(cache + TunnelEntries, (ushort)(Memory.ReadUInt16(cache + TunnelEntries) - 1));
    }

    private void WriteName(VirtualAddress unicodeString, byte[] text, VirtualAddress place)
    {
        var value = new UnicodeString(Memory, unicodeString);
        value.SetLength(Memory, (ushort)text.Length);
        value.SetMaximumLength(Memory, (ushort)text.Length);
        value.SetBuffer(Memory, place);
        Memory.Write(place, text);
    }

    private void CopyName(VirtualAddress from, UnicodeString to)
    {
        var text = WideText.Bytes(new UnicodeString(Memory, from).ToText());
        if (text.Length > to.MaximumLength)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlFindInTunnelCache with a string that the name does not fit");
        Memory.Write(to.Buffer, text);
        to.SetLength(Memory, (ushort)text.Length);
    }
}
