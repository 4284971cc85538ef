namespace LastRef.Kernel;

/// <summary>Module names compare without case, export names with it (Doc: "PE Format", import tables).</summary>
internal sealed class ModuleNameComparer : IEqualityComparer<(string Module, string Name)>
{
    public static readonly ModuleNameComparer Instance = new();

    public bool Equals((string Module, string Name) x, (string Module, string Name) y) =>
        string.Equals(x.Module, y.Module, StringComparison.OrdinalIgnoreCase) && string.Equals(x.Name, y.Name, StringComparison.Ordinal);

    public int GetHashCode((string Module, string Name) obj) =>
        HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Module), StringComparer.Ordinal.GetHashCode(obj.Name));
}
