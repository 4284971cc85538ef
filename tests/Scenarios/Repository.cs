namespace LastRef.Tests;

/// <summary>Where the repository's files are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Driver(string name) => Path.Combine(Root, "drivers", "bin", name);

    /// <summary>The number of the line in a driver's source that ends in a marker.</summary>
    public static int LineOf(string source, string marker)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "drivers", "src", source));
        var index = Array.FindIndex(lines, l => l.Contains($"/* {marker} */", StringComparison.Ordinal));
        Assert.True(index >= 0, $"{source} has no line marked '{marker}'.");
        return index + 1;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LastRef.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
