using LastRef.Symbols;

namespace LastRef.Reports;

/// <summary>Finds the function and line of a place in an image.</summary>
public interface ISiteResolver
{
    /// <summary>Null when nothing is known of that image or place.</summary>
    SourceLocation? Resolve(CallSite site);
}
