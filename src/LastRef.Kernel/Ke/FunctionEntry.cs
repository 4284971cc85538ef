using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>The function at a program counter and what its unwind information says.</summary>
/// <param name="Function">Null for a leaf function.</param>
/// <param name="Info">Unwind information of <paramref name="Function"/> itself.</param>
/// <param name="Chain">What it is chained to, innermost first; the last one names the handler.</param>
internal sealed record FunctionEntry(LoadedImage? Image, RuntimeFunction? Function, UnwindInfo? Info, IReadOnlyList<UnwindInfo> Chain)
{
    /// <summary>RVA of the UNWIND_INFO that ends the chain.</summary>
    public Rva RootInfo { get; init; }

    public UnwindInfo? Root => Chain.Count > 0 ? Chain[^1] : Info;
}
