using LastRef.Nt;

namespace LastRef;

/// <summary>Symbolic links in <c>\GLOBAL??</c>, and the devices that they name.</summary>
/// <remarks>A link stores a name and holds nothing (U-1.59): one may name a device that is gone, or never was.</remarks>
public sealed partial class MachineSurvey
{
    private const string LinkType = "SymbolicLink";
    private IReadOnlyList<VirtualAddress>? _symbolicLinks;
    private IReadOnlyList<CapturedLink>? _links;

    /// <summary>Bodies of the links.</summary>
    private IReadOnlyList<VirtualAddress> SymbolicLinks => _symbolicLinks ??= [.. ObjectsIn("GLOBAL??").Where(body => TypeNameOf(body) == LinkType)];

    /// <summary>Links with the name that each stands for; those whose target a callback decides are left out.</summary>
    public IReadOnlyList<CapturedLink> Links => _links ??= ReadLinks();

    /// <summary>Links that name a device.</summary>
    public IEnumerable<CapturedLink> LinksTo(string deviceName) => Links.Where(link => Same(link.Target, deviceName));

    /// <summary>Links into <c>\Device</c> that name an object which is not there.</summary>
    public IEnumerable<CapturedLink> LinksToNothing()
    {
        const string folder = @"\Device\";
        var names = ObjectsIn("Device").Select(OwnName).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Links.Where(link => link.Target.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && !names.Contains(link.Target[folder.Length..].Split('\\')[0]));
    }

    private List<CapturedLink> ReadLinks()
    {
        var links = new List<CapturedLink>(SymbolicLinks.Count);
        foreach (var body in SymbolicLinks)
        {
            var target = Try("the symbolic link", body, () => new SymbolicLinkObject(Target, body).LinkTarget.TryToText(out _, NameLimit));
            if (target is { Length: > 0 } && target[0] == '\\')
                links.Add(new CapturedLink(body, NameOf(body) ?? "?", target));
        }

        return links;
    }
}
