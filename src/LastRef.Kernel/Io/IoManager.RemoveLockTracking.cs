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
