using System.Globalization;

namespace LastRef.Symbols;

/// <summary>Images in a symbol store: by time stamp and size, for a dump that does not hold their debug directory.</summary>
public sealed partial class SymbolStore
{
    /// <summary>The key of an image: name, then time stamp and size in hexadecimal, then name (dump-format 4).</summary>
    public static string KeyOf(string fileName, uint timeDateStamp, uint sizeOfImage) => $"{fileName}/{ImageFolder(timeDateStamp, sizeOfImage)}/{fileName}";

    /// <summary>The first image along the path that belongs to the build; null when there is none.</summary>
    /// <param name="notes">Receives files that were found and not usable, one line each.</param>
    public PeImage? FindImage(string fileName, uint timeDateStamp, uint sizeOfImage, ICollection<string> notes)
    {
        if (fileName is "" or "." or ".." || fileName.IndexOfAny(['/', '\\', '\0']) >= 0)
            return null;
        var wanted = new ImageKey(fileName, timeDateStamp, sizeOfImage);
        string? cache = null;
        foreach (var element in path.Elements)
        {
            if (element.IsCache)
                cache = element.Stores[0];
            for (var index = 0; index < element.Stores.Count; index++)
            {
                var store = element.Stores[index];
                var isUrl = SymbolPathElement.IsUrl(store);
                if ((isUrl ? ImageFromServer(store, wanted, notes) : ImageInStore(store, wanted, notes)) is not { } found)
                    continue;
                var nearest = index > 0 ? element.Stores[0] : isUrl ? cache : null;
                if (nearest is not null)
                    KeepAs(nearest, fileName, ImageFolder(timeDateStamp, sizeOfImage), found.Content, notes);
                return found.Image;
            }
        }

        return null;
    }

    private readonly record struct ImageKey(string FileName, uint TimeDateStamp, uint SizeOfImage);

    private (PeImage Image, ReadOnlyMemory<byte> Content)? ImageInStore(string root, ImageKey wanted, ICollection<string> notes)
    {
        var parents = new List<string> { root };
        if (wanted.FileName.Length >= 2 && Exists(root, "index2.txt"))
            parents.Add(Path.Combine(root, wanted.FileName[..2].ToLowerInvariant()));
        foreach (var folder in parents.SelectMany(parent => Named(parent, wanted.FileName)).SelectMany(named => Named(named, ImageFolder(wanted.TimeDateStamp, wanted.SizeOfImage))))
        {
            foreach (var file in files.ListFiles(folder).Where(file => Path.GetFileName(file).Equals(wanted.FileName, StringComparison.OrdinalIgnoreCase)))
            {
                if (files.TryRead(file, _limits.SymbolFileBytes) is { } content && OpenImage(file, content, wanted, notes) is { } image)
                    return (image, content);
            }
        }

        return null;
    }

    private (PeImage Image, ReadOnlyMemory<byte> Content)? ImageFromServer(string url, ImageKey wanted, ICollection<string> notes)
    {
        if (server is null)
            return null;
        var key = KeyOf(wanted.FileName, wanted.TimeDateStamp, wanted.SizeOfImage);
        var file = $"{url.TrimEnd('/')}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        try
        {
            return server.TryFetch(file, _limits.SymbolFileBytes) is { } content && OpenImage(file, content, wanted, notes) is { } image ? (image, content) : null;
        }
        catch (InputException refused)
        {
            notes.Add(refused.Message);
            return null;
        }
    }

    /// <summary>The image, when its own header says that it is the one.</summary>
    private static PeImage? OpenImage(string file, ReadOnlyMemory<byte> content, ImageKey wanted, ICollection<string> notes)
    {
        try
        {
            var image = PeImage.Parse(content, file);
            if (image.TimeDateStamp == wanted.TimeDateStamp && image.SizeOfImage == wanted.SizeOfImage)
                return image;
            notes.Add($"{PrintableText.Of(file)}: another build than its folder says.");
        }
        catch (InputException refused)
        {
            notes.Add(refused.Message);
        }

        return null;
    }

    private static string ImageFolder(uint timeDateStamp, uint sizeOfImage) => string.Create(CultureInfo.InvariantCulture, $"{timeDateStamp:X8}{sizeOfImage:x}");
}
