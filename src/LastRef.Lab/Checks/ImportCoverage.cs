using LastRef.Kernel;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Compares what an image imports with what the lab has.</summary>
public static class ImportCoverage
{
    private static readonly string[] _kernelModules = ["ntoskrnl.exe", "hal.dll"];

    /// <summary>Every import, in the image's order.</summary>
    /// <param name="neighbours">Images loaded beside it, by file name.</param>
    public static IReadOnlyList<ImportSupport> Of(PeImage image, IReadOnlyDictionary<string, PeImage> neighbours)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(neighbours);
        // Variables are defined as the kernel's components boot: only a booted machine knows them all.
        using var kernel = new NtKernel(new MachineOptions());
        kernel.Boot();
        var routines = ExportTable.Exports.ToLookup(e => e.Name, StringComparer.Ordinal);
        return [.. image.Imports.SelectMany(module => module.Symbols.Select(symbol => Judge(module.Name, symbol)))];

        ImportSupport Judge(string module, ImportedSymbol symbol)
        {
            var name = symbol.ToString();
            if (neighbours.TryGetValue(module, out var neighbour))
            {
                var export = symbol.Name is null ? neighbour.FindExport(symbol.Ordinal) : neighbour.FindExport(symbol.Name);
                return new ImportSupport(module, name, export is null ? ImportLevel.Absent : ImportLevel.Neighbour, null);
            }

            string[] modules = _kernelModules.Contains(module, StringComparer.OrdinalIgnoreCase) ? [module, .. _kernelModules] : [module];
            if (symbol.Name is null || modules.All(m => kernel.Images.FindExport(m, name) is null))
                return new ImportSupport(module, name, ImportLevel.Absent, null);
            var missing = routines[name].FirstOrDefault(e => modules.Contains(e.Module, StringComparer.OrdinalIgnoreCase))?.Missing;
            return new ImportSupport(module, name, missing is null ? ImportLevel.Full : ImportLevel.Partial, missing);
        }
    }
}
