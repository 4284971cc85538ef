using LastRef.Nt;

namespace LastRef;

/// <summary>Images: the list of loaded modules and the history of unloaded ones.</summary>
internal sealed partial class CaptureWalk
{
    /// <summary>Bytes of an entry of MmUnloadedDrivers (U-1.47).</summary>
    private const int UnloadedEntryBytes = 0x28;

    private void WalkModules()
    {
        if (roots.LoadedModuleList.IsNull)
        {
            _gaps.Add("the list of loaded modules is not known");
            return;
        }

        // InLoadOrderLinks is the entry's first field (U-1.46).
        var walk = Walker.List<KldrDataTableEntry>(new ListEntry(target, roots.LoadedModuleList), 0, roots.Limit);
        NoteEnd("the list of loaded modules", walk);
        foreach (var entry in walk.Items)
        {
            if (Try("the module entry", entry.Address, () => ReadModule(entry)) is not { } module)
                continue;
            _modules.Add(module);
            var isOurs = roots.ImageBase.IsNull
                ? string.Equals(module.Name, roots.ImageName, StringComparison.OrdinalIgnoreCase)
                : module.Base == roots.ImageBase;
            if (isOurs)
                _module = module;
        }
    }

    private static CapturedModule ReadModule(KldrDataTableEntry entry) =>
        new(entry.Address, entry.BaseDllName.ToText(260), entry.DllBase, entry.SizeOfImage, entry.LoadCount);

    private bool IsInUnloadedHistory()
    {
        for (var i = 0; i < roots.UnloadedDriverCount; i++)
        {
            var entry = roots.UnloadedDrivers + (i * UnloadedEntryBytes);
            var isOurs = Try("the unloaded driver entry", entry, () =>
            {
                var start = target.ReadPointer(entry + 0x10);
                var name = new UnicodeString(target, entry).TryToText(out _, 260);
                return start == ImageBase || (ImageBase.IsNull && string.Equals(name, roots.ImageName, StringComparison.OrdinalIgnoreCase))
                    ? name ?? "" : null;
            });
            if (isOurs is not null)
                return true;
        }

        return false;
    }
}
