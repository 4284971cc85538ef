using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Modules that every Windows with a desktop has loaded: in the list by name, with addresses where nothing is mapped.</summary>
/// <remarks>
/// Drivers look in the list for one of them and use what they find. The names are Windows' own, the sizes are of the right order, and whoever reads
/// or calls such an image stops the run. They are entered when a driver first asks for the list, not at boot.
/// </remarks>
internal sealed partial class ImageLoader
{
    private const ulong WindowsModuleStride = 0x100_0000;
    private const string SystemFolder = @"\SystemRoot\System32\", DriversFolder = @"\SystemRoot\System32\drivers\";

    private static readonly (string Path, uint Bytes, uint SinceBuild)[] _windowsModules =
    [
        (SystemFolder + "kd.dll", 0xB000, 14393), (SystemFolder + "CLFS.SYS", 0x6A000, 0), (SystemFolder + "CI.dll", 0xE2000, 0),
        (DriversFolder + "cng.sys", 0xBB000, 0), (DriversFolder + "Wdf01000.sys", 0xD1000, 0), (DriversFolder + "WDFLDR.SYS", 0x13000, 0),
        (DriversFolder + "ACPI.sys", 0xCC000, 0), (DriversFolder + "WMILIB.SYS", 0xC000, 0), (DriversFolder + "pci.sys", 0x6E000, 0),
        (DriversFolder + "partmgr.sys", 0x2F000, 0), (DriversFolder + "volmgr.sys", 0x19000, 0), (DriversFolder + "mountmgr.sys", 0x1E000, 0),
        (DriversFolder + "fltmgr.sys", 0x72000, 0), (DriversFolder + "Ntfs.sys", 0x2D8000, 0), (DriversFolder + "ksecdd.sys", 0x33000, 0),
        (DriversFolder + "ndis.sys", 0x16F000, 0), (DriversFolder + "NETIO.SYS", 0x98000, 0), (DriversFolder + "tcpip.sys", 0x2EC000, 0),
        (DriversFolder + "disk.sys", 0x1C000, 0), (DriversFolder + "CLASSPNP.SYS", 0x72000, 0), (DriversFolder + "Null.SYS", 0xA000, 0),
        (DriversFolder + "Beep.SYS", 0xA000, 0), (DriversFolder + "dxgkrnl.sys", 0x3A5000, 0), (DriversFolder + "watchdog.sys", 0x16000, 0),
        (DriversFolder + "afd.sys", 0xA3000, 0), (DriversFolder + "kbdclass.sys", 0x14000, 0), (DriversFolder + "mouclass.sys", 0x13000, 0),
        (SystemFolder + "win32k.sys", 0x9A000, 0), (SystemFolder + "win32kbase.sys", 0x2D7000, 14393), (SystemFolder + "win32kfull.sys", 0x3B6000, 14393),
    ];

    private readonly Dictionary<string, VirtualAddress> _windowsEntries = new(StringComparer.OrdinalIgnoreCase);
    private bool _hasWindowsModules;

    /// <summary>Gives a driver object of the lab's own the image that Windows' driver of that name has, as far as the list of modules goes.</summary>
    public void GiveWindowsModule(DriverObject driver, string fileName)
    {
        EnterWindowsModules();
        var entry = new KldrDataTableEntry(Memory, _windowsEntries[fileName]);
        driver.SetDriverStart(Memory, entry.DllBase);
        driver.SetDriverSize(Memory, entry.SizeOfImage);
        driver.SetDriverSection(Memory, entry);
    }

    /// <summary>Completes PsLoadedModuleList, once; Windows' own modules were loaded before any driver of the lab.</summary>
    public void EnterWindowsModules()
    {
        if (_hasWindowsModules)
            return;
        _hasWindowsModules = true;
        var first = _images.Find(image => image.IsDriver);
        WithoutDrivers(() =>
        {
            for (var i = 0; i < _windowsModules.Length; i++)
            {
                var (path, bytes, since) = _windowsModules[i];
                var place = AddressMap.WindowsImages + ((ulong)i * WindowsModuleStride);
                if ((uint)_kernel.Build >= since)
                    _windowsEntries[path[(path.LastIndexOf('\\') + 1)..]] = NewLoaderEntry(path, place, bytes, entryPoint: place, first);
            }
        });
    }

    /// <summary>The module of Windows whose image would lie at an address; null when none would.</summary>
    public string? WindowsModuleAt(VirtualAddress address)
    {
        if (address < AddressMap.WindowsImages)
            return null;
        var (index, offset) = Math.DivRem(address - AddressMap.WindowsImages, WindowsModuleStride);
        if (!_hasWindowsModules || index >= (ulong)_windowsModules.Length || offset >= _windowsModules[index].Bytes)
            return null;
        var path = _windowsModules[index].Path;
        return path[(path.LastIndexOf('\\') + 1)..];
    }

    public static MachineStopException UseOfWindowsModule(string module) =>
        MachineStopException.Unsupported(UnsupportedKind.Case, $"the use of the image of {module}, which the lab has by name only");
}
