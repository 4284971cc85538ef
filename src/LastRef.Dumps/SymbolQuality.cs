namespace LastRef.Dumps;

/// <summary>How well the structures in use fit the kernel in the dump.</summary>
public enum SymbolQuality
{
    /// <summary>Made from the very PDB that the kernel names, by GUID and age.</summary>
    Exact,

    /// <summary>Of the same build but another update: most fields fit, some may not, and no variable's address is known from it.</summary>
    SameBuild,

    /// <summary>Only the fields that are the same in all the builds around: assumed, and much is missing.</summary>
    Assumed,
}
