using LastRef.Symbols;

namespace LastRef.Reports;

/// <summary>Finds the function and line of a place in an image.</summary>
public interface ISiteResolver
{
    /// <summary>Null when nothing is known of that image or place.</summary>
    SourceLocation? Resolve(CallSite site);

    /// <summary>Why lines are missing, one line each: a PDB of another build, malformed debug data. Complete only when everything was resolved.</summary>
    IReadOnlyList<string> Problems => [];
}
