namespace LastRef;

/// <summary>What LastRef does not model.</summary>
public enum UnsupportedKind
{
    /// <summary>A routine that no part of the lab implements.</summary>
    Export,

    /// <summary>A case of a routine that it detects and stops at.</summary>
    Case,

    /// <summary>A processor instruction.</summary>
    Instruction,

    /// <summary>A request that the lab cannot answer.</summary>
    Irp,

    /// <summary>A kernel variable.</summary>
    Data,

    /// <summary>A framework module, such as WDFLDR.SYS.</summary>
    Framework,

    /// <summary>A bound of instructions, memory or depth.</summary>
    Limit,
}
