using LastRef.Nt;

namespace LastRef;

/// <summary>Images: loaded, and unloaded.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>Entries of MmUnloadedDrivers (dump-format, section 13).</summary>
    private const int UnloadedEntries = 50;

    private const int NameLimit = 260;
    private IReadOnlyList<CapturedModule>? _modules;
    private IReadOnlyList<SurveyedImage>? _unloaded;

    /// <summary>Loaded images in load order; the kernel comes first.</summary>
    public IReadOnlyList<CapturedModule> Modules => _modules ??= ReadModules();

    /// <summary>True when the list of loaded images was read to its end, so that a name that is not in it is of no loaded image.</summary>
    public bool KnowsAllModules => Modules.Count > 0 && _isModuleListWhole;

    private bool _isModuleListWhole;

    /// <summary>Images that have left memory, newest first.</summary>
    public IReadOnlyList<SurveyedImage> Unloaded => _unloaded ??= ReadUnloaded();

    private VirtualAddress LoadedModuleList => _machine.Find("PsLoadedModuleList") ?? default;

    private List<CapturedModule> ReadModules()
    {
        if (Variable("PsLoadedModuleList", "the loaded images") is not { } head)
            return [];
        var walk = Walker.List<KldrDataTableEntry>(new ListEntry(Target, head), 0, _options.ListLimit);
        NoteEnd("the list of loaded images", walk);
        var modules = new List<CapturedModule>(walk.Items.Count);
        foreach (var entry in walk.Items)
        {
            if (Try("the module entry", entry.Address, () => new CapturedModule(
                entry.Address, TextOf(entry.BaseDllName), entry.DllBase, entry.SizeOfImage, entry.LoadCount)) is { } module)
                modules.Add(module);
        }

        _isModuleListWhole = walk.IsComplete && modules.Count == walk.Items.Count;
        return modules;
    }

    private List<SurveyedImage> ReadUnloaded()
    {
        if (Variable("MmUnloadedDrivers", "the history of unloaded images") is not { } variable)
            return [];
        if (!TryPointer(variable, out var array))
            Gap($"the history of unloaded images: {variable} is unreadable");
        if (!array.IsKernel)
            return [];
        var size = Layout.Structure("_UNLOADED_DRIVERS") is { Size: > 0 } structure ? structure.Size : 0x28;
        var images = new List<SurveyedImage>();
        for (var i = 0; i < UnloadedEntries; i++)
        {
            var entry = new UnloadedDriver(Target, array + (i * size));
            var image = Try("the entry of an unloaded image", entry.Address, () =>
                entry.Name.Buffer.IsNull || entry.StartAddress.IsNull
                    ? null
                    : new SurveyedImage(TextOf(entry.Name), entry.StartAddress, entry.EndAddress, (ulong)entry.CurrentTime));
            if (image is not null && image.End > image.Start)
                images.Add(image);
        }

        return [.. images.OrderByDescending(image => image.Time100ns)];
    }

    /// <summary>A name with everything that is no printable character taken out: names in a dump need not be strings.</summary>
    private static string TextOf(UnicodeString name)
    {
        var text = name.TryToText(out _, NameLimit);
        if (text is null)
            return "?";
        return text.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) : text;
    }
}
