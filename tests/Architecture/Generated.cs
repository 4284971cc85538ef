namespace LastRef.Tests;

/// <summary>Files below docs/generated: written with UPDATE_GENERATED=1, compared otherwise.</summary>
internal static class Generated
{
    /// <summary>Fails with the first differing line when the committed file is not what the code says.</summary>
    public static void Matches(string path, string expected)
    {
        string full = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
            return;
        }

        string actual = File.Exists(full) ? File.ReadAllText(full).ReplaceLineEndings("\n") : "";
        if (actual == expected)
        {
            return;
        }

        string[] committed = actual.Split('\n');
        string[] fresh = expected.Split('\n');
        int line = Enumerable.Range(0, Math.Max(committed.Length, fresh.Length))
            .First(i => i >= committed.Length || i >= fresh.Length || committed[i] != fresh[i]);
        Assert.Fail($"""
            {path} is not what the sources say; UPDATE_GENERATED=1 ./test Architecture writes it.
            Line {line + 1} is   {(line < committed.Length ? committed[line] : "(missing)")}
            but should be {(line < fresh.Length ? fresh[line] : "(no such line)")}
            """);
    }
}
