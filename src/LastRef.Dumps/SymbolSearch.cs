using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>Kernel symbols from a symbol path: PDBs and ISF files by GUID and age.</summary>
public sealed class SymbolSearch(SymbolStore store) : IKernelSymbolSource
{
    /// <inheritdoc/>
    public IReadOnlyList<StructureLayout> FindTypes(ImageIdentity image, ICollection<string> notes)
    {
        if (RecordOf(image, notes) is not { } record || store.Find(record, notes) is not { } file)
            return [];
        try
        {
            return file.ReadStructures();
        }
        catch (ImageFormatException broken)
        {
            notes.Add(broken.Message);
            return [];
        }
    }

    /// <summary>The debug record in the dump, else that of the image's file where a store has it by time stamp and size (dump-format 4).</summary>
    private CodeViewRecord? RecordOf(ImageIdentity image, ICollection<string> notes)
    {
        if (image.CodeView is not null || image is not { TimeDateStamp: > 0, SizeOfImage: > 0 })
            return image.CodeView;
        return store.FindImage(image.FileName, image.TimeDateStamp, image.SizeOfImage, notes)?.DebugDirectory;
    }

    /// <inheritdoc/>
    public KernelSymbols? Find(KernelIdentity kernel, ICollection<string> notes)
    {
        // The first entry of the module list is the kernel, whatever its file was called; stores have it under its export name.
        if (RecordOf(new ImageIdentity("ntoskrnl.exe", kernel.SizeOfImage, kernel.TimeDateStamp, kernel.CodeView), notes) is not { } record)
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
