using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>Kernel symbols from a symbol path: PDBs and ISF files by GUID and age.</summary>
public sealed class SymbolSearch(SymbolStore store) : IKernelSymbolSource
{
    /// <inheritdoc/>
    public KernelSymbols? Find(KernelIdentity kernel, ICollection<string> notes)
    {
        if (kernel.CodeView is not { } record)
        {
            notes.Add("The dump does not hold the kernel's debug directory: which symbols belong to it is not known.");
            return null;
        }

        if (store.Find(record, notes) is not { } file)
            return null;
        try
        {
            var source = $"{PrintableText.Of(file.FileName)} ({record.PdbName} {record.Guid.ToString("N").ToUpperInvariant()} {record.Age})";
            var layout = TypeLayout.Of((NtBuild)kernel.Build, source, file.ReadStructures(), file.ReadEnumerations());
            return new KernelSymbols(layout, SymbolQuality.Exact, source, file.FindSymbol);
        }
        catch (ImageFormatException broken)
        {
            notes.Add(broken.Message);
            return null;
        }
    }
}
