namespace LastRef.Tests;

/// <summary>Checked-in expected text; <c>UPDATE_GOLDENS=1</c> rewrites it.</summary>
internal static class Golden
{
    public static void Match(string name, string actual)
    {
        var path = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{name} has no golden file; run with UPDATE_GOLDENS=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>A file of the repository, found upwards from the test.</summary>
    public static string RepositoryFile(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LastRef.slnx")))
                return Path.Combine([folder.FullName, .. parts]);
        }

        throw new InvalidOperationException("The test does not run inside the repository.");
    }

    private static string Folder() => RepositoryFile("tests", "LastRef.Reports.Tests", "Golden");
}
