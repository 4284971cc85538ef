namespace LastRef.Tests;

/// <summary>The files of the repository, found from where the tests run.</summary>
internal static class Repository
{
    private static readonly string[] NotSource = ["node_modules", "bin", "obj", "artifacts", ".git", ".vs", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>The folder that holds <c>LastRef.slnx</c>, ending in a separator.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that belongs to the repository: without build output, but with the committed drivers.</summary>
    /// <returns>Paths relative to <see cref="Root"/> with forward slashes, in ordinal order.</returns>
    public static IEnumerable<string> Files() => FilesBelow("");

    /// <summary>The files below a folder whose names end in one of <paramref name="extensions"/>.</summary>
    public static IEnumerable<string> FilesBelow(string folder, params string[] extensions) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Walk(Path.Combine(Root, folder))
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => extensions.Length == 0 || extensions.Any(end => path.EndsWith(end, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
            : [];

    /// <summary>The text of a file of the repository.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The bytes of a file of the repository.</summary>
    public static byte[] Bytes(string path) => File.ReadAllBytes(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        // In a linked work tree .git is a file.
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != ".git"))
        {
            yield return file;
        }

        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(child);
            bool committedDrivers = name == "bin" && Path.GetFileName(folder) == "drivers";
            if (committedDrivers || !NotSource.Contains(name))
            {
                foreach (string file in Walk(child))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LastRef.slnx")))
            {
                return folder.FullName + Path.DirectorySeparatorChar;
            }
        }

        throw new InvalidOperationException($"No LastRef.slnx above {AppContext.BaseDirectory}");
    }
}
