using LastRef.Nt;

namespace LastRef;

/// <summary>Removals and ejects that the PnP manager finishes later.</summary>
public sealed partial class MachineSurvey
{
    private Dictionary<VirtualAddress, string>? _pendingRemovals;

    /// <summary>What waits to be finished, by the device: a surprise removal, an eject.</summary>
    /// <remarks>Fact: dump-format, section 9; U-1.57.</remarks>
    public IReadOnlyDictionary<VirtualAddress, string> PendingRemovals => _pendingRemovals ??= ReadPendingRemovals();

    private Dictionary<VirtualAddress, string> ReadPendingRemovals()
    {
        var pending = new Dictionary<VirtualAddress, string>();
        foreach (var (variable, what) in new[] { ("IopPendingSurpriseRemovals", "surprise removal"), ("IopPendingEjects", "eject") })
        {
            if (!Layout.TryGetField("_PENDING_RELATIONS_LIST_ENTRY", "Link", out var field))
                break;
            foreach (var link in LinksOf(variable, $"the list of a pending {what}"))
            {
                if (TryPointer(new PendingRelationsListEntry(Target, link - field.Offset).DeviceObjectAddress, out var device))
                    pending[device] = what;
            }
        }

        return pending;
    }
}
