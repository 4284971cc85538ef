namespace LastRef.Cpu;

/// <summary>A physical page. Its contents are private when <see cref="Epoch"/> is the current epoch, otherwise they are shared with a snapshot or the zero page.</summary>
internal unsafe struct Frame
{
    public byte* Data;
    public ulong Epoch;

    /// <summary>One bit for each 64 bytes that some decoded block covers.</summary>
    public ulong CodeGranules;

    /// <summary>Mappings plus undo records that keep the frame; zero means free.</summary>
    public int References;

    /// <summary>The virtual page that maps it, or <see cref="Aliased"/> if there ever was more than one.</summary>
    public ulong Page;

    public const ulong Aliased = 1;
}
