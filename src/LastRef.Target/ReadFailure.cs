namespace LastRef;

/// <summary>Why bytes of a target could not be read.</summary>
public enum ReadFailure
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>No translation exists for the address.</summary>
    NotMapped,

    /// <summary>A page-table entry on the way is not present.</summary>
    NotPresent,

    /// <summary>The page exists on the machine but was not written to the dump.</summary>
    NotInDump,

    /// <summary>The page was in the page file.</summary>
    PagedOut,
}
