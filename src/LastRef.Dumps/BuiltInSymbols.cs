using System.Globalization;

namespace LastRef.Dumps;

/// <summary>The symbols that LastRef carries itself: extracts of five kernels, and what is the same in several of them.</summary>
public static class BuiltInSymbols
{
    private const int Windows8 = 9200;
    private const int Windows10 = 10240;

    /// <summary>The best that LastRef carries for a kernel.</summary>
    public static KernelSymbols For(KernelIdentity kernel)
    {
        var build = (NtBuild)kernel.Build;
        if (TypeLayout.Builds.Contains(build))
        {
            var layout = TypeLayout.For(build);
            return IsOf(layout, kernel)
                ? new KernelSymbols(layout, SymbolQuality.Exact, $"the built-in extract of {layout.Source}", layout.FindSymbol)
                : new KernelSymbols(layout, SymbolQuality.SameBuild, $"the built-in extract of {layout.Source}, another update of this build", _ => null);
        }

        var family = kernel.Build is > 0 and < Windows8 ? TypeLayout.Builds.Where(b => (int)b < Windows8)
            : kernel.Build >= Windows10 ? TypeLayout.Builds.Where(b => (int)b >= Windows10)
            : TypeLayout.Builds;
        var layouts = family.Select(TypeLayout.For).ToList();
        var source = $"fields that are the same in builds {string.Join(", ", layouts.Select(l => (int)l.Build))}";
        return new KernelSymbols(TypeLayout.Common(build, source, layouts), SymbolQuality.Assumed, source, _ => null);
    }

    // "ntkrnlmp.pdb GUID AGE VERSION"
    private static bool IsOf(TypeLayout layout, KernelIdentity kernel)
    {
        var words = layout.Source.Split(' ');
        return kernel.CodeView is { } record && words.Length >= 3
            && string.Equals(words[0], record.PdbName, StringComparison.OrdinalIgnoreCase)
            && string.Equals(words[1], record.Guid.ToString("N"), StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var age) && age == record.Age;
    }
}
