namespace LastRef.Cpu;

/// <summary>One change since a snapshot, with what undoes it.</summary>
internal unsafe struct UndoRecord
{
    public UndoKind Kind;
    public PageAccess Access;
    public ushort Device;
    public uint Frame;

    /// <summary>Page address; for <see cref="UndoKind.Contents"/> the epoch of the old contents.</summary>
    public ulong Page;

    /// <summary>Old contents of the frame.</summary>
    public byte* Data;
}

internal enum UndoKind : byte
{
    Contents,
    Mapped,
    Unmapped,
    Protected,
}
