namespace LastRef.Kernel;

/// <summary>The registry.</summary>
internal sealed partial class ConfigurationManager(NtKernel kernel)
{
    private const int LinkDepth = 8;
    private const string LocalSystemKey = @"\Registry\User\S-1-5-18";
    private readonly NtKernel _kernel = kernel;
    private readonly RegistryKey _root = new("REGISTRY", null);

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Makes the keys that every Windows has and drivers look at.</summary>
    public void Boot()
    {
        BootKeyObjects();
        BootCallbacks();
        foreach (var path in new[]
        {
            @"\Registry\Machine\System\CurrentControlSet\Services",
            @"\Registry\Machine\System\CurrentControlSet\Control\Class",
            @"\Registry\Machine\System\CurrentControlSet\Control\Session Manager\Memory Management",
            @"\Registry\Machine\System\CurrentControlSet\Enum",
            @"\Registry\Machine\System\CurrentControlSet\Hardware Profiles\Current",
            @"\Registry\Machine\Software\Microsoft\Windows NT\CurrentVersion",
            @"\Registry\Machine\Hardware\Description\System",
            @"\Registry\Machine\Hardware\DeviceMap",
            @"\Registry\User\.Default",
        })
            CreateKey(path);
        var version = CreateKey(@"\Registry\Machine\Software\Microsoft\Windows NT\CurrentVersion");
        version.SetValue(RegistryValue.String("CurrentBuildNumber", ((int)_kernel.Build).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        version.SetValue(RegistryValue.String("CurrentVersion", (int)_kernel.Build < 9200 ? "6.1" : "6.3"));
        version.SetValue(RegistryValue.String("SystemRoot", @"C:\Windows"));
    }

    /// <summary>The key at a full path, without regard to case; null when it does not exist.</summary>
    public RegistryKey? FindKey(string path)
    {
        var key = _root;
        foreach (var part in Parts(path) ?? [])
        {
            if (key.Find(part) is not { } child)
                return null;
            key = child;
        }

        return Parts(path) is null ? null : key;
    }

    /// <summary>The key at a full path, made with all that lead to it where missing.</summary>
    public RegistryKey CreateKey(string path)
    {
        var key = _root;
        foreach (var part in Parts(path) ?? throw new InvariantException($"'{path}' is no registry path."))
            key = key.Create(part);
        return key;
    }

    public string? QueryString(RegistryKey key, string name) => key.FindValue(name) is { Type: 1 or 2 } value ? value.Text : null;

    public uint? QueryDword(RegistryKey key, string name) => key.FindValue(name)?.Number;

    /// <summary>The components after \Registry; ControlSet001 is the current control set, and the hive of LocalSystem the default one.</summary>
    private static string[]? Parts(string path)
    {
        var parts = path.Split('\\', LinkDepth * 8, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !parts[0].Equals("Registry", StringComparison.OrdinalIgnoreCase))
            return null;
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i].Equals("ControlSet001", StringComparison.OrdinalIgnoreCase))
                parts[i] = "CurrentControlSet";
            else if (i == 2 && parts[i].Equals("S-1-5-18", StringComparison.OrdinalIgnoreCase))
                parts[i] = ".Default";
        }

        return parts[1..];
    }
}
