namespace LastRef.Lab;

/// <summary>Reads a profile; what it does not know is refused with its place, never ignored.</summary>
public static class ProfileReader
{
    /// <exception cref="InputException">The JSON is malformed, a property is unknown or has the wrong type; the first problem with its place.</exception>
    public static DeviceProfile Read(InputFile file)
    {
        var (profile, problems) = Parse(file);
        if (problems.Count == 0)
            return profile;
        var more = problems.Count == 1 ? "" : $" (and {problems.Count - 1} more: lastref profile check {file.Path})";
        throw new InputException(problems[0] + more);
    }

    /// <summary>Everything that is wrong with a profile, in the order of the text; empty when nothing is.</summary>
    public static IReadOnlyList<ProfileProblem> Check(InputFile file) => Parse(file).Problems;

    private static (DeviceProfile Profile, IReadOnlyList<ProfileProblem> Problems) Parse(InputFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var source = new ProfileSource(file);
        if (source.Parse(out var malformed) is not { } root)
            return (new DeviceProfile(), [malformed!]);
        var parser = new ProfileParser(source);
        var profile = parser.Profile(root);
        parser.CheckRaises();
        return (profile, [.. parser.Problems.OrderBy(p => p.Line).ThenBy(p => p.Column)]);
    }
}
