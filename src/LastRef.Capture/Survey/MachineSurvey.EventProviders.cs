using LastRef.Nt;

namespace LastRef;

/// <summary>Kernel-mode providers of events (ETW).</summary>
/// <remarks>
/// Fact: public symbols: EtwpHostSiloState leads to _ETW_SILODRIVERSTATE.EtwpGuidHashTable from Windows 10 on; before, EtwpGuidHashTable is
/// the table. A bucket has a list for each kind of GUID; each GUID has the list of those who registered for it.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int EventBuckets = 64;
    private const int EventLists = 3;
    private const int EventBucketBytes = 0x38;
    private const byte KernelRegistration = 1;

    private void ReadEventProviders(List<RegistrationRoot> found)
    {
        const string what = "the event providers";
        VirtualAddress table;
        if (Layout.TryGetField("_ETW_SILODRIVERSTATE", "EtwpGuidHashTable", out var field))
        {
            if (Variable("EtwpHostSiloState", what) is not { } variable)
                return;
            if (!TryPointer(variable, out var silo) || !silo.IsKernel)
            {
                Gap($"{what}: their table at {variable} is unreadable");
                return;
            }

            table = silo + field.Offset;
        }
        else if (Variable("EtwpGuidHashTable", what) is { } known)
        {
            table = known;
        }
        else
        {
            return;
        }

        if (!Layout.TryGetField("_ETW_REG_ENTRY", "Flags", out var flags) || !Layout.TryGetField("_ETW_GUID_ENTRY", "RegListHead", out var head))
        {
            Gap($"{what}: the layout of a registration is not known (symbols of this kernel would tell it)");
            return;
        }

        var guids = 0;
        for (var i = 0; i < EventBuckets * EventLists; i++)
        {
            foreach (var guid in LinksAt(table + ((i / EventLists * EventBucketBytes) + (i % EventLists * 16)), what))
            {
                if (++guids > _options.ListLimit || IsCancelled)
                {
                    Gap($"{what}: {(IsCancelled ? "cut off on request" : "stopped")} after {guids} GUIDs");
                    return;
                }

                foreach (var link in LinksAt(guid + head.Offset, what))
                    AddEventProvider(found, link, flags.Offset);
            }
        }
    }

    /// <summary>Providers of applications have a process where those of drivers have a callback; a driver need not have one.</summary>
    private void AddEventProvider(List<RegistrationRoot> found, VirtualAddress link, int flags)
    {
        Span<byte> mark = stackalloc byte[1];
        if (!Target.TryRead(link + flags, mark, out _) || (mark[0] & KernelRegistration) == 0)
            return;
        Add(found, RegistrationKind.Etw, link, () => new EtwRegEntry(Target, link).Callback is { IsNull: false } callback ? (callback, default) : null);
    }
}
