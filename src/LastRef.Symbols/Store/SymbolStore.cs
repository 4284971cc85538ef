using System.Globalization;

namespace LastRef.Symbols;

/// <summary>Finds the symbol file of one build along a symbol path, by GUID and age and never by name alone.</summary>
/// <remarks>Spec: dump-format 4. Servers are asked only when one was given to the constructor.</remarks>
public sealed partial class SymbolStore(SymbolPath path, IFileSource files, ISymbolServer? server, ImageLimits? limits = null)
{
    private const string PublicServer = "https://msdl.microsoft.com/download/symbols";
    private readonly ImageLimits _limits = limits ?? ImageLimits.Default;

    /// <summary>The key of a PDB: name, then GUID and age, then name.</summary>
    public static string KeyOf(CodeViewRecord record) => $"{record.PdbName}/{Folder(record)}/{record.PdbName}";

    /// <summary>What a person has to get, and from where, so that the symbols are found without a connection.</summary>
    public static string HowToGet(CodeViewRecord record) =>
        $"needed: {PrintableText.Of(KeyOf(record))} from a symbol server (--symbols srv*FOLDER*{PublicServer} fetches it), or {Folder(record, "-").ToUpperInvariant()}.json.xz (ISF)";

    /// <summary>The first file along the path that belongs to the build; null when there is none.</summary>
    /// <param name="notes">Receives files that were found and not usable, one line each.</param>
    public ISymbolFile? Find(CodeViewRecord record, ICollection<string> notes)
    {
        if (record.PdbName is not { Length: > 0 } name || name is "." or ".." || name.Contains('\0', StringComparison.Ordinal))
            return null;
        string? cache = null;
        foreach (var element in path.Elements)
        {
            if (element.IsCache)
            {
                cache = element.Stores[0];
                if (InStore(cache, record, notes) is { } cached)
                    return cached.File;
                continue;
            }

            var found = element.IsFolder ? InFolder(element.Stores[0], record, notes) : InChain(element.Stores, record, notes);
            if (found is not { } hit)
                continue;
            if (cache is not null && hit.Store != cache)
                Keep(cache, record, hit.Content, hit.File, notes);
            return hit.File;
        }

        return null;
    }

    private readonly record struct Hit(ISymbolFile File, ReadOnlyMemory<byte> Content, string Store);

    private Hit? InChain(IReadOnlyList<string> stores, CodeViewRecord record, ICollection<string> notes)
    {
        for (var index = 0; index < stores.Count; index++)
        {
            var hit = SymbolPathElement.IsUrl(stores[index]) ? FromServer(stores[index], record, notes) : InStore(stores[index], record, notes);
            if (hit is not { } found)
                continue;

            // What comes from afar is kept in the nearest store.
            if (index > 0)
                Keep(stores[0], record, found.Content, found.File, notes);
            return found;
        }

        return null;
    }

    private Hit? FromServer(string url, CodeViewRecord record, ICollection<string> notes)
    {
        if (server is null)
        {
            notes.Add($"{url}: not asked; a server is asked only when it is given with --symbols.");
            return null;
        }

        var file = $"{url.TrimEnd('/')}/{string.Join('/', KeyOf(record).Split('/').Select(Uri.EscapeDataString))}";
        try
        {
            if (server.TryFetch(file, _limits.SymbolFileBytes) is not { } content)
            {
                notes.Add($"{file}: the server has no such file.");
                return null;
            }

            return Open(file, content, record, notes) is { } opened ? new Hit(opened, content, url) : null;
        }
        catch (InputException refused)
        {
            notes.Add(refused.Message);
            return null;
        }
    }

    private Hit? InFolder(string folder, CodeViewRecord record, ICollection<string> notes)
    {
        var extension = Path.GetExtension(record.PdbName).TrimStart('.');
        return Probe(folder, record.PdbName, record, notes, folder)
            ?? Probe(Path.Combine(folder, extension), record.PdbName, record, notes, folder)
            ?? Probe(Path.Combine(folder, "symbols", extension), record.PdbName, record, notes, folder)
            ?? InStore(folder, record, notes);
    }

    /// <summary>A store: the key with the case of the server, of the format's rule, and any other; ISF folders beside it.</summary>
    private Hit? InStore(string root, CodeViewRecord record, ICollection<string> notes)
    {
        var name = record.PdbName;
        var parents = new List<string> { root };
        if (name.Length >= 2 && Exists(root, "index2.txt"))
            parents.Add(Path.Combine(root, name[..2].ToLowerInvariant()));
        foreach (var parent in parents)
        {
            foreach (var named in Named(parent, name))
            {
                foreach (var key in Named(named, Folder(record)))
                {
                    if (Probe(key, name, record, notes, root) is { } hit)
                        return hit;
                }

                if (Isf(named, record, notes, root) is { } symbols)
                    return symbols;
            }
        }

        return Isf(Path.Combine(root, "windows", name), record, notes, root) ?? Isf(root, record, notes, root);
    }

    private Hit? Isf(string folder, CodeViewRecord record, ICollection<string> notes, string store)
    {
        var stem = Folder(record, "-");
        foreach (var file in files.ListFiles(folder))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith(stem + ".json", StringComparison.OrdinalIgnoreCase) && Read(file, record, notes) is { } found)
                return new Hit(found.File, found.Content, store);
        }

        return null;
    }

    /// <summary>The file in a folder whatever its case; what stands there in its place is said.</summary>
    private Hit? Probe(string folder, string name, CodeViewRecord record, ICollection<string> notes, string store)
    {
        var compressed = name[..^1] + "_";
        foreach (var file in files.ListFiles(folder))
        {
            var here = Path.GetFileName(file);
            if (here.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (Read(file, record, notes) is { } found)
                    return new Hit(found.File, found.Content, store);
            }
            else if (here.Equals(compressed, StringComparison.OrdinalIgnoreCase))
            {
                notes.Add($"{PrintableText.Of(file)}: a compressed symbol file (CAB); expand it to {PrintableText.Of(name)} first.");
            }
            else if (here.Equals("file.ptr", StringComparison.OrdinalIgnoreCase))
            {
                notes.Add($"{PrintableText.Of(file)}: a pointer to a file elsewhere, which is not followed; put the file itself here.");
            }
        }

        if (files.ListFiles(Path.Combine(folder, "msfz0")).Count > 0)
            notes.Add($"{PrintableText.Of(folder)}: holds the PDB in a compressed form (MSFZ), which cannot be read; expand it first.");
        return null;
    }

    private (ISymbolFile File, ReadOnlyMemory<byte> Content)? Read(string file, CodeViewRecord record, ICollection<string> notes)
    {
        try
        {
            return files.TryRead(file, _limits.SymbolFileBytes) is { } content && Open(file, content, record, notes) is { } opened ? (opened, content) : null;
        }
        catch (InputException refused)
        {
            // A broken file must not hide a good one in the next place.
            notes.Add(refused.Message);
            return null;
        }
    }

    private ISymbolFile? Open(string file, ReadOnlyMemory<byte> content, CodeViewRecord record, ICollection<string> notes)
    {
        if (content.Span.StartsWith("Microsoft C/C++ MSF"u8) || content.Span.StartsWith("Microsoft MSFZ"u8))
        {
            var pdb = PdbSymbolFile.Read(content, file, _limits);
            if (pdb.Matches(record))
                return pdb;
            notes.Add($"{PrintableText.Of(file)}: of another build: it is {Folder(pdb.Identity)}, {Folder(record)} is needed.");
            return null;
        }

        if (content.Span.StartsWith("MSCF"u8))
        {
            notes.Add($"{PrintableText.Of(file)}: a compressed symbol file (CAB); expand it first.");
            return null;
        }

        var isf = IsfFile.Read(content, file, _limits);
        if (isf.Identity.Guid == record.Guid && isf.Identity.Age == record.Age)
            return isf;
        notes.Add($"{PrintableText.Of(file)}: of another build: it is {Folder(isf.Identity)}, {Folder(record)} is needed.");
        return null;
    }

    /// <summary>Puts a file into a store, whole or not at all; that it cannot be kept is no reason not to use it.</summary>
    private static void Keep(string store, CodeViewRecord record, ReadOnlyMemory<byte> content, ISymbolFile file, ICollection<string> notes)
    {
        if (file is PdbSymbolFile)
            KeepAs(store, record.PdbName, Folder(record), content, notes);
    }

    private static void KeepAs(string store, string name, string key, ReadOnlyMemory<byte> content, ICollection<string> notes)
    {
        if (name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
            return;
        var target = Path.Combine(store, name, key, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var temporary = target + ".lastref-tmp";
            File.WriteAllBytes(temporary, content.ToArray());
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            notes.Add($"{PrintableText.Of(target)}: cannot be kept: {PrintableText.Of(error.Message)}");
        }
    }

    private bool Exists(string folder, string name) =>
        files.ListFiles(folder).Any(file => Path.GetFileName(file).Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The folder of a name: exactly, in lower case, and whatever its case.</summary>
    private IEnumerable<string> Named(string parent, string name)
    {
        yield return Path.Combine(parent, name);
        foreach (var folder in files.ListFolders(parent))
        {
            if (Path.GetFileName(folder) is var here && here != name && here.Equals(name, StringComparison.OrdinalIgnoreCase))
                yield return folder;
        }
    }

    private static string Folder(CodeViewRecord record, string separator = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{record.Guid.ToString("N").ToUpperInvariant()}{separator}{record.Age:X}");
}
