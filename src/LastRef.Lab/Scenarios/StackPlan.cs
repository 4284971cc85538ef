namespace LastRef.Lab;

/// <summary>Which services a profile names, and what must be there for them.</summary>
internal static class StackPlan
{
    /// <summary>Every service that has a place in a stack, the driver under test aside.</summary>
    public static IReadOnlyList<string> Names(DeviceProfile profile) =>
    [
        .. profile.Filters.All,
        .. profile.Function is { } function ? [function] : Array.Empty<string>(),
        .. profile.Parent is { } parent ? [parent] : Array.Empty<string>(),
        .. profile.ParentDevice?.Filters.All ?? [],
        .. profile.Children.SelectMany(c => (string[])[.. c.LowerFilters, .. c.UpperFilters, .. c.Service is { } service ? [service] : Array.Empty<string>()]),
    ];

    /// <summary>The name under which a file is registered.</summary>
    public static string ServiceOf(DeviceProfile profile, string fileName) =>
        profile.Services.FirstOrDefault(s => (s.Image ?? s.Name + ".sys").Equals(fileName, StringComparison.OrdinalIgnoreCase))?.Name ?? WithoutExtension(fileName);

    /// <exception cref="InputException">The profile names a service that nobody brings.</exception>
    public static void Check(Subject subject, string path)
    {
        var profile = subject.Profile;
        var known = subject.Neighbours.Select(n => n.ServiceName).Append(WithoutExtension(subject.FileName)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Names(profile).Where(n => !known.Contains(n) && !LabDrivers.Has(n)))
        {
            throw new InputException(
                $"{path}: the service '{name}' is neither that of a file given with --with nor one of the lab's own: {string.Join(", ", LabDrivers.Names)}.");
        }

        foreach (var service in profile.Services.Where(s => !known.Contains(s.Name)))
            throw new InputException($"{path}: the service '{service.Name}' needs its image {service.Image ?? service.Name + ".sys"}: give it with --with.");
    }

    public static string WithoutExtension(string fileName)
    {
        var dot = fileName.LastIndexOf('.');
        return dot > 0 ? fileName[..dot] : fileName;
    }
}
