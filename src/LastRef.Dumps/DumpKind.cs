namespace LastRef.Dumps;

/// <summary>How a dump describes its memory.</summary>
public enum DumpKind
{
    /// <summary>All of physical memory in runs (type 1).</summary>
    Full,

    /// <summary>Pages by a bitmap: kernel, automatic, active and live dumps (types 2, 5, 6, 7).</summary>
    Bitmap,

    /// <summary>Pages by records of the recent debuggers (types 8, 9 and 10).</summary>
    Ranges,

    /// <summary>A small dump of 64 to 4096 KB: selected virtual ranges, no page tables (type 4).</summary>
    Triage,

    /// <summary>Physical memory from address 0 on, without a header.</summary>
    Raw,
}
