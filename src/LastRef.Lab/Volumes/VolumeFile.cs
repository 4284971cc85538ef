using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A file or directory of the system volume.</summary>
internal sealed class VolumeFile(string name, VolumeFile? parent, bool isDirectory, ulong id, long time100ns)
{
    private const long NominalBytes = 0x10_0000;
    private readonly SortedDictionary<string, VolumeFile> _children = new(StringComparer.OrdinalIgnoreCase);

    public string Name { get; private set; } = name;

    public VolumeFile? Parent { get; private set; } = parent;

    public bool IsDirectory => isDirectory;

    /// <summary>The file's number on the volume, which FileInternalInformation tells.</summary>
    public ulong Id => id;

    /// <summary>What is in it; null for a file of Windows that the lab does not have, and for directories.</summary>
    public VolumeData? Data { get; init; }

    /// <summary>Bytes of the file; for one of Windows whose content the lab does not have a nominal number, the same for all.</summary>
    public long Length => isDirectory ? 0 : Data?.Length ?? NominalBytes;

    /// <summary>Bytes that the file takes on the volume.</summary>
    public long AllocatedBytes => isDirectory ? 0 : Data?.AllocatedBytes ?? NominalBytes;

    /// <summary>True for a file that the system itself holds open and shares with nobody.</summary>
    public bool IsHeld { get; init; }

    /// <summary>FILE_ATTRIBUTE_* but for the directory bit.</summary>
    public uint Attributes { get; set; }

    public long CreationTime { get; set; } = time100ns;

    public long LastAccessTime { get; set; } = time100ns;

    public long LastWriteTime { get; set; } = time100ns;

    public long ChangeTime { get; set; } = time100ns;

    public bool IsDeletePending { get; set; }

    /// <summary>What FILE_OBJECT.FsContext points to while the file is open.</summary>
    public VirtualAddress ControlBlock { get; set; }

    /// <summary>File objects that have not had their CLOSE.</summary>
    public int FileObjects { get; set; }

    /// <summary>File objects that have not had their CLEANUP.</summary>
    public int Opens { get; set; }

    public IReadOnlyCollection<VolumeFile> Children => _children.Values;

    /// <summary>FILE_ATTRIBUTE_* as a query tells them.</summary>
    public uint AllAttributes
    {
        get
        {
            const uint directory = 0x10, normal = 0x80;
            var all = Attributes | (isDirectory ? directory : 0);
            return all == 0 ? normal : all;
        }
    }

    /// <summary>The path below the volume, with a leading backslash; the root's is a backslash.</summary>
    public string Path => Parent is not { } above ? "\\" : above.Parent is null ? "\\" + Name : above.Path + "\\" + Name;

    /// <summary>The content of a file that has one.</summary>
    /// <param name="what">What was to be done, for the message where the lab has no content.</param>
    public VolumeData DataFor(string what) =>
        Data ?? throw MachineStopException.Unsupported(UnsupportedKind.Case, $"{what} {Path}, a file of Windows that the lab does not have");

    public VolumeFile? Find(string child) => _children.GetValueOrDefault(child);

    public void Add(VolumeFile child) => _children.Add(child.Name, child);

    public void Remove(VolumeFile child) => _children.Remove(child.Name);

    /// <summary>Gives the file another name or place.</summary>
    public void MoveTo(VolumeFile directory, string newName)
    {
        Parent?.Remove(this);
        (Parent, Name) = (directory, newName);
        directory.Add(this);
    }
}
