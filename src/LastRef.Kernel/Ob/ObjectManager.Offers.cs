using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Names that stand in the namespace but are made when somebody first asks for one of them.</summary>
/// <remarks>A machine with a disk has many; a driver that never looks at the disk does not pay for them.</remarks>
internal sealed partial class ObjectManager
{
    private string[] _offered = [];
    private Action? _makeOffered;

    /// <summary>Offers names that come to be together.</summary>
    /// <param name="paths">Full paths; their directories exist.</param>
    /// <param name="make">Enters all of them; it does not wait.</param>
    public void Offer(IEnumerable<string> paths, Action make)
    {
        Invariant.Check(_makeOffered is null, "Names were offered twice.");
        (_offered, _makeOffered) = ([.. paths], make);
    }

    /// <summary>Makes the offered names if one of them is meant.</summary>
    /// <param name="name">Null for any name of the directory.</param>
    /// <returns>True when they were made now.</returns>
    private bool MakeOffered(VirtualAddress directory, string? name)
    {
        if (_makeOffered is not { } make || !Array.Exists(_offered, path => IsOffer(path, directory, name)))
            return false;
        _makeOffered = null;

        // What the system does for itself has no driver's call behind it.
        _kernel.Images.WithoutDrivers(make);
        return true;
    }

    private bool IsOffer(string path, VirtualAddress directory, string? name)
    {
        var cut = path.LastIndexOf('\\');
        if (name is not null && !path.AsSpan(cut + 1).Equals(name, StringComparison.OrdinalIgnoreCase))
            return false;
        return directory == (cut == 0 ? Root : FindInDirectory(Root, path[1..cut]));
    }
}
