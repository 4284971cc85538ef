namespace LastRef.Dumps;

/// <summary>One address space of a dump, as everything above reads it.</summary>
public abstract class DumpTarget : Target
{
    private TypeLayout _layout;

    private protected DumpTarget(TypeLayout layout) => _layout = layout;

    public override TypeLayout Layout => _layout;

    /// <summary>What is mapped between two addresses, ascending; for scans of memory, not for look-ups.</summary>
    /// <param name="last">The last address of interest.</param>
    /// <param name="cutOff">Called once with a reason when the walk ended before the last address.</param>
    public abstract IEnumerable<MappedRange> MappedRanges(VirtualAddress first, VirtualAddress last, Action<string>? cutOff = null);

    /// <summary>Once the kernel's build is known its layout replaces the one that found it.</summary>
    internal void Use(TypeLayout layout) => _layout = layout;
}
