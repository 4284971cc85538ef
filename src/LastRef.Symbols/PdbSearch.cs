namespace LastRef.Symbols;

/// <summary>Looks for the PDB of an image beside it and in the folders given.</summary>
/// <remarks>
/// Only the file name in the image is used: the path around it comes from a hostile file and could name a device or a server.
/// Symbol store layout: "Using symbol stores", Windows debugger documentation.
/// </remarks>
internal sealed class PdbSearch(PeImage image, string? imagePath, IEnumerable<string> searchPaths, IFileSource files, ImageLimits limits)
{
    private readonly List<string> problems = [];
    private readonly HashSet<string> tried = new(StringComparer.Ordinal);

    /// <summary>A file that was found but is of another build; null when there is none or the right one was found.</summary>
    public string? Unmatched { get; private set; }

    /// <summary>Files that could not be read as PDBs.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The PDB that matches the image, or null.</summary>
    /// <exception cref="ImageFormatException">The debug directory of the image is malformed.</exception>
    public PdbFile? Find()
    {
        var record = image.DebugDirectory;
        foreach (var path in Candidates(record))
        {
            if (!tried.Add(path) || Open(path) is not { } pdb)
                continue;
            if (record is null)
                Unmatched ??= $"{path} cannot be matched: {image.DisplayName} does not say which PDB belongs to it";
            else if (!pdb.Matches(record))
                Unmatched ??= $"{path} is of another build: it is {pdb.Identity}, {image.DisplayName} asks for {Key(record)}";
            else if (pdb.IsRearranged)
                problems.Add($"{path}: the image was rearranged after linking (OMAP), which is not supported");
            else
            {
                Unmatched = null;
                return pdb;
            }
        }
        return null;
    }

    private static string Key(CodeViewRecord record) => $"{record.Guid.ToString("N").ToUpperInvariant()}{record.Age:X}";

    private IEnumerable<string> Candidates(CodeViewRecord? record)
    {
        var names = new List<string>();
        if (imagePath is not null)
            names.Add(Path.GetFileNameWithoutExtension(imagePath) + ".pdb");
        if (record is { PdbName: { Length: > 0 } name and not ("." or "..") } && !name.Contains('\0', StringComparison.Ordinal))
            names.Add(name);
        if (imagePath is not null)
        {
            foreach (var path in names.SelectMany(file => InFolder(Path.GetDirectoryName(imagePath) ?? "", file)))
                yield return path;
        }
        foreach (var folder in searchPaths)
        {
            foreach (var file in names)
            {
                foreach (var path in InFolder(folder, file))
                    yield return path;
                if (record is null)
                    continue;
                // A symbol store: name, then identity and age, then name; servers and copies differ in case.
                yield return Path.Combine(folder, file, Key(record), file);
                var lower = file.ToLowerInvariant();
                yield return Path.Combine(folder, lower, Key(record), lower);
                yield return Path.Combine(folder, lower, Key(record).ToLowerInvariant(), lower);
            }
        }
    }

    // Windows ignores case in file names, the host may not.
    private IEnumerable<string> InFolder(string folder, string file)
    {
        yield return Path.Combine(folder, file);
        foreach (var path in files.ListFiles(folder.Length == 0 ? "." : folder))
        {
            if (string.Equals(Path.GetFileName(path), file, StringComparison.OrdinalIgnoreCase))
                yield return path;
        }
    }

    private PdbFile? Open(string path)
    {
        try
        {
            return files.TryRead(path, limits.SymbolFileBytes) is { } bytes ? new PdbFile(bytes, path, limits) : null;
        }
        catch (InputException error)
        {
            // A broken file must not hide a good one in the next folder.
            problems.Add(error.Message);
            return null;
        }
    }
}
