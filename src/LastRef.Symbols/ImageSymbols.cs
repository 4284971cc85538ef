namespace LastRef.Symbols;

/// <summary>Names and lines for the addresses of one image, from whatever debug data can be found for it.</summary>
/// <remarks>
/// Nothing is read before the first question, and then only what the question needs. Asked in this order: DWARF in the image, a PDB that matches
/// it; for names alone also the PDB's public symbols, the COFF symbol table and the exports. Malformed debug data is reported in
/// <see cref="Problems"/> and left out; it never stops a run.
/// </remarks>
public sealed class ImageSymbols
{
    private const int ChainLimit = 32;

    private readonly PeImage image;
    private readonly PdbSearch search;
    private readonly ImageLimits limits;
    private readonly List<string> problems = [];
    private readonly List<IDebugSource> sources = [];
    private readonly List<Func<NearestSymbols>> nearest = [];
    private readonly Dictionary<Func<NearestSymbols>, NearestSymbols> nearestRead = [];
    private bool opened;
    private bool runtimeFunctionsUnusable;

    private ImageSymbols(PeImage image, PdbSearch search, ImageLimits limits)
    {
        this.image = image;
        this.search = search;
        this.limits = limits;
    }

    /// <summary>A PDB that was found but belongs to another build, and which one the image asks for; null when there is no such file.</summary>
    public string? Unmatched
    {
        get
        {
            Open();
            return search.Unmatched;
        }
    }

    /// <summary>Debug data that was left out because it is malformed, one line each, in the order of discovery.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Symbols of an image; looks for debug data when the first address is asked for.</summary>
    /// <param name="image">The image.</param>
    /// <param name="imagePath">Where its file lies, to look for a PDB beside it; null when it has no folder.</param>
    /// <param name="searchPaths">Further folders, each with PDBs in it or a symbol store.</param>
    /// <param name="files">Where files are read; the host's when null.</param>
    /// <param name="limits">Bounds; <see cref="ImageLimits.Default"/> when null.</param>
    public static ImageSymbols Load(
        PeImage image, string? imagePath, IEnumerable<string> searchPaths, IFileSource? files = null, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        return new ImageSymbols(image, new PdbSearch(image, imagePath, searchPaths, files ?? new PhysicalFiles(), limits), limits);
    }

    /// <summary>Function and line of an address; null when the debug data says nothing about it.</summary>
    /// <param name="rva">Address of an instruction. For a call site pass an address inside the call, not the one that it returns to.</param>
    public SourceLocation? Find(Rva rva)
    {
        Open();
        var line = FirstOf(source => source.FindLine(rva));
        var function = FindFunction(rva);
        if (function is null && line is null)
            return null;
        return new SourceLocation(
            function?.Name, function is { } found ? (long)rva.Value - found.Entry.Value : 0,
            line?.File, line is { Line: > 0 } known ? known.Line : null);
    }

    private DebugFunction? FindFunction(Rva rva)
    {
        if (FirstOf(source => source.FindFunction(rva)) is { } exact)
            return exact;
        // A part that the compiler split off is tied to its function by chained unwind information.
        var part = FindRuntimeFunction(rva);
        var entry = part is { } own ? EntryOf(own) : (Rva?)null;
        if (entry is { } begin && FirstOf(source => source.FindFunction(begin)) is { } parent)
            return parent;
        foreach (var read in nearest.ToArray())
        {
            if (ReadNearest(read) is { } symbols && symbols.FindAtOrBelow(entry ?? rva) is { } candidate && Covers(candidate.Entry, entry, rva))
                return candidate;
        }
        return null;
    }

    // A symbol without an extent names an address only if no other function is known to lie between the two.
    private bool Covers(Rva symbol, Rva? entry, Rva rva)
    {
        if (entry is { } begin)
            return symbol == begin;
        return image.FindSection(rva) is { } section && section.Contains(symbol)
            && FirstOf(source => source.FindFunction(symbol)) is null
            && FindRuntimeFunction(symbol) is null && !AnyRuntimeFunctionBetween(symbol, rva);
    }

    private bool AnyRuntimeFunctionBetween(Rva low, Rva high) =>
        RuntimeFunctions().Any(function => function.Begin > low && function.Begin <= high);

    private RuntimeFunction? FindRuntimeFunction(Rva rva) => RuntimeFunctions().Count == 0 ? null : image.FindRuntimeFunction(rva);

    private Rva EntryOf(RuntimeFunction function)
    {
        try
        {
            for (var hop = 0; hop < ChainLimit; hop++)
            {
                if (image.ReadUnwindInfo(function).Chained is not { } next)
                    break;
                function = next;
            }
        }
        catch (ImageFormatException)
        {
            // Unwind data that cannot be decoded ties this part to nothing; it stands for itself.
        }
        return function.Begin;
    }

    private IReadOnlyList<RuntimeFunction> RuntimeFunctions()
    {
        if (runtimeFunctionsUnusable)
            return [];
        try
        {
            return image.RuntimeFunctions;
        }
        catch (ImageFormatException error)
        {
            // Names are a comfort; who needs the exception directory to run the image will see the same error.
            runtimeFunctionsUnusable = true;
            problems.Add(error.Message);
            return [];
        }
    }

    private void Open()
    {
        if (opened)
            return;
        opened = true;
        var dwarf = new DwarfSymbols(image, limits);
        if (dwarf.IsPresent)
            sources.Add(dwarf);
        try
        {
            if (search.Find() is { } pdb)
            {
                var symbols = new PdbSymbols(pdb, image);
                sources.Add(symbols);
                nearest.Add(symbols.ReadPublics);
            }
        }
        catch (ImageFormatException error)
        {
            // The image's own debug directory is malformed: there is nothing to match a PDB against.
            problems.Add(error.Message);
        }
        problems.AddRange(search.Problems);
        nearest.Add(() => CoffSymbols.Read(image, limits));
        nearest.Add(() => new NearestSymbols([.. image.Exports
            .Where(export => export is { Name: not null, Forwarder: null } && image.FindSection(export.Rva) is { IsExecutable: true })
            .Select(export => new DebugFunction(export.Name!, export.Rva))]));
    }

    private T? FirstOf<T>(Func<IDebugSource, T?> ask) where T : class
    {
        foreach (var source in sources.ToArray())
        {
            try
            {
                if (ask(source) is { } answer)
                    return answer;
            }
            catch (ImageFormatException error)
            {
                // Debug data that is malformed in one place is not trusted in another.
                problems.Add(error.Message);
                sources.Remove(source);
            }
        }
        return null;
    }

    private NearestSymbols? ReadNearest(Func<NearestSymbols> read)
    {
        if (nearestRead.TryGetValue(read, out var known))
            return known;
        try
        {
            return nearestRead[read] = read();
        }
        catch (ImageFormatException error)
        {
            // As above: report it once and go on without.
            problems.Add(error.Message);
            nearest.Remove(read);
            return null;
        }
    }
}
