using LastRef.Nt;

namespace LastRef;

/// <summary>The object manager: the namespace, names of objects, types.</summary>
public sealed partial class MachineSurvey
{
    private const int ObjectHeaderBytes = 0x30;
    private const int DirectoryBuckets = 37;
    private const int DirectoryDepth = 16;
    private Dictionary<string, List<VirtualAddress>>? _directories;

    /// <summary>Bytes of the optional blocks before a header, by the bits of InfoMask; lower bits lie nearer to the header (U-1.24).</summary>
    private static readonly int[] s_infoBytes = [0x20, 0x20, 0x10, 0x20, 0x10, 0x10, 0x10, 0x10];

    /// <summary>Objects in a directory right under the root, such as <c>Driver</c>; empty when it cannot be found.</summary>
    public IReadOnlyList<VirtualAddress> ObjectsIn(string directory)
    {
        _directories ??= new Dictionary<string, List<VirtualAddress>>(StringComparer.OrdinalIgnoreCase);
        if (_directories.TryGetValue(directory, out var known))
            return known;
        var found = new List<VirtualAddress>();
        _directories.Add(directory, found);
        if (RootDirectory() is not { } root)
            return found;
        foreach (var body in EntriesOf(root, "\\"))
        {
            if (string.Equals(OwnName(body), directory, StringComparison.OrdinalIgnoreCase))
            {
                found.AddRange(EntriesOf(body, "\\" + directory));
                break;
            }
        }

        return found;
    }

    private VirtualAddress? RootDirectory()
    {
        if (Variable("ObpRootDirectoryObject", "the object namespace") is not { } variable)
            return null;
        if (TryPointer(variable, out var root) && root.IsKernel)
            return root;
        Gap($"the object namespace: its root at {variable} is unreadable");
        return null;
    }

    /// <summary>Bodies of the objects in a directory: all hash buckets, each a chain that is walked to its end or to the bound.</summary>
    private List<VirtualAddress> EntriesOf(VirtualAddress directory, string name)
    {
        var bodies = new List<VirtualAddress>();
        var seen = new HashSet<VirtualAddress>();
        for (var bucket = 0; bucket < DirectoryBuckets; bucket++)
        {
            var at = directory + (8 * bucket);
            if (!TryPointer(at, out var link))
            {
                Gap($"the directory {name}: bucket {bucket} at {at} is unreadable");
                continue;
            }

            while (!link.IsNull)
            {
                if (!seen.Add(link))
                {
                    Gap($"the directory {name}: bucket {bucket} runs in a circle at {link}");
                    break;
                }

                if (seen.Count > _options.ListLimit)
                {
                    Gap($"the directory {name}: stopped after {_options.ListLimit} entries");
                    return bodies;
                }

                var entry = new ObjectDirectoryEntry(Target, link);
                if (!link.IsKernel || !TryPointer(entry.ChainLinkAddress, out var next) || !TryPointer(entry.ObjectAddress, out var body))
                {
                    Gap($"the directory {name}: the entry at {link} is unreadable");
                    break;
                }

                if (body.IsKernel)
                    bodies.Add(body);
                link = next;
            }
        }

        return bodies;
    }

    /// <summary>The name info block of an object; null when it has none or its header is unreadable.</summary>
    private ObjectHeaderNameInfo? NameInfoOf(VirtualAddress body)
    {
        Span<byte> mask = stackalloc byte[1];
        var header = new ObjectHeader(Target, body - ObjectHeaderBytes);
        if (!Target.TryRead(header.InfoMaskAddress, mask, out _) || (mask[0] & (byte)ObjectInfoMask.NameInfo) == 0)
            return null;
        var creator = (mask[0] & (byte)ObjectInfoMask.CreatorInfo) != 0 ? s_infoBytes[0] : 0;
        return new ObjectHeaderNameInfo(Target, header.Address - creator - s_infoBytes[1]);
    }

    /// <summary>An object's own name; null when it has none.</summary>
    private string? OwnName(VirtualAddress body) => NameInfoOf(body) is { } info ? info.Name.TryToText(out _, NameLimit) : null;

    /// <summary>An object's full name; null when it has lost its place in the namespace (U-1.25).</summary>
    internal string? NameOf(VirtualAddress body)
    {
        var parts = new List<string>();
        for (var depth = 0; depth < DirectoryDepth; depth++)
        {
            if (NameInfoOf(body) is not { } info || !TryPointer(info.DirectoryAddress, out var directory) || !directory.IsKernel)
                break;
            parts.Insert(0, TextOf(info.Name));
            body = directory;
        }

        return parts.Count == 0 ? null : "\\" + string.Join('\\', parts);
    }

    /// <summary>PointerCount and HandleCount.</summary>
    private (long Pointers, long Handles) CountsOf(VirtualAddress body)
    {
        var header = new ObjectHeader(Target, body - ObjectHeaderBytes);
        return (header.PointerCount, header.HandleCount);
    }
}
