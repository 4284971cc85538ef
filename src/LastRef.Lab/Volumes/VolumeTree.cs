using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The files of the system volume.</summary>
/// <remarks>
/// The folders are those that every Windows has. Of Windows' own files a few are there by name, so that a driver finds what it looks for; what
/// is in them the lab does not have, and asking for it stops the run. A driver's image file has its bytes.
/// </remarks>
internal sealed class VolumeTree
{
    public const string DriversFolder = @"\Windows\System32\drivers";

    private static readonly string[] _folders =
    [
        @"\Windows", @"\Windows\System32", DriversFolder, @"\Windows\System32\drivers\etc", @"\Windows\System32\config", @"\Windows\System32\LogFiles",
        @"\Windows\System32\wbem", @"\Windows\SysWOW64", @"\Windows\Temp", @"\Windows\INF", @"\Windows\Logs", @"\Windows\debug", @"\Windows\Fonts",
        @"\Program Files", @"\Program Files\Common Files", @"\Program Files (x86)", @"\ProgramData", @"\ProgramData\Microsoft", @"\Users", @"\Users\Public",
        @"\Users\Default", @"\PerfLogs",
    ];

    private static readonly string[] _windowsFiles =
    [
        @"\Windows\explorer.exe", @"\Windows\notepad.exe", @"\Windows\regedit.exe", @"\Windows\System32\ntoskrnl.exe", @"\Windows\System32\hal.dll",
        @"\Windows\System32\ci.dll", @"\Windows\System32\kdcom.dll", @"\Windows\System32\ntdll.dll", @"\Windows\System32\kernel32.dll",
        @"\Windows\System32\KernelBase.dll", @"\Windows\System32\user32.dll", @"\Windows\System32\gdi32.dll", @"\Windows\System32\advapi32.dll",
        @"\Windows\System32\ole32.dll", @"\Windows\System32\win32k.sys", @"\Windows\System32\smss.exe", @"\Windows\System32\csrss.exe",
        @"\Windows\System32\wininit.exe", @"\Windows\System32\winlogon.exe", @"\Windows\System32\services.exe", @"\Windows\System32\lsass.exe",
        @"\Windows\System32\svchost.exe", @"\Windows\System32\cmd.exe", @"\Windows\System32\taskmgr.exe", @"\Windows\System32\rundll32.exe",
        @"\Windows\SysWOW64\ntdll.dll", @"\Windows\SysWOW64\kernel32.dll", @"\Windows\SysWOW64\user32.dll", DriversFolder + @"\ntfs.sys",
        DriversFolder + @"\fltMgr.sys", DriversFolder + @"\ndis.sys", DriversFolder + @"\tcpip.sys", DriversFolder + @"\disk.sys",
        DriversFolder + @"\classpnp.sys", DriversFolder + @"\volmgr.sys", DriversFolder + @"\partmgr.sys", DriversFolder + @"\kbdclass.sys",
        DriversFolder + @"\mouclass.sys", DriversFolder + @"\null.sys", DriversFolder + @"\beep.sys", DriversFolder + @"\etc\hosts",
        DriversFolder + @"\etc\services",
    ];

    private static readonly string[] _heldFiles =
    [
        @"\pagefile.sys", @"\Windows\System32\config\SYSTEM", @"\Windows\System32\config\SOFTWARE", @"\Windows\System32\config\SAM",
        @"\Windows\System32\config\SECURITY", @"\Windows\System32\config\DEFAULT",
    ];

    private readonly NtKernel _kernel;
    private ulong _nextId = 5;

    public VolumeTree(NtKernel kernel)
    {
        _kernel = kernel;
        Root = Make("", null, isDirectory: true, null);
        foreach (var path in _folders)
            Place(path, isDirectory: true, isHeld: false);
        foreach (var path in _windowsFiles)
            Place(path, isDirectory: false, isHeld: false);
        foreach (var path in _heldFiles)
            Place(path, isDirectory: false, isHeld: true);
    }

    public VolumeFile Root { get; }

    public VolumeSpace Space { get; } = new();

    /// <summary>Makes a file that is in no directory yet, empty.</summary>
    public VolumeFile Create(string name, VolumeFile parent, bool isDirectory) =>
        Make(name, parent, isDirectory, isDirectory ? null : new VolumeData(Space));

    /// <summary>The child of a directory by name; the image files of the lab's drivers appear here when they are looked for.</summary>
    public VolumeFile? Find(VolumeFile directory, string name)
    {
        if (directory.Find(name) is { } found)
            return found;
        if (!IsDriversFolder(directory) || _kernel.Images.FindFile(name) is not { } image || _removedImages.Contains(name))
            return null;
        var file = Make(name, directory, isDirectory: false, new VolumeData(Space, image.File));
        directory.Add(file);
        return file;
    }

    /// <summary>All children, in the order of their names.</summary>
    public IReadOnlyList<VolumeFile> List(VolumeFile directory)
    {
        if (IsDriversFolder(directory))
        {
            foreach (var name in _kernel.Images.AvailableFiles.Keys.Order(StringComparer.OrdinalIgnoreCase))
                Find(directory, name);
        }

        return [.. directory.Children];
    }

    /// <summary>Takes a file from its directory.</summary>
    public void Delete(VolumeFile file)
    {
        file.Parent?.Remove(file);
        file.Data?.Discard();
        if (file.Parent is { } parent && IsDriversFolder(parent))
            _removedImages.Add(file.Name);
    }

    /// <summary>Image files that were deleted or renamed: they do not come back.</summary>
    private readonly HashSet<string> _removedImages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives a file another name.</summary>
    public void Move(VolumeFile file, VolumeFile directory, string name)
    {
        if (file.Parent is { } parent && IsDriversFolder(parent))
            _removedImages.Add(file.Name);
        file.MoveTo(directory, name);
    }

    private static bool IsDriversFolder(VolumeFile directory) => directory.Path.Equals(DriversFolder, StringComparison.OrdinalIgnoreCase);

    private void Place(string path, bool isDirectory, bool isHeld)
    {
        var cut = path.LastIndexOf('\\');
        var parent = Root;
        foreach (var part in path[..cut].Split('\\', StringSplitOptions.RemoveEmptyEntries))
            parent = parent.Find(part) ?? throw new InvariantException($"The folder of {path} is made after it.");
        parent.Add(Make(path[(cut + 1)..], parent, isDirectory, null, isHeld));
    }

    private VolumeFile Make(string name, VolumeFile? parent, bool isDirectory, VolumeData? data, bool isHeld = false)
    {
        const uint archive = 0x20, hiddenSystem = 6;
        return new VolumeFile(name, parent, isDirectory, _nextId++, _kernel.Ke.SystemTime100ns)
        {
            Data = data, IsHeld = isHeld, Attributes = isDirectory ? 0 : isHeld ? archive | hiddenSystem : archive,
        };
    }
}
