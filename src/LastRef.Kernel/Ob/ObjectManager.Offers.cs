namespace LastRef.Kernel;

/// <summary>Names that stand in the namespace but are made when somebody first asks for one of them.</summary>
/// <remarks>A desktop machine has many; a driver that never looks at the disk or the keyboard does not pay for them.</remarks>
internal sealed partial class ObjectManager
{
    private readonly List<(string[] Paths, Action Make)> _offers = [];

    /// <summary>Offers names that come to be together.</summary>
    /// <param name="paths">Full paths; their directories exist.</param>
    /// <param name="make">Enters all of them; it does not wait.</param>
    public void Offer(string[] paths, Action make) => _offers.Add((paths, make));

    /// <summary>Makes the offered names among which the one that is asked for is.</summary>
    /// <param name="name">Null for any name of the directory.</param>
    /// <returns>True when names were made now.</returns>
    private bool MakeOffered(VirtualAddress directory, string? name)
    {
        var made = false;
        foreach (var offer in _offers.ToArray())
        {
            if (!Array.Exists(offer.Paths, path => IsOffer(path, directory, name)) || !_offers.Remove(offer))
                continue;

            // What the system does for itself has no driver's call behind it.
            _kernel.Images.WithoutDrivers(offer.Make);
            made = true;
        }

        return made;
    }

    private bool IsOffer(string path, VirtualAddress directory, string? name)
    {
        var cut = path.LastIndexOf('\\');
        if (name is not null && !path.AsSpan(cut + 1).Equals(name, StringComparison.OrdinalIgnoreCase))
            return false;
        return directory == (cut == 0 ? Root : FindInDirectory(Root, path[1..cut]));
    }
}
