namespace LastRef.Cpu;

/// <summary>
/// A state of guest memory that <see cref="GuestMemory.Restore"/> brings back, any number of times. Snapshots nest: restoring one ends those taken
/// after it. Disposing it gives up the frames that only it keeps.
/// </summary>
public sealed class MemorySnapshot : IDisposable
{
    private readonly GuestMemory _memory;

    internal MemorySnapshot(GuestMemory memory, int undoPosition)
    {
        _memory = memory;
        UndoPosition = undoPosition;
    }

    /// <summary>Number of undo records when it was taken.</summary>
    internal int UndoPosition { get; }

    /// <summary>False once it was disposed or an older snapshot was restored.</summary>
    public bool IsValid { get; internal set; } = true;

    public void Dispose() => _memory.Forget(this);
}
