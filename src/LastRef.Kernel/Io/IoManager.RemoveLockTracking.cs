using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Who has acquired which remove lock, as Driver Verifier and the checked form of the lock keep it.</summary>
/// <remarks>
/// The checked form is longer and lies in the driver's own memory (wdm.h, IO_REMOVE_LOCK_DBG_BLOCK): Signature 0, HighWatermark 4, MaxLockedTicks 8,
/// AllocateTag 10h, LockList 18h, Spin 28h, LowMemoryCount 30h, Blocks 50h, behind the common block. What its list links is opaque to drivers.
/// Documentation says that a checked system asserts when a limit is passed; the lab records it and goes on.
/// </remarks>
internal sealed partial class IoManager
{
    private const uint CheckedRemoveLockBytes = 0x78;
    private const int HighWatermarkOffset = 0x24;
    private const int MaxLockedTicksOffset = 0x28;
    private const int AllocateTagOffset = 0x30;
    private const int LockListOffset = 0x38;
    private const int BlocksOffset = 0x70;

    // Parameter 1 of bug check 0xC4 (Doc: "Bug Check 0xC4"; U-5.92).
    private const ulong ReleasedWithWrongTag = 0xD5;
    private const ulong WaitedWithWrongTag = 0xD6;
    private const ulong InitializedAgain = 0xD7;

    private const long Minute100ns = 600_000_000;
    private const int LongestFileName = 260;
    private readonly Dictionary<VirtualAddress, TrackedRemoveLock> _removeLocks = [];

    /// <summary>Memory is given back: what lay in it may be initialised again.</summary>
    public void ForgetRemoveLocks(VirtualAddress start, ulong byteCount)
    {
        if (_removeLocks.Count == 0)
            return;
        foreach (var address in _removeLocks.Keys.Where(a => a - start < byteCount).ToArray())
            _removeLocks.Remove(address);
    }

    /// <summary>Writes what the checked locks keep of their acquisitions, newest first, where such a lock has it.</summary>
    /// <remarks>The block is opaque to drivers; another implementation has next 0, tag 8, time 10h, file 18h, line 20h (inferred).</remarks>
    public void PublishRemoveLocks(Func<int, VirtualAddress> allocate)
    {
        const int blockBytes = 0x28, tag = 8, time = 0x10, file = 0x18, line = 0x20;
        foreach (var (address, tracked) in _removeLocks.Where(l => l.Value.IsChecked).OrderBy(l => l.Key))
        {
            var next = VirtualAddress.Null;
            foreach (var hold in tracked.Held)
            {
                var block = allocate(blockBytes);
                Memory.WritePointer(block, next);
                Memory.WritePointer(block + tag, hold.Tag);
                Memory.WriteUInt64(block + time, (ulong)hold.Since100ns);
                if (hold.File is { } name)
                {
                    var text = allocate(name.Length + 1);
                    Memory.Write(text, System.Text.Encoding.ASCII.GetBytes(name));
                    Memory.WritePointer(block + file, text);
                }

                Memory.WriteUInt32(block + line, hold.Line);
                next = block;
            }

            Memory.WritePointer(address + BlocksOffset, next);
        }
    }

    private void BeginTracking(RemoveLockCommonBlock removeLock, uint allocateTag, uint maxLockedMinutes, uint highWatermark, bool isChecked)
    {
        var at = removeLock.Address;
        if (_kernel.Options.Verifier && _removeLocks.ContainsKey(at))
            throw Violation(InitializedAgain, $"the remove lock at {at} was initialised again", at, VirtualAddress.Null);
        _removeLocks[at] = new TrackedRemoveLock(maxLockedMinutes * Minute100ns, highWatermark, isChecked);
        if (!isChecked)
            return;
        Memory.Clear(at + (int)FreeRemoveLockBytes, (int)(CheckedRemoveLockBytes - FreeRemoveLockBytes));
        Memory.WriteUInt32(at + HighWatermarkOffset, highWatermark);
        Memory.WriteUInt64(at + MaxLockedTicksOffset, (ulong)(maxLockedMinutes * Minute100ns / KernelCore.TickLength100ns));
        Memory.WriteUInt32(at + AllocateTagOffset, allocateTag);
        _kernel.Ke.InitializeList(at + LockListOffset);
    }

    private void TrackAcquired(RemoveLockCommonBlock removeLock, VirtualAddress tag, VirtualAddress file, uint line)
    {
        if (!_removeLocks.TryGetValue(removeLock.Address, out var tracked))
            return;
        var name = tracked.IsChecked && !file.IsNull ? ReadFileName(file) : null;
        tracked.Held.Add(new RemoveLockHold(tag, _kernel.Ke.InterruptTime100ns, name, name is null ? 0 : line));
        if (tracked.HighWatermark != 0 && tracked.Held.Count > tracked.HighWatermark)
            Warn(RemoveLockWarning.HighWatermark, removeLock, tracked.Held[^1]);
    }

    /// <summary>Ends an acquisition; one that never was is a violation that Driver Verifier stops at.</summary>
    private void TrackReleased(RemoveLockCommonBlock removeLock, VirtualAddress tag, ulong violation, string routine)
    {
        if (!_removeLocks.TryGetValue(removeLock.Address, out var tracked))
            return;
        var index = tracked.Held.FindLastIndex(h => h.Tag == tag);
        if (index < 0)
        {
            if (_kernel.Options.Verifier)
                throw Violation(violation, $"{routine} was called with tag {tag}, with which nobody has acquired the remove lock at {removeLock.Address}", removeLock.Address, tag);
            return;
        }

        var hold = tracked.Held[index];
        tracked.Held.RemoveAt(index);
        if (tracked.MaxLocked100ns != 0 && _kernel.Ke.InterruptTime100ns - hold.Since100ns > tracked.MaxLocked100ns)
            Warn(RemoveLockWarning.HeldTooLong, removeLock, hold);
    }

    private void TrackWait(RemoveLockCommonBlock removeLock)
    {
        if (!_removeLocks.TryGetValue(removeLock.Address, out var tracked))
            return;
        foreach (var hold in tracked.Held)
            Warn(RemoveLockWarning.HeldAtRemove, removeLock, hold);
    }

    private void Warn(RemoveLockWarning warning, RemoveLockCommonBlock removeLock, RemoveLockHold hold) =>
        _kernel.Record(new RemoveLockRecord(warning, removeLock.Address, hold.Tag, hold.File, hold.Line));

    private string ReadFileName(VirtualAddress file)
    {
        var text = new System.Text.StringBuilder();
        for (var at = file; text.Length < LongestFileName && Memory.ReadByte(at) is not 0 and var c; at += 1)
            text.Append((char)c);
        return text.ToString();
    }

    private static MachineStopException Violation(ulong kind, string explanation, VirtualAddress removeLock, VirtualAddress tag) =>
        MachineStopException.BugCheck(0xC4, explanation, kind, removeLock.Value, tag.Value);
}
