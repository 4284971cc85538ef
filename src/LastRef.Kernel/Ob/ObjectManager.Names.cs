using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The namespace: directories, names, symbolic links.</summary>
internal sealed partial class ObjectManager
{
    private const int HashBuckets = 37;
    private const int LookupDepthLimit = 32;

    /// <summary>The directory object <c>\</c>.</summary>
    public VirtualAddress Root { get; private set; }

    /// <summary><c>\GLOBAL??</c>, which <c>\??</c> and <c>\DosDevices</c> mean for drivers.</summary>
    public VirtualAddress DosDevices { get; private set; }

    /// <summary><c>\BaseNamedObjects</c>, where events and the like of session 0 have their names.</summary>
    public VirtualAddress BaseNamedObjects { get; private set; }

    /// <summary>Result of a look-up: the object met, and the rest of the path for its parse routine.</summary>
    /// <param name="Object">Null when a component was not found.</param>
    /// <param name="Remaining">What follows the object in the path, with its leading backslash; empty at the end.</param>
    /// <param name="Status">STATUS_SUCCESS, OBJECT_NAME_NOT_FOUND for the last component, OBJECT_PATH_NOT_FOUND before it.</param>
    public readonly record struct LookupResult(VirtualAddress Object, string Remaining, NtStatus Status);

    /// <summary>Follows a path through directories and symbolic links; takes no reference.</summary>
    /// <param name="followFinalLink">Whether a symbolic link as last component is followed.</param>
    public LookupResult Lookup(string path, bool followFinalLink = true, VirtualAddress rootDirectory = default)
    {
        for (var depth = 0; depth < LookupDepthLimit; depth++)
        {
            var directory = rootDirectory;
            if (directory.IsNull)
            {
                if (!path.StartsWith('\\'))
                    return new(default, path, NtStatus.ObjectPathSyntaxBad);
                directory = Root;
            }

            var rest = path.TrimStart('\\');
            if (rest.Length == 0)
                return new(directory, "", NtStatus.Success);
            string? restart = null;
            while (true)
            {
                var cut = rest.IndexOf('\\', StringComparison.Ordinal);
                var component = cut < 0 ? rest : rest[..cut];
                var after = cut < 0 ? "" : rest[cut..];
                var found = FindInDirectory(directory, component);
                if (found.IsNull)
                    return new(default, rest, after.Length == 0 ? NtStatus.ObjectNameNotFound : NtStatus.ObjectPathNotFound);
                var kind = KindOf(found);
                if (kind == ObjectKind.SymbolicLink && (after.Length > 0 || followFinalLink))
                {
                    restart = new SymbolicLinkObject(Memory, found).LinkTarget.ToText() + after;
                    break;
                }

                if (kind != ObjectKind.Directory || after.Length == 0)
                    return new(found, after, NtStatus.Success);
                directory = found;
                rest = after.TrimStart('\\');
                if (rest.Length == 0)
                    return new(directory, "", NtStatus.Success);
            }

            path = restart;
            rootDirectory = default;
        }

        return new(default, path, NtStatus.NameTooLong);
    }

    /// <summary>Enters an object under a full path; the name holds one reference (U-1.32).</summary>
    /// <returns>OBJECT_NAME_COLLISION when the name is taken (T-12), OBJECT_PATH_NOT_FOUND when the directory is missing (T-11).</returns>
    public NtStatus Insert(VirtualAddress body, string path, bool permanent, VirtualAddress rootDirectory = default)
    {
        var cut = path.LastIndexOf('\\');
        var parentPath = cut <= 0 ? "\\" : path[..cut];
        var name = path[(cut + 1)..];
        var parent = cut < 0 && !rootDirectory.IsNull
            ? new LookupResult(rootDirectory, "", NtStatus.Success)
            : Lookup(parentPath, rootDirectory: path.StartsWith('\\') ? default : rootDirectory);
        if (name.Length == 0)
            return NtStatus.ObjectNameInvalid;
        if (parent.Object.IsNull || parent.Remaining.Length > 0 || KindOf(parent.Object) != ObjectKind.Directory)
            return NtStatus.ObjectPathNotFound;
        if (!FindInDirectory(parent.Object, name).IsNull)
            return NtStatus.ObjectNameCollision;

        var entryAddress = _kernel.Ex.NonPagedPool.Allocate((ulong)ObjectDirectoryEntry.SizeOf(Memory.Layout), PoolTags.Directory, null);
        var entry = new ObjectDirectoryEntry(Memory, entryAddress);
        var bucket = BucketAddress(parent.Object, name);
        entry.SetChainLink(Memory, ChainAt(bucket));
        entry.SetObject(Memory, body);
        Memory.WritePointer(bucket, entryAddress);

        var info = NameInfoOf(body) ?? throw new InvariantException($"The object at {body} was made without room for a name.");
        info.SetDirectory(Memory, new ObjectDirectory(Memory, parent.Object));
        _kernel.Rtl.WriteString(info.Name, name, PoolTags.ObjectName);
        var header = HeaderOf(body);
        header.SetFlags(Memory, permanent ? header.Flags | ObjectHeaderFlags.Permanent : header.Flags & ~ObjectHeaderFlags.Permanent);
        Reference(body, ReferenceCause.Name, parent.Object);
        _kernel.Record(new NameRecord(body, KindOf(body)?.ToString() ?? "", NameOf(body) ?? path));
        return NtStatus.Success;
    }

    /// <summary>Makes an object temporary; without handles its name goes at once and with it one reference (U-1.35).</summary>
    public GuestTask MakeTemporary(VirtualAddress body)
    {
        var header = HeaderOf(body);
        header.SetFlags(Memory, header.Flags & ~ObjectHeaderFlags.Permanent);
        return header.HandleCount == 0 ? RemoveName(body) : GuestTask.CompletedTask;
    }

    /// <summary>Takes the object's name out of its directory; nothing happens when it has none or the directory does not list it.</summary>
    public GuestTask RemoveName(VirtualAddress body)
    {
        if (NameInfoOf(body) is not { Directory: { } directory } info)
            return GuestTask.CompletedTask;
        var link = BucketAddress(directory.Address, info.Name.ToText());
        while (ChainAt(link) is { } entry)
        {
            if (entry.Object == body)
            {
                Memory.WritePointer(link, entry.ChainLink?.Address ?? VirtualAddress.Null);
                _kernel.Ex.NonPagedPool.Free(entry.Address);
                info.SetDirectory(Memory, null);
                return Dereference(body, ReferenceCause.Name, directory.Address);
            }

            link = entry.ChainLinkAddress;
        }

        // Only a driver that destroyed the name or the directory comes here, as by deleting a device that is freed already: the object manager
        // looks the name up, does not find it and leaves everything as it is.
        return GuestTask.CompletedTask;
    }

    /// <summary>Full path of an object; null when it has no name.</summary>
    public string? NameOf(VirtualAddress body)
    {
        if (body == Root)
            return "\\";
        if (NameInfoOf(body) is not { Directory: { } directory } info)
            return null;
        var parent = NameOf(directory.Address);
        return parent is null or "\\" ? "\\" + info.Name.ToText() : parent + "\\" + info.Name.ToText();
    }

    /// <summary>Objects of a directory, bucket by bucket.</summary>
    public IEnumerable<VirtualAddress> Children(VirtualAddress directory)
    {
        for (var i = 0; i < HashBuckets; i++)
        {
            for (var entry = ChainAt(directory + (8 * i)); entry is { } e; entry = e.ChainLink)
                yield return e.Object;
        }
    }

    public VirtualAddress CreateDirectory(string path)
    {
        var body = Create(ObjectKind.Directory, (ulong)ObjectDirectory.SizeOf(Memory.Layout), PoolTags.Directory);
        if (path == "\\")
            return body;
        var status = Insert(body, path, permanent: true);
        Invariant.Check(status.IsSuccess, $"The directory {path} could not be made: {status}.");
        return body;
    }

    /// <summary>Makes a symbolic link; it stores the target's name and references nothing (U-1.59).</summary>
    public NtStatus CreateSymbolicLink(string path, string target, out VirtualAddress link)
    {
        link = Create(ObjectKind.SymbolicLink, (ulong)SymbolicLinkObject.SizeOf(Memory.Layout), PoolTags.SymbolicLink);
        _kernel.Rtl.WriteString(new SymbolicLinkObject(Memory, link).LinkTarget, target, PoolTags.SymbolicLink);
        return Insert(link, path, permanent: true);
    }

    private ObjectHeaderNameInfo? NameInfoOf(VirtualAddress body)
    {
        var header = HeaderOf(body);
        return (header.InfoMask & ObjectInfoMask.NameInfo) != 0 ? new ObjectHeaderNameInfo(Memory, header.Address - NameInfoBytes) : null;
    }

    private void FreeName(VirtualAddress body)
    {
        if (NameInfoOf(body) is { } info && !info.Name.Buffer.IsNull)
            _kernel.Ex.NonPagedPool.Free(info.Name.Buffer);
    }

    private VirtualAddress FindInDirectory(VirtualAddress directory, string name)
    {
        for (var entry = ChainAt(BucketAddress(directory, name)); entry is { } e; entry = e.ChainLink)
        {
            if (NameInfoOf(e.Object) is { } info && string.Equals(info.Name.ToText(), name, StringComparison.OrdinalIgnoreCase))
                return e.Object;
        }

        // \?? and \DosDevices are the drivers' names of \GLOBAL?? (Doc: "Introduction to MS-DOS Device Names", WDK).
        if (directory == Root && (name.Equals("??", StringComparison.Ordinal) || name.Equals("DosDevices", StringComparison.OrdinalIgnoreCase)))
            return DosDevices;

        // Links of \BaseNamedObjects that lead back to it in session 0 (Doc: "Kernel object namespaces", Win32 reference).
        var leadsBack = name.Equals("Global", StringComparison.OrdinalIgnoreCase)
            || (directory != DosDevices && name.Equals("Local", StringComparison.OrdinalIgnoreCase));
        if (leadsBack && (directory == DosDevices || directory == BaseNamedObjects))
            return directory;
        return MakeOffered(directory, name) ? FindInDirectory(directory, name) : VirtualAddress.Null;
    }

    private ObjectDirectoryEntry? ChainAt(VirtualAddress link)
    {
        var address = Memory.ReadPointer(link);
        return address.IsNull ? null : new ObjectDirectoryEntry(Memory, address);
    }

    private static VirtualAddress BucketAddress(VirtualAddress directory, string name)
    {
        // Ours: Windows' own hash differs between builds; readers of a directory walk every bucket.
        var hash = 0u;
        foreach (var c in name)
            hash = (hash * 3) + (hash >> 1) + char.ToUpperInvariant(c);
        return directory + (8 * (hash % HashBuckets));
    }

    private void BootNamespace()
    {
        Root = CreateDirectory("\\");
        foreach (var path in new[] { @"\Driver", @"\FileSystem", @"\Device", @"\GLOBAL??", @"\ObjectTypes", @"\BaseNamedObjects", @"\KernelObjects", @"\Security", @"\Sessions" })
            CreateDirectory(path);
        DosDevices = Lookup(@"\GLOBAL??").Object;
        BaseNamedObjects = Lookup(@"\BaseNamedObjects").Object;
        foreach (var kind in Enum.GetValues<ObjectKind>())
            Insert(_types[(int)kind], $@"\ObjectTypes\{kind}", permanent: true);
    }
}
