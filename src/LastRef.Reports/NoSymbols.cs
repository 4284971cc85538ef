using LastRef.Symbols;

namespace LastRef.Reports;

/// <summary>Resolves nothing: for reports without debug data.</summary>
public sealed class NoSymbols : ISiteResolver
{
    public SourceLocation? Resolve(CallSite site) => null;
}
